//! Whether two names mean one body.
//!
//! In: a verified subject as a platform shows it, and names out of the register. Out: whether they clearly differ.
//! Full and short names, a department of a body, a body named together with others are one body; only what has
//! nothing else in common than its place or its kind differs. In doubt it does not.

use crate::model::profile::one_form;

/// What platforms and offices append to the name of a body.
const TAILS: [&str; 22] = [
    "官方微博",
    "官方微信公众号",
    "官方微信",
    "官方公众号",
    "官方视频号",
    "官方抖音号",
    "官方抖音",
    "官方头条号",
    "官方快手号",
    "官方小红书",
    "官方账号",
    "官方帐号",
    "官方发布",
    "官方平台",
    "官方号",
    "官微",
    "官方",
    "政务微博",
    "政务账号",
    "微博",
    "账号",
    "的",
];

/// What stands before it.
const HEADS: [&str; 5] = ["认证主体:", "主体:", "账号主体:", "中国共产党", "中共"];

/// Whether the subject is clearly another body than each of these names. Empty names say nothing.
#[must_use]
pub fn differs(subject: &str, names: &[&str]) -> bool {
    let whole = body(subject);
    let parts: Vec<String> = one_form(subject).split(['、', ',', '/', ';', '|']).map(body).collect();
    let known: Vec<String> = names.iter().map(|name| body(name)).filter(|name| !name.is_empty()).collect();
    if whole.chars().count() < 2 || known.is_empty() {
        return false;
    }
    // A name may hold such a sign itself.
    let said = || std::iter::once(&whole).chain(&parts).filter(|part| part.chars().count() >= 2);
    !known.iter().any(|name| said().any(|part| are_one(part, name)))
}

/// A name without what stands around it.
fn body(text: &str) -> String {
    let mut name: String = one_form(text).chars().filter(|c| c.is_alphanumeric() || *c == ':').collect();
    while let Some(rest) = HEADS.iter().find_map(|head| name.strip_prefix(head)) {
        name = rest.to_owned();
    }
    name.retain(|c| c != ':');
    while let Some(rest) = TAILS.iter().find_map(|tail| name.strip_suffix(tail)) {
        name = rest.to_owned();
    }
    name
}

/// One holds the other, or what is left of the shorter without their common ends stands in the other, sign by sign
/// (`卫健委` in `卫生健康委员会`).
fn are_one(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() || long.windows(short.len()).any(|part| part == short) {
        return true;
    }
    let head = short.iter().zip(&long).take_while(|(one, other)| one == other).count();
    let (short, long) = (&short[head..], &long[head..]);
    let tail = short.iter().rev().zip(long.iter().rev()).take_while(|(one, other)| one == other).count();
    let (short, mut long) = (&short[..short.len() - tail], long[..long.len() - tail].to_vec());
    let found = short.iter().filter(|c| {
        let place = long.iter().position(|other| other == *c);
        place.map(|place| long.swap_remove(place)).is_some()
    });
    // Three of four.
    found.count() * 4 >= short.len() * 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_words_for_one_body_do_not_differ() {
        for (subject, name) in [
            ("云溪县公安局", "云溪县公安局"),
            ("云溪县公安局官方微博", "云溪县公安局"),
            ("云溪县公安局（官方账号）", "云溪县公安局"),
            ("云 溪 县公安局官方微博", "云溪县公安局"),
            ("澄湖市人民政府办公室", "澄湖市政府办公室"),
            ("澄湖市政府办", "澄湖市人民政府办公室"),
            ("中共云溪县委宣传部", "云溪县委宣传部"),
            ("中国共产党云溪县委员会宣传部", "中共云溪县委宣传部"),
            ("云溪县委宣传部、云溪县政府新闻办官方微博", "中共云溪县委宣传部"),
            ("云溪县卫健委", "云溪县卫生健康委员会"),
            ("云溪县发改委", "云溪县发展和改革委员会"),
            ("澄湖市住建局官方抖音号", "澄湖市住房和城乡建设局"),
            ("澄湖市人社局", "澄湖市人力资源和社会保障局"),
            ("澄湖市公安局交通警察支队", "澄湖市公安局"),
            ("云溪公安分局", "澄湖市公安局云溪分局"),
            ("江苏省澄湖市青岚区教育局", "青岚区教育局"),
            ("云溪团县委", "共青团云溪县委"),
            ("云溪县政务微博", "中共云溪县委宣传部"),
            ("ＹＸ云溪县城管局", "yx云溪县城管局"),
        ] {
            assert!(!differs(subject, &[name]), "{subject} and {name}");
        }
    }

    #[test]
    fn another_body_another_place_or_another_kind_differs() {
        for (subject, name) in [
            ("云溪县教育局", "云溪县体育局"),
            ("云溪县水务局官方微博", "云溪县税务局"),
            ("澄湖市公安局", "青岚区公安局"),
            ("澄湖市人力资源和社会保障局", "澄江市人力资源和社会保障局"),
            ("云溪县融媒体中心", "中共云溪县委宣传部"),
            ("澄湖星光文化传媒有限公司", "澄湖市文化广电和旅游局"),
            ("云溪县人民医院", "云溪县中医院"),
            ("青岚区第一小学", "青岚区第二小学"),
            ("知名旅游博主", "云溪县文化和旅游局"),
        ] {
            assert!(differs(subject, &[name]), "{subject} and {name}");
        }
    }

    #[test]
    fn one_name_of_the_register_is_enough() {
        let names = ["中共云溪县委宣传部", "云溪县融媒体中心"];
        assert!(!differs("云溪县融媒体中心", &names));
        assert!(differs("云溪县供销社", &names));
    }

    #[test]
    fn where_a_side_says_nothing_nothing_differs() {
        assert!(!differs("", &["云溪县教育局"]));
        assert!(!differs("官方微博", &["云溪县教育局"]));
        assert!(!differs("云溪县教育局", &["", "  "]));
    }

    proptest! {
        #[test]
        fn a_body_is_itself_whatever_is_written_around_it(
            name in "[云溪澄湖青岚县市区公安教育卫生局委办]{3,12}", tail in prop::sample::select(TAILS.to_vec()), more in "[支大]队|"
        ) {
            let subject = format!(" {name}{more}{tail}");
            prop_assert!(!differs(&subject, &[&name]), "{}", subject);
        }

        #[test]
        fn any_text_can_be_compared(a in "\\PC{0,40}", b in "\\PC{0,40}") {
            prop_assert_eq!(are_one(&body(&a), &body(&b)), are_one(&body(&b), &body(&a)));
            prop_assert!(!differs(&a, &[&b, &a]));
        }
    }
}
