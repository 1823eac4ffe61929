//! From the parts of a recipe file to a recipe: every selector, pattern and path compiled, every mistake noted.
//!
//! In: one file. Out: a recipe, or all its mistakes. It never stops at the first one.

use super::file::{Desk, EmbeddedPart, File, JsonPart, MarkPart, OriginPart, PagePart, Text};
use super::{
    Follow, Golden, JsonFields, Link, LinkPart, Naming, On, OriginRule, Pace, PageFields, Pick, Proof,
    Reader, Recipe, article, profile, sync,
};
use crate::config::mistake::Mistake;
use crate::extract::challenge::Mark;
use crate::extract::embedded::Embedded;
use crate::extract::path::Path as JsonPath;
use crate::model::post::Origin;
use crate::model::quiet::Quiet;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;
use toml::Spanned;
use url::Url;

/// Pace of a recipe that names none: at least two seconds between calls to a government site.
fn usual_pace() -> Pace {
    Pace { gap: Duration::from_secs(2), jitter: 0.3, daily: None, quiet: Quiet::default() }
}

/// The recipe of a file; `walls` are the general marks.
pub(super) fn recipe(path: &Path, text: &str, walls: &[Mark]) -> Result<Recipe, Vec<Mistake>> {
    let mut desk = Desk::new(path, text);
    let file = desk.read();
    let recipe = assemble(&mut desk, file, path, walls);
    match recipe {
        Some(recipe) if desk.mistakes.is_empty() => Ok(recipe),
        _ => Err(desk.mistakes),
    }
}

/// The general marks of a `walls.toml`.
pub(super) fn walls(path: &Path, text: &str) -> Result<Vec<Mark>, Vec<Mistake>> {
    let mut desk = Desk::new(path, text);
    let file = desk.read();
    let marks = marks(&mut desk, file.marks);
    if desk.mistakes.is_empty() { Ok(marks) } else { Err(desk.mistakes) }
}

fn assemble(desk: &mut Desk<'_>, file: File, path: &Path, walls: &[Mark]) -> Option<Recipe> {
    for (key, missing) in
        [("name", file.name.is_none()), ("reader", file.reader.is_none()), ("url", file.url.is_none())]
    {
        if missing && !desk.mistakes.iter().any(|mistake| mistake.key == key) {
            desk.mistakes.push(Mistake::whole(path, format!("缺少“{key}”"), "请对照自带的采集规则补上"));
        }
    }
    if let Some(name) = &file.name
        && (name.get_ref().is_empty() || name.get_ref().contains([':', ';', ' ']))
    {
        desk.wrong(
            name.span(),
            "name",
            "名称不能为空,也不能含冒号、分号或空格",
            "名称写在台账采集源的冒号之前",
        );
    }
    let (base, url) = addresses(desk, file.base.as_ref(), file.url.as_ref());
    let reader = file.reader.as_ref().map(|reader| *reader.get_ref());
    let place = file.reader.as_ref().map_or(0..0, Spanned::span);
    fits(desk, reader, place, &file);
    let page = file.page.map(|part| page(desk, &part));
    let json = file.json.map(|part| json(desk, &part));
    let embedded = file.embedded.and_then(|part| embedded(desk, part));
    let verification = profile::verifier(desk, file.verification);
    let profile = file.profile.and_then(|part| profile::page(desk, part, file.base.as_ref()));
    let mut patterns =
        |key: &str, list: &[Text]| list.iter().filter_map(|text| desk.regex(key, Some(text))).collect();
    let feed = Naming {
        void: patterns("feed.void", &file.feed.void),
        name: patterns("feed.name", &file.feed.name),
        intro: patterns("feed.intro", &file.feed.intro),
    };
    let article = file.article.as_ref().map(|part| article::fields(desk, part));
    let sync = file.sync.as_ref().and_then(|part| sync::sync(desk, part, base.is_some()));
    let origins = file.origins.into_iter().filter_map(|part| origin(desk, part)).collect();
    let empty = Proof {
        counter: desk.path("empty.counter", file.empty.counter.as_ref()),
        text: desk.regex("empty.text", file.empty.text.as_ref()),
    };
    let mut all = marks(desk, file.marks);
    all.extend_from_slice(walls);
    let gap = file.pace.map_or_else(usual_pace, |part| {
        let place = part.span();
        let part = part.into_inner();
        if !(0.0..=1.0).contains(&part.jitter) {
            desk.wrong(place.clone(), "pace.jitter", "应在0与1之间", "例如 0.3 表示间隔上下浮动三成");
        }
        if part.daily == Some(0) {
            desk.wrong(place.clone(), "pace.daily", "不能为0", "删去此项即不限每日次数");
        }
        let quiet = part.quiet.map_or(Ok(Quiet::default()), |spans| spans.text().parse());
        let quiet = quiet.unwrap_or_else(|reason: String| {
            let advice = "北京时间,例如 quiet = \"01:00-06:00\",可跨零点,多个时段写成列表";
            desk.wrong(place, "pace.quiet", reason, advice);
            Quiet::default()
        });
        Pace { gap: part.gap, jitter: part.jitter, daily: part.daily, quiet }
    });
    let name = file.name?.into_inner();
    let folder = path.parent().unwrap_or(Path::new(""));
    Some(Recipe {
        title: file.title.unwrap_or_else(|| name.clone()),
        name,
        platforms: file.platforms,
        reader: reader?,
        base,
        url: url?,
        headers: file.headers.into_iter().collect(),
        secret: None,
        // An answer "nothing changed" carries neither a part of a list nor a bridge's time to judge anew.
        conditional: file.conditional.unwrap_or(true) && !file.part && sync.is_none(),
        follow: file.follow.map(|part| Follow { max: part.max, by: part.by.map(Spanned::into_inner) }),
        pace: gap,
        golden: file.golden.map(|part| Golden {
            page: folder.join(part.page),
            posts: part.posts,
            profile: part.profile.map(|page| folder.join(page)),
        }),
        bridge: file.bridge,
        part: file.part,
        origin: file.origin.unwrap_or(Origin::Unknown),
        origins,
        feed,
        page: page.flatten(),
        json: json.flatten(),
        embedded,
        profile,
        verification,
        article,
        sync,
        empty,
        marks: all,
    })
}

/// Whether the sections of the file are those of its reader.
fn fits(desk: &mut Desk<'_>, reader: Option<Reader>, place: Range<usize>, file: &File) {
    let advice = "reader 为 feed、page、json 或 article,相应的字段写在同名的一节";
    match reader {
        Some(Reader::Json)
            if file.json.is_none() && !desk.mistakes.iter().any(|mistake| mistake.key == "json") =>
        {
            desk.wrong(place, "reader", "缺少 [json] 一节", advice);
        }
        Some(Reader::Article)
            if file.article.is_none() && !desk.mistakes.iter().any(|mistake| mistake.key == "article") =>
        {
            desk.wrong(place, "reader", "缺少 [article] 一节", advice);
        }
        Some(Reader::Feed | Reader::Page | Reader::Article) if file.json.is_some() => {
            desk.wrong(place, "reader", "[json] 一节与 reader 不符", advice);
        }
        Some(Reader::Feed | Reader::Page | Reader::Article) if file.embedded.is_some() => {
            desk.wrong(place, "reader", "embedded 与 reader 不符", "embedded 只用于 reader = \"json\"");
        }
        Some(Reader::Feed | Reader::Json | Reader::Article) if file.page.is_some() => {
            desk.wrong(place, "reader", "[page] 一节与 reader 不符", advice);
        }
        _ => {}
    }
}

/// The base and the template of an address.
pub(super) fn addresses(
    desk: &mut Desk<'_>,
    base: Option<&Text>,
    url: Option<&Text>,
) -> (Option<Url>, Option<String>) {
    let parsed = base.and_then(|base| match Url::parse(base.get_ref()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
        _ => {
            desk.wrong(base.span(), "base", "不是 http 或 https 网址", "例如 https://m.weibo.cn");
            None
        }
    });
    if let Some(url) = url {
        let template = url.get_ref();
        if !template.contains("{target}") && !template.contains("{+target}") {
            desk.wrong(url.span(), "url", "没有 {target}", "{target} 是台账采集源冒号之后的部分");
        } else if template != "{target}"
            && base.is_none()
            && Url::parse(&template.replace("{+target}", "x").replace("{target}", "x")).is_err()
        {
            desk.wrong(url.span(), "url", "不是完整的网址,又没有 base", "请补上 base,或写完整的网址");
        }
    }
    (parsed, url.map(|url| url.get_ref().clone()))
}

/// Where a page carries its data.
fn embedded(desk: &mut Desk<'_>, part: Spanned<EmbeddedPart>) -> Option<Embedded> {
    let place = part.span();
    match part.into_inner() {
        EmbeddedPart { script: Some(id), percent, variable: None } if !id.is_empty() => {
            Some(Embedded::Script { id, percent })
        }
        EmbeddedPart { script: None, percent: false, variable: Some(name) } if !name.is_empty() => {
            Some(Embedded::Variable(name))
        }
        _ => {
            let advice = "例如 { script = \"__NEXT_DATA__\" } 或 { variable = \"window.__INITIAL_STATE__\" }";
            desk.wrong(place, "embedded", "应写 script(可加 percent = true)或 variable 之一", advice);
            None
        }
    }
}

pub(super) fn pick(desk: &mut Desk<'_>, key: &str, text: Option<&Text>) -> Option<Pick> {
    let text = text?;
    let (selector, attribute) = match text.get_ref().rsplit_once('@') {
        Some((selector, attribute)) => (selector.trim().to_owned(), Some(attribute.trim().to_owned())),
        None => (text.get_ref().clone(), None),
    };
    let selector = desk.selector(key, Some(&Spanned::new(text.span(), selector)))?;
    Some(Pick { selector, attribute })
}

fn page(desk: &mut Desk<'_>, part: &PagePart) -> Option<PageFields> {
    let item = desk.selector("page.item", Some(&part.item));
    let link = pick(desk, "page.link", part.link.as_ref());
    let title = pick(desk, "page.title", part.title.as_ref());
    let date = pick(desk, "page.date", part.date.as_ref());
    let source = pick(desk, "page.source", part.source.as_ref());
    let pinned = desk.selector("page.pinned", part.pinned.as_ref());
    Some(PageFields { item: item?, link, title, date, source, pinned })
}

fn json(desk: &mut Desk<'_>, part: &JsonPart) -> Option<JsonFields> {
    let required = part
        .required
        .iter()
        .filter_map(|text| desk.path("json.required", Some(text)).map(|path| (text.get_ref().clone(), path)))
        .collect();
    let items = desk.path("json.items", Some(&part.items));
    let link = part.link.as_ref().and_then(|text| template(desk, "json.link", text));
    let links = part
        .links
        .iter()
        .filter_map(|rule| desk.test("json.links", &rule.json).zip(template(desk, "json.links", &rule.link)))
        .collect();
    let mine = part.mine.as_ref().and_then(|mine| {
        desk.path("json.mine", Some(&mine.item)).zip(desk.path("json.mine", Some(&mine.document)))
    });
    let title = part.title.as_ref().and_then(|text| template(desk, "json.title", text));
    let skip = part.skip.iter().filter_map(|text| desk.test("json.skip", text)).collect();
    let profile = profile::in_list(desk, &part.profile);
    let pinned = part.pinned.iter().filter_map(|text| desk.test("json.pinned", text)).collect();
    let mut path = |key: &str, text: Option<&Text>| desk.path(key, text);
    let fields = JsonFields {
        required,
        items: JsonPath::default(),
        id: path("json.id", part.id.as_ref()),
        link,
        links,
        title,
        text: path("json.text", part.text.as_ref()),
        date: path("json.date", part.date.as_ref()),
        date_of_id: part.date_of_id,
        source: path("json.source", part.source.as_ref()),
        pinned,
        skip,
        mine,
        profile,
    };
    items.map(|items| JsonFields { items, ..fields })
}

/// A path, or text around paths in braces.
fn template(desk: &mut Desk<'_>, key: &str, text: &Text) -> Option<Link> {
    let raw = text.get_ref();
    if !raw.contains('{') {
        return desk.path(key, Some(text)).map(|path| Link(vec![LinkPart::Path(path)]));
    }
    let mut parts = Vec::new();
    let mut rest = raw.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((path, behind)) = after.split_once('}') else {
            desk.wrong(text.span(), key, "花括号不成对", "例如 https://weibo.com/{user.id}/{bid}");
            return None;
        };
        parts.push(LinkPart::Text(before.to_owned()));
        let path = Spanned::new(text.span(), path.to_owned());
        parts.push(LinkPart::Path(desk.path(key, Some(&path))?));
        rest = behind;
    }
    parts.push(LinkPart::Text(rest.to_owned()));
    Some(Link(parts))
}

fn origin(desk: &mut Desk<'_>, part: Spanned<OriginPart>) -> Option<OriginRule> {
    let place = part.span();
    let part = part.into_inner();
    let on = match (&part.json, part.field, &part.pattern) {
        (Some(test), None, None) => On::Json(desk.test("origins.json", test)?),
        (None, Some(field), Some(pattern)) => On::Field(field, desk.regex("origins.pattern", Some(pattern))?),
        _ => {
            desk.wrong(place, "origins", "应写 json,或同时写 field 和 pattern", "");
            return None;
        }
    };
    Some(OriginRule { on, is: part.is, source: desk.path("origins.source", part.source.as_ref()) })
}

fn marks(desk: &mut Desk<'_>, parts: Vec<Spanned<MarkPart>>) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::with_capacity(parts.len());
    for part in parts {
        let place = part.span();
        let part = part.into_inner();
        let mark = Mark {
            readers: part.readers,
            status: part.status,
            final_url: desk.regex("marks.final_url", part.final_url.as_ref()),
            content_type: desk.regex("marks.content_type", part.content_type.as_ref()),
            title: desk.regex("marks.title", part.title.as_ref()),
            selector: desk.selector("marks.selector", part.selector.as_ref()),
            json: part.json.iter().filter_map(|text| desk.test("marks.json", text)).collect(),
            body: desk.regex("marks.body", part.body.as_ref()),
            text: desk.regex("marks.text", part.text.as_ref()),
            failure: part.failure,
        };
        if mark.rank() == u8::MAX && mark.status.is_empty() {
            desk.wrong(
                place,
                "marks",
                "没有任何条件",
                "至少写 status、final_url、content_type、title、selector、json、body、text 之一",
            );
        }
        marks.push(mark);
    }
    marks.sort_by_key(Mark::rank);
    marks
}
