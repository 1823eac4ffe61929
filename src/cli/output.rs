//! The only place that writes to the terminal.

use crate::config::mistake::Mistake;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Standard output and standard error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether data is wanted as JSON.
    pub(super) fn is_json(self) -> bool {
        self.json
    }

    /// Whether a person is watching.
    pub(super) fn is_terminal(self) -> bool {
        !self.json && std::io::stderr().is_terminal()
    }

    /// A line of standard output.
    #[expect(clippy::unused_self, reason = "whoever prints needs the output in hand")]
    pub(super) fn line(self, text: impl AsRef<str>) -> std::io::Result<()> {
        writeln!(std::io::stdout().lock(), "{}", text.as_ref())
    }

    /// Data on standard output.
    #[expect(clippy::unused_self, reason = "whoever prints needs the output in hand")]
    pub(super) fn data(self, value: &impl Serialize) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, value)?;
        writeln!(out)
    }

    /// A line of standard error: progress and trouble, never data.
    #[expect(clippy::unused_self, reason = "whoever prints needs the output in hand")]
    pub(super) fn note(self, text: impl AsRef<str>) {
        // Nothing can be done about a terminal that is gone.
        let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
    }

    /// What went wrong.
    pub(super) fn trouble(self, text: &str) {
        self.note(format!("xunwang: {text}"));
    }

    /// All mistakes at once.
    pub(super) fn mistakes(self, mistakes: &[Mistake]) {
        for mistake in mistakes {
            self.note(mistake.to_string());
        }
        self.note(format!("共{}处需要修改,未作任何改动", mistakes.len()));
    }
}

/// A table as wide as the terminal allows.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(header);
    table
}
