//! An e-mail address that a mail can be sent to.

use lettre::Address;

/// The longest address a mail can be sent to, in bytes (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// The address, if a mail can be sent to it by any server. Addresses beyond ASCII need a server that speaks
/// SMTPUTF8; in a register they are typing errors.
pub(super) fn parse(text: &str) -> Option<Address> {
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_typing_errors() {
        for good in ["a@b.cn", "zhang.san+xw@mail.example.gov.cn", "x@[192.0.2.1]"] {
            assert!(parse(good).is_some(), "{good}");
        }
        let long = format!("{}@example.cn", "a".repeat(300));
        let bad = [
            "",
            "a",
            "@b.cn",
            "a@",
            "张三@example.cn",
            "a@例.中国",
            "a@b.cn\r\nBcc: c@d.cn",
            "a b@c.cn",
            "a@b.cn,c@d.cn",
            "<a@b.cn>",
            "a@b@c.cn",
            "a＠b.cn",
            &long,
        ];
        for bad in bad {
            assert!(parse(bad).is_none(), "{bad:?}");
        }
    }
}
