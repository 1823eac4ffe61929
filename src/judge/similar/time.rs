//! When: days, times of day, periods and editions in a post.
//!
//! In: a folded text and the day it was published. Out: the days and times it names with their part (begin, end or
//! neither), the periods its figures are about, and which year, round or number it speaks of. What is used up is
//! taken out of the text. 下周五 is counted from the day of publication; 24时 is the next day's 0时.

use super::fold::{around, blank};
use crate::judge::amount;
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use regex::{Captures, Regex};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The part a day or a time plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Begin,
    End,
    Point,
}

impl Part {
    /// Whether two parts may mean the same moment of an event.
    pub(super) fn meets(self, other: Self) -> bool {
        self == other || (self != Self::End && other != Self::End)
    }
}

/// A day or a time with its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment<T> {
    pub(super) at: T,
    pub(super) part: Part,
}

/// Everything about time in a post.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Days; the year only if it is written.
    pub(super) days: Vec<Moment<NaiveDate>>,
    /// Days that only follow from a weekday or 明天.
    pub(super) derived: Vec<NaiveDate>,
    /// Minutes of the day.
    pub(super) clocks: Vec<Moment<u32>>,
    /// First and last month of what figures are about.
    pub(super) periods: BTreeSet<(u32, u32)>,
    /// Years named without a day.
    pub(super) years: BTreeSet<i32>,
    /// Days as of which figures are told.
    pub(super) as_of: BTreeSet<NaiveDate>,
    /// Bare months: 10月.
    pub(super) months: BTreeSet<u32>,
    /// 本周, 上周: which week or month from now.
    pub(super) runs: BTreeSet<&'static str>,
    /// Codes of roads, trains and things: G15, D2801.
    pub(super) codes: BTreeSet<String>,
    /// A day is said to end at 24时.
    pub(super) midnight: bool,
    /// Years written with a day.
    pub(super) day_years: BTreeSet<i32>,
    /// Halves of a day that no hour makes exact: 上午, 下午.
    pub(super) halves: BTreeSet<&'static str>,
    /// 第三届, 第8批, 国办发〔2026〕19号: what is counted, and which of it.
    pub(super) editions: BTreeMap<String, BTreeSet<u128>>,
}

/// A month without a day.
static MONTH: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?P<m>NUM)月"));
/// A code of letters and digits.
static CODE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[a-z]{1,3}-?\d{1,5}"));

/// A small number, Western or Chinese.
const N: &str = r"(?:\d{1,2}|[一二三四五六七八九十廿两零]{1,3})";

fn pattern(text: &str) -> Regex {
    Regex::new(&text.replace("NUM", N)).expect("a constant pattern")
}

static DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:(?P<y>\d{4}|[〇一二三四五六七八九零]{4}|今|明|去)年|次年|翌年|同年|当年)?(?P<m>NUM)月(?P<d>NUM)[日号](?:\s*(?:-|~|至|到)\s*(?:次年|翌年|明年)?(?:(?P<m2>NUM)月)?(?P<d2>NUM)[日号])?|(?P<m3>NUM)月(?P<d3>NUM)\s*(?:-|~|至|到)\s*(?P<d4>NUM)[日号]",
    )
});
static BARE_DAY: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<d>NUM)[日号](?P<after>夜间|晚|上午|下午|白天|早|起|至|到|前|\d)"));
static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<p>凌晨|早上|早晨|清晨|上午|中午|下午|傍晚|晚上|晚间|夜间|早|晚|午间|午后|当晚|次日|am|pm)?\s*(?:(?P<h>\d{1,2}):(?P<m>\d{2})(?::\d{2})?|(?P<h2>NUM)(?:点钟|点|时)(?:(?P<half>半)|整|(?P<m2>NUM)分?|(?P<quarter>一刻|三刻))?)(?P<tail>间)?",
    )
});
static WEEKDAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<w>每|下下|下|本|这|上)?个?(?:周|星期|礼拜)(?P<d>[一二三四五六日天])(?:\s*(?:-|至|到)\s*(?:周|星期)?[一二三四五六日天])?",
    )
});
static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?P<r>大前天|前天|昨天|昨日|昨晚|今天|今日|今晚|今早|明天|明日|明晚|明早|后天|大后天)")
});
static QUARTER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?:第)?(?P<q>[一二三四1-4])季度|(?P<half>上半年|下半年)|前(?P<first>NUM)(?:个)?月|(?P<from>NUM)月?\s*(?:-|~|至|到)\s*(?P<to>NUM)月(?:份)?|前(?P<q3>三)季度|(?P<month>NUM)月份|(?P<whole>全年)",
    )
});
static YEAR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?P<y>20\d{2}|二〇[〇一二三四五六七八九]{2})\s*(?:年度|学年|年版|年|届|版)"));
static EDITION: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"第(?P<n>\d{1,4}|[一二三四五六七八九十百零〇两]{1,5})(?P<u>届|期|批|轮|次|场|版|季|阶段|回|号|季赛|标段|幅|讲|课|站|集|周|剂|针)|(?P<first>首)(?P<u2>届|期|批|轮|场|季)|(?P<n3>[一二三四五六])(?P<u3>期)(?:工程|项目|建设|地块)?|(?P<n4>\d{1,3})(?P<u4>路|号线)(?:公交|地铁|线路|车)",
    )
});
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?P<who>[\p{Han}]{1,8})[\[(【](?P<y>\d{4})[\])】]\s*第?(?P<n>\d{1,5})号|(?P<kind>公告|通告|令|文件)\s*第?(?P<n2>\d{1,5})号",
    )
});

fn small(said: &Captures<'_>, name: &str) -> Option<u32> {
    let text: Vec<char> = said.name(name)?.as_str().chars().collect();
    let (value, length) = amount::read(&text)?;
    (length == text.len()).then(|| u32::try_from(value / amount::ONE).ok()).flatten()
}

/// Takes everything about time out of a text.
pub(super) fn take(text: &mut String, published: NaiveDate) -> Times {
    let mut times = Times::default();
    each(text, &NUMBER, |said, _, _| {
        let n = small_number(said, "n").or_else(|| small_number(said, "n2"))?;
        let kind = said.name("who").or_else(|| said.name("kind"))?.as_str().to_owned();
        let kind = said.name("y").map_or(kind.clone(), |_| "文号".to_owned());
        let year = said.name("y").and_then(|y| y.as_str().parse::<u128>().ok()).unwrap_or_default();
        times.editions.entry(kind).or_default().insert(year * 100_000 + n);
        Some(())
    });
    let mut days = Vec::new();
    let mut as_of = BTreeSet::new();
    each(text, &DAY, |said, before, after| {
        let year = match said.name("y").map(|y| y.as_str()) {
            Some("明") => Some(published.year() + 1),
            Some("去") => Some(published.year() - 1),
            Some("今") => Some(published.year()),
            Some(_) => small_number(said, "y").and_then(|y| i32::try_from(y).ok()),
            None => None,
        };
        times.day_years.extend(year);
        let day = |m: u32, d: u32| resolve(year, m, d, published);
        if let (Some(m), Some(d), Some(d2)) = (small(said, "m3"), small(said, "d3"), small(said, "d4")) {
            days.extend([
                Moment { at: day(m, d)?, part: Part::Begin },
                Moment { at: day(m, d2)?, part: Part::End },
            ]);
            return Some(());
        }
        let (m, d) = (small(said, "m")?, small(said, "d")?);
        let first = day(m, d)?;
        if let Some(d2) = small(said, "d2") {
            let last = day(small(said, "m2").unwrap_or(m), d2)?;
            days.extend([Moment { at: first, part: Part::Begin }, Moment { at: last, part: Part::End }]);
        } else {
            if ["截至", "截止到", "截至到"].iter().any(|word| before.ends_with(word)) {
                as_of.insert(first);
            }
            days.push(Moment { at: first, part: part(before, after) });
        }
        Some(())
    });
    each(text, &BARE_DAY, |said, before, after| {
        // 21日夜间 after 11月20日: the month goes on.
        let month = days.last().map_or(published, |day: &Moment<NaiveDate>| day.at);
        let day = NaiveDate::from_ymd_opt(month.year(), month.month(), small(said, "d")?)?;
        if before.ends_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        days.push(Moment { at: day, part: part(before, after) });
        Some(())
    });
    times.as_of = as_of;
    each(text, &QUARTER, |said, _, _| {
        let span = if let Some(q) = small(said, "q") {
            (3 * q - 2, 3 * q)
        } else if let Some(half) = said.name("half") {
            if half.as_str() == "上半年" { (1, 6) } else { (7, 12) }
        } else if said.name("q3").is_some() {
            (1, 9)
        } else if let Some(last) = small(said, "first") {
            (1, last)
        } else if let (Some(from), Some(to)) = (small(said, "from"), small(said, "to")) {
            (from, to)
        } else if let Some(month) = small(said, "month") {
            (month, month)
        } else {
            (1, 12)
        };
        (span.1 <= 12).then(|| times.periods.insert(span)).map(|_| ())
    });
    each(text, &YEAR, |said, _, _| {
        let year = small_number(said, "y").and_then(|year| i32::try_from(year).ok())?;
        times.years.insert(year);
        Some(())
    });
    each(text, &EDITION, |said, _, _| {
        let n = if said.name("first").is_some() {
            1
        } else {
            ["n", "n3", "n4"].into_iter().find_map(|n| small_number(said, n))?
        };
        let unit = ["u", "u2", "u3", "u4"].into_iter().find_map(|unit| said.name(unit))?;
        times.editions.entry(unit.as_str().to_owned()).or_default().insert(n);
        Some(())
    });
    each(text, &MONTH, |said, _, _| {
        times.months.insert(small(said, "m").filter(|month| *month <= 12)?);
        Some(())
    });
    times.codes = CODE.find_iter(text).map(|code| code.as_str().replace('-', "")).collect();
    let runs = ["本周", "上周", "下周", "本月", "上月", "下月"];
    times.runs = runs.into_iter().filter(|run| text.contains(run)).collect();
    clocks(text, &mut times);
    derived(text, published, &mut times);
    if times.clocks.is_empty() {
        let halves = ["上午", "下午", "晚上", "凌晨"];
        times.halves = halves.into_iter().filter(|half| text.contains(half)).collect();
    }
    times.days = days;
    times
}

fn small_number(said: &Captures<'_>, name: &str) -> Option<u128> {
    let text: Vec<char> = said.name(name)?.as_str().chars().collect();
    amount::read(&text).map(|(value, _)| value / amount::ONE)
}

/// Calls `read` for every match; what it understands is blanked out.
fn each(text: &mut String, pattern: &Regex, mut read: impl FnMut(&Captures<'_>, &str, &str) -> Option<()>) {
    let mut used = Vec::new();
    for said in pattern.captures_iter(text) {
        let Some(whole) = said.get(0) else { continue };
        let (before, after) = around(text, whole.start(), whole.end(), 8);
        if read(&said, &before, &after).is_some() {
            used.push((whole.start(), whole.end()));
        }
    }
    for (from, to) in used {
        blank(text, from, to);
    }
}

/// The part a day or a time plays, by the words around it.
fn part(before: &str, after: &str) -> Part {
    let after = after.trim_start_matches(['(', ' ', '\u{1}']);
    if before.ends_with(['至', '到', '-', '~'])
        || ["截止", "截至", "止于", "截止到", "截至到", "截止日期:", "前:"]
            .iter()
            .any(|word| before.ends_with(word))
    {
        return Part::End;
    }
    if ["前", "止", "截止", "结束", "之前", "截", "以前", "恢复", "关闭", "完工", "到期", "收官", "闭幕"]
        .iter()
        .any(|word| after.starts_with(word))
    {
        return Part::End;
    }
    let begins = ["起", "开始", "至", "到", "-", "~", "启", "开"].iter().any(|word| after.starts_with(word));
    if begins || before.ends_with('从') || before.ends_with('自') {
        return Part::Begin;
    }
    if before.ends_with("截止日期") || before.contains("截止") {
        return Part::End;
    }
    Part::Point
}

/// The day meant by a month and a day: of the written year, else the one nearest to publication.
fn resolve(year: Option<i32>, month: u32, day: u32, published: NaiveDate) -> Option<NaiveDate> {
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(year, month, day);
    }
    let near = |year: i32| {
        let at = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(((at - published).num_days().abs(), at))
    };
    let years = [published.year() - 1, published.year(), published.year() + 1];
    years.into_iter().filter_map(near).min().map(|(_, at)| at)
}

/// Times of day; 24时 is 0时 of the next day.
fn clocks(text: &mut String, times: &mut Times) {
    let mut carried: Option<(u32, bool)> = None;
    let mut midnight = false;
    let mut found = Vec::new();
    each(text, &CLOCK, |said, before, after| {
        if said.name("tail").is_some() || before.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        let hour = small(said, "h").or_else(|| small(said, "h2"))?;
        let minute = match (said.name("half"), said.name("quarter").map(|quarter| quarter.as_str())) {
            (Some(_), _) => 30,
            (_, Some("一刻")) => 15,
            (_, Some(_)) => 45,
            _ => small(said, "m").or_else(|| small(said, "m2")).unwrap_or(0),
        };
        if hour > 24 || minute > 59 {
            return None;
        }
        let period = said.name("p").map_or("", |period| period.as_str());
        let late = ["下午", "晚", "晚上", "晚间", "夜间", "傍晚", "午后", "当晚", "pm"].contains(&period)
            || (period == "中午" && hour < 6);
        let is_range = before.trim_end().ends_with(['-', '~', '至', '到']);
        let hour = match hour {
            12 if period == "凌晨" || period == "am" => 0,
            hour if late && hour < 12 => hour + 12,
            // 下午2点到5点: the afternoon goes on.
            hour if period.is_empty() && (is_range || said.name("h").is_none()) && hour < 12 => match carried
            {
                Some((first, true)) if hour + 12 > first => hour + 12,
                _ => hour,
            },
            hour => hour,
        };
        carried = Some((hour, late));
        midnight |= hour == 24;
        let at = (hour % 24) * 60 + minute;
        let part = if is_range { Part::End } else { part(before, after) };
        found.push(Moment { at, part });
        Some(())
    });
    times.clocks = found;
    times.midnight = midnight;
}

/// Days that follow from the day of publication.
fn derived(text: &mut String, published: NaiveDate, times: &mut Times) {
    let mut found = Vec::new();
    each(text, &WEEKDAY, |said, _, _| {
        let day = match said.name("d")?.as_str() {
            "一" => Weekday::Mon,
            "二" => Weekday::Tue,
            "三" => Weekday::Wed,
            "四" => Weekday::Thu,
            "五" => Weekday::Fri,
            "六" => Weekday::Sat,
            _ => Weekday::Sun,
        };
        let monday = published - TimeDelta::days(i64::from(published.weekday().num_days_from_monday()));
        let offset = TimeDelta::days(i64::from(day.num_days_from_monday()));
        let at = match said.name("w").map(|week| week.as_str()) {
            Some("每") => return Some(()),
            Some("下") => monday + TimeDelta::days(7) + offset,
            Some("下下") => monday + TimeDelta::days(14) + offset,
            Some("上") => monday - TimeDelta::days(7) + offset,
            Some(_) => monday + offset,
            None => {
                let at = monday + offset;
                if at < published { at + TimeDelta::days(7) } else { at }
            }
        };
        if !said.get(0)?.as_str().contains(['至', '到', '-']) {
            found.push(at);
        }
        Some(())
    });
    each(text, &RELATIVE, |said, _, _| {
        let offset = match said.name("r")?.as_str() {
            "大前天" => -3,
            "前天" => -2,
            "昨天" | "昨日" | "昨晚" => -1,
            "明天" | "明日" | "明晚" | "明早" => 1,
            "后天" => 2,
            "大后天" => 3,
            _ => 0,
        };
        found.push(published + TimeDelta::days(offset));
        Some(())
    });
    times.derived = found;
}
