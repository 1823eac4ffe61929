//! What is written about the program is true of the program.
//!
//! In: the dashboards, the deployment files, the shipped configuration and the READMEs. Out: a failure for each
//! name in them that does not exist.

use regex::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use xunwang::config::{Config, Main, SHIPPED};
use xunwang::metrics::Metrics;

fn path(inside: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(inside)
}

fn text(inside: &str) -> String {
    std::fs::read_to_string(path(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
}

fn yaml(inside: &str) -> Value {
    serde_saphyr::from_str(&text(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
}

fn json(inside: &str) -> Value {
    serde_json::from_str(&text(inside)).unwrap_or_else(|error| panic!("{inside}: {error}"))
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).unwrap()
}

/// Files of a folder with one of the endings, as paths inside the repository.
fn files(folder: &str, endings: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path(folder)).unwrap() {
        let entry = entry.unwrap();
        let inside = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(files(&inside, endings));
        } else if endings.iter().any(|ending| inside.ends_with(ending)) {
            found.push(inside);
        }
    }
    found
}

/// Every text of a value that stands under one of the keys.
fn texts_under(value: &Value, keys: &[&str], found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                match inner {
                    Value::String(text) if keys.contains(&key.as_str()) => found.push(text.clone()),
                    inner => texts_under(inner, keys, found),
                }
            }
        }
        Value::Array(array) => array.iter().for_each(|inner| texts_under(inner, keys, found)),
        _ => {}
    }
}

/// Every `PromQL` expression of the dashboards and the alerts, with its file.
fn expressions() -> Vec<(String, String)> {
    let boards = files("dashboards", &[".json"]).into_iter().map(|file| (json(&file), file));
    let rules = [(yaml("dashboards/alerts.yml"), "dashboards/alerts.yml".to_owned())];
    let mut all = Vec::new();
    for (value, file) in boards.chain(rules) {
        let mut found = Vec::new();
        texts_under(&value, &["expr"], &mut found);
        all.extend(found.into_iter().map(|expression| (file.clone(), expression)));
    }
    assert!(all.len() > 40, "only {} expressions were found", all.len());
    all
}

/// The metrics of `/metrics/accounts`, out of the head that the endpoint writes.
fn account_metrics() -> BTreeSet<String> {
    let source = text("src/web/accounts.rs");
    let found: BTreeSet<String> =
        regex(r"# TYPE (xunwang_\w+)").captures_iter(&source).map(|hit| hit[1].to_owned()).collect();
    assert!(found.len() >= 6, "{found:?}");
    found
}

/// The metric a series belongs to: a histogram has three series with endings of their own.
fn metric_of(series: &str) -> &str {
    let histogram = |ending: &str| series.strip_suffix(ending).filter(|name| Metrics::NAMES.contains(name));
    ["_bucket", "_sum", "_count"].into_iter().find_map(histogram).unwrap_or(series)
}

#[test]
fn dashboards_and_alerts_name_only_metrics_that_exist() {
    let accounts = account_metrics();
    let name = regex(r"\bxunwang_\w+");
    for (file, expression) in expressions() {
        for hit in name.find_iter(&expression) {
            let metric = metric_of(hit.as_str());
            assert!(Metrics::NAMES.contains(&metric) || accounts.contains(metric), "{file}: {metric}");
        }
    }
}

#[test]
fn every_metric_has_a_panel_or_an_alert() {
    let name = regex(r"\bxunwang_\w+");
    let expressions = expressions();
    let shown: BTreeSet<&str> = expressions
        .iter()
        .flat_map(|(_, expression)| name.find_iter(expression))
        .map(|hit| metric_of(hit.as_str()))
        .collect();
    let missing: Vec<_> = Metrics::NAMES.iter().filter(|name| !shown.contains(*name)).collect();
    assert!(missing.is_empty(), "neither shown nor watched: {missing:?}");
}

#[test]
fn selectors_use_labels_and_values_that_exist() {
    let published = Metrics::new().unwrap().text().unwrap();
    let (series, label) =
        (regex(r"(?m)^(xunwang_\w+)\{(.*)\} "), regex(r#"(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)""#));
    let mut known: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for hit in series.captures_iter(&published) {
        for pair in label.captures_iter(&hit[2]) {
            known
                .entry((metric_of(&hit[1]).to_owned(), pair[1].to_owned()))
                .or_default()
                .insert(pair[3].to_owned());
        }
    }
    let selector = regex(r"(xunwang_\w+)\{([^}]*)\}");
    let mut checked = 0;
    for (file, expression) in expressions() {
        for hit in selector.captures_iter(&expression) {
            let metric = metric_of(&hit[1]);
            if !Metrics::NAMES.contains(&metric) {
                continue;
            }
            for pair in label.captures_iter(&hit[2]) {
                let values = known.get(&(metric.to_owned(), pair[1].to_owned()));
                let values = values.unwrap_or_else(|| panic!("{file}: {metric} has no label {}", &pair[1]));
                if !pair[3].contains('$') {
                    for value in pair[3].split('|') {
                        assert!(values.contains(value), "{file}: {metric}{{{}}} is never {value}", &pair[1]);
                        checked += 1;
                    }
                }
            }
        }
    }
    assert!(checked > 5, "only {checked} values were found");
}

#[test]
fn panels_and_alerts_speak_chinese_and_have_numbers_of_their_own() {
    let chinese = |text: &str| text.chars().any(|char| ('\u{4e00}'..='\u{9fff}').contains(&char));
    for file in files("dashboards", &[".json"]) {
        let board = json(&file);
        let mut ids = BTreeSet::new();
        for panel in board["panels"].as_array().unwrap() {
            let title = panel["title"].as_str().unwrap();
            assert!(chinese(title), "{file}: {title}");
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "{file}: {title} shares its number");
        }
    }
    for rule in yaml("dashboards/alerts.yml")["groups"][0]["rules"].as_array().unwrap() {
        let summary = rule["annotations"]["summary"].as_str().unwrap();
        assert!(chinese(summary), "{summary}");
        assert!(rule["labels"]["severity"].is_string(), "{}", rule["alert"]);
    }
}

#[test]
fn every_yaml_file_reads() {
    let all: Vec<String> =
        ["dashboards", "deploy"].iter().flat_map(|folder| files(folder, &[".yml"])).collect();
    assert!(all.len() >= 6, "{all:?}");
    for file in all {
        assert!(yaml(&file).is_object(), "{file}");
    }
}

#[test]
fn the_shipped_configuration_is_without_mistakes_and_says_the_defaults() {
    let file = path("config/xunwang.toml");
    let config = Config::read(&file, SHIPPED, Some(&path("config")), &[]).unwrap();
    // Debug shows every setting; secrets, the one thing it hides, are not shipped.
    assert_eq!(format!("{:#?}", config.main), format!("{:#?}", Main::default()));
}

#[test]
fn deployment_files_override_only_settings_that_exist() {
    let compose = yaml("deploy/compose.yml");
    let mut overrides: Vec<(String, String)> = Vec::new();
    for (key, value) in compose["services"]["xunwang"]["environment"].as_object().unwrap() {
        overrides.push((key.clone(), value.as_str().unwrap().to_owned()));
    }
    let setting = regex(r"(XUNWANG__\w+)=(\S+)");
    for file in ["deploy/Dockerfile", "deploy/xunwang.service"] {
        overrides
            .extend(setting.captures_iter(&text(file)).map(|hit| (hit[1].to_owned(), hit[2].to_owned())));
    }
    // The secret of the real place is not at hand here.
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("postgres-url");
    std::fs::write(&secret, "postgres://xunwang@127.0.0.1/xunwang").unwrap();
    for (name, value) in &mut overrides {
        assert!(name.starts_with("XUNWANG__"), "{name}");
        if name.ends_with("_FILE") {
            secret.to_str().unwrap().clone_into(value);
        }
    }
    assert!(overrides.len() >= 3, "{overrides:?}");
    let config = Config::read(&path("config/xunwang.toml"), SHIPPED, Some(&path("config")), &overrides);
    assert_eq!(config.unwrap().store_address, "postgres://xunwang@127.0.0.1/xunwang");
}

#[test]
fn files_named_by_the_compose_file_exist() {
    let compose = yaml("deploy/compose.yml");
    let services = compose["services"].as_object().unwrap();
    let build = &services["xunwang"]["build"];
    let context = path("deploy").join(build["context"].as_str().unwrap());
    assert!(context.join(build["dockerfile"].as_str().unwrap()).is_file());
    let mut seen = 0;
    for (name, service) in services {
        assert!(service["healthcheck"].is_object() || name == "xunwang", "{name} is never asked how it is");
        for volume in service["volumes"].as_array().into_iter().flatten() {
            let from = volume.as_str().unwrap().split(':').next().unwrap();
            if from.starts_with('.') {
                assert!(path("deploy").join(from).exists(), "{name}: {from}");
                seen += 1;
            } else {
                assert!(compose["volumes"].as_object().unwrap().contains_key(from), "{name}: {from}");
            }
        }
        for port in service["ports"].as_array().into_iter().flatten() {
            assert!(port.as_str().unwrap().starts_with("127.0.0.1:"), "{name} is open to everybody: {port}");
        }
        for secret in service["secrets"].as_array().into_iter().flatten() {
            assert!(
                compose["secrets"].as_object().unwrap().contains_key(secret.as_str().unwrap()),
                "{secret}"
            );
        }
    }
    assert!(seen >= 5, "only {seen} files were found");
    assert!(text("deploy/Dockerfile").contains("HEALTHCHECK"), "the image is never asked how it is");
}

#[test]
fn the_unit_starts_a_command_that_exists_and_is_told_when_it_is_ready() {
    let unit = text("deploy/xunwang.service");
    let value = |key: &str| {
        let line = unit.lines().find_map(|line| line.strip_prefix(&format!("{key}=")));
        line.unwrap_or_else(|| panic!("{key} is missing"))
    };
    let mut words = value("ExecStart").split_whitespace();
    assert_eq!(words.next(), Some("/usr/local/bin/xunwang"));
    let mut arguments: Vec<&str> = words.collect();
    assert_eq!(arguments.last(), Some(&"run"));
    arguments.push("--help");
    assert!(xunwang(&arguments).status.success(), "{arguments:?}");
    assert_eq!(value("Type"), "notify");
    assert!(!value("WatchdogSec").is_empty());
    for key in ["NoNewPrivileges", "PrivateDevices", "ProtectHome", "MemoryDenyWriteExecute"] {
        assert_eq!(value(key), "true", "{key}");
    }
    assert_eq!(value("ProtectSystem"), "strict");
}

#[test]
fn the_example_register_imports_without_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let register = path("config/example/register.csv");
    let output = command()
        .args(["--json", "import", "--dry-run"])
        .arg(register)
        .env("XUNWANG__STORE__DATA_DIR", folder.path())
        .output()
        .unwrap();
    let (said, trouble) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{trouble}");
    assert_eq!(trouble, "");
    let plan: Value = serde_json::from_str(&said).unwrap();
    assert!(plan["added"].as_array().unwrap().len() >= 8, "{said}");
}

#[test]
fn command_lines_of_the_readmes_exist() {
    let block = regex(r"(?ms)^```sh\n(.*?)^```");
    let before = r"(?:sudo -u \S+ |docker compose exec \S+ )?xunwang|cargo run[^#\n]* --";
    let call = regex(&format!(r"^(?:{before}) ([^#\n]+)"));
    let flag = regex(r"--[a-z][a-z-]*");
    let mut seen = BTreeSet::new();
    for file in ["README.md", "README.zh-CN.md", "deploy/README.md"] {
        for lines in block.captures_iter(&text(file)) {
            for hit in lines[1].lines().filter_map(|line| call.captures(line)) {
                let line = &hit[0];
                let name = sub_command(&hit[1]).unwrap_or_else(|| panic!("{file}: {line}: no command"));
                // A command of commands has its flags one word further.
                let inner = hit[1].split_whitespace().nth(1).filter(|_| name == "evidence");
                let words: Vec<&str> = [Some(name), inner, Some("--help")].into_iter().flatten().collect();
                let help = xunwang(&words);
                assert!(help.status.success(), "{file}: {line}");
                let help = String::from_utf8_lossy(&help.stdout).into_owned();
                for flag in flag.find_iter(&hit[1]) {
                    assert!(help.contains(flag.as_str()), "{file}: {line}: no {}", flag.as_str());
                }
                seen.insert(name.to_owned());
            }
        }
    }
    for name in
        ["demo", "run", "check", "import", "sweep", "probe", "explain", "evidence", "eval", "test-mail"]
    {
        assert!(seen.contains(name), "no README shows xunwang {name}");
    }
}

/// The first argument that is neither a flag nor a flag's file.
fn sub_command(arguments: &str) -> Option<&str> {
    let mut words = arguments.split_whitespace();
    loop {
        match words.next()? {
            "--config" => drop(words.next()),
            flag if flag.starts_with('-') => {}
            name => return name.starts_with(|first: char| first.is_ascii_lowercase()).then_some(name),
        }
    }
}

/// The built program, speaking English, whatever the machine speaks.
fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xunwang"));
    command.current_dir(env!("CARGO_MANIFEST_DIR")).env("LC_ALL", "C");
    command
}

fn xunwang(arguments: &[&str]) -> Output {
    command().args(arguments).output().unwrap()
}
