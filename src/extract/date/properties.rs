//! What holds for every text: reading never panics, and what we write in any form is read back.

use super::*;
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-10-08T15:20:30+08:00").unwrap().to_utc()
}

/// Instants from 1992 on: the wall times of summer time are not all unambiguous.
fn instants() -> impl Strategy<Value = DateTime<FixedOffset>> {
    (694_224_000_i64..4_000_000_000)
        .prop_map(|seconds| moment::in_shanghai(DateTime::from_timestamp(seconds, 0).unwrap()))
}

/// Texts made of what dates are made of.
fn date_like() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[0-9]{1,5}",
        "[-/.:年月日号时点分秒 ,()T+Z—~〇○零OoA-Za-z]",
        "(二〇二六|十一|廿|两|半|几|壹拾|贰|个半|个月|小时|分钟|前|以前|天|周|星期|刚刚|昨天|前天|大前天|今日|昨晚)",
        "(下午|凌晨|中午|晚上|AM|pm|发布时间|更新|成文|公示期|农历|丙午年|至|Nov|November|GMT|CST|\\+0800|/Date\\()",
        "(&nbsp;|&#160;|&#x|&amp;|<b>|<|\u{200b}|\u{feff}|９|：|㋀|㏠|99999999999999999999)",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn reading_any_text_never_panics(raw in any::<String>(), seconds in any::<i64>()) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap_or(now());
        let _ = (read(&raw, now), read_absolute(&raw), from_url(&raw));
    }

    #[test]
    fn reading_date_like_text_never_panics(raw in date_like(), at in instants()) {
        let stamp = read(&raw, at.to_utc());
        if let Some(stamp) = stamp {
            prop_assert!(YEARS.contains(&stamp.at.year()));
            let _ = stamp.published();
        }
        let _ = (read_absolute(&raw), from_url(&raw));
    }

    #[test]
    fn an_instant_is_read_back_from_every_full_form(at in instants()) {
        let forms = [
            "%Y-%m-%d %H:%M:%S", "%Y/%-m/%-d %-H:%M:%S", "%Y.%m.%d %H:%M:%S", "%Y年%-m月%-d日 %H:%M:%S",
            "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S%:z", "%Y%m%dT%H%M%S%z",
            "%a, %d %b %Y %H:%M:%S %z", "%d %b %Y %H:%M:%S", "%a %b %d %H:%M:%S %z %Y", "%Y-%b-%d %H:%M:%S",
            "%b %-d, %Y %I:%M:%S %p", "%B %-d, %Y, %I:%M:%S %p", "%Y-%m-%d %A %H:%M:%S", "%s", "%s000", "/Date(%s000)/",
            "发布时间：%Y-%m-%d %H:%M:%S 来源：本站", "%Y-%m-%d-%H:%M:%S",
        ];
        for form in forms {
            // Before 2001-09-09 the count of seconds has nine digits.
            if form.starts_with("%s") && at.timestamp() < 1_000_000_000 {
                continue;
            }
            let raw = at.format(form).to_string();
            prop_assert_eq!(read(&raw, now()).map(|stamp| stamp.at.to_utc()), Some(at.to_utc()), "{}", raw);
            prop_assert_eq!(read_absolute(&raw).map(|stamp| stamp.at.to_utc()), Some(at.to_utc()), "{}", raw);
        }
    }

    #[test]
    fn a_day_is_read_back_from_every_form(at in instants()) {
        let day = at.date_naive();
        for form in ["%Y-%m-%d", "%Y年%-m月%-d日", "%Y/%m/%d", "%Y%m%d", "[%Y.%m.%d]", "%-d %B %Y"] {
            let raw = day.format(form).to_string();
            prop_assert_eq!(read_absolute(&raw).map(crate::extract::date::Stamp::published), Some(Published::On(day)), "{}", raw);
        }
        prop_assert_eq!(from_url(&day.format("/x/%Y%m/t%Y%m%d_1.html").to_string()), Some(day).filter(|d| d.year() > 1994));
    }

    #[test]
    fn chinese_numerals_mean_what_digits_mean(at in instants()) {
        let day = at.date_naive();
        let digits = |number: i32, zero: char| number.to_string().chars().map(|c| match c {
            '0' => zero,
            c => "一二三四五六七八九".chars().nth(c as usize - '1' as usize).unwrap(),
        }).collect::<String>();
        let placed = |number: u32| {
            let ones = if number.is_multiple_of(10) { String::new() } else { digits((number % 10).cast_signed(), '零') };
            match number / 10 {
                0 => ones,
                1 => format!("十{ones}"),
                tens => format!("{}十{ones}", digits(tens.cast_signed(), '零')),
            }
        };
        for zero in ['〇', '○', '零', 'O', '0'] {
            let raw = format!("{}年{}月{}日", digits(day.year(), zero), placed(day.month()), placed(day.day()));
            prop_assert_eq!(read_absolute(&raw).map(crate::extract::date::Stamp::published), Some(Published::On(day)), "{}", raw);
        }
    }

    #[test]
    fn a_day_without_year_is_never_after_today(at in instants()) {
        let now = now();
        for form in ["%m-%d", "%-m/%-d", "%-m月%-d日"] {
            let raw = at.format(form).to_string();
            let Some(stamp) = read(&raw, now) else { return Err(TestCaseError::fail(raw)) };
            let day = stamp.at.date_naive();
            prop_assert_eq!((day.month(), day.day()), (at.month(), at.day()));
            prop_assert!(day <= today(now) && (today(now) - day).num_days() <= 8 * 366);
        }
    }

    #[test]
    fn spans_are_subtracted_exactly(at in instants(), count in 0_i64..5000) {
        let now = at.to_utc();
        for (unit, seconds) in [("秒", 1), ("分钟", 60), ("个小时", 3600)] {
            let stamp = read(&format!("约{count} {unit}前"), now).map(|stamp| stamp.at.to_utc());
            prop_assert_eq!(stamp, Some(now - Duration::seconds(count * seconds)));
        }
        let day = read(&format!("{count}天前"), now).map(crate::extract::date::Stamp::published);
        prop_assert_eq!(day, Some(Published::On(today(now) - Duration::days(count))));
    }

    #[test]
    fn the_short_way_reads_what_the_long_way_reads(raw in date_like(), at in instants()) {
        let texts = [raw, at.to_rfc2822(), at.to_rfc3339(), at.format("%Y-%m-%d %H:%M").to_string()];
        for raw in texts {
            if let Some(quick) = machine::quick(&raw) {
                let slow = scan(&fold::fold(&raw), None);
                prop_assert_eq!(slow.map(|stamp| (stamp.at.to_utc(), stamp.bare)), Some((quick.at.to_utc(), quick.bare)), "{}", raw);
            }
        }
    }
}
