//! The arithmetic of numbers: what their own digits say about them.
//!
//! In: signs of a number, `0`–`9`, `x` for a check sign and `*` for a masked position. Out: whether they can be what
//! they look like. GB 11643 (identity numbers), GB 32100 (credit codes), ISO/IEC 7812 (cards).

use chrono::NaiveDate;

/// Length of an identity number.
pub(super) const IDENTITY: usize = 18;
/// Years of birth that an identity number may carry.
const YEARS: std::ops::RangeInclusive<u32> = 1900..=2030;

/// Whether signs are those of an identity number of 18 positions, its date and check digit right.
pub(super) fn is_identity(signs: &[u8]) -> bool {
    const WEIGHTS: [u32; IDENTITY - 1] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10x98765432";
    let Some((body, check)) = signs.split_at_checked(IDENTITY - 1) else { return false };
    if check.len() != 1 || !body.iter().all(u8::is_ascii_digit) || !holds_birthday(signs) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    CHECKS[(sum % 11) as usize] == check[0]
}

/// Whether positions 7 to 14 of 18 can be a day of birth; masked positions can be anything.
pub(super) fn holds_birthday(signs: &[u8]) -> bool {
    let Some(day) = signs.get(6..14) else { return false };
    match number(day) {
        Some(day) => {
            YEARS.contains(&(day / 10_000))
                && i32::try_from(day / 10_000)
                    .ok()
                    .and_then(|year| NaiveDate::from_ymd_opt(year, day / 100 % 100, day % 100))
                    .is_some()
        }
        None => {
            YEARS.into_iter().any(|year| fits(&day[..4], year))
                && (1..=12).any(|month| fits(&day[4..6], month))
                && (1..=31).any(|day_of_month| fits(&day[6..], day_of_month))
        }
    }
}

/// Whether 15 digits are those of an old identity number: positions 7 to 12 are a day of the last century.
pub(super) fn is_old_identity(signs: &[u8]) -> bool {
    signs.len() == 15
        && number(signs).is_some()
        && number(&signs[6..12]).is_some_and(|day| {
            i32::try_from(1900 + day / 10_000)
                .ok()
                .and_then(|year| NaiveDate::from_ymd_opt(year, day / 100 % 100, day % 100))
                .is_some()
        })
}

/// Whether the last digit is right by the Luhn formula.
pub(super) fn is_luhn(signs: &[u8]) -> bool {
    if !signs.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = signs
        .iter()
        .rev()
        .enumerate()
        .map(|(place, sign)| {
            let value = u32::from(sign - b'0') << (place % 2);
            value / 10 + value % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether 18 digits are a unified social credit code with its check digit right.
pub(super) fn is_credit_code(signs: &[u8]) -> bool {
    if signs.len() != 18 || !signs.iter().all(u8::is_ascii_digit) {
        return false;
    }
    // The weights are the powers of 3 modulo 31.
    let (sum, _) = signs[..17]
        .iter()
        .fold((0, 1), |(sum, weight), sign| (sum + u32::from(sign - b'0') * weight, weight * 3 % 31));
    u32::from(signs[17] - b'0') == (31 - sum % 31) % 31
}

/// The value of digits; `None` when something else is among them or they are too many.
fn number(signs: &[u8]) -> Option<u32> {
    if !signs.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(signs.iter().fold(0_u32, |value, sign| value.wrapping_mul(10).wrapping_add(u32::from(sign - b'0'))))
}

/// Whether signs, some of them masked, can be a value.
fn fits(signs: &[u8], mut value: u32) -> bool {
    signs.iter().rev().all(|sign| {
        let digit = value % 10;
        value /= 10;
        *sign == b'*' || u32::from(sign.wrapping_sub(b'0')) == digit
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_number_has_a_birthday_and_a_check_digit() {
        // The example of GB 11643 itself and its neighbours.
        assert!(is_identity(b"11010519491231002x"));
        assert!(!is_identity(b"110105194912310021"));
        assert!(!is_identity(b"11010519491331002x"));
        assert!(is_identity(b"440524188001010014") == YEARS.contains(&1880));
        assert!(!is_identity(b"") && !is_identity(b"x1010519491231002x"));
    }

    #[test]
    fn a_birthday_is_a_day_of_the_calendar() {
        for (signs, holds) in [
            ("000000200002290000", true),
            ("000000190002290000", false),
            ("000000203101010000", false),
            ("0000001999****0000", true),
            ("0000001999**320000", false),
            ("000000****05060000", true),
            ("00000021**01010000", false),
            ("0000", false),
        ] {
            assert_eq!(holds_birthday(signs.as_bytes()), holds, "{signs}");
        }
        assert!(is_old_identity(b"000000720316854") && !is_old_identity(b"000000721316854"));
        assert!(!is_old_identity(b"00000072031685"));
    }

    #[test]
    fn cards_and_credit_codes_have_their_own_check_digits() {
        // The examples of ISO/IEC 7812 and of GB 32100.
        assert!(is_luhn(b"79927398713") && !is_luhn(b"79927398710") && !is_luhn(b"7992739871*"));
        let body = "91350211100000001";
        let right = (0..10).filter(|check| is_credit_code(format!("{body}{check}").as_bytes())).count();
        assert!(right <= 1);
        assert!(!is_credit_code(b"91350100m000100y43"));
    }
}
