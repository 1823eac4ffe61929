//! Which names are the unit's own.
//!
//! In: the account's name, its host and the names the register gives for the host and its subordinate units. Out:
//! whether a name means the unit, and where a text speaks of the unit. A body of another level or place never is.

use super::actor::{SELF_ACTS, SPEAKERS, TOWARDS, is_contact, is_free, is_han, stands_as_actor};
use super::sign::{Sign, Signs};
use super::{name, organ};
use memchr::memmem;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A way of writing an own name.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Form {
    text: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A body: its offices are own too.
    Body,
    /// A body's name that has lost its place: another place's body may be called the same.
    Bare,
    /// The name of an account: 云溪水利.
    Brand,
}

/// The names of the unit behind an account.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    forms: Vec<Form>,
    /// Every form holds one of these.
    needles: Vec<String>,
    /// Whether the unit publishes a newspaper, so that 本报 means itself.
    paper: bool,
    /// Whether the unit runs a station, so that 本台 means itself.
    station: bool,
    /// Whether the unit is a government, so that 我县 means itself.
    government: bool,
}

/// How a unit speaks of itself.
static SELF: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:我|本|我们)(局|委|办|厅|院|校|中心|支队|大队|总队|中队|所|馆|站|园|处|队|单位|分局|街道|镇|乡|社区|学院|医院|法院|检察院|集团|公司|网|网站|社|刊|会|部|室|科|市|县|区|省|州|旗|村|司|署|号|平台|公众号|账号|频道|政府|报|台|报社|电视台)")
        .expect("a constant pattern")
});
/// Levels: 我县 is the unit only where the unit is the county's government.
const LEVELS: [&str; 9] = ["市", "县", "区", "省", "州", "旗", "镇", "乡", "街道"];
/// What makes another word of 本 and a kind of body: 本队列, 本所有, 本台风, 本校正, 本处理.
const OTHER_WORD: [char; 12] = ['风', '列', '有', '正', '理', '罚', '谓', '点', '子', '域', '别', '间'];

impl Unit {
    /// The names of a unit.
    #[must_use]
    pub fn new(account: &str, host: &str, own_names: &[&str]) -> Self {
        let host_places = organ::places(host).0;
        let mut unit = Self::default();
        for whole in [host, account].into_iter().chain(own_names.iter().copied()) {
            let whole = name::bare(&super::fold::fold(whole)).to_owned();
            if whole.chars().count() < 2 {
                continue;
            }
            unit.paper |=
                ["报", "报社", "融媒体中心", "传媒集团", "报业集团"].iter().any(|end| whole.ends_with(end));
            unit.station |=
                ["台", "广播电视", "融媒体中心", "广电", "传媒集团"].iter().any(|end| whole.ends_with(end));
            unit.government |= ["人民政府", "政府", "政府办公室", "政府办", "县委", "区委", "市委", "管委会"]
                .iter()
                .any(|end| whole.ends_with(end));
            if organ::is_body(&whole) {
                unit.add_body(&whole, &host_places);
            } else {
                unit.add(&whole, Kind::Brand);
            }
        }
        unit.forms.sort_by_key(|form| std::cmp::Reverse(form.text.len()));
        for form in unit.forms.iter().rev() {
            if !unit.needles.iter().any(|needle| form.text.contains(needle)) {
                unit.needles.push(form.text.clone());
            }
        }
        unit
    }

    fn add(&mut self, text: &str, kind: Kind) {
        let text = organ::shorten(text);
        if text.chars().count() >= 2 && !self.forms.iter().any(|form| form.text == text) {
            self.forms.push(Form { text, kind });
        }
    }

    /// Adds a body's name with its places shortened in every usual way.
    fn add_body(&mut self, whole: &str, host_places: &[&str]) {
        self.add(whole, Kind::Body);
        let (mut places, mut rest) = organ::places(whole);
        if places.is_empty() {
            // 市体育局 in the register of 临江市体育局 is 临江市体育局.
            let level = organ::bare_level(whole);
            let place = host_places.iter().rposition(|place| level == Some(organ::level(place)));
            let (Some(level), Some(place)) = (level, place) else { return };
            places = host_places[..=place].to_vec();
            rest = &whole[level.len()..];
        }
        for from in 0..places.len() {
            self.add(&(places[from..].concat() + rest), Kind::Body);
        }
        if let Some(last) = places.last() {
            self.add(&format!("{}{rest}", organ::level(last)), Kind::Body);
            if let Some(stem) = organ::stem(last) {
                self.add(&format!("{stem}{rest}"), Kind::Body);
            }
        }
        self.add(rest, Kind::Bare);
        let Some(last) = places.last() else { return };
        for inner in organ::innermost(&organ::shorten(rest)) {
            self.add(&format!("{last}{inner}"), Kind::Body);
            self.add(&format!("{}{inner}", organ::level(last)), Kind::Body);
            if let Some(stem) = organ::stem(last) {
                self.add(&format!("{stem}{inner}"), Kind::Body);
            }
        }
        // 县局: how the bodies of one line of duty speak of each other.
        if rest.ends_with('局') && organ::innermost(rest).next().is_none() {
            self.add(&format!("{}局", organ::level(last)), Kind::Body);
        }
    }

    /// Whether a name means the unit, one of its offices or whoever speaks.
    #[must_use]
    pub fn is_own(&self, name: &str) -> bool {
        let name = organ::shorten(without_site(name::bare(name)));
        if name.is_empty() {
            return false;
        }
        if matches!(name.as_str(), "原创" | "本人" | "自采" | "自制" | "小编") {
            return true;
        }
        self.is_called(&name) || (organ::is_office_alone(&name) && self.speaks_of_itself(&name).is_none())
    }

    /// Whether a name is one of the unit's or begins with one; an office alone is not.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let name = organ::shorten(without_site(name::bare(name)));
        if let Some(own) = self.speaks_of_itself(&name) {
            return own;
        }
        self.forms.iter().any(|form| {
            let rest = name.strip_prefix(form.text.as_str());
            rest.is_some_and(|rest| {
                rest.is_empty()
                    || match form.kind {
                        Kind::Body => organ::is_office(rest),
                        Kind::Bare | Kind::Brand => organ::is_editors(rest),
                    }
            })
        })
    }

    /// Whether a byline begins with an own name: 县水利局张三.
    pub(super) fn signs(&self, who: &str) -> bool {
        let who = organ::shorten(name::bare(who));
        self.is_own(&who)
            || self.forms.iter().any(|form| {
                let rest = who.strip_prefix(form.text.as_str());
                rest.is_some_and(|rest| rest.chars().count() <= 4 && !organ::is_publisher(rest))
            })
    }

    /// Whether a name is 我局, 本站 and the like, alone or with an office after it; `None` when it is none.
    fn speaks_of_itself(&self, name: &str) -> Option<bool> {
        let said = SELF.captures(name)?;
        let kind = said.get(1).map_or("", |kind| kind.as_str());
        let rest = &name[said.get(0).map_or(0, |whole| whole.end())..];
        let ours = match kind {
            "报" | "报社" | "社" | "刊" => self.paper,
            "台" | "电视台" | "频道" => self.station,
            _ => true,
        };
        let inside = rest.is_empty()
            || organ::is_office(rest)
            || matches!(rest, "讯" | "消息" | "原创" | "记者" | "通讯员" | "整理" | "综合" | "采写" | "编辑");
        Some(ours && inside)
    }

    /// Whether 本报 or 本台 means the unit itself.
    pub(super) fn is_press(&self, paper: bool) -> bool {
        if paper { self.paper } else { self.station }
    }

    /// Whether the unit acts in a piece of text: an own name or 我局 where the one who does something stands.
    pub(super) fn acts_in(&self, line: &str, signs: Signs) -> bool {
        let line = if signs.has(Sign::Long) { Cow::Owned(organ::shorten(line)) } else { Cow::Borrowed(line) };
        let holds = |needle: &String| memmem::find(line.as_bytes(), needle.as_bytes()).is_some();
        let is_named = self.needles.iter().any(holds);
        is_named
            && self.forms.iter().any(|form| {
                line.match_indices(form.text.as_str()).any(|(at, found)| {
                    let (before, after) = (&line[..at], &line[at + found.len()..]);
                    let whole = form.kind != Kind::Bare
                        || form.text.chars().count() >= 5
                        || !before.ends_with(is_han);
                    // 市局部地区 speaks of no bureau.
                    let word = form.text.ends_with('局') && after.starts_with(['部', '面', '势', '限']);
                    whole && !word && stands_as_actor(before, after)
                })
            })
            || signs.has(Sign::Speaker)
                && line.match_indices(SPEAKERS).any(|(at, speaker)| {
                    let (before, rest) = (&line[..at], &line[at + speaker.len()..]);
                    let said = SELF_ACTS.iter().find_map(|kind| Some((*kind, rest.strip_prefix(kind)?)));
                    let Some((kind, after)) = said else { return false };
                    let ours = match kind {
                        kind if LEVELS.contains(&kind) => self.government,
                        "台" => self.station,
                        _ => true,
                    };
                    ours && !after.starts_with(OTHER_WORD) && is_free(before, &TOWARDS) && !is_contact(after)
                })
    }
}

/// A government's name without the words for its site.
fn without_site(name: &str) -> &str {
    ["门户网站", "官方网站", "网站", "官网"].iter().find_map(|site| name.strip_suffix(site)).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn water() -> Unit {
        Unit::new("沙河水利", "沙河县水利局", &["县水利局", "沙河县清渡闸管理所"])
    }

    #[test]
    fn a_unit_is_known_by_every_usual_form_of_its_name() {
        let unit = water();
        for own in [
            "沙河县水利局",
            "县水利局",
            "沙河水利局",
            "水利局",
            "沙河水利",
            "“沙河水利”微信公众号",
            "沙河县水利局网站",
            "县水利局办公室",
            "沙河县水利局河湖管理科",
            "清渡闸管理所",
            "县清渡闸管理所",
            "我局",
            "本局",
            "本站",
            "本网",
            "本局党组",
            "我局办公室",
            "综合科",
            "办公室",
            "宣传科",
            "沙河水利小编",
            "本局1234服务台",
        ] {
            assert!(unit.is_own(own), "{own}");
        }
    }

    #[test]
    fn another_level_place_or_unit_is_not_own() {
        let unit = water();
        for other in [
            "市水利局",
            "省水利厅",
            "临江市水利局",
            "县农业农村局",
            "县人民政府办公室",
            "沙河水利投资有限公司",
            "沙河水利在线",
            "县政府办",
            "国务院办公厅",
            "本报",
            "本台",
            "县委宣传部",
            "新华社",
            "水利部",
            "网络",
            "",
        ] {
            assert!(!unit.is_own(other), "{other}");
        }
    }

    #[test]
    fn long_and_short_names_of_a_kind_are_one() {
        let police =
            Unit::new("临江交警", "临江市公安局交通警察支队", &["临江市公安局交通警察支队车辆管理所"]);
        for own in
            ["临江市交警支队", "临江交警支队", "市交警支队", "市车管所", "市公安局交警支队", "局办公室"]
        {
            assert!(police.is_own(own), "{own}");
        }
        for other in ["市公安局", "临江市公安局", "市局", "省交警总队"] {
            assert!(!police.is_own(other), "{other}");
        }
        let unit = Unit::new("临江人社", "临江市人力资源和社会保障局", &["市人社局"]);
        for own in ["临江市人社局", "临江人社局", "市人力资源社会保障局", "市人社局就业促进科"]
        {
            assert!(unit.is_own(own), "{own}");
        }
        let district =
            Unit::new("北岸发布", "临江市北岸区人民政府办公室", &["区政府办公室", "北岸区人民政府"]);
        for own in ["北岸区政府办", "北岸区人民政府办公室", "区政府", "本区办公室"] {
            assert!(district.is_own(own), "{own}");
        }
        assert!(!district.is_own("临江市人民政府办公室") && !district.is_own("市政府办公室"));
    }

    #[test]
    fn a_paper_and_a_station_mean_themselves() {
        let media = Unit::new("北岸融媒", "北岸区融媒体中心", &["北岸电视台", "北岸报"]);
        assert!(media.is_own("本报") && media.is_own("本台"));
    }

    #[test]
    fn the_unit_acts_where_it_does_something() {
        let unit = water();
        for text in [
            "县水利局组织开展河道清障。",
            "近日,县水利局召开会议。",
            "11月3日县水利局启动巡查",
            "我局完成了年度任务。",
            "在全县范围内,由县水利局会同各镇实施。",
            "沙河县水利局联合公安局巡河",
            "清渡闸管理所的职工每天测水位",
            "昨天沙河水利推出便民措施",
            "县水利局的技术员来到田头",
            "由县水利局、县农业农村局联合举办",
            "主办单位:县水利局",
            "县局召开会议",
        ] {
            assert!(unit.acts_in(text, Signs::of(text)), "{text}");
        }
        for text in [
            "#沙河水利# 河水涨了",
            "@沙河水利 河水涨了",
            "请到县水利局办理",
            "可拨打县水利局电话",
            "临江县水利局召开会议",
            "欢迎关注沙河水利微信公众号",
            "副县长调研县水利局",
            "我县新增三处公园",
            "节水从点滴做起",
            "本队列共有三人",
        ] {
            assert!(!unit.acts_in(text, Signs::of(text)), "{text}");
        }
    }
}
