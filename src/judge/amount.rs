//! Numbers as people write them: 3.5万亿, 三项, 二〇二六, 35,000, Ⅳ.
//!
//! In: characters and a place among them. Out: the value there and how many characters it takes. A value is kept
//! exactly, in millionths; what does not fit is no number. It knows nothing of units of measure.

/// One: values are kept in millionths, so that 3.5 is exact.
pub(crate) const ONE: u128 = 1_000_000;
/// The longest run of digits taken for a value.
const DIGITS: usize = 18;

/// The value of a Chinese digit.
fn digit(c: char) -> Option<u128> {
    Some(match c {
        '〇' | '○' | '零' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '贰' | '两' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The power of ten of a Chinese unit.
fn unit(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 1,
        '百' | '佰' => 2,
        '千' | '仟' => 3,
        '万' => 4,
        '亿' => 8,
        _ => return None,
    })
}

/// Whether a number can begin with this.
fn begins(c: char) -> bool {
    c.is_ascii_digit() || digit(c).is_some() || unit(c).is_some()
}

/// The number that begins at the front of `chars`: its value in millionths and its length.
pub(crate) fn read(chars: &[char]) -> Option<(u128, usize)> {
    let first = *chars.first()?;
    if !begins(first) {
        return roman(chars);
    }
    if first.is_ascii_digit() { western(chars) } else { chinese(chars) }
}

/// 35,000 · 3.5万亿 · 3亿2000万.
fn western(chars: &[char]) -> Option<(u128, usize)> {
    let (mut total, mut at) = (0_u128, 0);
    let mut last = u32::MAX;
    while let Some((value, length)) = decimal(&chars[at..]) {
        let mut end = at + length;
        let mut power = 0;
        while let Some(more) = chars.get(end).copied().and_then(unit).filter(|_| power <= 12) {
            power += more;
            end += 1;
        }
        // A further part must be smaller and have a unit itself: 3亿2000万.
        if at > 0 && (power == 0 || power >= last) {
            break;
        }
        total = total.checked_add(value.checked_mul(10_u128.checked_pow(power)?)?)?;
        (at, last) = (end, power);
        if power == 0 {
            break;
        }
    }
    (at > 0).then_some((total, at))
}

/// Digits with thousands separators and a decimal point.
fn decimal(chars: &[char]) -> Option<(u128, usize)> {
    let is_digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let (mut value, mut at, mut digits) = (0_u128, 0, 0);
    while is_digit(at) {
        value = value.checked_mul(10)?.checked_add(u128::from(chars[at].to_digit(10)?))?;
        (at, digits) = (at + 1, digits + 1);
        let group = digits <= 3 || (at >= 4 && chars.get(at - 4) == Some(&','));
        let three = is_digit(at + 1) && is_digit(at + 2) && is_digit(at + 3) && !is_digit(at + 4);
        let more =
            is_digit(at + 1) && is_digit(at + 2) && is_digit(at + 3) && chars.get(at + 4) == Some(&',');
        if chars.get(at) == Some(&',') && group && (three || more) {
            at += 1;
        }
        if digits > DIGITS {
            return None;
        }
    }
    if digits == 0 {
        return None;
    }
    value = value.checked_mul(ONE)?;
    if chars.get(at) == Some(&'.') && is_digit(at + 1) {
        let mut share = ONE;
        let mut end = at + 1;
        while is_digit(end) {
            share /= 10;
            value = value.checked_add(share * u128::from(chars[end].to_digit(10)?))?;
            end += 1;
            if end - at > DIGITS {
                return None;
            }
        }
        at = end;
    }
    Some((value, at))
}

/// 四十五 · 二〇二六 · 一万二千.
fn chinese(chars: &[char]) -> Option<(u128, usize)> {
    let end = chars.iter().take(24).position(|c| digit(*c).is_none() && unit(*c).is_none());
    let end = end.unwrap_or(chars.len().min(24));
    let run = &chars[..end];
    if run.iter().all(|c| digit(*c).is_some()) {
        if run.len() > DIGITS {
            return None;
        }
        let value = run.iter().filter_map(|c| digit(*c)).fold(0_u128, |value, digit| value * 10 + digit);
        return Some((value * ONE, end));
    }
    let (mut total, mut section, mut held): (u128, u128, Option<u128>) = (0, 0, None);
    let (mut ceiling, mut large) = (u32::MAX, 0);
    for (at, c) in run.iter().enumerate() {
        if let Some(digit) = digit(*c) {
            if held.is_some_and(|held| held != 0) {
                // 十四五 is a name made of two numbers: what reads as one ends here.
                return finish(total, section, held, at);
            }
            held = Some(digit);
            continue;
        }
        let power = unit(*c)?;
        if power < 4 {
            if power >= ceiling {
                return finish(total, section, held, at);
            }
            section += held.take().filter(|held| *held > 0).unwrap_or(1) * 10_u128.pow(power);
            ceiling = power;
        } else {
            let whole = section + held.take().unwrap_or(0);
            // 三万五千亿: a unit larger than the last multiplies everything before it.
            let (rest, times) = if power > large { (0, total + whole) } else { (total, whole) };
            let times = if rest == 0 && times == 0 { 1 } else { times };
            total = times.checked_mul(10_u128.pow(power))?.checked_add(rest)?;
            large = power;
            (section, ceiling) = (0, u32::MAX);
        }
    }
    finish(total, section, held, end)
}

fn finish(total: u128, section: u128, held: Option<u128>, length: usize) -> Option<(u128, usize)> {
    let value = total.checked_add(section)?.checked_add(held.unwrap_or(0))?;
    Some((value.checked_mul(ONE)?, length))
}

/// Ⅳ written as one sign or as letters; a single letter only before a word of rank (I级).
fn roman(chars: &[char]) -> Option<(u128, usize)> {
    const RANKS: [&str; 20] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI",
        "XVII", "XVIII", "XIX", "XX",
    ];
    let length = chars.iter().take(6).take_while(|c| matches!(c, 'I' | 'V' | 'X')).count();
    let ends = chars.get(length).is_none_or(|c| !c.is_ascii_alphanumeric());
    let ranked = chars.get(length).is_some_and(|c| "级类型期度".contains(*c));
    if !ends || (length == 1 && !ranked) {
        return None;
    }
    let text: String = chars[..length].iter().collect();
    let rank = RANKS.iter().position(|rank| **rank == text)?;
    Some((u128::try_from(rank + 1).ok()? * ONE, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(f64, usize)> {
        let chars: Vec<char> = text.chars().collect();
        #[expect(clippy::cast_precision_loss, reason = "a test compares small values")]
        read(&chars).map(|(value, length)| (value as f64 / ONE as f64, length))
    }

    #[test]
    fn every_notation_of_a_value_is_read() {
        for (text, expected, length) in [
            ("3", 3.0, 1),
            ("三项", 3.0, 1),
            ("两项", 2.0, 1),
            ("四十五号", 45.0, 3),
            ("二〇二六年", 2026.0, 4),
            ("十二", 12.0, 2),
            ("一百零五", 105.0, 4),
            ("一万二千", 12_000.0, 4),
            ("3.5万亿", 3.5e12, 5),
            ("35000亿", 3.5e12, 6),
            ("三万五千亿", 3.5e12, 5),
            ("20万", 200_000.0, 3),
            ("3亿2000万", 320_000_000.0, 7),
            ("35,000元", 35_000.0, 6),
            ("1,234,567", 1_234_567.0, 9),
            ("0.3%", 0.3, 3),
            ("IV级", 4.0, 2),
            ("I级", 1.0, 1),
            ("XII", 12.0, 3),
            ("百", 100.0, 1),
        ] {
            assert_eq!(value(text), Some((expected, length)), "{text}");
        }
        for text in ["年", "C919", "I", "IIII级", "", "VIP"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[0-9,.十百千万亿一二三〇零两IVX]{0,60}") {
            let chars: Vec<char> = text.chars().collect();
            if let Some((_, length)) = read(&chars) {
                proptest::prop_assert!(length > 0 && length <= chars.len());
            }
        }
    }
}
