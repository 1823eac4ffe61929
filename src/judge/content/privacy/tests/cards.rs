//! Cards and accounts: of persons and of units, with and without their check digit.

use super::*;

const LABELS: [&str; 22] = [
    "银行卡号：",
    "卡号",
    "开户账号：",
    "账号：",
    "收款账户：",
    "一卡通账号 ",
    "一卡通：",
    "社保卡账号：",
    "社保卡号 ",
    "银行卡：",
    "储蓄卡号",
    "帐号：",
    "张三账号为",
    "银行账号\n",
    "开户卡号（本人）：",
    "姓名 银行卡号\n张三 ",
    "姓名\t账号\n张三\t",
    "姓名、卡号\n张三、",
    "| 姓名 | 账户 |\n| 张三 | ",
    "户名：张三，账号：",
    "户名：张三\n开户行：江海银行\n账号：",
    "单位：北岸合作社\n户名：张三\n账号：",
];

fn number() -> String {
    card("629900000000000012")
}

#[test]
fn a_right_card_is_grave_where_it_is_named_or_begins_like_one() {
    each_holds(Kind::BankCard, Severity::High, &after(&LABELS, &number()));
    each_holds(Kind::BankCard, Severity::High, &after(&LABELS, &card("958800000000001")));
    each_holds(Kind::BankCard, Severity::High, &after(&["", "张三 ", "张三，"], &number()));
    none_holds(&texts(&["", "张三 "], &card("958800000000001")));
}

#[test]
fn a_wrong_card_counts_where_it_is_named() {
    each_holds(Kind::BankCard, Severity::Medium, &after(&LABELS, &mistyped(&number())));
    none_holds(&texts(&["", "张三 ", "订单号", "编号："], &mistyped(&number())));
    none_holds(&texts(&LABELS, "629900000000001"));
    none_holds(&texts(&["账号：", "卡号"], "62990000000000000012"));
}

#[test]
fn groups_and_masks_are_read() {
    let number = number();
    let grouped: Vec<&str> = [0..4, 4..8, 8..12, 12..16, 16..19].map(|part| &number[part]).to_vec();
    for divider in [" ", "-"] {
        each_holds(
            Kind::BankCard,
            Severity::High,
            &after(&["卡号：", "", "姓名 卡号\n张三 "], &grouped.join(divider)),
        );
    }
    for sign in ['*', '＊', '●', '×', '█', 'x', 'X'] {
        each_holds(
            Kind::BankCard,
            Severity::Low,
            &after(&["卡号：", "姓名 账号\n张三 "], &masked(&number, 8, 5, sign)),
        );
        none_holds(&texts(&["卡号：", "姓名 账号\n张三 "], &masked(&number, 6, 6, sign)));
        none_holds(&texts(&["卡号：", "示例卡号"], &masked(&number, 4, 15, sign)));
    }
}

#[test]
fn accounts_of_units_are_public() {
    let before = [
        "户名：沙河县慈善总会，账号：",
        "户名：沙河县慈善总会\n开户行：江海银行\n账号：",
        "收款人：远山机械有限公司\n账号：",
        "开户单位：沙河县人民医院 开户账号 ",
        "账户名称：沙河镇北岸村村民委员会；开户银行：江海银行；账号：",
        "收款单位 账号\n北岸村经济合作社 ",
        "单位名称\t账号\n远山公司工会\t",
        "对公账户：",
        "财政专户账号：",
        "户　名：沙河县财政局\n账　号：",
        "开户名：沙河县总工会\n\n开户行：江海银行沙河支行\n\n账号：",
        "沙河县红十字会账号：",
        "收款单位：远山小学\n账号：",
        "户名（全称）：沙河县法院\n账号：",
        "户名：张三\n账号：略\n户名：沙河县水利局\n账号：",
        "监管专户户名：沙河县房产交易中心，账号：",
        "户名 | 账号\n沙河中学 | ",
        "名称：远山农民专业合作社\n银行账号：",
    ];
    for number in [number(), mistyped(&number())] {
        none_holds(&texts(&before, &number));
        none_holds(&[
            format!("账号：{number}，户名：沙河县红十字会"),
            format!("账号：{number} 户名：远山有限公司"),
        ]);
        let persons = [
            "户名：沙河县水利局\n账号：略\n户名：张三\n账号：",
            "户名 账号\n张三 ",
            "姓名 学校 银行卡号\n张三 沙河中学 ",
            "收款人：张三\n开户银行：江海银行\n账号：",
            "姓名：张三，工作单位：远山公司，银行卡号：",
            "江海银行账号：",
            "张三江海银行账号：",
        ];
        let severity = if is_luhn(number.as_bytes()) { Severity::High } else { Severity::Medium };
        each_holds(Kind::BankCard, severity, &after(&persons, &number));
    }
}

#[test]
fn other_long_numbers_are_no_cards() {
    let before = [
        "交易单号：",
        "订单号",
        "编号：",
        "流水号",
        "凭证号：",
        "电话卡号：",
        "会员卡号 ",
        "图书卡号：",
        "SIM卡号：",
        "登记号",
        "条码",
        "a",
        "_",
        "1",
        "见https://a.example/",
        "姓名 订单号\n张三 ",
        "订单号\n",
        "受理单号：",
        "快递单号",
        "发票代码：",
        "证书编号：",
    ];
    none_holds(&texts(&before, &number()));
}

#[test]
fn an_identity_number_among_cards_stays_one() {
    let person = identity("99012319900307521");
    let text = format!("姓名 证件号码 银行卡号\n张三 {person} {}", number());
    let kinds: Vec<Kind> = found("", &text).into_iter().map(|it| it.0).collect();
    assert_eq!(kinds, [Kind::IdNumber, Kind::BankCard]);
}
