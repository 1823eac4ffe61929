//! Passports, passes and plates.

use super::*;

#[test]
fn passports_count_where_they_are_named() {
    let labels = [
        "护照",
        "护照号",
        "护照号码：",
        "护照号为",
        "港澳通行证号：",
        "通行证号：",
        "护照（",
        "护照\n",
        "往来港澳通行证号码 ",
        "港澳居民来往内地通行证号",
        "护照号码是",
        "台胞证号：",
        "护照No.",
        "姓名 护照号\n张三 ",
        "姓名\t通行证号码\n张三\t",
        "姓名、护照\n张三、",
        "| 姓名 | 护照号 |\n| 张三 | ",
        "证件类型：护照，证件号码：",
    ];
    for number in [
        "E00000001",
        "EA0000001",
        "G00000001",
        "D0000001",
        "H00000001",
        "M00000001",
        "H0000000001",
        "M0000000001",
        "Ｅ００００００１１",
    ] {
        each_holds(Kind::Passport, Severity::High, &after(&labels, number));
    }
    none_holds(&texts(
        &["", "张三 ", "编号", "证书编号：", "车辆通行证号", "许可证号：", "证件号码：", "型号"],
        "E00000001",
    ));
    none_holds(&texts(&labels, "E0000****"));
    none_holds(&texts(&labels, "E000001"));
    none_holds(&texts(&labels, "EAB000001"));
    none_holds(&texts(&labels, "E0000000001"));
}

#[test]
fn plates_count_unless_they_are_official_masked_or_disciplinary() {
    let plates = [
        "苏Z12345",
        "苏Z·12345",
        "苏Z 12345",
        "苏ZD12345",
        "苏Z·D12345",
        "苏Z•12345",
        "苏ZA1B2C",
        "苏Ｚ１２３４５",
        "京A0B1C2",
        "藏ZF00001",
        "川Z.12345",
        "琼ZDABCDE",
    ];
    let before =
        ["车牌", "小型轿车", "车牌号：", "姓名 新车号牌\n张三 ", "姓名\t车牌号\n张三\t", "张三的车（"];
    for plate in plates {
        each_holds(Kind::Plate, Severity::Medium, &after(&before, plate));
        for title in ["交通违法曝光台", "行政处罚公示", "终生禁驾人员"] {
            assert_eq!(found(title, &format!("小型轿车{plate}闯红灯")), [], "{title}{plate}");
        }
    }
    none_holds(
        &[
            "苏Z1234警",
            "苏Z·1234学",
            "苏Z1234领",
            "苏Z1234使",
            "苏Z12345警",
            "苏Z12**5",
            "苏Z·1234*",
            "苏Z123**",
            "苏Z123456789",
            "苏ICP备12345678号",
            "苏B2-20091234",
            "登记编号：苏Z12345",
            "苏Z1234",
            "来到江苏ABCDEF",
            "新ABCDEF",
            "苏a",
            "Z12345",
            "https://a.example/苏",
            "苏澄渔93087",
            "编号苏Z12345",
        ]
        .map(str::to_owned),
    );
}
