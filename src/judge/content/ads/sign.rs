//! The signs of a sale, by what they mean: a price made attractive, a way to buy, a seller.
//!
//! In: folded text. Out: which signs it holds. Each line below is one way of saying one thing; how often it is said
//! does not count, in how many ways it is said does. A sign alone proves nothing: public bodies state prices, take
//! bookings and name shops.

use crate::judge::content::trigger::Triggers;
use regex::Regex;
use std::sync::LazyLock;

/// What a sign says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A price is lowered, something is given on top, time or number are short.
    Deal,
    /// How to buy: whom to write to, what to press, where to go.
    Call,
    /// Whom to reach: public bodies say so as well.
    Contact,
    /// Who sells: a shop, a brand, a trade whose goods are advertised.
    Seller,
}

use Meaning::{Call, Contact, Deal, Seller};

/// Signs and what they say.
const SIGNS: [(Meaning, &str); 50] = [
    // Prices from so much on, and prices of a certain kind; average, reserve and regulated prices are none.
    (
        Deal,
        r"[0-9.] *(?:元|块|万)(?:/[^ ,。;]{1,3})?起(?:[^拍付征步诉草始租]|$)|[0-9]{3,}起(?:[^拍点床案]|$)|低至 *[0-9.]+",
    ),
    (
        Deal,
        r"\p{Han}{0,3}[\p{Han}&&[^均底限标原定水电气油票米菜肉药购导拍租报评单物房地粮总造差]]价(?:格)?(?:只要|仅需|[ :只仅为])*[0-9.]{2,}|便宜 *[0-9]",
    ),
    (Deal, r"代金券|优惠券|抵[用扣]券|折扣券|[领抢][^,。;]{0,6}红包|返 *[0-9.]+ *[元%]|返点|返利|返现"),
    (Deal, r"(?:[0-9.]+|[一二三四五六七八九])折(?:[^叠算合线射页屏]|$)|折扣|折上折"),
    (Deal, r"[立直再最高狂另各][^,。;0-9]{0,3}[减降省返][^,。;0-9]{0,4}[0-9.]+|立减|直降|立省"),
    (Deal, r"满 *[0-9.]+ *元?[立再即]?[减送返赠]|充 *[0-9.]+ *元?[得送]"),
    (
        Deal,
        r"(?:^|[^缩增删精裁])减 *[0-9.]{2,}|优惠(?:券|[^,。;0-9]{0,2}[0-9.]+|价)|抵 *[0-9.]+ *元?|减免[^,。;]{0,4}费",
    ),
    (
        Deal,
        r"买 *(?:[一二两三四五十]|[0-9]+|满[0-9.]+元?)[^\n,。;]{0,6}[送赠免][^\n,。;]{0,3}(?:[一二两三四五]|[0-9]|券)|第[二2][件人杯份张][^,。]{0,3}(?:半价|免|[0-9.]+元)|两人同行|老带新|带新",
    ),
    (
        Deal,
        r"原[价售][^\n。;]{0,16}(?:现|只|今|特|到手|早鸟|优惠|团|粉丝)|(?:市场|商场|专柜|门市|门店|吊牌|建议零售|线下)(?:指导)?价? *[为是]?[0-9.]+",
    ),
    (
        Deal,
        r"(?:券后|到手|粉丝|专享|专属|早鸟|团购|拼团|内购|特惠|惊喜|福利|出厂|独家|抢购|秒杀|开业|限时|尝鲜|工厂|渠道|团长)价",
    ),
    (
        Deal,
        r"清仓|大促|秒杀|甩卖|酬宾|特卖|特惠|特价|半价|抄底|低价|买赠|满赠|免单|周年庆|感恩回馈|钜惠|巨惠|让利|限时(?:优惠|抢|特)|价格从优|量大(?:可谈|从优)",
    ),
    (
        Deal,
        r"[送赠](?:您|你|全年|全屋|全套|枕芯|价值|礼|[一1两2三3]|延保|精美|大礼|车位|父母|窗帘)|[即就再还可另均都加][送赠][^达检审修医考给往到]|(?:预存[0-9.]+|投保|签约|报名|预约|下单|办卡|测量|试驾|成交|订金|定金)[送赠]|有礼|好礼|赠品",
    ),
    (
        Deal,
        r"免费(?:试[听学驾用吃课戴]|量房|上门|设计|接送|体验课|评估|领[^,。;]{0,2}[课试样礼])|包邮|货到付款|假一[赔罚]|(?:厂家|工厂|源头|产地|原产地)(?:直销|直供|直发|好价|清仓)|七天无理由|正品保[障证]|零首付|0首付|首付[^。,;]{0,6}[0-9.]+|免押金|不限次",
    ),
    (
        Deal,
        r"(?:首月|首年|连续包月|首单|新人|新客|新用户|会员日)[^,。;]{0,8}(?:[0-9.]+ *[元折分]|免|减|立|红包|包邮|专享)",
    ),
    (
        Deal,
        r"名额(?:有限|只剩|仅|紧张|不多|只到)|[仅只][剩限][^,。;]{0,6}(?:[0-9]+|[一二三四五六七八九十两]+)[个席套单天小份名位组]|最后(?:[0-9]+|[一二三四五六七八九十两]+)[天单席套个小件波]|售完即止|卖完[就即]|手慢无|数量有限|欲购从速|预定从速|从速|速抢|抢购|速来",
    ),
    (Deal, r"前 *[0-9]+ *[名单位个][^,。;]{0,6}[送减赠免享再有]"),
    // Ways to buy.
    (
        Call,
        r"(?:加|添加)[^,。;\n]{0,8}(?:微信|企微|客服|顾问|老师|教练|小助手)|微信(?:号|同号|下单|订购|咨询|预订|联系|: *[a-z])|微信 *[a-z][a-z0-9_-]{4,}|wx[: ]|私信|私聊|拉你进群|(?:评论|留言)区?[^,。;]{0,6}(?:暗号|扣|置顶|链接)",
    ),
    (
        Call,
        r"(?:后台|私信|评论区|留言区|公众号)?回复[“\x22][^”\x22]{1,8}[”\x22]|链接[放在见已戳][^,。;]{0,6}|(?:喜欢|需要|想要)的[^,。;]{0,6}(?:拍|冲|下手|私|回复|联系|报名|登记|找)|搜[^,。;]{0,2}[“\x22][^”\x22]{1,12}[”\x22][^,。;]{0,3}(?:下单|即可|领|购)|(?:输入|复制|填写?|报|凭)[^,。;]{0,4}(?:口令|暗号|专属码|优惠码)|口令享",
    ),
    (
        Call,
        r"(?:订购|订货|订座|订房|订餐|定购|抢购|购买|预订|预定|选购|品鉴|看房|售楼|招商|加盟|团购|销售|垂询|洽谈)(?:热线|电话|专线|方式|链接|咨询|微信)|电话(?:订购|预订|下单)",
    ),
    (
        Call,
        r"扫码[^,。;]{0,4}(?:下单|抢购|购买|付|领券|预订|订购|加|咨询|占座)|(?:长按|识别|扫描)[^,。;]{0,10}(?:下单|购买|添加|领券|咨询|占座|报名课)|长按识别[^,。;]{0,6}(?:下单|购买|领)",
    ),
    (
        Call,
        r"[点戳][^,。;]{0,6}(?:申请|购买|下单|咨询|领券|抢|链接|订|进店|商品|预订|测额)|左下角|小黄车|购物车|橱窗|旗舰店|微信小店|商品链接|团购链接|房戳",
    ),
    (
        Call,
        r"下单|拍下|直接拍|自己拍|接龙|(?:立即|马上|赶紧|赶快|速速|抓紧)(?:预约|抢|报名|下单|购买|咨询|订|入手|加)|签约|认购|占座|缴定金|付[定订]金|测额度|戳图|带走",
    ),
    (Call, r"到店[报出示享即领再送地]|进店|店址|先囤|囤货|囤年货|都在囤|入手|种草|剁手"),
    (
        Contact,
        r"(?:预约|报名|订座|咨询|联系|详询|找|询)[^,。;]{0,8}(?:1[3-9][0-9x]{9}|400[-0-9]{7,}|[0-9]{3,4}-[0-9 ]{7,}|教练|店长|经理|店主|课程顾问|小编登记)",
    ),
    (
        Call,
        r"(?:代理|加盟|招商)[^,。;]{0,14}(?:费|热线|火热|0元|保证金|政策|扶持|条件)|[诚招面向][招聘]?[^,。;]{0,6}(?:招|诚聘)[^,。;]{0,2}代理|诚聘代理|拿货|零库存|诚招|诚邀[^,。;]{0,4}(?:代理|加盟|经销)|回本",
    ),
    // Who sells.
    (
        Seller,
        r"门店|直营店|专卖店|本店|分店|新店|实体店|老板娘|店主|掌柜|商城|微店|网店|厂家|代购|直邮|经销商|营业厅|团长|跟团|自提|商户|同款|好物",
    ),
    (
        Seller,
        r"合作款|本期合作|合作品牌|与[“\x22][^”\x22]{1,10}[”\x22]品牌|[“\x22][^”\x22]{1,8}[”\x22](?:床垫|空调|健身|驾校|酒|茶|奶|牌|车险|口服液|除湿机|护眼灯|复合肥|app|东?门店)|品牌价|旗舰",
    ),
    (
        Seller,
        r"建面|美宅|楼盘|户型|房源|精装|现房|学区房|样板间|急售|急转|诚售|中介|满五唯一|租售|可看房|加推",
    ),
    (
        Seller,
        r"名师|小班|提分|包过|保过|协议保|不过(?:退|全退)|押题|冲刺班|题库会员|课包|私教|年卡|月卡|会员卡|体验卡|体验课|寒假班|暑假班|冬令营|夏令营|一对一|全包|组团|套系|开班|老生|课时",
    ),
    (Seller, r"考证|挂靠|工程师[^。]{0,12}包过|留学|签约班|就业班|月入过万|学费[^。,]{0,6}分期"),
    (
        Seller,
        r"植发|种植[牙体]|种牙|洁牙|洗牙|双眼皮|玻尿酸|医美|美容|减肥|瘦身|祛斑|近视手术|月子|足浴|艾灸|推拿|摄影|婚宴|婚庆|家政",
    ),
    (Seller, r"无需抵押|无抵押|秒批|秒到|极速放款|放款|不看征信|可分[0-9]+[年期]"),
    (Seller, r"日息|月息|利率低至|利率折扣|额度[^。]{0,6}(?:分钟|出)|最高[^,。;]{0,3}[0-9]+万|贷来了"),
    (Seller, r"投保|重疾险|车险|寿险|万能险|理财产品|保费|保额|承保"),
    (Seller, r"专利成分|增强免疫|根治|祖传|秘方|养生|滋补|连喝|口服液|礼盒|臻品|体面|无效退款|见效"),
    (Seller, r"上门回收|现货|真假一赔|鉴定"),
    (Seller, r"旅行社|跟团游|纯玩|机酒|双飞|[一二三四五六七][日天][一二三四五六七]晚|度假村|民宿"),
    (
        Seller,
        r"(?:酒店|餐厅|火锅|健身房|影楼|口腔|驾校|公寓|养生馆|超市|商场|广场|大酒店|包子铺|家纺|床垫)[^。]{0,20}(?:开业|盛大|周年|延长|酬宾|节)|盛大开业|开业前|新开的|探店",
    ),
    (
        Seller,
        r"下载[^,。;]{0,2}[“\x22][^”\x22]{1,10}[”\x22] *app|注册会员|(?:黄金|白银|钻石|超级|年度)会员|vip",
    ),
    // The post itself is for sale.
    (Deal, r"刊例价|报价单|次条[0-9]+元|头条广告|软文(?:报价|合作)"),
    (
        Call,
        r"广告(?:位|合作|投放|联系|部)|商务合作|承接[^,。;]{0,4}(?:推文|广告|直播|软文)|冠名栏?|商家投放|招商公告",
    ),
    // Prices in the words of shops.
    (
        Deal,
        r"[0-9.]+ *元?(?:一平|一箱|一桌|/桌|一期|一颗|/颗|两袋|两提|三次|四人餐|双人|[0-9]*课时|[一二两三四五六七八九十]+节课)|一块一个|[0-9]+斤(?:装)?[0-9.]+元",
    ),
    (Deal, r"只要[0-9.]+|仅需[0-9.]+|只需[0-9.]+|[0-9.]+元?(?:抢|带走|开抢|提新车|秒)|旧车抵|置换补贴"),
    (Call, r"周末(?:试驾|认购)|品鉴|样板|参观专车|专车接送|上门取车|接送上门"),
    (Call, r"二维码[^,。;]{0,6}(?:文末|添加|咨询|顾问)|顾问[^,。;]{0,6}二维码|详询网点"),
    (Seller, r"分销|微商|囤|网红|爆款|热卖|热销|上新|预售|现做|手工礼"),
    (Deal, r"业主急售|高价回收|当场结算|团购"),
    (Call, r"(?:本|老)(?:号|公众号|顾客|粉丝)[^,。;]{0,6}(?:粉丝|专享|独家|福利|合作)|给粉丝|粉丝[价券福专]"),
    (Deal, r"会员(?:再|日|价|专享|[0-9.]+折)"),
    (Seller, r"装修(?:公司|套餐|不踩坑)|全屋(?:定制|空调)|[0-9]+元/㎡[^。]{0,8}(?:质保|套餐)|质保|延保"),
];

/// All signs, found by the words that each of them holds.
static ALL: LazyLock<Triggers> = LazyLock::new(|| Triggers::new(&SIGNS.map(|(_, sign)| sign)));
/// A sum of money, or a price per something.
static PRICE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[0-9.,]+[万千百]? *[元块]|[¥￥$] *[0-9]|[0-9]+\.[0-9]{1,2}(?:[,。; ]|$)|[售付] *[0-9.]+万|[0-9][万千百]?[/每][㎡斤盒件人月年]")
        .expect("a constant pattern")
});

/// The signs a text holds.
#[derive(Debug, Default)]
pub(super) struct Signs {
    found: Vec<usize>,
    /// A price stands in the text.
    pub(super) price: bool,
}

impl Signs {
    /// The signs of a folded text.
    pub(super) fn of(text: &str) -> Self {
        let found = ALL.matching(text);
        let price = !found.is_empty() && PRICE.is_match(text);
        Self { found, price }
    }

    /// In how many ways the text says something.
    pub(super) fn count(&self, meaning: Meaning) -> usize {
        self.found.iter().filter(|sign| SIGNS[**sign].0 == meaning).count()
    }

    /// Where the text says it: the first place of each way, in the order of the text.
    pub(super) fn places(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        // A sign may reach over the end of a line: it stands on both.
        let on_lines = |sign: &usize| {
            let found = ALL.pattern(*sign).find(text)?;
            Some(found.as_str().split('\n').filter(|words| !words.is_empty()).map(|words| {
                let start = words.as_ptr() as usize - text.as_ptr() as usize;
                start..start + words.len()
            }))
        };
        let mut places: Vec<_> = self.found.iter().filter_map(on_lines).flatten().collect();
        places.sort_by_key(|place| place.start);
        places
    }
}
