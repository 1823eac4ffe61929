//! Codes of places (GB/T 2260, GB/T 10114): which lies in which.

/// Whether a place is another one or lies in it. An empty code lies nowhere.
#[must_use]
pub fn is_within(code: &str, place: &str) -> bool {
    code.starts_with(significant(place))
}

/// The part of a region code that names a place: `320600` is the city `3206` and everything inside it.
///
/// A code is province, city and county of two digits each, then township and village of three (GB/T 2260,
/// GB/T 10114); places within are written as zeros. A code that is no whole number of parts stands as it is.
fn significant(code: &str) -> &str {
    let mut code = code;
    for part in [3, 3, 2, 2] {
        let head = code.len().checked_sub(part).and_then(|end| code.split_at_checked(end));
        let whole = matches!((code.len(), part), (12 | 9, 3) | (6 | 4, 2));
        match head {
            Some((head, zeros)) if whole && zeros.bytes().all(|b| b == b'0') => code = head,
            _ => {}
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_at_the_end_of_a_region_code_mean_everything_inside() {
        for (code, part) in [
            ("320000", "32"),
            ("320600", "3206"),
            ("320621", "320621"),
            ("320621000000", "320621"),
            ("320621100000", "320621100"),
            ("320600000000", "3206"),
            ("3206", "3206"),
            ("3200", "32"),
            ("32", "32"),
            ("3210", "3210"),
            ("32060", "32060"),
            ("320621100200", "320621100200"),
        ] {
            assert_eq!(significant(code), part, "{code}");
        }
    }
}
