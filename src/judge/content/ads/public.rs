//! What makes prices, bookings and benefits public ones: who pays, who sets, who sells by law.
//!
//! In: a folded text. Out: how much speaks for a public matter. Subsidies and coupons that a government pays for, fees
//! that it sets, tenders, auctions of courts, recruitment, price reports, charity: none of it is advertising, however
//! much it reads like it.

use regex::{Regex, RegexSet};
use std::sync::LazyLock;

/// Words of public matters and their weight.
const MATTERS: [(f32, &str); 10] = [
    // It may be one, or a seller who speaks of it.
    (2.0, r"公积金|亩产|产量|产值"),
    // A public body pays, gives or orders it.
    (
        4.0,
        r"财政|政府(?:补贴|定价|指导价|出资|购买|采购|将)|补贴(?:资金|资格|标准|对象|名单)|贴息|彩票公益金|以旧换新(?:政策|补贴|活动由)|消费券|惠民券|数字人民币红包|由[^,。]{0,10}(?:局|委|办|财政|工会|中心|残联)(?:审核)?(?:后)?(?:发放|出资|组织|核定|承担)|医保(?:支付|基金|报销|缴费)|先购后补|免申即享",
    ),
    // A public body sets the price.
    (
        4.0,
        r"收费(?:公示|标准|项目|依据)|工本费|物价|听证|价格(?:调整|监测|主管|举报|公示|违法)|价格由|调价|按规定收取|免收|统一公布|统一价|阶梯[水电气]价|票价|电价|水价|零售价格|上下?调|成品油|挂号费|保证金",
    ),
    (3.0, r"招聘|岗位|应聘|简历投递|招生简章|助学金|免学费"),
    (
        5.0,
        r"招标|采购(?:公告|结果|人|方式|项目|预算)|中标|最高限价|供应商|预算金额|投标|遴选|征集|合同(?:公示|约定|甲方)|比选|询价",
    ),
    (
        5.0,
        r"竞得人|起始价|成交价款|拍卖公告|司法拍卖|公开拍卖|起拍|竞买|挂牌出让|拍租|公开招租|竞租|国有[^,。]{0,4}(?:资产|建设|商铺|土地|房产)|宗地|罚没|承包经营权|采矿权|(?:法院|诉讼资产)[^。]{0,20}拍卖",
    ),
    (4.0, r"均价|环比|同比|收购价|批发市场|上涨|回落|供应(?:总体)?充足|入库|比去年"),
    (
        4.0,
        r"公益(?:性|班|书法|课|健身|招生|讲座)|公益|慈善|捐|义诊|义拍|志愿|低保|困难(?:家庭|学生|群众)|免费(?:发放|接种|筛查|培训|开放|体检|入户)|全程免费|讲座免费|补助|筛查免费|不收(?:取)?任?何?费|不得强制|自愿购买|不推(?:荐|销)任何|免票|免首道|献血",
    ),
    (
        3.0,
        r"公办|公租房|保障房|轮候|配租|实行政府|公共(?:体育|场馆|资源)|低免|赛事|参赛|投诉电话|监督电话|官方(?:渠道|平台)|政务(?:客服|服务)|优待证|凭读者证|市民卡",
    ),
    (
        3.0,
        r"(?:试营业|预计)[^。]{0,20}(?:客流|公交|车位)|交通管制|奖金|获奖|总投资|技改|产能|接待游客|座谈会",
    ),
];

static ALL: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(MATTERS.iter().map(|(_, matter)| *matter)).expect("constant patterns"));
/// Hotlines of public services: five digits by themselves.
static HOTLINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[^0-9-])(?:12[0-9]{3}|110|96[0-9]{3}|95598)(?:[^0-9]|$)").expect("a constant pattern")
});

/// How much speaks for a public matter; zero when nothing does.
pub(super) fn weight(text: &str) -> f32 {
    let of_words = ALL.matches(text).into_iter().map(|matter| MATTERS[matter].0).fold(0.0, f32::max);
    if of_words < 3.0 && HOTLINE.is_match(text) { 3.0 } else { of_words }
}
