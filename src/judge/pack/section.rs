//! A table of a TOML file that is read key by key.
//!
//! In: a parsed table and what each key must look like. Out: the values, and a mistake with its line for every
//! key that is missing, wrong or unknown. Unlike serde it does not stop at the first one.

use crate::config::mistake::Mistake;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The file being read and what is wrong in it.
pub(super) struct Page<'a> {
    pub(super) file: &'a Path,
    pub(super) text: &'a str,
    pub(super) mistakes: &'a mut Vec<Mistake>,
}

impl Page<'_> {
    /// The line of a byte, counted from 1.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
    }

    pub(super) fn fault(
        &mut self,
        line: usize,
        key: &str,
        reason: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.mistakes.push(Mistake::line(self.file, line, key, reason, advice));
    }
}

/// One table. Remembers which keys were asked for; the others are mistakes.
pub(super) struct Section<'t> {
    /// Dotted path of the table; empty for the file itself.
    path: String,
    pub(super) line: usize,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'t> Section<'t> {
    pub(super) fn new(path: impl Into<String>, line: usize, table: &'t DeTable<'t>) -> Self {
        Self { path: path.into(), line, table, asked: Vec::new() }
    }

    /// Its own dotted path.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The dotted path of one of its keys.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// A value as it stands, and its line.
    pub(super) fn value(&mut self, page: &Page<'_>, key: &'static str) -> Option<(&'t DeValue<'t>, usize)> {
        self.asked.push(key);
        let (name, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.get_ref(), page.line_of(name.span().start)))
    }

    /// A key that may be left out; `form` says in Chinese what its value must look like.
    pub(super) fn optional<T>(
        &mut self,
        page: &mut Page<'_>,
        key: &'static str,
        form: &str,
        convert: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        let (value, line) = self.value(page, key)?;
        let converted = convert(value);
        if converted.is_none() {
            page.fault(line, &self.path_of(key), "值不正确", format!("应为{form}"));
        }
        converted
    }

    /// A key that must stand.
    pub(super) fn required<T>(
        &mut self,
        page: &mut Page<'_>,
        key: &'static str,
        form: &str,
        convert: impl FnOnce(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        if !self.table.iter().any(|(name, _)| name.get_ref() == key) {
            page.fault(self.line, &self.path_of(key), "缺少此项", format!("应为{form}"));
        }
        self.optional(page, key, form, convert)
    }

    /// A text that must stand and say something.
    pub(super) fn text(&mut self, page: &mut Page<'_>, key: &'static str) -> Option<String> {
        self.required(page, key, "非空的文字", |value| {
            value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        })
    }

    /// A table inside this one that may be left out.
    pub(super) fn inner(&mut self, page: &mut Page<'_>, key: &'static str) -> Option<Section<'t>> {
        let (value, line) = self.value(page, key)?;
        let Some(table) = value.as_table() else {
            page.fault(line, &self.path_of(key), "值不正确", "应为一个表");
            return None;
        };
        Some(Self::new(self.path_of(key), line, table))
    }

    /// Every table in this one whatever its name, with the line of the name.
    pub(super) fn inner_all(&self, page: &mut Page<'_>) -> Vec<(&'t str, Section<'t>)> {
        let mut found = Vec::new();
        for (name, value) in self.table {
            let (line, path) = (page.line_of(name.span().start), self.path_of(name.get_ref()));
            match value.get_ref().as_table() {
                Some(table) => found.push((name.get_ref().as_ref(), Self::new(path, line, table))),
                None => page.fault(line, &path, "值不正确", "应为一个表"),
            }
        }
        found
    }

    /// Tells the keys nobody asked for.
    pub(super) fn close(self, page: &mut Page<'_>) {
        for (name, _) in self.table {
            if !self.asked.iter().any(|asked| name.get_ref() == asked) {
                let line = page.line_of(name.span().start);
                let advice = format!("可用的键：{}", self.asked.join("、"));
                page.fault(line, &self.path_of(name.get_ref()), "未知的键", advice);
            }
        }
    }
}
