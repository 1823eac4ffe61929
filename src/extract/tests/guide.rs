//! The page that tells how to add a platform: its example works, and it leaves no key out.

use super::*;
use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../../config/platforms/README.md");

/// The first block of a kind in the page.
fn block(kind: &str) -> &'static str {
    let start = PAGE.find(&format!("```{kind}\n")).unwrap() + kind.len() + 4;
    &PAGE[start..start + PAGE[start..].find("```").unwrap()]
}

/// Every key of a table, at any depth.
fn keys(table: &toml::Table, found: &mut BTreeSet<String>) {
    for (key, value) in table {
        found.insert(key.clone());
        let rows = value.as_array().into_iter().flatten().filter_map(toml::Value::as_table);
        // Headers and codes are named by the site, not by us.
        for inner in value.as_table().filter(|_| key != "headers" && key != "codes").into_iter().chain(rows) {
            keys(inner, found);
        }
    }
}

#[test]
fn the_example_loads_and_reads_its_page() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("chenghu-media.toml"), block("toml")).unwrap();
    let recipes = Recipes::load(folder.path()).unwrap();
    let recipe = recipes.find("chenghu-media").unwrap();
    let request = recipe.request("1024", Validators::default()).unwrap();
    assert_eq!(request.url.as_str(), "https://media.chenghu.example/u/1024");
    let look = |body: &str| {
        extract(recipe, &Fetched::at_hand(request.url.clone(), body.to_owned()), &Listing::default(), now())
    };
    assert_eq!(
        look(block("html")).unwrap().posts.iter().map(told).collect::<Vec<_>>(),
        [
            "^01-07 10:00 unknown - 云溪发布开通公告",
            "11-20 08:30 unknown 云溪县水务局 今晚停水通知",
            "11-19 20:30 repost - 转发：全市文明创建推进会",
        ]
    );
    assert!(look("<p>该账号还没有发布内容</p>").unwrap().empty_marker);
    assert_eq!(look("<p>该账号已被管理员停用</p>").unwrap_err().failure, Failure::Banned);
    assert_eq!(look("<p>改版了</p>").unwrap_err().failure, Failure::Layout);
}

#[test]
fn every_key_of_every_recipe_is_explained() {
    let mut all: BTreeSet<String> = recipe::KEYS.split('、').map(str::to_owned).collect();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("config/platforms");
    for file in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|ending| ending == "toml") {
            keys(&std::fs::read_to_string(&file).unwrap().parse().unwrap(), &mut all);
        }
    }
    let text = PAGE.split("## 键").nth(1).unwrap();
    let unexplained: Vec<_> = all
        .iter()
        .filter(|key| {
            let named = [format!("`{key}`"), format!("[{key}]"), format!("[[{key}]]"), format!(".{key}]")];
            !named.iter().any(|form| text.contains(form.as_str()))
        })
        .collect();
    assert_eq!(unexplained, Vec::<&String>::new());
}

#[test]
fn every_failure_a_mark_may_name_is_explained() {
    let shipped = SHIPPED.iter().flat_map(|recipe| recipe.marks.iter().map(|mark| mark.failure));
    for failure in shipped {
        assert!(PAGE.contains(&format!("`{}`", failure.as_str())), "{failure}");
    }
}
