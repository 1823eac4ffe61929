//! `xunwang test-mail`: a test mail by the configured way.

use super::{Desk, Failed};
use crate::clock::{Clock, System};
use crate::model::delivery::Message;
use crate::model::moment::to_ms;
use crate::notify::mail::Mailer;
use crate::notify::message::{message_id, render_test};
use std::path::Path;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Recipient.
    to: String,
}

impl Args {
    pub(super) async fn run(self, desk: &Desk) -> Result<(), Failed> {
        let config = desk.load()?;
        let settings = &config.notify.mail;
        let mailer = Mailer::new(settings, config.file.as_deref().unwrap_or(Path::new("notify.toml")))?;
        let now = System.now();
        let rendered = render_test(&settings.subject_prefix, now);
        let message = Message {
            message_id: message_id(&format!("test/{}/{}", to_ms(now), self.to), &settings.from.address),
            references: Vec::new(),
            recipient: self.to,
            subject: rendered.subject,
            text: rendered.text,
            html: rendered.html,
            written_at: now,
        };
        match mailer.send(&message).await {
            Ok(receipt) => {
                desk.output.line(format!("已发出:{}", receipt.detail))?;
                Ok(())
            }
            Err(error) => Err(Failed::Own(anyhow::anyhow!("{error}"))),
        }
    }
}
