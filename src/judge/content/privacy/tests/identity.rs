//! Identity numbers: labelled or not, mistyped, old, masked, and what only looks like one.

use super::*;

const LABELS: [&str; 24] = [
    "身份证号：",
    "张三身份证号码:",
    "身份证 ",
    "公民身份号码：",
    "居民身份证号码为",
    "证件号码 ",
    "证件编号：",
    "驾驶证号：",
    "（身份证：",
    "身份证编号：",
    "身份证明号码：",
    "身份证件号码是",
    "身份证号码——",
    "身份证号码\n",
    "身份证号：\n",
    "申请人身份证号码：\n\n",
    "身份证(",
    "身份证号码（18位）：",
    "身份证号码如下：",
    "姓名 身份证号\n张三 ",
    "姓名\t证件号码\n张三\t",
    "| 姓名 | 身份证号 |\n|---|---|\n| 张三 | ",
    "姓名、身份证号\n张三、",
    "序号　姓名　身份证号码\n１　张　三　",
];

fn number() -> String {
    identity("99012319900307521")
}

#[test]
fn a_right_number_is_grave_wherever_it_stands() {
    each_holds(Kind::IdNumber, Severity::High, &after(&LABELS, &number()));
    each_holds(
        Kind::IdNumber,
        Severity::High,
        &after(
            &["", "群众", "张三 ", "张三，男，", "1 张三 ", "社会保障号码：", "账号：", "电话："],
            &number(),
        ),
    );
}

#[test]
fn a_wrong_number_counts_where_it_is_called_an_identity_number() {
    let wrong = mistyped(&number());
    let no_day = identity("99012319900307521").replace("19900307", "19901307");
    for number in [&wrong, &no_day] {
        each_holds(Kind::IdNumber, Severity::Medium, &after(&LABELS, number));
    }
    none_holds(&texts(
        &["", "群众", "张三，", "身份证。", "请带身份证复印件。", "身份证原件一份，编号", "身份证照片和"],
        &wrong,
    ));
}

#[test]
fn numbers_of_other_things_are_left_alone_though_their_check_digit_fits() {
    let labels = [
        "编号：",
        "项目编号为",
        "档案编号：",
        "统一社会信用代码：",
        "订单号",
        "订单",
        "交易单号：",
        "流水号为",
        "登记号",
        "注册号：",
        "证书号 ",
        "证书编号：",
        "凭证号",
        "卡片批次",
        "追溯码",
        "（追溯码如",
        "准考证号：",
        "受理号",
        "案号：",
        "许可证编号：",
        "营业执照",
        "合同号：",
        "发票号码：",
        "运单号 ",
        "学籍号：",
        "设备号：",
        "序列号：",
        "条形码",
        "识别代码：",
        "户号：",
        "备案号 ",
        "订单号\n",
        "姓名 登记号\n张三 ",
        "名称\t信用代码\n甲\t",
        "| 订单号 | 数量 |\n| ",
        "订单号：880123199003075219、",
    ];
    none_holds(&texts(&labels, &number()));
    none_holds(&[
        format!("见https://a.example/{}", number()),
        format!("www.a.example?id={}", number()),
        format!("a.example/x/{}。", number()),
        format!("A{}", number()),
        format!("{}a", number()),
        format!("1{}", number()),
        format!("_{}", number()),
    ]);
}

#[test]
fn the_credit_code_of_a_unit_is_no_identity_number() {
    // Digits that have the check digits of both standards.
    let both = (0..100_000)
        .map(|serial| format!("9901231990{:02}{:02}{serial:04}", 1 + serial % 12, 1 + serial % 28))
        .filter(|body| body.len() == 17 + 1)
        .map(|body| identity(&body[..17]))
        .find(|number| super::super::check::is_credit_code(number.as_bytes()))
        .expect("one in some thirty numbers has both");
    none_holds(&texts(
        &["临江市远山机械有限公司（", "沙河县教育局 ", "统一社会信用代码（证照号码）："],
        &both,
    ));
    each_holds(Kind::IdNumber, Severity::High, &after(&["张三（", "身份证号：", "远山公司职工张三 "], &both));
}

#[test]
fn old_numbers_count_where_they_are_named() {
    each_holds(Kind::IdNumber, Severity::High, &after(&LABELS, "990123900307521"));
    none_holds(&texts(&["", "张三 ", "编号：", "流水号"], "990123900307521"));
    none_holds(&texts(&LABELS, "990123901307521"));
}

#[test]
fn masking_is_respected_when_it_hides_enough() {
    let number = number();
    for sign in ['*', '＊', '●', '×', '█', 'x', 'X'] {
        let hardly = [
            masked(&number, 14, 4, sign),
            masked(&number, 6, 4, sign),
            masked(&number, 10, 5, sign),
            masked(&number, 0, 3, sign),
        ];
        for written in hardly {
            each_holds(
                Kind::IdNumber,
                Severity::Low,
                &after(&["张三 ", "身份证号：", "姓名 身份证号\n张三 "], &written),
            );
        }
        let enough = [
            masked(&number, 6, 8, sign),
            masked(&number, 3, 11, sign),
            masked(&number, 12, 6, sign),
            masked(&number, 6, 12, sign),
        ];
        for written in enough {
            none_holds(&texts(&["张三 ", "身份证号：", "姓名 身份证号\n张三 "], &written));
        }
    }
    none_holds(&texts(&["订单号", "编号：", "流水号："], &masked(&number, 14, 4, '*')));
}

#[test]
fn spans_are_what_was_written() {
    let number = number();
    let wide: String = number.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let spaced = format!("{} {} {}", &number[..6], &number[6..14], &number[14..]);
    let written = [wide, spaced.clone(), spaced.replace(' ', "-"), number.to_lowercase()];
    for written in written {
        each_holds(
            Kind::IdNumber,
            Severity::High,
            &after(&["身份证号：", "", "姓名 身份证号\n张三 "], &written),
        );
    }
}

#[test]
fn a_disciplinary_publication_weighs_one_step_less() {
    let number = number();
    for title in [
        "失信被执行人名单",
        "限制消费令",
        "限制高消费人员",
        "行政处罚决定",
        "强制执行公告",
        "行政强制公示",
        "终生禁驾名单",
        "曝光台",
        "欠税公告",
        "悬赏通告",
        "通缉令",
    ] {
        let text =
            format!("身份证号：{number}，证件号码：{}，{}", mistyped(&number), masked(&number, 14, 4, '*'));
        let severities: Vec<Severity> = found(title, &text).into_iter().map(|it| it.2).collect();
        assert_eq!(severities, [Severity::Medium, Severity::Low, Severity::Low], "{title}");
    }
}

#[test]
fn what_is_written_twice_is_found_once() {
    let number = number();
    assert_eq!(found("", &format!("{number}，再次公布{number}")).len(), 1);
    assert_eq!(found("", &format!("{number}，{}", identity("88012319900307521"))).len(), 2);
}
