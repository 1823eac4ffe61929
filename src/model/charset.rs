//! A body's bytes as text: in comes what a server sent, out goes what it says.
//!
//! Pages of Chinese bodies are UTF-8 or one of the GB family, and say so in several places that may disagree.
//! Never fails and never loses a whole page: a byte that no charset knows becomes U+FFFD.

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// How far into a page its own declaration is looked for, in bytes; browsers look no further than 1 KiB, but
/// pages in the field put scripts and comments first.
const HEAD: usize = 4096;

/// The text of `body`, borrowed where the bytes already are UTF-8.
///
/// The first of these that says something known is believed: a byte order mark, `charset` in `content_type`,
/// a `<meta>` in the head. A page that says nothing is UTF-8 if it can be, else GB18030, of which GBK and
/// GB2312 are parts. The byte order mark is not part of the text.
#[must_use]
pub fn decode<'a>(content_type: &str, body: &'a [u8]) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[mark..]).0;
    }
    let declared = of_header(content_type).or_else(|| of_meta(body));
    let encoding = match declared {
        Some(encoding) => encoding,
        None => match simdutf8::basic::from_utf8(body) {
            Ok(text) => return Cow::Borrowed(text),
            Err(_) => GB18030,
        },
    };
    if encoding == UTF_8
        && let Ok(text) = simdutf8::basic::from_utf8(body)
    {
        return Cow::Borrowed(text);
    }
    encoding.decode_without_bom_handling(body).0
}

/// The charset parameter of a media type (RFC 9110, 8.3.2).
fn of_header(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let named = name.trim().eq_ignore_ascii_case("charset");
        named.then(|| of_label(value.trim().trim_matches(['"', '\'']).as_bytes()))?
    })
}

/// The charset of the first `<meta>` in the head that names a known one.
fn of_meta(body: &[u8]) -> Option<&'static Encoding> {
    let mut rest = &body[..body.len().min(HEAD)];
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at..];
        if rest.starts_with(b"<!--") {
            rest = &rest[memchr::memmem::find(rest, b"-->")?..];
            continue;
        }
        rest = &rest[1..];
        if !starts_with(rest, b"meta") {
            continue;
        }
        let tag = &rest[..memchr::memchr(b'>', rest).unwrap_or(rest.len())];
        // A page that says UTF-16 in ASCII bytes cannot be UTF-16 (HTML, 13.2.3.2).
        match of_tag(tag) {
            Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => return Some(UTF_8),
            Some(encoding) => return Some(encoding),
            None => {}
        }
    }
    None
}

/// The charset that a tag names, as an attribute of its own or inside `content`.
fn of_tag(tag: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"charset";
    let at = tag.windows(NAME.len()).position(|name| name.eq_ignore_ascii_case(NAME))?;
    let value = tag[at + NAME.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or_else(|| value.strip_prefix(b"'")).unwrap_or(value);
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b';' | b'/');
    of_label(&value[..value.iter().position(ends).unwrap_or(value.len())])
}

/// The encoding a label means (Encoding Standard, 4.2). GBK is read as the GB18030 it is a part of.
fn of_label(label: &[u8]) -> Option<&'static Encoding> {
    let encoding = Encoding::for_label_no_replacement(label)?;
    Some(if encoding == GBK { GB18030 } else { encoding })
}

fn starts_with(bytes: &[u8], word: &[u8]) -> bool {
    bytes.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::BIG5;
    use proptest::prelude::*;

    const TEXT: &str = "澄湖市人民政府网站发布云溪县最新动态";

    fn in_charset(encoding: &'static Encoding, page: &str) -> Vec<u8> {
        encoding.encode(page).0.into_owned()
    }

    #[test]
    fn every_way_to_say_gb_is_read_as_gb18030() {
        for page in [
            format!("<meta charset=gb2312>{TEXT}"),
            format!("<META CHARSET='GBK'>{TEXT}"),
            format!("<meta charset = \"x-gbk\" />{TEXT}"),
            format!("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=gb18030\">{TEXT}"),
            format!("<!-- <meta charset=utf-8> --><meta charset=gbk>{TEXT}"),
            format!("<meta name=keywords content=charset><meta charset=gb2312>{TEXT}"),
            TEXT.to_owned(),
        ] {
            assert_eq!(decode("text/html", &in_charset(GB18030, &page)), page);
        }
        for content_type in
            ["text/html; charset=gb2312", "text/html;Charset=\"GBK\"", "text/html; a=b; charset=x-gbk"]
        {
            assert_eq!(decode(content_type, &in_charset(GB18030, TEXT)), TEXT);
        }
    }

    #[test]
    fn a_four_byte_character_in_a_page_that_says_gb2312_is_read() {
        let page = "<meta charset=gb2312>㐂𠮷";
        assert_eq!(decode("", &in_charset(GB18030, page)), page);
    }

    #[test]
    fn the_header_wins_over_a_meta_that_lies() {
        let page = format!("<meta charset=gb2312>{TEXT}");
        assert_eq!(decode("text/html; charset=utf-8", page.as_bytes()), page);
    }

    #[test]
    fn a_byte_order_mark_wins_over_the_header_and_is_not_text() {
        let page = [b"\xef\xbb\xbf", TEXT.as_bytes()].concat();
        assert_eq!(decode("text/html; charset=gbk", &page), TEXT);
        let utf_16: Vec<u8> =
            std::iter::once(0xfeff).chain(TEXT.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode("", &utf_16), TEXT);
    }

    #[test]
    fn a_page_of_hong_kong_is_read_as_big5() {
        let page = "<meta charset=big5>香港特別行政區政府";
        assert_eq!(decode("text/html", &in_charset(BIG5, page)), page);
    }

    #[test]
    fn a_page_that_says_nothing_or_nonsense_is_utf_8_where_it_can_be() {
        for content_type in ["", "text/html", "text/html; charset=", "text/html; charset=klingon"] {
            assert!(matches!(decode(content_type, TEXT.as_bytes()), Cow::Borrowed(text) if text == TEXT));
        }
        let page = format!("<meta charset=utf-16>{TEXT}");
        assert_eq!(decode("", page.as_bytes()), page);
    }

    #[test]
    fn a_declaration_beyond_the_head_is_not_looked_for() {
        let page = format!("{}<meta charset=big5>{TEXT}", " ".repeat(HEAD));
        assert_eq!(decode("", page.as_bytes()), page);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(content_type in ".{0,40}", start in "(<meta|<!--| charset|=|\"|>|'){0,8}", body: Vec<u8>) {
            let _ = decode(&content_type, &[start.as_bytes(), &body].concat());
        }

        #[test]
        fn utf_8_text_comes_back_as_it_was(text in "[^<\u{feff}]*") {
            prop_assert_eq!(decode("", text.as_bytes()), text.as_str());
        }
    }
}
