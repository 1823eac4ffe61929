//! How fast posts are told apart: whose work a post is, and which earlier texts it overlaps with.
//!
//! In: made-up posts. Out: time per post, and per query of an index that holds many.

#![expect(clippy::unwrap_used, reason = "what cannot be set up cannot be measured")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::num::NonZeroUsize;
use xunwang::judge::index::shingles::{Entry, Shingles};
use xunwang::judge::originality::{Case, Marks, Sources, Unit, judge};
use xunwang::model::account::Platform;

/// A made-up report of some 600 characters, different for each number.
fn report(number: u64) -> String {
    let words = [
        "河道", "清淤", "巡查", "乡镇", "群众", "水质", "护坡", "步道", "闸站", "防汛", "灌溉", "节水",
        "农田", "堤防", "雨量", "监测",
    ];
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut text = String::new();
    for _ in 0..300 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(words[usize::try_from(state >> 60).unwrap()]);
        if state.is_multiple_of(7) {
            text.push('，');
        }
    }
    text
}

fn shingles(c: &mut Criterion) {
    let mut index = Shingles::new(NonZeroUsize::new(100_000).unwrap());
    for post in 0..100_000_u32 {
        index
            .add(Entry { account: i64::from(post % 5_000), post: i64::from(post) }, &report(u64::from(post)));
    }
    let mut group = c.benchmark_group("shingles");
    group.throughput(Throughput::Elements(1));
    let text = report(77);
    group.bench_function("query among 100000", |b| b.iter(|| index.query(-1, black_box(&text), 0.5)));
    let mut post = 100_000;
    group.bench_function("add to 100000", |b| {
        b.iter(|| {
            post += 1;
            index.add(Entry { account: 1, post }, black_box(&text))
        });
    });
    group.finish();
}

fn originality(c: &mut Criterion) {
    let unit = Unit::new("沙河水利", "沙河县水利局", &["县水利局", "沙河县清渡闸管理所"]);
    let sources = Sources::shipped();
    let allowed = sources.allowed(None, None);
    let credited = format!("近日，县水利局召开会议。{}\n来源：新华社\n编辑：张三", report(1));
    let mut group = c.benchmark_group("originality");
    group.throughput(Throughput::Elements(1));
    for (name, text) in [("credited post", credited), ("post that says nothing", report(2))] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let text = black_box(text.as_str());
                let case =
                    Case { platform: Platform::Wechat, title: "清淤", text, marks: Marks::default() };
                judge(&case, &unit, &allowed)
            });
        });
    }
    group.bench_function("unit", |b| {
        b.iter(|| Unit::new("沙河水利", black_box("沙河县水利局"), &["县水利局", "沙河县清渡闸管理所"]));
    });
    group.finish();
}

criterion_group!(benches, shingles, originality);
criterion_main!(benches);
