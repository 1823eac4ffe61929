//! How fast the words of a post are read: personal data alone, and all checks together with a large list of terms.
//!
//! In: made-up posts of 600 characters, and hostile texts of 5 MB. Out: posts and bytes per second.

use chrono::DateTime;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use daachorse::CharwiseDoubleArrayAhoCorasick;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use xunwang::judge::content::Part;
use xunwang::judge::content::ads::Shops;
use xunwang::judge::content::checks::{Checks, Settings};
use xunwang::judge::content::privacy::find;
use xunwang::judge::content::terms::Terms;
use xunwang::judge::pack::Packs;
use xunwang::model::post::{Origin, Post, PostKey};

/// Sentences without a digit.
const PLAIN: &str =
    "连日来，沙河县水利局组织人员沿河巡查，清理淤泥和杂草，加固护坡，疏通闸口，群众拍手称好。";
/// Sentences with days, counts, links and telephones of offices.
const DIGITS: &str = "11月18日至20日，全县清淤23.5公里，出动312人次，详见https://a.example/20261118/1，咨询电话0513-85550000。";
/// News as offices write it, with prices, names and a quotation.
const NEWS: &str = "近日，县市场监管局对12家超市开展价格检查，提醒经营者明码标价，不得虚构原价。消费者李女士说：“买得放心。”下一步将持续做好保供稳价工作，欢迎拨打12315反映问题。";
/// Entries with everything.
const DATA: &str = "姓名：张三，身份证号：990123199003075216，电话：19900001111，住沙河县清渡镇北岸村4组17号，车牌苏Z·12345。\n";

/// A text of 600 characters made of one piece and at its end another.
fn post(piece: &str, end: &str) -> String {
    let kept = 600 - end.chars().count();
    piece.chars().cycle().take(kept).chain(end.chars()).collect()
}

fn posts(c: &mut Criterion) {
    let mut group = c.benchmark_group("privacy");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [
        ("post without digits", post(PLAIN, "")),
        ("post with digits", post(DIGITS, "")),
        ("post with one record", post(PLAIN, DATA)),
        ("post full of records", post(DATA, "")),
    ] {
        group.bench_function(name, |b| b.iter(|| find("公示", Part::Text, black_box(&text))));
    }
    group.finish();
}

fn hostile(c: &mut Criterion) {
    /// Length of a hostile text, in bytes.
    const LENGTH: usize = 5 << 20;
    let mut group = c.benchmark_group("privacy, 5 MB");
    group.sample_size(10).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5));
    group.throughput(Throughput::Bytes(LENGTH as u64));
    for (name, piece) in [
        ("digits", "1"),
        ("masks", "*"),
        ("crosses", "x"),
        ("single digits", "1 "),
        ("groups", "199-0000-"),
        ("labels", "身份证号："),
        ("lines of headings", "姓名 身份证号\n"),
        (
            "rows",
            "姓名 卡号\n1 19900001111 2 19900001112 3 19900001113 4 19900001114 5 19900001115 6 19900001116\n",
        ),
        ("mobiles", "19900001111、"),
        ("accounts", "账号：6299000000000012"),
        ("accounts on lines", "户名：张三\n6299000000000012\n"),
        ("links", "https://a.example/19900001111/"),
        ("house numbers", "1号"),
        ("addresses", "家住清渡镇北岸村4组17号，"),
        ("addresses on lines", "姓名：张三\n住址：清渡镇北岸村4组17号\n"),
        ("brackets", "（1）"),
        ("lines", "\n1"),
        ("records", DATA),
    ] {
        group.bench_function(name, |b| {
            b.iter_batched_ref(
                || piece.repeat(LENGTH / piece.len()),
                |text| find("公示", Part::Text, black_box(text)),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// Terms of an operator with a large list.
const TERMS: usize = 50_000;

/// A list of terms that begin as words of the posts do and stand in none of them.
fn list() -> Vec<String> {
    let common: Vec<char> = PLAIN.chars().chain(NEWS.chars()).filter(|c| c.is_alphabetic()).collect();
    let rare = |n: usize| char::from_u32(0x4e00 + u32::try_from(n % 20_000).unwrap_or(0)).unwrap_or('一');
    let term = |n: usize| {
        let begin = [common[n % common.len()], common[n / common.len() % common.len()]];
        begin.into_iter().chain([rare(n * 7_919), rare(n)]).collect()
    };
    (0..TERMS).map(term).collect()
}

fn checks(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let words = list();
    std::fs::write(folder.path().join("bench.txt"), words.join("\n")).expect("a list");
    let terms = Terms::load(folder.path()).expect("a list without mistakes");
    let checks = Checks::new(Settings::default(), Arc::default(), Shops::default(), terms);
    let packs = Packs::load(None).expect("the shipped packs");
    let now = DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
    let pack = packs.find("national", now).expect("the national pack");
    let bare: CharwiseDoubleArrayAhoCorasick<u32> =
        CharwiseDoubleArrayAhoCorasick::new(&words).expect("an automaton");
    let mut group = c.benchmark_group("all checks, 50 000 terms");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [
        ("post without digits", post(PLAIN, "")),
        ("post with digits", post(DIGITS, "")),
        ("news", post(NEWS, "")),
    ] {
        group.bench_function(format!("automaton alone, {name}"), |b| {
            b.iter(|| bare.find_overlapping_iter(black_box(&text)).count());
        });
        let post = Post {
            key: PostKey(1),
            url: String::new(),
            title: "关于开展冬季巡查的通知".to_owned(),
            text,
            published: None,
            origin: Origin::Unknown,
            source: None,
            pinned: false,
            links: Vec::new(),
        };
        group.bench_function(name, |b| b.iter(|| checks.findings(black_box(&post), pack, now)));
    }
    for (name, piece) in [
        ("5 MB of offers", "全场八折加微信下单立减10元"),
        ("5 MB of quotations", "“骗子”。"),
        ("5 MB of links", "https://item.jd.com/1.html "),
        ("5 MB of marks", "机密★10年\n"),
    ] {
        let text = piece.repeat((5 << 20) / piece.len());
        let post = Post {
            key: PostKey(1),
            url: String::new(),
            title: String::new(),
            text,
            published: None,
            origin: Origin::Unknown,
            source: None,
            pinned: false,
            links: Vec::new(),
        };
        group.sample_size(10).measurement_time(Duration::from_secs(2));
        group.bench_function(name, |b| b.iter(|| checks.findings(black_box(&post), pack, now)));
    }
    group.finish();
}

criterion_group!(benches, checks, posts, hostile);
criterion_main!(benches);
