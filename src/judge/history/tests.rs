use super::*;
use chrono::NaiveDate;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00+08:00")).unwrap().with_timezone(&Utc)
}

fn timed(text: &str) -> Option<Published> {
    let stamp = DateTime::parse_from_rfc3339(&format!("2026-11-{text}:00+08:00")).ok();
    stamp.map(|stamp| Published::At(stamp.with_timezone(&Utc)))
}

fn day(day: u32) -> Option<Published> {
    NaiveDate::from_ymd_opt(2026, 11, day).map(Published::On)
}

fn look(when: &str, covers: Option<&str>) -> Look {
    Look { at: at(when), good: true, covers_since: covers.map(at), empty_marker: false }
}

fn sighting<'a>(
    guid: &'a str,
    url: &'a str,
    title: &'a str,
    printed: Option<Published>,
    seen: &str,
) -> Sighting<'a> {
    let first_seen = at(seen);
    Sighting { guid, url, title, published: printed, first_seen, origin: Origin::Repost, deleted: false }
}

/// What it shows, the printed time, the first sighting, the looks, the effective time.
type Case<'a> = (&'a str, Option<Published>, &'a str, &'a [Look], &'a str);

#[test]
fn the_latest_time_the_evidence_allows() {
    let reaches = [look("10T12:00", Some("01T00:00"))];
    let short = [look("10T12:00", Some("09T00:00"))];
    let unknown = [look("10T12:00", None)];
    let empty = [Look { empty_marker: true, ..look("10T12:00", None) }];
    let failed = [Look { good: false, ..look("10T12:00", Some("01T00:00")) }];
    let cases: [Case<'_>; 14] = [
        ("a timed post keeps its time", timed("08T09:00"), "08T10:00", &[], "08T09:00"),
        ("a bare day lasts until its midnight", day(8), "09T10:00", &[], "09T00:00"),
        ("a bare day seen during that day was seen then", day(8), "08T10:00", &[], "08T10:00"),
        ("no date: the first sighting", None, "08T10:00", &[], "08T10:00"),
        ("a date in the future is no date", timed("30T09:00"), "08T10:00", &[], "08T10:00"),
        ("back-dated: a look should have shown it", timed("05T09:00"), "11T10:00", &reaches, "11T10:00"),
        ("back-dated: the page said it was empty", timed("05T09:00"), "11T10:00", &empty, "11T10:00"),
        ("a back-dated bare day", day(5), "11T10:00", &reaches, "11T10:00"),
        ("it merely scrolled in", timed("05T09:00"), "11T10:00", &short, "05T09:00"),
        ("nobody knows how far the list reached", timed("05T09:00"), "11T10:00", &unknown, "05T09:00"),
        ("it was missed because the look failed", timed("05T09:00"), "11T10:00", &failed, "05T09:00"),
        ("a look ten minutes after is no proof", timed("10T11:50"), "11T10:00", &reaches, "10T11:50"),
        ("a look eleven minutes after is", timed("10T11:49"), "11T10:00", &reaches, "11T10:00"),
        ("the look that showed it is no proof", timed("05T09:00"), "10T12:00", &reaches, "05T09:00"),
    ];
    for (sentence, printed, seen, looks, expected) in cases {
        assert_eq!(effective_time(printed, at(seen), &Looks::new(looks)), at(expected), "{sentence}");
    }
}

#[test]
fn no_instant_overflows() {
    let seen = DateTime::<Utc>::MAX_UTC;
    let looks = Looks::new(&[look("10T12:00", None)]);
    assert_eq!(effective_time(Some(Published::At(seen)), seen, &looks), seen);
    assert_eq!(effective_time(Some(Published::On(NaiveDate::MAX)), seen, &looks), seen);
}

#[test]
fn what_is_one_post() {
    let a = "https://weibo.com/1/a";
    let b = "https://weibo.com/1/b";
    let cases = [
        (
            "the same guid",
            sighting("7", a, "停水通知", timed("08T09:00"), "08T10:00"),
            sighting("7", b, "停水公告", None, "09T10:00"),
            1,
        ),
        (
            "the same address",
            sighting("7", "http://weibo.com/1/a/?from=x#top", "", None, "08T10:00"),
            sighting("8", a, "", None, "09T10:00"),
            1,
        ),
        (
            "the same title and time",
            sighting("7", a, "停水", timed("08T09:00"), "08T10:00"),
            sighting("8", b, "停水", timed("08T09:00"), "09T10:00"),
            1,
        ),
        (
            "the same title at another time",
            sighting("7", a, "停水", timed("08T09:00"), "08T10:00"),
            sighting("8", b, "停水", timed("08T09:01"), "09T10:00"),
            2,
        ),
        (
            "the same title, no time",
            sighting("7", a, "停水", None, "08T10:00"),
            sighting("8", b, "停水", None, "09T10:00"),
            2,
        ),
        (
            "no title at the same time",
            sighting("7", a, "", timed("08T09:00"), "08T10:00"),
            sighting("8", b, "", timed("08T09:00"), "09T10:00"),
            2,
        ),
        (
            "no guid and no address",
            sighting("", "", "停水", None, "08T10:00"),
            sighting("", "", "停电", None, "09T10:00"),
            2,
        ),
    ];
    for (sentence, first, second, posts) in cases {
        assert_eq!(merge(&[second.clone(), first.clone()]).len(), posts, "{sentence}");
    }
}

#[test]
fn sameness_is_passed_on() {
    let seen = [
        sighting("1", "https://weibo.com/1/a", "停水", timed("08T09:00"), "08T10:00"),
        sighting("2", "https://weibo.com/1/b", "停水公告", timed("09T09:00"), "09T10:00"),
        sighting("2", "http://weibo.com/1/a", "停水公告", None, "10T10:00"),
    ];
    assert_eq!(merge(&seen).len(), 1);
}

#[test]
fn a_merged_post_has_the_earliest_times_and_the_benefit_of_the_doubt() {
    let first = sighting("7", "", "停水", timed("08T09:00"), "08T10:00");
    let later = Sighting {
        published: timed("07T09:00"),
        first_seen: at("09T10:00"),
        origin: Origin::Unknown,
        ..first.clone()
    };
    let post = &merge(&[later.clone(), first.clone()])[0];
    assert_eq!(
        (post.published, post.first_seen, post.origin),
        (timed("07T09:00"), at("08T10:00"), Origin::Unknown)
    );
    let original = Sighting { origin: Origin::Original, ..first.clone() };
    assert_eq!(merge(&[later, first, original])[0].origin, Origin::Original);
}

#[test]
fn a_deleted_post_never_was() {
    let post = sighting("7", "", "停水", None, "08T10:00");
    assert_eq!(merge(&[Sighting { deleted: true, ..post.clone() }]), []);
    let listed_again = sighting("7", "", "停水", None, "09T10:00");
    assert_eq!(merge(&[Sighting { deleted: true, ..post }, listed_again])[0].first_seen, at("09T10:00"));
}

proptest! {
    #[test]
    fn the_table_of_reaches_says_what_a_search_says(
        looks in proptest::collection::vec((0_i64..50, proptest::option::of(0_i64..50), any::<bool>(), any::<bool>()), 0..40),
        after in 0_i64..50,
        before in 0_i64..50,
    ) {
        let instant = |second| DateTime::from_timestamp(second, 0).unwrap();
        let looks: Vec<Look> = looks.into_iter().map(|(at, covers, empty_marker, good)| Look {
            at: instant(at), good, covers_since: covers.map(instant), empty_marker,
        }).collect();
        let between = looks.iter().filter(|look| look.good && look.at > instant(after) && look.at < instant(before));
        prop_assert_eq!(Looks::new(&looks).farthest(instant(after), instant(before)), between.map(reach_of).min());
    }
}
