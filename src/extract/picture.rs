//! The picture behind an address, as a number that survives resizing and recompression.
//!
//! In: the bytes of a picture, hostile. Out: its difference hash, or nothing when it is no picture, of another kind
//! than platforms serve, or larger than an avatar can be. Two hashes are of one picture when few of their bits differ
//! ([`crate::model::profile::is_same_picture`]). Costs are bounded before anything is decoded.

use image::{ImageFormat, ImageReader, Limits};
use std::io::Cursor;

/// The largest file, in bytes; avatars are a tenth of it.
const MOST_BYTES: usize = 2 << 20;
/// The longest side, in pixels.
const LONGEST: u32 = 2048;
/// What decoding may allocate, in bytes: the pixels of the largest picture, and as much again.
const MEMORY: u64 = 48 << 20;

/// The difference hash of a picture: of nine columns and eight rows, which are darker than their right neighbour.
#[must_use]
pub fn picture(bytes: &[u8]) -> Option<u64> {
    if bytes.len() > MOST_BYTES {
        return None;
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let known = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif];
    reader.format().filter(|format| known.contains(format))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST);
    limits.max_image_height = Some(LONGEST);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let small = reader.decode().ok()?.thumbnail_exact(9, 8).to_rgba8();
    // Over white, as a page shows it: what is under a transparent place is nobody's sight.
    let light = |x, y| {
        let [red, green, blue, alpha] = small.get_pixel(x, y).0.map(u32::from);
        (red * 299 + green * 587 + blue * 114) * alpha + 255_000 * (255 - alpha)
    };
    let bits = (0..8).flat_map(|y| (0..8).map(move |x| (x, y)));
    Some(bits.fold(0, |hash, (x, y)| hash << 1 | u64::from(light(x, y) < light(x + 1, y))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::profile::is_same_picture;
    use image::{DynamicImage, Rgba, RgbaImage};
    use proptest::prelude::*;

    /// Rings around a point, so that every part of the picture says something.
    fn badge(size: u32, (x0, y0): (f64, f64)) -> DynamicImage {
        let at = |x, y| {
            let (x, y) = (f64::from(x) / f64::from(size) - x0, f64::from(y) / f64::from(size) - y0);
            if (x.hypot(y) * 20.0).sin() > 0.0 {
                Rgba([200, 30, 30, 255])
            } else {
                Rgba([250, 240, 210, 255])
            }
        };
        DynamicImage::from(RgbaImage::from_fn(size, size, at))
    }

    fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = if format == ImageFormat::Jpeg { picture.to_rgb8().into() } else { picture.clone() };
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn a_picture_is_the_same_in_another_size_and_another_format() {
        let hash = |size, place, format| picture(&file(&badge(size, place), format)).unwrap();
        let one = hash(180, (0.3, 0.4), ImageFormat::Png);
        for (size, format) in [
            (180, ImageFormat::Jpeg),
            (360, ImageFormat::Png),
            (96, ImageFormat::Jpeg),
            (180, ImageFormat::WebP),
            (180, ImageFormat::Gif),
        ] {
            assert!(is_same_picture(one, hash(size, (0.3, 0.4), format)), "{size} {format:?}");
        }
        for place in [(0.7, 0.4), (0.0, 0.0), (0.5, 0.9)] {
            assert!(!is_same_picture(one, hash(180, place, ImageFormat::Png)), "{place:?}");
        }
    }

    #[test]
    fn what_lies_under_a_transparent_place_is_not_seen() {
        let of =
            |hidden| picture(&file(&RgbaImage::from_pixel(64, 64, Rgba(hidden)).into(), ImageFormat::Png));
        assert_eq!(of([0, 0, 0, 0]), of([255, 9, 9, 0]));
    }

    #[test]
    fn what_is_no_avatar_is_no_picture() {
        let whole = file(&badge(64, (0.5, 0.5)), ImageFormat::Png);
        let wide = file(&DynamicImage::new_rgb8(4000, 2), ImageFormat::Png);
        for bytes in [
            &b""[..],
            b"<html>404</html>",
            b"BM\x00\x00",
            &whole[..whole.len() / 2],
            &wide,
            &vec![0x89; MOST_BYTES + 1],
        ] {
            assert_eq!(picture(bytes), None);
        }
        // A header that claims more pixels than there are bytes for.
        let mut bomb = whole.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0x7f, 0xff, 0, 0, 0x7f, 0xff]);
        assert_eq!(picture(&bomb), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fall(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0_usize..4) {
            let heads: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF\x40\x00\x00\x00WEBPVP8 "];
            let _ = picture(&[heads[kind], &bytes].concat());
        }
    }
}
