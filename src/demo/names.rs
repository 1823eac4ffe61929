//! The invented places, bodies and persons of the city, and the numbers they would have.
//!
//! In: a place, a body, an account's number. Out: names, codes and addresses for the register. No name or
//! number here may belong to anybody: region 9901 has never been given out, and mail ends in `.example`.

use super::texts::Topic;
use crate::model::account::Tier;

/// A place of the city.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Chenghu,
    Qinglan,
    Yunxi,
    Linze,
    Wanghu,
    Tongyin,
    Shiqiao,
    Liupu,
    Bailu,
    Luzhou,
    Shuangqiao,
    Weitang,
}

impl Place {
    /// Full name, the short form that account names use, the label of its mail domain, the 12-digit code.
    const fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Chenghu => ("澄湖市", "澄湖", "chenghu", "990100000000"),
            Self::Qinglan => ("青岚区", "青岚", "qinglan", "990102000000"),
            Self::Yunxi => ("云溪县", "云溪", "yunxi", "990121000000"),
            Self::Linze => ("临泽县", "临泽", "linze", "990122000000"),
            Self::Wanghu => ("望湖街道", "望湖", "wanghu", "990102001000"),
            Self::Tongyin => ("桐荫街道", "桐荫", "tongyin", "990102002000"),
            Self::Shiqiao => ("石桥镇", "石桥", "shiqiao", "990121101000"),
            Self::Liupu => ("柳浦镇", "柳浦", "liupu", "990121102000"),
            Self::Bailu => ("白鹭乡", "白鹭", "bailu", "990121201000"),
            Self::Luzhou => ("芦洲镇", "芦洲", "luzhou", "990122101000"),
            Self::Shuangqiao => ("双桥镇", "双桥", "shuangqiao", "990122102000"),
            Self::Weitang => ("苇塘乡", "苇塘", "weitang", "990122201000"),
        }
    }

    /// The place it belongs to; none for the city.
    const fn parent(self) -> Option<Self> {
        match self {
            Self::Chenghu => None,
            Self::Qinglan | Self::Yunxi | Self::Linze => Some(Self::Chenghu),
            Self::Wanghu | Self::Tongyin => Some(Self::Qinglan),
            Self::Shiqiao | Self::Liupu | Self::Bailu => Some(Self::Yunxi),
            Self::Luzhou | Self::Shuangqiao | Self::Weitang => Some(Self::Linze),
        }
    }

    /// `云溪`.
    pub(super) const fn short(self) -> &'static str {
        self.words().1
    }

    /// `yunxi`.
    pub(super) const fn slug(self) -> &'static str {
        self.words().2
    }

    /// 行政区划代码, 12 digits.
    pub(super) const fn code(self) -> &'static str {
        self.words().3
    }

    /// 行政区划 from the city down: `澄湖市/云溪县/石桥镇`.
    pub(super) fn path(self) -> String {
        match self.parent() {
            Some(parent) => format!("{}/{}", parent.path(), self.words().0),
            None => self.words().0.to_owned(),
        }
    }

    /// What full names of its bodies begin with: `云溪县`, `云溪县石桥镇`.
    pub(super) fn prefix(self) -> String {
        match self.parent() {
            Some(parent) if parent != Self::Chenghu => format!("{}{}", parent.words().0, self.words().0),
            _ => self.words().0.to_owned(),
        }
    }

    /// The office that supervises the accounts of its bodies.
    pub(super) fn supervisor(self) -> String {
        format!("{}人民政府办公室", self.parent().unwrap_or(self).words().0)
    }

    /// The level of its bodies.
    pub(super) fn tier(self) -> Tier {
        match self.parent() {
            None => Tier::City,
            Some(Self::Chenghu) => Tier::County,
            Some(_) => Tier::Township,
        }
    }
}

/// A kind of public body, the same in every place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Government,
    Police,
    Health,
    Education,
    Ecology,
    Transport,
    Culture,
    Water,
    Emergency,
    Weather,
    Market,
    Labour,
    Farming,
    Justice,
    Library,
    Hospital,
}

impl Body {
    /// Its office, the mail box it reads, and what stands before and after the place in its account's name.
    const fn words(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Government => ("人民政府办公室", "xinwen", "", "发布"),
            Self::Police => ("公安局", "gonganju", "平安", ""),
            Self::Health => ("卫生健康委员会", "weijianwei", "健康", ""),
            Self::Education => ("教育局", "jiaoyuju", "", "教育"),
            Self::Ecology => ("生态环境局", "huanjing", "", "生态环境"),
            Self::Transport => ("交通运输局", "jiaotong", "", "交通"),
            Self::Culture => ("文化广电和旅游局", "wenlvju", "文旅", ""),
            Self::Water => ("水利局", "shuiliju", "", "水利"),
            Self::Emergency => ("应急管理局", "yingji", "", "应急"),
            Self::Weather => ("气象局", "qixiang", "", "气象"),
            Self::Market => ("市场监督管理局", "shichang", "", "市场监管"),
            Self::Labour => ("人力资源和社会保障局", "renshe", "", "人社"),
            Self::Farming => ("农业农村局", "nongye", "", "农业农村"),
            Self::Justice => ("司法局", "sifaju", "", "司法"),
            Self::Library => ("图书馆", "tushuguan", "", "图书馆"),
            Self::Hospital => ("人民医院", "yiyuan", "", "人民医院"),
        }
    }

    /// `云溪县水利局`; a township has no office but its government.
    pub(super) fn owner(self, place: Place) -> String {
        let office = match (self, place.tier()) {
            (Self::Government, Tier::Township) if place.words().0.ends_with("街道") => "办事处",
            (Self::Government, Tier::Township) => "人民政府",
            _ => self.words().0,
        };
        format!("{}{office}", place.prefix())
    }

    /// `云溪水利`, `平安云溪`.
    pub(super) fn brand(self, place: Place) -> String {
        let (_, _, before, after) = self.words();
        format!("{before}{}{after}", place.short())
    }

    /// The address its owner reads.
    pub(super) fn mail(self, place: Place) -> String {
        format!("{}@{}.example", self.words().1, place.slug())
    }

    /// 认证类型.
    pub(super) const fn verified_type(self) -> &'static str {
        match self {
            Self::Library | Self::Hospital => "事业单位",
            _ => "政府机关",
        }
    }

    /// What it writes about.
    pub(super) const fn topic(self) -> Topic {
        match self {
            Self::Government => Topic::Government,
            Self::Police | Self::Justice => Topic::Safety,
            Self::Health | Self::Hospital => Topic::Health,
            Self::Education | Self::Library => Topic::Learning,
            Self::Ecology | Self::Weather => Topic::Nature,
            Self::Transport => Topic::Transport,
            Self::Culture => Topic::Culture,
            Self::Water => Topic::Water,
            Self::Emergency => Topic::Emergency,
            Self::Market => Topic::Market,
            Self::Labour => Topic::Labour,
            Self::Farming => Topic::Farming,
        }
    }
}

/// An invented person for a seed.
pub(super) fn person(seed: u64) -> String {
    const FAMILY: [&str; 12] = ["林", "沈", "陆", "顾", "苏", "程", "方", "孟", "夏", "余", "秦", "白"];
    const GIVEN: [&str; 12] =
        ["清和", "望舒", "子衿", "景行", "明川", "若水", "知远", "书禾", "映雪", "修竹", "听澜", "予安"];
    format!("{}{}", pick(&FAMILY, seed), pick(&GIVEN, seed / 12))
}

/// The element a seed falls on. The list must not be empty.
pub(super) fn pick<T: Copy>(list: &[T], seed: u64) -> T {
    let place = seed % u64::try_from(list.len()).unwrap_or(1);
    list[usize::try_from(place).unwrap_or(0)]
}

/// The one source of variety: a hash of an account's number and a purpose.
pub(super) fn seed(number: u32, purpose: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(purpose.as_bytes(), u64::from(number))
}

/// An invented 统一社会信用代码 with both check characters right (GB 32100, GB 11714).
pub(super) fn credit_code(place: Place, owner: &str) -> String {
    const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let value = |sign: u8| SIGNS.iter().position(|known| *known == sign).unwrap_or(0);
    let digits = xxhash_rust::xxh3::xxh3_64(owner.as_bytes()) % 100_000_000;
    let body = format!("{digits:08}");
    let sum: usize =
        body.bytes().zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(sign, weight)| value(sign) * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from(SIGNS[digit]),
    };
    let code = format!("11{}{body}{check}", &place.code()[..6]);
    let mut weight = 1;
    let mut sum = 0;
    for sign in code.bytes() {
        sum += value(sign) * weight;
        weight = weight * 3 % 31;
    }
    format!("{code}{}", char::from(SIGNS[(31 - sum % 31) % 31]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_township_is_named_with_its_county() {
        assert_eq!(Body::Government.owner(Place::Shiqiao), "云溪县石桥镇人民政府");
        assert_eq!(Body::Government.owner(Place::Wanghu), "青岚区望湖街道办事处");
        assert_eq!(Place::Shiqiao.path(), "澄湖市/云溪县/石桥镇");
        assert_eq!(Body::Police.brand(Place::Yunxi), "平安云溪");
    }

    #[test]
    fn a_credit_code_checks_out() {
        let code = credit_code(Place::Yunxi, "云溪县水利局");
        assert_eq!(code.len(), 18);
        let signs = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
        let value = |sign: u8| signs.iter().position(|known| *known == sign).unwrap();
        let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
        let sum: usize = code.bytes().take(17).zip(weights).map(|(sign, weight)| value(sign) * weight).sum();
        let sum = sum + value(code.as_bytes()[17]);
        assert_eq!(sum % 31, 0, "{code}");
    }
}
