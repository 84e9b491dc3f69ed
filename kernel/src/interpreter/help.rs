//! Pages of the manual, made from what the registries say.

use std::fmt::Write as _;

use weft_core::function::Function;
use weft_core::settings::{SETTINGS, Setting};
use weft_core::{Error, Registry, Result};
use weft_lang::diagnostics::{Code, explain, suggest};
use weft_lang::syntax::verbs::{self, Shape, VERBS};

use crate::mime::MimeBundle;

/// The page on a function, verb, setting or error code; the overview without a topic.
///
/// # Errors
/// If there is nothing of that name.
pub(super) fn page(registry: &Registry, topic: Option<&str>) -> Result<MimeBundle> {
    let Some(topic) = topic else { return Ok(MimeBundle::plain(overview(registry))) };
    let text = find(registry, topic).ok_or_else(|| unknown(registry, topic))?;
    Ok(MimeBundle::plain(text))
}

fn find(registry: &Registry, topic: &str) -> Option<String> {
    if topic == "set" {
        return Some(SETTINGS.iter().map(setting).collect());
    }
    let verb = verbs::shape(topic).map(|shape| verb(topic, shape));
    let function = registry.infos().find(|info| info.name == topic).map(function);
    let both: Vec<String> = verb.into_iter().chain(function).collect();
    if !both.is_empty() {
        return Some(both.join("\n"));
    }
    let setting_page = SETTINGS.iter().find(|s| s.name == topic).map(setting);
    setting_page.or_else(|| explain(topic).map(code))
}

fn unknown(registry: &Registry, topic: &str) -> Error {
    let names = registry.infos().map(|info| info.name).chain(VERBS.iter().map(|(name, _)| *name));
    let error = Error::not_found(format!("no page on `{topic}`"));
    match suggest(topic, names.chain(SETTINGS.iter().map(|s| s.name))) {
        Some(near) => error.with_help(format!("did you mean `help {near}`?")),
        None => error.with_help("`help` alone lists what there is"),
    }
}

fn function(info: &Function) -> String {
    let mut text = format!("{}\n\n{}\n", info.signature(), info.summary);
    if let Some(operator) = info.operator {
        let _ = writeln!(text, "Written as the operator {operator}.");
    }
    for param in info.params {
        let _ = write!(text, "\n  {}: {}  {}", param.name, param.takes, param.doc);
        if !param.choices.is_empty() {
            let _ = write!(text, " One of {}.", param.choices.join(", "));
        }
    }
    text.push('\n');
    for example in info.examples {
        let _ = write!(text, "\n  {}\n  -> {}\n", example.code.replace('\n', "\n  "), example.result);
    }
    text
}

fn verb(name: &str, shape: Shape) -> String {
    let usage = match shape {
        Shape::Expr => "expression",
        Shape::Items => "item, name = expression, …",
        Shape::OptionalItems => "[item, …]",
        Shape::Braces => "{ name = aggregate, … }",
        Shape::Group => "key, … { name = aggregate, … }",
        Shape::Keys => "key [asc|desc] [nulls first|last], …",
        Shape::Sources => "table, …",
        Shape::Join => "[inner|left|right|full|semi|anti|cross|asof] table [as name] on condition, …",
        Shape::Pivot => "expression [in list] [by item, …] { name = aggregate, … }",
        Shape::Unpivot => "column, … into (name, value)",
        Shape::Into => "name",
        Shape::Args => "[argument, …]",
    };
    format!("table | {name} {usage}\n")
}

fn setting(setting: &Setting) -> String {
    format!("set {} = …\n  {}\n", setting.name, setting.doc)
}

fn code(code: &Code) -> String {
    format!("{}: {}\n\n{}\n", code.id, code.title, code.page)
}

fn overview(registry: &Registry) -> String {
    let names = |names: Vec<&str>| names.join(", ");
    format!(
        "A pipe starts with a table and goes on with stages: t | where a > 1 | sort b desc\n\n\
         verbs: {}\n\nsources: {}\n\naggregates: {}\n\nfunctions: {}\n\n\
         help NAME shows the page of a verb, function, setting or error code; help set lists the settings.\n",
        names(VERBS.iter().map(|(name, _)| *name).collect()),
        names(registry.tables().map(|f| f.info().name).collect()),
        names(registry.aggregates().map(|f| f.info().name).collect()),
        names(registry.scalars().map(|f| f.info().name).collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_page() {
        let session = weft_session::Session::new(".");
        let registry = session.registry();
        let functions = registry.infos().map(|info| info.name);
        let codes = weft_lang::diagnostics::CODES.iter().map(|code| code.id);
        for topic in functions.chain(VERBS.iter().map(|v| v.0)).chain(SETTINGS.iter().map(|s| s.name)).chain(codes) {
            let bundle = page(registry, Some(topic)).unwrap();
            assert!(bundle.text().unwrap().contains(topic), "{topic}");
        }
        assert!(page(registry, None).unwrap().text().unwrap().contains("read_parquet"));
    }

    #[test]
    fn a_name_nearby_is_offered() {
        let session = weft_session::Session::new(".");
        let error = page(session.registry(), Some("wher")).unwrap_err();
        assert_eq!(error.help(), Some("did you mean `help where`?"));
    }
}
