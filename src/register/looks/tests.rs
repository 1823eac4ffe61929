use super::*;
use crate::model::moment::in_shanghai;
use encoding_rs::GB18030;
use proptest::prelude::*;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn now() -> DateTime<Utc> {
    at("2026-11-20T10:00:00+08:00")
}

const FILE: &str = "账号,内容链接,发布时间,标题,此后无更新,截图,核查人,核查时间\n\
    云溪发布,https://channels.example/p/1,2026年11月19日 下午3:20,通告,,1.png,张三,2026-11-20 09:00\n\
    A2,,,,2026-11-10,,李四,2026-11-20\n\
    A3,,,,已知,,,\n";

fn read_text(text: &str) -> Reading {
    read(Path::new("looks.csv"), text.as_bytes(), now())
}

fn note() -> Note {
    Note {
        url: "https://channels.example/p/1".to_owned(),
        published: Some(Published::At(at("2026-11-19T15:20:00+08:00"))),
        by: "张三".to_owned(),
        ..Note::default()
    }
}

fn reasons(note: &Note, known: Option<&str>) -> Vec<String> {
    let looked = note.look("", known.map(at), None, now());
    looked.map_or_else(|troubles| troubles.into_iter().map(|it| it.reason).collect(), |_| Vec::new())
}

#[test]
fn rows_are_read_in_every_charset_and_way_to_write_a_time() {
    let plain = read_text(FILE);
    assert_eq!((plain.bad, plain.broken), (vec![], vec![]));
    let first = &plain.rows[0];
    assert_eq!((first.account.as_str(), first.note.by.as_str()), ("云溪发布", "张三"));
    let Some(Published::At(published)) = first.note.published else { panic!("{first:?}") };
    assert_eq!(in_shanghai(published).to_rfc3339(), "2026-11-19T15:20:00+08:00");
    assert_eq!(plain.rows[1].note.at, Some(now()));
    assert_eq!(plain.rows[2].note.nothing_since, Some(Since::Known));
    let (gb, _, _) = GB18030.encode(FILE);
    assert_eq!(read(Path::new("looks.csv"), &gb, now()).rows, plain.rows);
    assert_eq!(read_text(&format!("\u{feff}{}", FILE.replace(',', "\t"))).rows, plain.rows);
}

#[test]
fn every_bad_row_is_told_at_once_with_row_and_column() {
    let text = "account,seen_post,published_at\n,https://x.example/1,2026-11-19\nA2,https://x.example/2,去年\n\
        A3,https://x.example/3,2026-13-40\nA4,https://x.example/4,2026-11-19\n";
    let reading = read_text(text);
    let told: Vec<String> = reading.bad.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told[0].contains("第2行") && told[0].contains("账号"), "{told:?}");
    assert!(told[1].contains("第3行") && told[1].contains("去年"), "{told:?}");
    assert_eq!(reading.rows.len(), 1);
}

#[test]
fn a_file_without_the_header_is_broken_and_says_which_it_should_have() {
    let reading = read_text("甲,乙\n1,2\n");
    assert!(reading.broken[0].to_string().contains("此后无更新"));
    assert!(reading.rows.is_empty());
}

#[test]
fn a_time_still_to_come_or_after_the_look_is_refused() {
    let later = Some(Published::At(at("2026-11-20T11:00:00+08:00")));
    assert!(reasons(&Note { published: later, ..note() }, None)[0].contains("晚于核查时间"));
    let early = Some(at("2026-11-19T08:00:00+08:00"));
    assert!(reasons(&Note { at: early, ..note() }, None)[0].contains("晚于核查时间"));
    let tomorrow = Some(at("2026-11-21T08:00:00+08:00"));
    assert!(reasons(&Note { at: tomorrow, ..note() }, None)[0].contains("还没有到"));
}

#[test]
fn half_a_post_or_nothing_at_all_is_refused() {
    assert!(reasons(&Note { published: None, ..note() }, None)[0].contains("没有发布时间"));
    assert!(reasons(&Note { url: String::new(), ..note() }, None)[0].contains("没有内容链接"));
    assert!(reasons(&Note { url: "张三看到的".to_owned(), ..note() }, None)[0].contains("不是网址"));
    assert!(reasons(&Note { by: "张三".to_owned(), ..Note::default() }, None)[0].contains("看到了什么"));
    assert!(reasons(&Note { by: String::new(), ..note() }, None)[0].contains("谁"));
}

#[test]
fn a_silence_that_contradicts_what_is_known_is_refused() {
    let silent = |text: &str| Note {
        nothing_since: read_since(text, now()),
        by: "张三".to_owned(),
        ..Note::default()
    };
    let known = Some("2026-11-15T10:15:32+08:00");
    assert!(reasons(&silent("2026-11-10"), known)[0].contains("不符"));
    assert!(reasons(&silent("2026-11-15 10:15"), known).is_empty());
    let look = silent("已知").look("", known.map(at), None, now()).unwrap();
    assert_eq!(look.hand.nothing_since, known.map(at));
    assert!(reasons(&silent("已知"), None)[0].contains("已知的内容"));
    let both = Note { nothing_since: read_since("2026-11-10", now()), ..note() };
    assert!(reasons(&both, None)[0].contains("不符"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), cells in ".{0,40}") {
        let _ = read(Path::new("x.csv"), &bytes, now());
        let _ = read_text(&format!("账号,发布时间,核查时间,此后无更新\nA,{cells},{cells},{cells}\n"));
    }
}
