//! Whether a post repeats what another account had published before (DOMAIN 6.2).
//!
//! In: two posts with their owners. Out: yes or no. A yes takes an original away, so that it needs all of: most of the
//! text stands in the other one, the other one was surely earlier, no fact differs (forms that many units fill in are
//! much alike), and another unit published it. Without a time nothing is said.

use crate::judge::index::shingles::contained;
use crate::judge::similar::{self, Relation};
use crate::model::moment::in_shanghai;
use crate::model::post::Published;

/// How much of a text must stand in the earlier one.
const MOST: f64 = 0.8;

/// A post as far as it is compared.
#[derive(Debug, Clone, Copy)]
pub struct Telling<'a> {
    /// Whose account it stands in.
    pub owner: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its text.
    pub text: &'a str,
    /// When it was published.
    pub published: Published,
}

impl<'a> Telling<'a> {
    /// The same for telling whether facts agree.
    #[must_use]
    pub fn facts(&self) -> similar::Post<'a> {
        let published = in_shanghai(self.published.shown()).date_naive();
        similar::Post { title: self.title, text: self.text, published }
    }
}

/// Whether a post repeats an earlier one.
#[must_use]
pub fn repeats(post: &Telling<'_>, earlier: &Telling<'_>) -> bool {
    earlier.published.latest() < post.published.shown()
        && (post.owner.is_empty() || post.owner != earlier.owner)
        && contained(post.text, earlier.text) >= MOST
        && similar::judge(&earlier.facts(), &post.facts()).relation == Relation::Consistent
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveDate;

    const NEWS: &str = "入冬以来，沙河县组织十二个乡镇开展河道清淤，累计清理淤泥三万余方，修复护坡二十六处，新增步道九公里，\
                        沿线群众在家门口就能散步健身，河道水质稳定达到三类标准。";

    fn at(hour: u32) -> Published {
        let time = NaiveDate::from_ymd_opt(2026, 11, 20).and_then(|day| day.and_hms_opt(hour, 0, 0));
        Published::At(time.unwrap().and_utc())
    }

    fn telling<'a>(owner: &'a str, text: &'a str, published: Published) -> Telling<'a> {
        Telling { owner, title: "河道清淤", text, published }
    }

    #[test]
    fn a_text_that_another_unit_published_before_is_repeated() {
        let earlier = telling("沙河县融媒体中心", NEWS, at(1));
        assert!(repeats(&telling("沙河县文旅局", NEWS, at(3)), &earlier));
        let framed = format!("{NEWS}欢迎大家前来游玩。");
        assert!(repeats(&telling("沙河县文旅局", &framed, at(3)), &earlier));
    }

    #[test]
    fn nothing_is_taken_from_who_was_first_or_may_have_been() {
        let other = telling("沙河县融媒体中心", NEWS, at(3));
        assert!(!repeats(&telling("沙河县水利局", NEWS, at(1)), &other));
        assert!(!repeats(&telling("沙河县水利局", NEWS, at(3)), &other), "at the same moment");
        let day = Published::On(NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
        let of_the_day = telling("沙河县融媒体中心", NEWS, day);
        assert!(!repeats(&telling("沙河县水利局", NEWS, at(3)), &of_the_day), "the day is not over");
    }

    #[test]
    fn a_units_other_account_a_filled_in_form_and_another_text_are_no_source() {
        let earlier = telling("沙河县水利局", NEWS, at(1));
        assert!(!repeats(&telling("沙河县水利局", NEWS, at(3)), &earlier));
        let form = NEWS.replace("十二个乡镇", "九个乡镇").replace("三万余方", "五万余方");
        assert!(!repeats(&telling("清河县水利局", &form, at(3)), &earlier));
        let more = format!(
            "{NEWS}{}",
            "这里写的是自己调查得来的许多事情，与那篇报道没有关系，篇幅也更长一些。".repeat(3)
        );
        assert!(!repeats(&telling("清河县水利局", &more, at(3)), &earlier));
    }
}
