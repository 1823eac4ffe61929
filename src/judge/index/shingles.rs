//! Which earlier posts of other accounts a text overlaps with.
//!
//! In: texts with the post and account they belong to. Out: the posts whose text is largely the same, with how much. A
//! text is folded to its words, cut into overlapping pieces (shingles) and kept as a `MinHash` signature with one hash for
//! all values (Li, Owen, Zhang 2012, filled up as in Shrivastava 2017); bands of the signature find candidates without
//! comparing with everything (Broder 1997; Leskovec, Rajaraman, Ullman, *Mining of Massive Datasets*, ch. 3). Memory is
//! bounded: the oldest post makes room for the newest. An estimated overlap finds candidates; whether a text repeats
//! another is told by [`contained`]. A text too short for it is in nobody's index.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::num::NonZeroUsize;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Characters of a shingle: five Han characters are a phrase.
const WIDTH: usize = 5;
/// Values of a signature. The error of an estimated overlap is about 1/√64 at worst.
const VALUES: usize = 64;
/// Values of a band. With 16 bands of 4, texts overlapping by 0.8 meet with probability 0.9998, by 0.6 with 0.89, by 0.2
/// with 0.025.
const ROWS: usize = 4;
/// Texts with fewer shingles are greetings and headlines, which many accounts share by chance.
const FEWEST: usize = 20;
/// How much of a text is read, in characters.
const LONGEST: usize = 20_000;
/// How many posts a bucket holds, the newest: a template that thousands post must make nothing slow.
const CROWD: usize = 16;

/// A post and whose it is, as numbers of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Entry {
    /// The account.
    pub account: i64,
    /// The post.
    pub post: i64,
}

/// An earlier post with a similar text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overlap {
    /// Whose it is.
    pub entry: Entry,
    /// Estimated share of shingles that both texts have of all that either has, from 0 to 1.
    pub share: f64,
}

/// The signature of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature([u32; VALUES]);

impl Signature {
    /// The signature of a text; `None` for a text too short to tell anything.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let mut least = [u32::MAX; VALUES];
        let mut count = 0_usize;
        for shingle in shingles(text) {
            // One hash for all values: its upper bytes choose the value, its lower half competes for it.
            let [upper, lower, .., a, b, c, d] = shingle.to_be_bytes();
            let place = &mut least[place_of([upper, lower])];
            *place = (*place).min(u32::from_be_bytes([a & 0x7f, b, c, d]));
            count += 1;
        }
        (count >= FEWEST).then(|| Self(densified(&least)))
    }

    /// The estimated overlap of two texts, from 0 to 1.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> f64 {
        let same = self.0.iter().zip(&other.0).filter(|(one, two)| one == two).count();
        #[expect(clippy::cast_precision_loss, reason = "at most all of them")]
        let share = same as f64 / VALUES as f64;
        share
    }

    /// The buckets of its bands.
    fn bands(&self) -> impl Iterator<Item = u64> {
        self.0.chunks_exact(ROWS).zip(0_u64..).map(|(rows, band)| {
            let mut bytes = [0_u8; ROWS * 4];
            for (place, value) in bytes.chunks_exact_mut(4).zip(rows) {
                place.copy_from_slice(&value.to_le_bytes());
            }
            xxh3_64_with_seed(&bytes, band)
        })
    }
}

/// The value that two bytes of a hash choose.
fn place_of(bytes: [u8; 2]) -> usize {
    (usize::from(u16::from_be_bytes(bytes)) * VALUES) >> 16
}

/// Fills the values that no shingle chose from others, chosen in the same way for every text, so that two texts agree
/// there as often as elsewhere.
fn densified(sparse: &[u32; VALUES]) -> [u32; VALUES] {
    let mut dense = *sparse;
    for (value, place) in dense.iter_mut().zip(0_u8..) {
        let mut attempt = 0;
        while *value == u32::MAX {
            let [upper, lower, ..] = xxh3_64_with_seed(&[place], attempt).to_le_bytes();
            *value = sparse[place_of([upper, lower])];
            attempt += 1;
        }
    }
    dense
}

/// The factor of the rolling hash: odd, with its bits well spread (Knuth's golden ratio, 64 bits).
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
/// What the oldest character of a window weighs once another has come in.
const OLDEST: u64 = {
    let (mut weight, mut place) = (1_u64, 0);
    while place < WIDTH {
        weight = weight.wrapping_mul(FACTOR);
        place += 1;
    }
    weight
};

/// The shingles of a text, by their hashes: a polynomial over the characters that rolls from one to the next (Karp, Rabin
/// 1987), its bits mixed as `MurmurHash3` mixes them.
fn shingles(text: &str) -> impl Iterator<Item = u64> + '_ {
    let mut window = [0_u64; WIDTH];
    let mut sum = 0_u64;
    words(text).take(LONGEST).enumerate().filter_map(move |(count, c)| {
        let old = std::mem::replace(&mut window[count % WIDTH], u64::from(c));
        sum = sum.wrapping_mul(FACTOR).wrapping_add(u64::from(c)).wrapping_sub(old.wrapping_mul(OLDEST));
        (count + 1 >= WIDTH).then(|| {
            let mixed = (sum ^ (sum >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
            let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
            mixed ^ (mixed >> 33)
        })
    })
}

/// Which share of the shingles of a text stand in another, exactly; 0 for a text too short to tell anything.
#[must_use]
pub fn contained(text: &str, other: &str) -> f64 {
    let sorted = |text| {
        let mut all: Vec<u64> = shingles(text).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let own = sorted(text);
    if own.len() < FEWEST {
        return 0.0;
    }
    let theirs = sorted(other);
    #[expect(clippy::cast_precision_loss, reason = "at most so many as the longest text has characters")]
    let share = own.iter().filter(|it| theirs.binary_search(it).is_ok()).count() as f64 / own.len() as f64;
    share
}

/// The words of a text: no signs, no width, no case.
fn words(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars()
        .filter_map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
            c => Some(c),
        })
        // Most are Han characters, for which the general question is a slow one.
        .filter(|c| matches!(c, '\u{4e00}'..='\u{9fff}') || c.is_alphanumeric())
        .map(|c| c.to_ascii_lowercase())
}

/// Slots whose posts have a band in common, oldest first; mostly one.
type Bucket = SmallVec<[u32; 4]>;

/// The texts of the newest posts, as many as it may hold.
#[derive(Debug)]
pub struct Shingles {
    /// Slots in use; a slot is taken again when its post is the oldest.
    slots: Vec<Slot>,
    /// The slot to be taken next.
    next: usize,
    capacity: NonZeroUsize,
    /// Slots by bucket, oldest first.
    buckets: FxHashMap<u64, Bucket>,
    /// The slot of a post, so that an edited post is not its own source.
    places: FxHashMap<Entry, u32>,
}

#[derive(Debug)]
struct Slot {
    entry: Entry,
    signature: Signature,
}

impl Shingles {
    /// An empty index for so many posts; about 700 bytes each.
    #[must_use]
    pub fn new(capacity: NonZeroUsize) -> Self {
        let capacity = capacity.min(NonZeroUsize::new(u32::MAX as usize).unwrap_or(capacity));
        Self {
            slots: Vec::new(),
            next: 0,
            capacity,
            buckets: FxHashMap::default(),
            places: FxHashMap::default(),
        }
    }

    /// How many posts it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Takes a post in, or its newer text; the oldest makes room. Whether its text was long enough to be kept.
    pub fn add(&mut self, entry: Entry, text: &str) -> bool {
        let Some(signature) = Signature::of(text) else { return false };
        self.add_signed(entry, signature);
        true
    }

    /// Takes in a post whose signature is known.
    pub fn add_signed(&mut self, entry: Entry, signature: Signature) {
        if let Some(place) = self.places.get(&entry).copied() {
            self.forget(place);
            self.put(place, entry, signature);
            return;
        }
        let place = u32::try_from(self.next).unwrap_or(u32::MAX);
        if self.next < self.slots.len() {
            self.forget(place);
        }
        self.put(place, entry, signature);
        self.next = (self.next + 1) % self.capacity.get();
    }

    fn put(&mut self, place: u32, entry: Entry, signature: Signature) {
        for band in signature.bands() {
            let bucket = self.buckets.entry(band).or_default();
            if bucket.len() == CROWD {
                bucket.remove(0);
            }
            bucket.push(place);
        }
        self.places.insert(entry, place);
        let slot = Slot { entry, signature };
        match self.slots.get_mut(place as usize) {
            Some(old) => *old = slot,
            None => self.slots.push(slot),
        }
    }

    /// Takes a slot out of the buckets; what it held stays until it is overwritten.
    fn forget(&mut self, place: u32) {
        let Some(slot) = self.slots.get(place as usize) else { return };
        self.places.remove(&slot.entry);
        for band in slot.signature.bands() {
            if let Some(bucket) = self.buckets.get_mut(&band) {
                if let Some(at) = bucket.iter().position(|other| *other == place) {
                    bucket.remove(at);
                }
                if bucket.is_empty() {
                    self.buckets.remove(&band);
                }
            }
        }
    }

    /// The posts of other accounts whose text overlaps by at least a share, most similar first.
    #[must_use]
    pub fn query(&self, account: i64, text: &str, least: f64) -> Vec<Overlap> {
        Signature::of(text).map(|signature| self.query_signed(account, &signature, least)).unwrap_or_default()
    }

    /// The same for a text whose signature is known.
    #[must_use]
    pub fn query_signed(&self, account: i64, signature: &Signature, least: f64) -> Vec<Overlap> {
        let mut places: Vec<u32> = signature
            .bands()
            .filter_map(|band| self.buckets.get(&band))
            .flat_map(|bucket| bucket.iter().copied())
            .collect();
        places.sort_unstable();
        places.dedup();
        let slots = places.into_iter().filter_map(|place| self.slots.get(place as usize));
        let others = slots.filter(|slot| slot.entry.account != account);
        let mut found: Vec<Overlap> = others
            .map(|slot| Overlap { entry: slot.entry, share: signature.overlap(&slot.signature) })
            .filter(|overlap| overlap.share >= least)
            .collect();
        found.sort_by(|one, two| two.share.total_cmp(&one.share).then(one.entry.cmp(&two.entry)));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANDS: usize = VALUES / ROWS;

    const REPORT: &str = "入冬以来，沙河县水利局组织全县十二个乡镇开展河道清淤，累计清理淤泥三万余方，修复护坡二十六处，\
                          新增巡护步道九公里，沿线群众在家门口就能散步健身，河道水质稳定达到三类标准。";

    fn entry(account: i64, post: i64) -> Entry {
        Entry { account, post }
    }

    fn index(capacity: usize) -> Shingles {
        Shingles::new(NonZeroUsize::new(capacity).unwrap())
    }

    #[test]
    fn a_copied_text_is_found_whatever_its_signs_and_a_little_changed() {
        let mut index = index(10);
        assert!(index.add(entry(1, 1), REPORT));
        let copied = REPORT.replace('，', ",").replace("。", "！ ") + "（来自沙河）";
        let found = index.query(2, &copied, 0.6);
        assert_eq!(found.first().map(|overlap| overlap.entry), Some(entry(1, 1)));
        assert!(found[0].share > 0.8, "{}", found[0].share);
        let width: String = "ＡＢＣ１２３".repeat(10);
        assert_eq!(Signature::of(&width), Signature::of(&"abc123".repeat(10)));
    }

    #[test]
    fn how_much_of_a_text_stands_in_another_is_exact() {
        let longer = format!(
            "开头的话和别处都不一样。{REPORT}后面又写了许多自己的内容，写了很长很长，比原文还要长得多，说的是另一件事。"
        );
        assert!((contained(REPORT, &longer) - 1.0).abs() < f64::EPSILON);
        assert!(contained(&longer, REPORT) < 0.7);
        assert!(contained("早安", REPORT).abs() < f64::EPSILON);
    }

    #[test]
    fn an_estimate_is_near_the_truth_for_short_and_long_texts() {
        for length in [40_u32, 120, 600, 3000] {
            let mut sum = 0.0;
            for round in 0..20_u32 {
                let letter = |n: u32| {
                    let place = n.wrapping_add(round * 9_973).wrapping_mul(2_654_435_761) >> 18;
                    char::from_u32(0x4e00 + place).unwrap()
                };
                let one: String = (0..length).map(letter).collect();
                let two: String =
                    (0..length * 3 / 4).chain(900_000..900_000 + length / 4).map(letter).collect();
                sum += Signature::of(&one).unwrap().overlap(&Signature::of(&two).unwrap());
            }
            // Three quarters are common, so that 0.6 of all are.
            let mean = sum / 20.0;
            assert!((0.48..0.7).contains(&mean), "{length}: {mean}");
        }
    }

    #[test]
    fn other_texts_short_texts_and_the_accounts_own_are_not_found() {
        let mut index = index(10);
        index.add(entry(1, 1), REPORT);
        let other = "市图书馆本周六下午举办古籍修复讲座，主讲人从事修复工作三十余年，将现场演示补纸、托裱、装订的全过程，名额八十个。";
        assert_eq!(index.query(2, other, 0.3), []);
        assert_eq!(index.query(1, REPORT, 0.3), []);
        assert!(!index.add(entry(3, 1), "早安，沙河！") && index.query(2, "早安，沙河！", 0.0).is_empty());
    }

    #[test]
    fn the_oldest_makes_room_and_an_edited_post_is_kept_once() {
        let mut index = index(2);
        let text = |n: usize| {
            format!("{REPORT}{}", ["甲乙丙丁戊己庚辛", "子丑寅卯辰巳午未", "东南西北上下左右"][n].repeat(40))
        };
        for (n, post) in (0..3).zip(1..) {
            index.add(entry(1, post), &text(n));
        }
        assert_eq!(index.len(), 2);
        assert!(index.query(2, &text(0), 0.9).is_empty());
        assert_eq!(index.query(2, &text(2), 0.9).len(), 1);
        index.add(entry(1, 3), &text(0));
        assert_eq!(
            (index.len(), index.query(2, &text(2), 0.9).len(), index.query(2, &text(0), 0.9).len()),
            (2, 0, 1)
        );
        // What is forgotten leaves nothing behind.
        let held: usize = index.buckets.values().map(SmallVec::len).sum();
        assert_eq!(held, 2 * BANDS);
    }

    #[test]
    fn a_template_that_thousands_post_does_not_make_a_query_slow() {
        let mut index = index(5000);
        for post in 0..5000 {
            index.add(entry(post, post), REPORT);
        }
        assert!(index.query(-1, REPORT, 0.5).len() <= CROWD);
        let huge = REPORT.repeat(5_000_000 / REPORT.len());
        assert!(Signature::of(&huge).is_some());
    }

    proptest::proptest! {
        #[test]
        fn an_overlap_is_a_share_and_symmetric(a in "\\PC{0,200}", b in "\\PC{0,200}") {
            if let (Some(a), Some(b)) = (Signature::of(&a), Signature::of(&b)) {
                proptest::prop_assert!((0.0..=1.0).contains(&a.overlap(&b)));
                proptest::prop_assert!((a.overlap(&b) - b.overlap(&a)).abs() < f64::EPSILON);
                proptest::prop_assert!((a.overlap(&a) - 1.0).abs() < f64::EPSILON);
            }
        }

        #[test]
        fn the_index_never_outgrows_its_bound(posts in proptest::collection::vec((0_i64..4, 0_i64..8, "[一-九]{25,60}"), 0..40)) {
            let mut index = index(5);
            for (account, post, text) in posts {
                index.add(entry(account, post), &text);
                proptest::prop_assert!(index.len() <= 5 && index.slots.len() <= 5);
                proptest::prop_assert_eq!(index.buckets.values().map(SmallVec::len).sum::<usize>(), index.len() * BANDS);
            }
        }
    }
}
