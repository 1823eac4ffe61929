//! The bytes of an answer: in comes a response whose headers have arrived, out goes its body, decompressed.
//!
//! Both what travels and what it unfolds to are capped, and nothing beyond the caps is ever held: a bomb is
//! dropped while it is still small. Decompressing is done here and not inside the client, which knows no caps
//! and lets a zstd frame ask for a window of 128 MiB.

use super::failure::{self, Stage};
use crate::model::page::Miss;
use crate::model::visit::Failure;
use bytes::{Bytes, BytesMut};
use reqwest::Response;
use reqwest::header::{CONTENT_ENCODING, HeaderMap};
use std::io::{self, Read};

/// What we say we understand; [`Coding`] is its other half.
pub(super) const ACCEPT_ENCODING: &str = "gzip, br, zstd";

/// The window a zstd frame may ask for, as a power of two: 8 MiB, what RFC 9659 allows on the web.
const ZSTD_WINDOW: u32 = 23;

/// The largest bodies taken, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caps {
    /// Of a compressed body, as it travels.
    pub(super) wire: usize,
    /// Of the page itself.
    pub(super) page: usize,
}

/// How a body travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
    Brotli,
    Zstd,
}

/// Reads the body to its end and undoes its coding.
///
/// A body of at most the cap unfolds in a few milliseconds, so this is done in place and not on another thread.
pub(super) async fn read(response: Response, caps: Caps) -> Result<Bytes, Miss> {
    let coding = coding(response.headers())?;
    let travelled = collect(response, if coding == Coding::Plain { caps.page } else { caps.wire }).await?;
    unfold(coding, travelled, caps.page)
}

fn coding(headers: &HeaderMap) -> Result<Coding, Miss> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Coding::Plain) };
    match value.as_bytes().to_ascii_lowercase().trim_ascii() {
        b"" | b"identity" => Ok(Coding::Plain),
        b"gzip" | b"x-gzip" => Ok(Coding::Gzip),
        b"br" => Ok(Coding::Brotli),
        b"zstd" => Ok(Coding::Zstd),
        other => {
            let name = String::from_utf8_lossy(other);
            Err(Miss::new(Failure::Broken, format!("content-encoding that nobody asked for: {name}")))
        }
    }
}

/// Takes the chunks together. Most pages of a register come in one chunk, which is then handed on as it is.
async fn collect(mut response: Response, cap: usize) -> Result<Bytes, Miss> {
    let too_large = || Miss::new(Failure::TooLarge, format!("more than {cap} bytes"));
    let announced = match response.content_length().map(usize::try_from) {
        Some(Ok(length)) if length <= cap => length,
        Some(_) => return Err(too_large()),
        None => 0,
    };
    let broken = |error| failure::miss(Stage::Body, error);
    let Some(first) = response.chunk().await.map_err(broken)? else { return Ok(Bytes::new()) };
    if first.len() > cap {
        return Err(too_large());
    }
    let Some(second) = response.chunk().await.map_err(broken)? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(announced.max(2 * first.len()));
    whole.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        if whole.len() + chunk.len() > cap {
            return Err(too_large());
        }
        whole.extend_from_slice(&chunk);
        next = response.chunk().await.map_err(broken)?;
    }
    Ok(whole.freeze())
}

/// Undoes `coding`. An empty body unfolds to an empty one: errors and redirects announce a coding they lack.
fn unfold(coding: Coding, travelled: Bytes, cap: usize) -> Result<Bytes, Miss> {
    if travelled.is_empty() {
        return Ok(travelled);
    }
    let unfolded = match coding {
        Coding::Plain => return Ok(travelled),
        Coding::Gzip => take(flate2::bufread::MultiGzDecoder::new(&travelled[..]), travelled.len(), cap),
        Coding::Brotli => {
            let window = travelled.len().min(4096);
            take(brotli_decompressor::Decompressor::new(&travelled[..], window), travelled.len(), cap)
        }
        Coding::Zstd => zstd::stream::read::Decoder::with_buffer(&travelled[..]).and_then(|mut decoder| {
            decoder.window_log_max(ZSTD_WINDOW)?;
            take(decoder, travelled.len(), cap)
        }),
    };
    match unfolded {
        Ok(page) if page.len() > cap => {
            Err(Miss::new(Failure::TooLarge, format!("unfolds to more than {cap} bytes")))
        }
        Ok(page) => Ok(page.into()),
        Err(error) => Err(Miss::new(Failure::Broken, format!("does not decompress: {error}"))),
    }
}

/// Reads up to one byte more than `cap`, so that the caller sees that there was more.
fn take(decoder: impl Read, travelled: usize, cap: usize) -> io::Result<Vec<u8>> {
    // Pages fold to about a fifth.
    let mut page = Vec::with_capacity((5 * travelled).min(cap));
    decoder.take(cap as u64 + 1).read_to_end(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    const CODINGS: [Coding; 3] = [Coding::Gzip, Coding::Brotli, Coding::Zstd];

    fn fold(coding: Coding, page: &[u8]) -> Bytes {
        match coding {
            Coding::Plain => page.to_vec(),
            Coding::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                encoder.write_all(page).unwrap();
                encoder.finish().unwrap()
            }
            Coding::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 1, 20);
                encoder.write_all(page).unwrap();
                encoder.into_inner()
            }
            Coding::Zstd => zstd::encode_all(page, 1).unwrap(),
        }
        .into()
    }

    fn failure(unfolded: Result<Bytes, Miss>) -> Failure {
        unfolded.unwrap_err().failure
    }

    #[test]
    fn every_coding_unfolds_to_what_was_folded() {
        let page = "澄湖市人民政府 ".repeat(1000);
        for coding in CODINGS {
            assert_eq!(unfold(coding, fold(coding, page.as_bytes()), page.len()).unwrap(), page.as_bytes());
        }
    }

    #[test]
    fn a_page_one_byte_over_the_cap_is_too_large() {
        for coding in CODINGS {
            assert_eq!(failure(unfold(coding, fold(coding, &[0; 1001]), 1000)), Failure::TooLarge);
        }
    }

    #[test]
    fn a_body_that_was_cut_anywhere_is_broken() {
        let page = "云溪县人民政府办公室关于印发2026年政务新媒体工作要点的通知".repeat(3);
        for coding in CODINGS {
            let whole = fold(coding, page.as_bytes());
            for end in 1..whole.len() {
                assert_eq!(
                    failure(unfold(coding, whole.slice(..end), 10_000)),
                    Failure::Broken,
                    "{coding:?} {end}"
                );
            }
        }
    }

    #[test]
    fn a_gzip_body_of_two_members_is_one_page() {
        let body = [fold(Coding::Gzip, b"a"), fold(Coding::Gzip, b"b")].concat();
        assert_eq!(unfold(Coding::Gzip, body.into(), 10).unwrap(), "ab");
    }

    #[test]
    fn a_zstd_frame_that_asks_for_a_huge_window_is_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.write_all(&[7; 100]).unwrap();
        assert_eq!(failure(unfold(Coding::Zstd, encoder.finish().unwrap().into(), 1000)), Failure::Broken);
    }

    #[test]
    fn an_empty_body_is_empty_whatever_it_says_it_is() {
        assert!(unfold(Coding::Gzip, Bytes::new(), 10).unwrap().is_empty());
    }

    #[test]
    fn a_coding_that_nobody_asked_for_is_broken() {
        let with = |value: &str| coding(&[(CONTENT_ENCODING, value.parse().unwrap())].into_iter().collect());
        assert_eq!(with("GZIP ").unwrap(), Coding::Gzip);
        assert_eq!(with("identity").unwrap(), Coding::Plain);
        for other in ["deflate", "gzip, gzip", "dcb"] {
            assert_eq!(with(other).unwrap_err().failure, Failure::Broken);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_pass_the_cap(body: Vec<u8>, start in 0usize..4) {
            let starts: [&[u8]; 4] = [b"", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", b"\x28\xb5\x2f\xfd", b"\x0b"];
            let body = Bytes::from([starts[start], &body].concat());
            for coding in CODINGS {
                if let Ok(page) = unfold(coding, body.clone(), 1000) {
                    prop_assert!(page.len() <= 1000);
                }
            }
        }
    }
}
