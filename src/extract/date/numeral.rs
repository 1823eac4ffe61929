//! Chinese numerals, plain and banking, into Arabic digits.
//!
//! In: one run of numeral characters at a time. Out: digits. Both ways of writing are read: digit by digit
//! (二〇二六) and by place (二十, 贰拾, 廿一, 二千零二十六).

/// The value of a digit character.
pub(super) fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壹' | '弌' => 1,
        '二' | '两' | '贰' | '弍' => 2,
        '三' | '叁' | '弎' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a character that gives a digit its place, or that is a round number by itself.
fn place(c: char) -> Option<u32> {
    Some(match c {
        '十' | '拾' => 10,
        '廿' => 20,
        '卅' => 30,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        _ => return None,
    })
}

/// Characters that stand for zero only in the neighbourhood of numerals: bullets and letters elsewhere.
pub(super) fn is_round(c: char) -> bool {
    matches!(c, '○' | '◯' | 'o' | 'ο' | 'о')
}

/// Whether a character is a numeral wherever it stands.
pub(super) fn is_numeral(c: char) -> bool {
    digit(c).is_some() || place(c).is_some()
}

/// A run of numerals (zeros already `〇`) as digits; `None` for a run that is no number, such as 百 alone.
pub(super) fn to_digits(run: &[char]) -> Option<String> {
    if run.iter().all(|&c| digit(c).is_some()) {
        return run.iter().map(|&c| digit(c).and_then(|d| char::from_digit(d, 10))).collect();
    }
    let (mut total, mut pending) = (0_u32, None);
    for &c in run {
        if let Some(value) = digit(c) {
            pending = Some(value);
        } else {
            let place = place(c)?;
            let times = pending.take().filter(|&d| d > 0);
            total = total.checked_add(match (place, times) {
                (20 | 30, Some(_)) | (100 | 1000, None) => return None,
                (_, times) => place * times.unwrap_or(1),
            })?;
        }
    }
    Some((total + pending.unwrap_or(0)).to_string())
}

/// Whether two numerals side by side mean "about": 两三(天), 七八(个小时), 三五(天).
pub(super) fn is_vague(run: &[char]) -> bool {
    matches!(run, [a, b] if digit(*a).is_some_and(|d| d > 0) && digit(*b).is_some_and(|d| d > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_are_read_by_digit_and_by_place() {
        let table = [
            ("二〇二六", "2026"),
            ("〇八", "08"),
            ("十", "10"),
            ("十二", "12"),
            ("二十", "20"),
            ("三十一", "31"),
            ("廿", "20"),
            ("廿一", "21"),
            ("卅一", "31"),
            ("贰零贰陆", "2026"),
            ("零壹拾", "10"),
            ("壹拾壹", "11"),
            ("零贰拾", "20"),
            ("两千零二十六", "2026"),
            ("一百二十", "120"),
        ];
        for (text, digits) in table {
            let run: Vec<char> = text.chars().collect();
            assert_eq!(to_digits(&run).as_deref(), Some(digits), "{text}");
        }
        assert_eq!(to_digits(&['百']), None);
    }
}
