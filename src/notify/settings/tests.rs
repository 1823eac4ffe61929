use super::*;
use crate::config::mistake::Place;

const FILE: &str = "notify.toml";
const LEAST: &str = "[mail]\ntransport = \"directory\"\nfrom = { name = \"巡网\", address = \"xw@example.cn\" }\n\
                     [operator]\nemail = [\"ops@example.cn\"]\n";

fn read(text: &str) -> Result<Settings, Vec<Mistake>> {
    Settings::read(Path::new(FILE), text)
}

/// The mistakes of a file: line and key of each.
fn mistakes(text: &str) -> Vec<(usize, String)> {
    let place = |mistake: Mistake| match mistake.place {
        Place::Line(line) => (line, mistake.key),
        other => panic!("{other:?}"),
    };
    read(text).unwrap_err().into_iter().map(place).collect()
}

fn one(text: &str, line: usize, key: &str) {
    assert_eq!(mistakes(text), [(line, key.to_owned())], "{text}");
}

#[test]
fn the_shipped_file_is_right_and_sends_nothing() {
    let text = include_str!("../../../config/notify.toml");
    let settings = read(text).unwrap();
    assert_eq!(settings.mail.transport, Transport::Directory);
    assert_eq!(settings.timing, Timing::default());
    assert!(!settings.owner.enabled);
}

#[test]
fn the_shipped_file_is_right_with_all_its_examples_switched_on() {
    let text = include_str!("../../../config/notify.toml");
    let is_example = |line: &str| {
        let inner = line.trim_start_matches(['#', ' ']);
        let key = inner.split([' ', '=']).next().unwrap_or_default();
        inner.starts_with('[')
            || (inner.contains(" = ") && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let switched_on: Vec<_> = text
        .lines()
        .map(|line| if is_example(line) { line.trim_start_matches(['#', ' ']) } else { "" })
        .collect();
    let mut settings = read(&switched_on.join("\n")).unwrap();
    assert_eq!(settings.office.len(), 1);
    assert_eq!(settings.office[0].timing.group_wait, Some(Duration::from_mins(10)));

    settings.resolve(Path::new("/etc/xunwang"), Path::new("/var/lib/xunwang"));
    assert_eq!(settings.mail.directory, Path::new("/var/lib/xunwang/mail"));
    let smtp = settings.mail.smtp.unwrap();
    assert_eq!(smtp.password_file.as_deref(), Some(Path::new("/etc/xunwang/smtp-password")));
    assert_eq!(smtp.ca_file.as_deref(), Some(Path::new("/etc/xunwang/mail-ca.pem")));
}

#[test]
fn the_least_file_is_enough() {
    let settings = read(LEAST).unwrap();
    assert!(settings.office.is_empty());
    assert_eq!(settings.mail.directory, Path::new("mail"));
}

#[test]
fn an_unknown_key_is_a_mistake_at_its_line() {
    for (text, line, key) in [
        (format!("{LEAST}emial = []\n"), 6, "emial"),
        (format!("{LEAST}[timing]\ngroup_weit = \"1s\"\n"), 7, "group_weit"),
        (format!("{LEAST}[[office]]\nname = \"x\"\nemail = [\"a@b.cn\"]\nlevels = [\"bad\"]\n"), 9, ""),
    ] {
        assert_eq!(mistakes(&text), [(line, key.to_owned())], "{text}");
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = "[mail]\ntransport = \"smtp\"\nfrom = { name = \"\", address = \"xw\" }\n\
                [timing]\nrepeat_interval = \"1m\"\n\
                [[office]]\nname = \"甲\"\nemail = []\nregions = [\"江苏\"]\n\
                [[office]]\nname = \"甲\"\nemail = [\"a@b.cn\", \"张三\"]\n\
                [operator]\nemail = [\"ops@example.cn\"]\n";
    let keys: Vec<_> = mistakes(text).into_iter().map(|(line, key)| format!("{line} {key}")).collect();
    assert_eq!(
        keys,
        [
            "2 mail.transport",
            "3 mail.from.address",
            "3 mail.from.name",
            "5 timing.repeat_interval",
            "8 office[1].email",
            "9 office[1].regions",
            "11 office[2].name",
            "12 office[2].email[2]",
        ]
    );
}

#[test]
fn nobody_to_hear_what_nobody_hears_is_a_mistake() {
    one(&LEAST.replace("\"ops@example.cn\"", ""), 5, "operator.email");
}

#[test]
fn an_audience_cannot_repeat_more_often_than_it_hears() {
    let office = "[[office]]\nname = \"甲\"\nemail = [\"a@b.cn\"]\ntiming = { repeat_interval = \"1m\" }\n";
    one(&format!("{LEAST}{office}"), 9, "office[1].timing.repeat_interval");
    one(&format!("{LEAST}[timing]\nresolve_delay = \"2y\"\n"), 7, "timing.resolve_delay");
}

#[test]
fn an_unencrypted_server_must_be_this_machine_or_meant() {
    let smtp = |rest: &str| format!("{LEAST}[mail.smtp]\n{rest}\n");
    for host in ["localhost", "127.0.0.1", "::1", "LOCALHOST"] {
        assert!(read(&smtp(&format!("host = \"{host}\"\ntls = \"none\""))).is_ok(), "{host}");
    }
    one(&smtp("host = \"mail.example.cn\"\ntls = \"none\""), 8, "mail.smtp.tls");
    assert!(read(&smtp("host = \"mail.example.cn\"\ntls = \"none\"\nallow_plain = true")).is_ok());
}

#[test]
fn a_server_is_named_in_full() {
    let smtp = |rest: &str| format!("{LEAST}[mail.smtp]\nhost = \"mail.example.cn\"\n{rest}\n");
    one(&smtp("username = \"xw\""), 8, "mail.smtp.username");
    one(&smtp("timeout = \"0s\""), 8, "mail.smtp.timeout");
    one(&smtp("hello_name = \"x y\""), 8, "mail.smtp.hello_name");
    one(&smtp("port = 0"), 8, "mail.smtp.port");
    one(&smtp("username = \"xw\"\npassword = \"a\"\npassword_file = \"b\""), 9, "mail.smtp.password");
    one(&format!("{LEAST}[mail.smtp]\nhost = \"\"\n"), 7, "mail.smtp.host");
}

#[test]
fn the_port_follows_the_encryption() {
    for (tls, port) in [("starttls", 587), ("implicit", 465)] {
        let text = format!("{LEAST}[mail.smtp]\nhost = \"mail.example.cn\"\ntls = \"{tls}\"\n");
        assert_eq!(read(&text).unwrap().mail.smtp.unwrap().port(), port);
    }
}

#[test]
fn a_password_is_not_shown_with_the_settings() {
    let text = format!(
        "{LEAST}[mail.smtp]\nhost = \"mail.example.cn\"\nusername = \"xw\"\npassword = \"hunter2\"\n"
    );
    let shown = format!("{:?}", read(&text).unwrap());
    assert!(shown.contains("<secret>") && !shown.contains("hunter2"));
}
