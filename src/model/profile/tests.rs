use super::*;
use crate::model::account::{Kind, Status, Tier};
use proptest::prelude::*;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + Duration::hours(hours)
}

pub(crate) fn registered(platform: Platform) -> Registered {
    Registered {
        key: "A1".to_owned(),
        name: "云溪发布".to_owned(),
        platform,
        platform_uid: String::new(),
        kind: Kind::Ordinary,
        sources: Vec::new(),
        homepage: String::new(),
        service_url: String::new(),
        owner: "中共云溪县委宣传部".to_owned(),
        credit_code: String::new(),
        supervisor: String::new(),
        level: Tier::County,
        region_code: String::new(),
        region_path: String::new(),
        verified_subject: String::new(),
        verified_type: String::new(),
        status: Status::Normal,
        status_since: None,
        opened_on: None,
        filed_on: None,
        announced_on: None,
        announcement_url: String::new(),
        leader: String::new(),
        operator: String::new(),
        phone: String::new(),
        email: Vec::new(),
        contractor: String::new(),
        pack: String::new(),
        notes: String::new(),
    }
}

fn named(name: &str) -> Told {
    let profile = Profile { name: Some(name.to_owned()), ..Profile::default() };
    Told::of(&profile, true, &registered(Platform::Weibo))
}

fn introduced(intro: &str) -> Told {
    let profile = Profile { intro: Some(intro.to_owned()), ..Profile::default() };
    Told::of(&profile, true, &registered(Platform::Weibo))
}

/// A memory after looks at these hours that told these names.
fn after(looks: &[(i64, &str)]) -> Memory {
    let mut memory = Memory::default();
    for (hour, name) in looks {
        memory.note(&named(name), at(*hour));
    }
    memory
}

fn latest(memory: &Memory) -> (&str, bool) {
    let seen = memory.latest(Fact::Name).unwrap();
    (&seen.value, seen.is_confirmed())
}

#[test]
fn a_value_counts_once_it_was_seen_twice_hours_apart() {
    assert_eq!(latest(&after(&[(0, "云溪发布")])), ("云溪发布", false));
    assert_eq!(latest(&after(&[(0, "云溪发布"), (5, "云溪发布")])), ("云溪发布", false));
    assert_eq!(latest(&after(&[(0, "云溪发布"), (6, "云溪发布")])), ("云溪发布", true));
}

#[test]
fn a_value_in_between_begins_the_count_anew() {
    let looks = [(0, "甲"), (30, "甲"), (31, "乙"), (32, "甲"), (33, "乙"), (38, "乙")];
    assert_eq!(latest(&after(&looks)), ("乙", false));
    assert_eq!(latest(&after(&[&looks[..], &[(39, "乙")]].concat())), ("乙", true));
}

#[test]
fn only_a_value_that_lasted_was_there_before() {
    let memory = after(&[(0, "甲"), (30, "甲"), (31, "丙"), (900, "丙"), (901, "乙"), (910, "乙")]);
    assert_eq!(memory.earlier(Fact::Name).map(|seen| seen.value.as_str()).collect::<Vec<_>>(), ["丙", "甲"]);
    let slips =
        after(&[(0, "甲"), (30, "甲"), (31, "丙"), (32, "甲"), (900, "丙"), (901, "乙"), (910, "乙")]);
    assert_eq!(slips.earlier(Fact::Name).map(|seen| seen.value.as_str()).collect::<Vec<_>>(), ["甲"]);
}

#[test]
fn an_unchanged_profile_is_written_twice_on_its_first_day_and_then_once_a_day() {
    let mut memory = Memory::default();
    let written: Vec<i64> =
        (0..80).filter(|hour| !memory.note(&named("甲"), at(*hour)).facts.is_empty()).collect();
    assert_eq!(written, [0, 6, 29, 52, 75]);
    let seen = memory.latest(Fact::Name).unwrap();
    assert_eq!((seen.first_seen, seen.since, seen.last_seen), (at(0), at(0), at(75)));
}

#[test]
fn a_profile_is_asked_for_again_only_when_it_is_time() {
    let mut memory = Memory::default();
    let mut noted = Noted::default();
    let mut taken = Vec::new();
    for hour in 0..80 {
        let told = named(if hour < 40 { "甲" } else { "乙" });
        if told.is_wanted(noted, at(hour)) {
            memory.note(&told, at(hour));
            noted = Noted { hash: Some(told.hash()), due: Some(memory.due(at(hour))), avatar: None };
            taken.push(hour);
        }
    }
    assert_eq!(taken, [0, 6, 29, 40, 46, 69]);
}

#[test]
fn a_line_of_the_register_that_is_new_asks_for_the_profile() {
    let told = named("甲");
    let noted = Noted { hash: Some(told.hash()), due: Some(at(20)), avatar: None };
    assert!(!told.is_wanted(noted, at(0)));
    assert!(told.is_wanted(Noted { due: None, ..noted }, at(0)));
}

#[test]
fn an_introduction_that_is_another_one_at_every_look_is_kept_once_a_day() {
    let mut memory = Memory::default();
    let written = (0..240)
        .filter(|hour| !memory.note(&introduced(&format!("已发布{hour}条")), at(*hour)).facts.is_empty())
        .count();
    assert_eq!(written, 11);
    assert_eq!(introduced("甲").hash(), introduced("乙").hash());
}

#[test]
fn a_look_without_a_profile_tells_nothing() {
    let told = Told::of(&Profile::default(), true, &registered(Platform::Weibo));
    assert!(told.is_empty() && !told.is_wanted(Noted::default(), at(0)));
}

#[test]
fn the_title_of_a_generic_feed_or_of_a_site_is_nobodys_name() {
    let profile = Profile {
        name: Some("云溪县政府网 - 要闻".to_owned()),
        intro: Some("要闻".to_owned()),
        avatar: Some("https://x.example/a.png".to_owned()),
        ..Profile::default()
    };
    assert!(Told::of(&profile, false, &registered(Platform::Weibo)).is_empty());
    for platform in [Platform::Website, Platform::App, Platform::Miniprogram, Platform::Other] {
        assert!(Told::of(&profile, true, &registered(platform)).is_empty(), "{platform}");
    }
    assert!(Told::of(&profile, true, &registered(Platform::Wechat)).tells(Fact::Name));
}

#[test]
fn an_avatar_is_the_same_whichever_host_serves_it_and_however_it_is_signed() {
    for address in [
        "https://tvax1.sinaimg.example/crop/a1b2.jpg?KID=imgbed&Expires=1795132800&ssig=x",
        "http://tvax4.sinaimg.example/crop/a1b2.jpg#top",
        "//cdn.example/crop/a1b2.jpg",
    ] {
        assert_eq!(plain_address(address), "crop/a1b2.jpg", "{address}");
    }
    assert_eq!(plain_address(""), "");
}

/// A look at an avatar in an hour; returns what the memory then holds as the avatar, and the address noted.
fn avatar(memory: &mut Memory, hour: i64, address: &str, picture: Option<Picture>) -> (String, bool) {
    let avatar = Some(format!("https://cdn.example/{address}"));
    let told =
        Told::of(&Profile { avatar, picture, ..Profile::default() }, true, &registered(Platform::Weibo));
    let noted = memory.note(&told, at(hour)).avatar;
    assert!(noted.is_none_or(|noted| noted == address_hash(address)));
    (memory.latest(Fact::Avatar).map(|seen| seen.value.clone()).unwrap_or_default(), noted.is_some())
}

#[test]
fn an_avatar_is_its_picture_and_not_its_address() {
    let mut memory = Memory::default();
    let first = "00000000000000ff a.png".to_owned();
    assert_eq!(avatar(&mut memory, 0, "a.png", None), (String::new(), false));
    assert_eq!(avatar(&mut memory, 1, "a.png", Some(Picture::Hash(0xff))), (first.clone(), true));
    // Moved, and recompressed on the way.
    assert_eq!(avatar(&mut memory, 30, "b.jpg", Some(Picture::Hash(0xfe))), (first.clone(), true));
    assert_eq!(avatar(&mut memory, 60, "b.jpg", Some(Picture::Same)), (first.clone(), true));
    assert_eq!(memory.latest(Fact::Avatar).unwrap().last_seen, at(60));
    // What could not be fetched leaves what was known.
    assert_eq!(avatar(&mut memory, 90, "c.jpg", None), (first.clone(), false));
    assert_eq!(memory.latest(Fact::Avatar).unwrap().last_seen, at(60));
    let second = "ffffffffffffffff d.jpg".to_owned();
    assert_eq!(avatar(&mut memory, 91, "d.jpg", Some(Picture::Hash(u64::MAX))), (second.clone(), true));
    assert_eq!(avatar(&mut memory, 120, "a.png", Some(Picture::Hash(0xff))), (first, true));
    // An older look changes nothing.
    assert!(!avatar(&mut memory, 100, "d.jpg", Some(Picture::Hash(u64::MAX))).1);
    assert_eq!(memory.facts.len(), 2);
}

#[test]
fn what_was_known_at_an_instant_is_told_of_it() {
    let memory = after(&[(0, "甲"), (30, "甲"), (60, "乙"), (70, "乙")]);
    assert_eq!(latest(&memory.up_to(at(50))), ("甲", true));
    assert_eq!(latest(&memory.up_to(at(62))), ("乙", false));
    assert_eq!(latest(&memory), ("乙", true));
}

#[test]
fn names_that_look_the_same_have_one_form() {
    assert_eq!(one_form(" 云溪\u{200b}发布Ａ１ "), one_form("云溪发布a1"));
    assert_ne!(one_form("云溪发布"), one_form("云溪发布厅"));
}

proptest! {
    #[test]
    fn a_value_is_never_confirmed_by_looks_closer_than_hours(
        looks in proptest::collection::vec((0_i64..600, 0_usize..3), 1..60)
    ) {
        let mut memory = Memory::default();
        let mut minute = 0;
        let mut run: Vec<(usize, DateTime<Utc>)> = Vec::new();
        for (gap, which) in looks {
            minute += gap + 1;
            let now = at(0) + Duration::minutes(minute);
            memory.note(&named(["甲", "乙", "丙"][which]), now);
            if run.last().is_some_and(|(last, _)| *last != which) {
                run.clear();
            }
            run.push((which, now));
            let seen = memory.latest(Fact::Name).unwrap();
            prop_assert_eq!(seen.value.as_str(), ["甲", "乙", "丙"][which]);
            prop_assert!(!seen.is_confirmed() || now - run[0].1 >= CONFIRM);
            prop_assert!(now - run[0].1 < CONFIRM || seen.is_confirmed());
            prop_assert!(memory.facts.len() <= 3);
        }
    }

    #[test]
    fn any_text_is_kept_within_bounds(text in "\\PC{0,2000}|[\\s\\S]{0,50}") {
        let mut memory = Memory::default();
        memory.note(&named(&text), at(0));
        memory.note(&introduced(&text), at(0));
        prop_assert!(memory.facts.iter().all(|seen| seen.value.len() <= LONGEST && !seen.value.contains('\0')));
    }
}
