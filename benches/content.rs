//! How fast the words of a post are read: personal data.
//!
//! In: made-up posts of 600 characters, and hostile texts of 5 MB. Out: posts and bytes per second.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;
use xunwang::judge::content::Part;
use xunwang::judge::content::privacy::find;

/// Sentences without a digit.
const PLAIN: &str =
    "连日来，沙河县水利局组织人员沿河巡查，清理淤泥和杂草，加固护坡，疏通闸口，群众拍手称好。";
/// Sentences with days, counts, links and telephones of offices.
const DIGITS: &str = "11月18日至20日，全县清淤23.5公里，出动312人次，详见https://a.example/20261118/1，咨询电话0513-85550000。";
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

criterion_group!(benches, posts, hostile);
criterion_main!(benches);
