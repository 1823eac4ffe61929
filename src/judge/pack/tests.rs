use super::*;
use crate::config::mistake::Place;
use proptest::prelude::*;

const NATIONAL: &str = BUILT_IN[0].1;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-20T00:00:00Z")
}

/// The national pack and one other file beside it.
fn beside_national(name: &str, text: &str) -> Result<Packs, Vec<Mistake>> {
    let files = [("national.toml", NATIONAL), (name, text)];
    Packs::parse(&files.into_iter().map(|(name, text)| (PathBuf::from(name), text.to_owned())).collect())
}

/// A pack `local` with these lines after its head, which has four.
fn local(lines: &str) -> Result<Packs, Vec<Mistake>> {
    let head = "name = \"local\"\ntitle = \"云溪县\"\nbasis = \"云溪县办法\"\nvalid_from = \"2020-01-01\"\n";
    beside_national("local.toml", &format!("{head}{lines}"))
}

fn rule<'p>(packs: &'p Packs, pack: &str, rule: Rule) -> &'p PackRule {
    let pack = packs.find(pack, now()).unwrap();
    pack.rules().iter().find(|own| own.rule == rule).unwrap()
}

#[test]
fn the_shipped_packs_are_read_and_keep_the_order_of_rules() {
    let packs = Packs::load(None).unwrap();
    let names: Vec<_> = packs.iter().map(|pack| pack.name.as_str()).collect();
    assert_eq!(names, ["hubei", "nantong", "national", "ningxia"]);
    for pack in packs.iter() {
        assert_eq!(pack.rules().each_ref().map(|rule| rule.rule), RULES, "{}", pack.name);
    }
}

#[test]
fn the_veto_fails_an_account_and_weekly_duties_do_not() {
    let packs = Packs::load(None).unwrap();
    assert_eq!(rule(&packs, "national", Rule::NotUpdated).level, Level::Fail);
    assert_eq!(rule(&packs, "national", Rule::Weekly).level, Level::Reminder);
    assert_eq!(rule(&packs, "ningxia", Rule::Weekly).level, Level::Deduction);
    assert_eq!(rule(&packs, "nantong", Rule::BiweeklyOriginal).level, Level::Reminder);
    // A span below the veto's two weeks can never be a failure.
    for pack in packs.iter() {
        for rule in pack.rules() {
            assert!(rule.level != Level::Fail || rule.window >= TimeDelta::days(14), "{}", rule.rule);
        }
    }
}

#[test]
fn only_the_veto_binds_while_a_closing_notice_runs() {
    let packs = Packs::load(None).unwrap();
    let binding = packs.find("national", now()).unwrap().rules().iter();
    let binding: Vec<_> = binding
        .filter(|rule| rule.binds(Kind::Ordinary, Platform::Weibo, Status::Closing))
        .map(|rule| rule.rule)
        .collect();
    assert_eq!(binding, [Rule::NotUpdated]);
}

#[test]
fn an_extending_pack_overrides_by_rule_and_inherits_the_rest() {
    let packs = Packs::load(None).unwrap();
    assert!(rule(&packs, "nantong", Rule::BiweeklyOriginal).basis.contains("第十九条"));
    assert_eq!(rule(&packs, "hubei", Rule::Weekly), rule(&packs, "national", Rule::Weekly));
    assert_eq!(packs.find("hubei", now()).unwrap().filing_workdays, Some(5));
    assert_eq!(packs.find("ningxia", now()).unwrap().filing_workdays, Some(3));
    assert_eq!(packs.find("ningxia", now()).unwrap().fresh, TimeDelta::hours(24));
}

#[test]
fn a_service_account_has_a_quota_and_others_a_window() {
    let packs = Packs::load(None).unwrap();
    let weekly = rule(&packs, "ningxia", Rule::Weekly);
    assert_eq!(weekly.limit(Kind::Service), Limit::Monthly(4));
    assert_eq!(weekly.limit(Kind::Subscription), Limit::Window(TimeDelta::days(7)));
}

#[test]
fn a_pack_not_yet_in_force_is_stood_in_for_by_the_one_it_extends() {
    let packs = Packs::load(None).unwrap();
    assert_eq!(packs.find("ningxia", at("2022-03-17T15:59:59Z")).unwrap().name, "national");
    assert_eq!(packs.find("ningxia", at("2022-03-17T16:00:00Z")).unwrap().name, "ningxia");
    assert_eq!(packs.find("national", at("2000-01-01T00:00:00Z")).unwrap().name, "national");
    assert_eq!(packs.find("yunxi", now()), None);
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_with_its_line() {
    let text = "\
fresh = 24
extends = \"national\"
colour = \"red\"
[rules.weekly]
window = \"a week\"
service = { monthly = 40, window = \"28d\" }
level = \"severe\"
basis = \" \"
advice = \"请更新\"
remind_before = [\"1d\", 2]
while_closing = \"no\"
kinds = [\"subscriptions\"]
window_days = 7
[rules.hollow]
window = \"7d\"
service = { monthly = 4 }
level = \"reminder\"
basis = \"依据\"
advice = \"请更新\"
while_closing = false
example = \"例\"
[rules.gone]
window = \"7d\"
";
    let mistakes = local(text).unwrap_err();
    let mut told: Vec<_> = mistakes
        .iter()
        .map(|mistake| match mistake.place {
            Place::Line(line) => (line, mistake.key.as_str()),
            _ => panic!("{mistake} has no line"),
        })
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (5, "fresh"),
            (7, "colour"),
            (8, "rules.weekly.example"),
            (9, "rules.weekly.window"),
            (10, "rules.weekly.service.monthly"),
            (11, "rules.weekly.level"),
            (12, "rules.weekly.basis"),
            (14, "rules.weekly.remind_before"),
            (15, "rules.weekly.while_closing"),
            (16, "rules.weekly.kinds"),
            (17, "rules.weekly.window_days"),
            (20, "rules.hollow.service.monthly"),
            (26, "rules.gone"),
        ]
    );
    assert!(mistakes.iter().all(|mistake| !mistake.advice.is_empty()));
}

#[test]
fn a_text_that_is_no_toml_is_told_with_its_line() {
    let mistakes = local("fresh = \n").unwrap_err();
    assert_eq!(mistakes[0].place, Place::Line(5));
}

#[test]
fn a_pack_must_be_complete_or_extend_one_that_is() {
    let mistakes = local("").unwrap_err();
    assert!(mistakes[0].reason.contains("weekly、biweekly_original"), "{}", mistakes[0]);
    assert!(local("extends = \"national\"").is_ok());
}

#[test]
fn a_pack_cannot_extend_a_stranger_or_itself() {
    assert!(local("extends = \"澄湖\"").unwrap_err()[0].reason.contains("澄湖"));
    assert!(local("extends = \"local\"").unwrap_err()[0].reason.contains("成环"));
}

#[test]
fn a_file_must_bear_its_packs_name() {
    let text = NATIONAL.replace("name = \"national\"", "name = \"other\"");
    let mistakes = beside_national("another.toml", &text).unwrap_err();
    assert_eq!(mistakes[0].key, "name");
}

#[test]
fn a_reminder_comes_before_its_deadline() {
    let early = NATIONAL.replace("remind_before = [\"1d\"]", "remind_before = [\"7d\"]");
    let files = [(PathBuf::from("national.toml"), early)].into_iter().collect();
    assert_eq!(Packs::parse(&files).unwrap_err()[0].key, "rules.weekly.remind_before");
}

#[test]
fn a_folders_file_replaces_the_built_in_of_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let stricter = NATIONAL.replace("window = \"7d\"", "window = \"5d\"");
    std::fs::write(dir.path().join("national.toml"), stricter).unwrap();
    std::fs::write(dir.path().join("README.md"), "不是规则包").unwrap();
    let packs = Packs::load(Some(dir.path())).unwrap();
    assert_eq!(rule(&packs, "national", Rule::Weekly).window, TimeDelta::days(5));
    assert_eq!(rule(&packs, "hubei", Rule::Weekly).window, TimeDelta::days(5));
    assert_eq!(rule(&packs, "ningxia", Rule::Weekly).window, TimeDelta::days(7));
}

#[test]
fn a_missing_folder_is_a_mistake() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Packs::load(Some(&dir.path().join("rules"))).unwrap_err().len(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_reading_panic(text in "(\\PC|\n|=|\\[|\\]|rules\\.weekly|\"){0,80}") {
        let _ = local(&text);
    }

    #[test]
    fn no_change_of_a_pack_makes_reading_panic(from in 0_usize..4000, len in 0_usize..40, with in "\\PC{0,4}") {
        let mut chars: Vec<char> = NATIONAL.chars().collect();
        let start = from.min(chars.len());
        let end = (start + len).min(chars.len());
        chars.splice(start..end, with.chars());
        let _ = Packs::parse(&[(PathBuf::from("national.toml"), chars.into_iter().collect())].into_iter().collect());
    }
}
