//! Mobile numbers: those of citizens, those of services, masked ones, and what only looks like one.

use super::*;

const MOBILE: &str = "19900001111";

#[test]
fn a_citizens_number_is_reported() {
    let before = [
        "",
        "张三",
        "张三，电话",
        "来信人：张三，联系方式：",
        "收件人张三 ",
        "手机号码：",
        "其女儿手机",
        "微信号：",
        "联系电话（微信同号）：",
        "张三（",
        "投诉人：张三，电话",
        "举报人手机",
        "手机+86",
        "手机+86 ",
        "手机0086",
        "(+86)",
        "中奖者张三",
        "户主张三：",
        "电话是",
        "手机号为 ",
        "支付宝账号：",
        "联系人：李四。失主电话",
        "监督电话：12345；失主",
        "值班电话见下\n失主张三",
        "咨询请打110！张三",
        "姓名 联系电话\n张三 ",
        "姓名\t手机\n张三\t",
        "姓名、手机号\n张三、",
        "| 姓名 | 手机 |\n| 张三 | ",
        "手机号\n",
        "见https://a.example/x，电话",
        "18号",
        "●",
        "序号 姓名 准考证号 电话\n1 甲 男 2026 ",
    ];
    each_holds(Kind::Mobile, Severity::Medium, &after(&before, MOBILE));
    for written in [
        "199 0000 1111",
        "199-0000-1111",
        "１９９００００１１１１",
        "199－0000－1111",
        "13000000000",
        "14700000000",
    ] {
        each_holds(
            Kind::Mobile,
            Severity::Medium,
            &after(&["", "张三电话：", "+86 ", "姓名 电话\n张三 "], written),
        );
    }
}

#[test]
fn a_number_for_the_public_weighs_little() {
    let before = [
        "联系人：张三，电话",
        "经办人张三 ",
        "咨询电话",
        "报名电话：",
        "值班电话:",
        "监督电话：",
        "举报：",
        "投诉电话",
        "服务热线：",
        "河长：张三 ",
        "网格员张三（",
        "责任人：张三 手机",
        "巡护员张三",
        "民警张三：",
        "如有疑问请拨打",
        "客服",
        "负责人：张三，",
        "抢修电话：",
        "村支部书记张三 ",
        "辅警张三，电话",
        "路长 张三 ",
        "承办人：张三 ",
        "办公电话 ",
        "预约电话：",
        "联络员：张三，",
        "监督人张三",
        "值班电话\n",
        "姓名 职务 联系电话\n张三 河长 ",
        "河段 河长 联系电话\n清水河 张三 ",
        "姓名\t值班电话\n张三\t",
        "社区 | 网格员 | 手机\n远山 | 张三 | ",
    ];
    each_holds(Kind::Mobile, Severity::Low, &after(&before, MOBILE));
}

#[test]
fn masked_numbers_count_while_they_can_be_guessed() {
    for sign in ['*', '＊', '●', '×', '█', 'x', 'X'] {
        each_holds(
            Kind::Mobile,
            Severity::Low,
            &after(&["电话：", "张三 ", "联系人："], &masked(MOBILE, 4, 3, sign)),
        );
        none_holds(&texts(&["电话：", "张三 ", "联系人："], &masked(MOBILE, 3, 4, sign)));
        none_holds(&texts(&["电话：", "张三 "], &masked(MOBILE, 3, 8, sign)));
    }
}

#[test]
fn other_numbers_are_no_mobile_numbers() {
    none_holds(&texts(
        &[
            "订单号",
            "编号：",
            "缴费户号：",
            "QQ号：",
            "工号 ",
            "学号",
            "流水号：",
            "登记号",
            "账号：",
            "卡号",
            "投资￥",
            "a",
            "_",
            "1",
            "2611-",
            "2.",
            "第",
            "见https://a.example/",
            "www.a.example/",
            "a.example/?tel=",
            "姓名 准考证号\n张三 ",
            "编号\n",
            "订单号：14700001234、",
        ]
        .map(|before| if before == "2611-" { "2611-1" } else { before }),
        MOBILE,
    ));
    none_holds(
        &[
            "12345678901",
            "10000001111",
            "0513-85550000",
            "400-123-4567",
            "4001234567",
            "10086",
            "12345、12315、110",
            "1069123456789",
            "106123456789",
            "01990000111",
            "投资19900001111元",
            "人口19900001111人",
            "19900001111.50",
            "19900001111_a",
            "199000011112",
            "20261119052030",
            "1763500000000",
            "2026-11-19 05:20",
            "0500-0000-0000",
            "199 0000 111",
            "1990000 1111",
            "199-0000-1111-2",
            "2026-199-0000-1111",
            "AIS识别码414000000",
        ]
        .map(str::to_owned),
    );
}

#[test]
fn several_numbers_are_each_found() {
    let text = "张三19900001111、李四14700001234/13300001111，王五 166 0000 2222";
    let spans: Vec<&str> = found("", text).into_iter().map(|it| it.1).collect();
    assert_eq!(spans, ["19900001111", "14700001234", "13300001111", "166 0000 2222"]);
    let both = found("", "联系人：张三，19900001111；李四14700001234");
    assert_eq!(both.iter().map(|it| it.2).collect::<Vec<_>>(), [Severity::Low, Severity::Medium]);
}
