//! One message to one person.

use super::words;
use chrono::{DateTime, Utc};

words! {
    /// Why we write now.
    pub enum Reason {
        /// The group is told for the first time.
        First = "first", "新发现";
        /// Cases were added to what the recipients know.
        Added = "added", "新增问题";
        /// Some of the known cases ended.
        SomeResolved = "some_resolved", "部分恢复";
        /// All of the known cases ended.
        AllResolved = "all_resolved", "全部恢复";
        /// Nothing changed, but it is time to remind.
        Repeat = "repeat", "仍未解决";
    }
}

words! {
    /// Where a delivery stands.
    pub enum DeliveryState {
        Pending = "pending", "待发送";
        Sent = "sent", "已送达";
        Dead = "dead", "无法送达";
    }
}

words! {
    /// What the people of a group know about a case.
    pub enum Told {
        Never = "never", "未通知";
        Open = "open", "已通知";
        Resolved = "resolved", "已通知恢复";
    }
}

/// The number of a delivery in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryId(pub i64);

/// A rendered mail, the same for every try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// `<…@…>`; made from the delivery's key so that a resend is recognised.
    pub message_id: String,
    /// Message-IDs of earlier mails of the same group, the oldest first.
    pub references: Vec<String>,
    /// Whom it is for, one address.
    pub recipient: String,
    /// Subject line.
    pub subject: String,
    /// Plain text body.
    pub text: String,
    /// HTML body.
    pub html: String,
    /// When the message was written; its `Date`.
    pub written_at: DateTime<Utc>,
}
