//! What a label before a number says the number is.
//!
//! In: folded text that ends where a number begins, or the text of a cell that heads a column. Out: what is named there,
//! and what stands before the name. Between a name and its number there is nothing but 号, 号码, 是, punctuation.

use super::run::is_mask;

/// What a label names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    /// An identity number.
    Identity,
    /// A bank card or account.
    Card,
    /// A telephone number.
    Phone,
    /// A passport or a pass for crossing the border.
    Passport,
    /// A plate.
    Plate,
    /// Any other number: of an order, a document, a case, a certificate.
    Other,
}

/// A label as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label<'t> {
    pub(super) named: Named,
    /// What stands before its word: 澄湖市慈善总会 of 澄湖市慈善总会账号.
    pub(super) before: &'t str,
}

/// Words that name a kind by themselves; the first that fits decides.
const WORDS: [(&str, Named); 67] = [
    ("身份证", Named::Identity),
    ("身份证明", Named::Identity),
    ("身份证件", Named::Identity),
    ("身份号", Named::Identity),
    ("公民身份", Named::Identity),
    ("证件号", Named::Identity),
    ("证件编号", Named::Identity),
    ("驾驶证号", Named::Identity),
    ("驾驶证编号", Named::Identity),
    ("驾照号", Named::Identity),
    // Accounts that are telephone numbers.
    ("支付宝账号", Named::Phone),
    ("支付宝账户", Named::Phone),
    ("支付宝", Named::Phone),
    ("微信账号", Named::Phone),
    ("微信", Named::Phone),
    ("合同号", Named::Other),
    ("同号", Named::Phone),
    ("电话", Named::Phone),
    ("手机", Named::Phone),
    ("联系方式", Named::Phone),
    ("热线", Named::Phone),
    ("专线", Named::Phone),
    ("短号", Named::Phone),
    ("拨号", Named::Phone),
    ("拨打", Named::Phone),
    ("致电", Named::Phone),
    // Cards that hold no bank account.
    ("电话卡号", Named::Other),
    ("手机卡号", Named::Other),
    ("流量卡号", Named::Other),
    ("物联网卡号", Named::Other),
    ("借书卡号", Named::Other),
    ("图书卡号", Named::Other),
    ("会员卡号", Named::Other),
    ("门禁卡号", Named::Other),
    ("购物卡号", Named::Other),
    ("加油卡号", Named::Other),
    ("公交卡号", Named::Other),
    ("微信卡号", Named::Other),
    ("sim卡号", Named::Other),
    ("银行卡", Named::Card),
    ("储蓄卡", Named::Card),
    ("借记卡", Named::Card),
    ("信用卡", Named::Card),
    ("卡号", Named::Card),
    ("账号", Named::Card),
    ("帐号", Named::Card),
    ("账户", Named::Card),
    ("帐户", Named::Card),
    ("存折", Named::Card),
    ("一卡通", Named::Card),
    ("护照", Named::Passport),
    ("台胞证", Named::Passport),
    ("回乡证", Named::Passport),
    ("通行证", Named::Passport),
    ("车牌", Named::Plate),
    ("号牌", Named::Plate),
    ("牌照", Named::Plate),
    // Things that have numbers, also where nobody says 号.
    ("订单", Named::Other),
    ("运单", Named::Other),
    ("快递", Named::Other),
    ("执照", Named::Other),
    ("许可证", Named::Other),
    ("代码", Named::Other),
    ("条码", Named::Other),
    ("批次", Named::Other),
    ("批号", Named::Other),
    ("准考证", Named::Other),
];

/// Words that mean the number that is kept for insurance and is the identity number: they neither name nor exclude it.
const SOCIAL: [&str; 4] = ["社会保障号", "社会保障", "社保号", "个人社保"];
/// What may stand between a name and its number; those of the first kind say that a number follows.
const NUMBER: [&str; 6] = ["号码", "编号", "编码", "号", "码", "no"];
const LINKS: [&str; 13] =
    ["分别为", "分别", "如下", "应是", "如", "应为", "为", "是", "系", "原", "均", "后", "的"];
/// What ends in 号 or 码 and is no label.
const NO_LABEL: [&str; 8] = ["扫码", "二维码", "数码", "起码", "密码", "称号", "口号", "门号"];
/// Vehicles have passes too.
const VEHICLES: [&str; 5] = ["车辆", "货车", "车", "运输", "出入"];
/// How much of a text is read for a label, in bytes.
pub(super) const REACH: usize = 120;

/// Reads the label at the end of a text.
pub(super) fn read(text: &str) -> Option<Label<'_>> {
    let mut rest = text;
    let mut numbered = false;
    let mut linked = false;
    let mut coded = false;
    loop {
        rest = trim(rest);
        // 联系电话(微信同号): what is in brackets says more about the name before them.
        if let Some(inner) = rest.strip_suffix(')') {
            if let Some(label) = read_word(trim(inner)) {
                return Some(label);
            }
            rest = match inner.rfind('(') {
                Some(open) if inner.len() - open <= 60 => &inner[..open],
                _ => trim(inner),
            };
            continue;
        }
        if SOCIAL.iter().any(|word| rest.ends_with(word)) {
            return None;
        }
        if let Some(label) = read_word(rest) {
            return Some(label);
        }
        if let Some(before) = NUMBER.iter().find_map(|word| rest.strip_suffix(word)) {
            if NO_LABEL.iter().any(|word| rest.ends_with(word)) {
                return None;
            }
            coded |= rest.ends_with("编号") || rest.ends_with("编码");
            (rest, numbered) = (before, true);
        } else if let Some(before) =
            LINKS.iter().find_map(|word| rest.strip_suffix(word)).filter(|_| !linked && !numbered)
        {
            (rest, linked) = (before, true);
        } else {
            break;
        }
    }
    // 证件 and 驾驶证 name a number only when one is spoken of: 请带好证件.
    let special = [
        ("证件", Named::Identity),
        ("驾驶证", Named::Identity),
        ("驾照", Named::Identity),
        ("卡", Named::Card),
    ];
    if !numbered {
        return None;
    }
    for (word, named) in special {
        if let Some(before) = rest.strip_suffix(word) {
            return Some(Label { named, before });
        }
    }
    // Any other word before 号; 3号 and 三号 are a day or a door, and 号码 alone is a telephone's.
    let is_word = |c: char| c.is_alphabetic() && !"〇一二三四五六七八九十百第".contains(c);
    let other = coded || rest.chars().next_back().is_some_and(is_word);
    (other && !offers_identity(rest)).then_some(Label { named: Named::Other, before: rest })
}

/// A name at the very end of a text.
fn read_word(rest: &str) -> Option<Label<'_>> {
    let (word, named) = WORDS.iter().find(|(word, _)| rest.ends_with(word))?;
    let before = &rest[..rest.len() - word.len()];
    match named {
        Named::Passport if VEHICLES.iter().any(|vehicle| before.ends_with(vehicle)) => {
            Some(Label { named: Named::Other, before })
        }
        // 身份证号/统一社会信用代码 heads a column of both.
        Named::Other if offers_identity(before) => None,
        named => Some(Label { named: *named, before }),
    }
}

/// Whether a label of several names offers an identity number as well.
fn offers_identity(before: &str) -> bool {
    let cell = before.rsplit([' ', '\n', ',', ';', '。', ':', '|']).next().unwrap_or(before);
    cell.contains(['/', '(', '或']) && cell.contains("身份证")
}

/// A text without punctuation and spaces at its end; masks are no punctuation, and a sentence ends a label's reach.
pub(super) fn trim(text: &str) -> &str {
    text.trim_end_matches(|c: char| {
        !c.is_alphanumeric() && !is_mask(c) && !matches!(c, '。' | ';' | '!' | '?' | ')' | '\n')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Option<Named> {
        read(text).map(|label| label.named)
    }

    #[test]
    fn names_are_read_through_everything_that_may_follow_them() {
        for text in [
            "身份证",
            "身份证:",
            "身份证号码是",
            "居民身份证号 ",
            "公民身份号码:",
            "身份证编号为:",
            "证件号码(18位):",
            "证件编号 ",
            "驾驶证号:",
            "张三(身份证:",
            "身份证号码分别为:",
            "身份证件号码--",
            "身份证明号码|",
            "身份证(",
            "身份证no.",
        ] {
            assert_eq!(named(text), Some(Named::Identity), "{text}");
        }
        for text in [
            "银行卡号:",
            "卡号 ",
            "开户账号:",
            "社保卡账号",
            "一卡通:",
            "一卡通号",
            "收款账户为:",
            "社保卡号:",
            "帐号:",
        ] {
            assert_eq!(named(text), Some(Named::Card), "{text}");
        }
        for text in [
            "联系电话(微信同号):",
            "手机号码:",
            "联系方式:",
            "微信号:",
            "手机/微信:",
            "支付宝账号:",
            "电话是",
        ] {
            assert_eq!(named(text), Some(Named::Phone), "{text}");
        }
        for text in ["护照号", "护照(号码:", "港澳通行证号码:", "往来港澳通行证"] {
            assert_eq!(named(text), Some(Named::Passport), "{text}");
        }
        for text in ["车牌号:", "号牌号码:", "新车号牌"] {
            assert_eq!(named(text), Some(Named::Plate), "{text}");
        }
    }

    #[test]
    fn numbers_of_other_things_are_told_apart() {
        for text in [
            "编号:",
            "项目编号为",
            "统一社会信用代码:",
            "订单号",
            "交易单号:",
            "流水号为",
            "登记号",
            "注册号",
            "许可证书号",
            "证书编号:",
            "凭证号:",
            "卡片批次",
            "追溯码(如",
            "准考证号 ",
            "档案编号:",
            "学籍号:",
            "订单",
            "营业执照 ",
            "案件编号",
            "车辆通行证号:",
            "流量卡号:",
            "户号:",
            "序列号:",
            "识别代码:",
        ] {
            assert_eq!(named(text), Some(Named::Other), "{text}");
        }
    }

    #[test]
    fn what_is_no_label_names_nothing() {
        for text in [
            "",
            "张三",
            "11月18号 ",
            "学宫路三号 ",
            "请带好证件。",
            "请带好证件,",
            "身份证。",
            "身份证复印件一份",
            "扫二维码 ",
            "身份证991234",
            "社会保障号码:",
            "身份证号/统一社会信用代码:",
            "证件号码(身份证号或信用代码)",
            "号码:",
            "第号",
        ] {
            assert!(
                !matches!(named(text), Some(Named::Other | Named::Card | Named::Phone))
                    && (named(text).is_none() || text.contains("证件号码")),
                "{text}: {:?}",
                named(text)
            );
        }
        assert_eq!(read("慈善总会账号:").map(|label| label.before), Some("慈善总会"));
    }
}
