//! Which numbers are published so that people can call them: contacts of a service or an officer.
//!
//! In: a folded text and places in it, in order. Out: whether a word for a contact stands before the place in the same
//! sentence or entry of a list. Each character is looked at once.

use regex::Regex;
use std::sync::LazyLock;

/// Services, duties and officers whom the public may call. Whoever complains, asks or enrols (投诉人, 咨询者) is none.
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)
        联系人|联络人|联络员|经办|承办|主办人|监督|值班|值守|带班|热线|专线|客服|服务(?:电话|手机|号码)|办公(?:室)?电话|公示电话|公开电话
        |对外电话|受理|报修|抢修|(?:村委会?|居委会?|社区|办公室|窗口|物业|门诊|救援|救助|调度|公司|单位|学校|医院|派出所|服务站|便民|法律援助|防汛|应急|招聘|招生)(?:联系)?电话|求职|急救|报警|致电|拨打|来电|详询|垂询|异议
        |(?:咨询|报名|举报|投诉|预约|求助|反映|应聘)(?:[^人者]|$)
        |(?:河|湖|林|田|路|街|巷|山|库|链|楼栋?|网格|片区?|段|站|所|队|组|校|院|局|科|处|镇|乡|村|区|县|市|社|园|馆|班|船|库)长(?:[^大期效度]|$)
        |网格员|责任人|负责人|巡护员|巡查员|护林员|护河员|管护员|民警|辅警|警官|交警|法官|检察官|书记|主任|指导员|协管员|安全员|管理员|辅导员
        |调解员|执行员|工作人员|包联|包保|挂钩干部|帮扶(?:干部|人)|驻村|村医|家庭医生|签约医生",
    )
    .expect("a constant pattern")
});

/// Whether a text speaks of a contact.
pub(super) fn speaks(text: &str) -> bool {
    CONTACT.is_match(text)
}

/// The contacts of a text, found as one walks down it.
#[derive(Debug)]
pub(super) struct Contacts<'t> {
    text: &'t str,
    seen: usize,
    named: bool,
}

impl<'t> Contacts<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, seen: 0, named: false }
    }

    /// Whether a contact is named before a place in its sentence; places must be asked for in order.
    pub(super) fn named_before(&mut self, at: usize) -> bool {
        let new = self.text.get(self.seen..at).unwrap_or_default();
        let sentence = match new.rfind(['。', ';', '!', '\n']) {
            Some(end) => {
                self.named = false;
                &new[end..]
            }
            None => new,
        };
        self.named = self.named || speaks(sentence);
        self.seen = self.seen.max(at);
        self.named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_contact(text: &str) -> bool {
        Contacts::new(text).named_before(text.len())
    }

    #[test]
    fn services_and_officers_are_contacts_and_citizens_are_not() {
        for text in [
            "联系人:张三,手机",
            "经办人 张三 ",
            "咨询电话:",
            "报名电话",
            "值班电话:",
            "监督举报",
            "投诉请打",
            "服务热线",
            "镇级河长:张三 电话:",
            "网格员张三,",
            "责任人:张三 ",
            "巡护员 张三 ",
            "社区民警张三:",
            "所长:张三,",
            "村委会电话:",
            "社区办公室联系电话",
            "如有疑问请致电",
            "联系人手机:",
        ] {
            assert!(is_contact(text), "{text}");
        }
        for text in [
            "姓名:张三,电话:",
            "来信人:张三,联系方式:",
            "投诉人:张三,手机",
            "咨询者张三,",
            "联系电话:",
            "收件人:张三 ",
            "家长张三 ",
            "其女儿张三,电话",
            "",
        ] {
            assert!(!is_contact(text), "{text}");
        }
    }

    #[test]
    fn a_sentence_or_a_line_ends_what_its_contact_says() {
        for end in ['。', ';', '!', '\n'] {
            assert!(!is_contact(&format!("联系人:张三{end}电话")), "{end}");
        }
        let text = "联系人:张三,1,2;3";
        let mut contacts = Contacts::new(text);
        assert_eq!(
            ["1", "2", "3"].map(|it| contacts.named_before(text.find(it).unwrap())),
            [true, true, false]
        );
    }
}
