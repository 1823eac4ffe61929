//! Chains of retweets inside a text: `好消息!//@甲:…//@乙:…`.
//!
//! In: a text of any length. Out: whether it is a mere retweet or holds a chain, and who stands at its far end. It
//! is read once from behind: a chain of a million links costs no more than a text of that length.

use super::Forwarded;
use memchr::memmem;

/// The longest name in a chain, in characters.
const LONGEST: usize = 30;

/// `None` when the text is no retweet; else the earliest poster it names, the rightmost.
pub(super) fn origin(text: &str) -> Option<Forwarded<'_>> {
    // Forwards is much the faster way to learn that there is none.
    let mut end = if memmem::find(text.as_bytes(), b"//@").is_some() { text.len() } else { 0 };
    while let Some(at) = memmem::rfind(&text.as_bytes()[..end], b"//@") {
        let name = &text[at + 3..];
        let stop = name
            .char_indices()
            .take(LONGEST + 1)
            .find(|(_, c)| matches!(c, ':' | '：' | '@' | '/' | '\n') || c.is_whitespace());
        // An address such as https://@ is no chain.
        let is_address = text[..at].ends_with(':');
        if let Some((length, ':' | '：')) = stop
            && length > 0
            && !is_address
        {
            return Some(Forwarded::From(name[..length].trim()));
        }
        end = at;
    }
    is_bare(text).then_some(Forwarded::FromSomebody)
}

/// Whether a text says nothing but that it passes something on.
fn is_bare(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['。', '.', '!', '！', '~', ' ']);
    matches!(
        text,
        "转发微博" | "转发" | "轉發微博" | "Repost" | "repost" | "转发了" | "转发视频" | "快转" | "转"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_far_end_of_a_chain_is_its_rightmost_name() {
        for (text, origin_) in [
            ("好!//@甲:转起来//@乙报：正文", Some(Forwarded::From("乙报"))),
            ("转发微博", Some(Forwarded::FromSomebody)),
            (" 转发微博。 ", Some(Forwarded::FromSomebody)),
            ("转发微博//@甲:正文", Some(Forwarded::From("甲"))),
            ("回复@甲:谢谢", None),
            ("网址 https://@甲:8080", None),
            ("//@ 没有名字", None),
            ("转发微博，附上说明", None),
            ("", None),
        ] {
            assert_eq!(origin(text), origin_, "{text}");
        }
    }

    #[test]
    fn a_million_links_are_read_at_once() {
        assert_eq!(origin(&"//@".repeat(1_700_000)), None);
        assert_eq!(origin(&format!("{}//@乙:好", "//@甲:转".repeat(400_000))), Some(Forwarded::From("乙")));
    }
}
