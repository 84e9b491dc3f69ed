//! One page for each kind of thing.

use std::collections::BTreeMap;

use weft_core::function::Function;
use weft_core::settings::{Range, Setting};
use weft_core::{Field, Registry, Settings};
use weft_plan::LogicalPlan;

use super::{Page, VERB_DOCS, VerbDoc, setting_value};

/// Statements that are no pipelines.
const STATEMENTS: &[(&str, &str, &str, &str)] = &[
    (
        "let",
        "let name = table | …",
        "Gives a table or a value a name; later changes to other names change nothing.",
        "let dear = trips | where fare > 10",
    ),
    ("fn", "fn name(parameter, …) = …", "Defines a function of expressions or tables.", "fn rate(tip, fare) = tip / fare"),
    ("set", "set name = value", "Changes a setting for the queries that begin from now on.", "set threads = 8"),
    (
        "attach",
        "attach \"address\" as name",
        "Makes the tables of a folder, bucket or database known.",
        "attach \"data\" as lake",
    ),
    ("use", "use catalog", "Lets the tables of a catalog be named without it.", "use lake"),
    ("help", "help [name]", "Shows the page of a function, verb, setting or error code.", "help group"),
    ("clear", "clear", "Clears the output of the cell.", "clear"),
];

/// The page of a statement.
pub(super) fn statement(name: &str) -> Option<Page> {
    let (name, grammar, doc, example) = STATEMENTS.iter().find(|(known, ..)| *known == name)?;
    Some(Page::new(*name).code(*grammar).text(*doc).text("Example:").code(*example))
}

/// The page of `over`.
pub(super) fn over(registry: &Registry) -> Page {
    let part = |name: &str, doc: &str| [name.to_owned(), String::new(), doc.to_owned()];
    let functions = registry.windows().map(|f| [f.info().name.to_owned(), f.info().signature(), f.info().summary.to_owned()]);
    Page::new("over")
        .code("f(x) over (by key, … sort key [desc], … rows a..b)")
        .text(
            "Computes an aggregate or a window function beside every row, in where, unless, derive and select. Without \
             `over` the partition is the group of the block around it, else the whole table.",
        )
        .list(
            "Parts",
            vec![
                part("by", "rows with the same keys make a partition"),
                part("sort", "the order in each partition; without it rows stand as they arrive"),
                part("rows a..b", "the rows seen, counted from the row itself: -2..0, ..0, 1.."),
                part("range a..b", "the rows seen, by distance of their sort key: -7d..0; 0 takes equal keys along"),
            ],
        )
        .list("Window functions", functions.collect())
        .text("Example:")
        .code("trips | derive rank = rank() over (by vendor sort fare desc), total = sum(fare) over (sort at rows ..0)")
}

/// The page of `in`, and of pipelines in expressions.
pub(super) fn membership() -> Page {
    let part = |name: &str, doc: &str| [name.to_owned(), String::new(), doc.to_owned()];
    Page::new("in")
        .code("x in list    x in a..b    x in (table | …)    x in $table")
        .text("Whether x is among the values. Null where x is null; nulls among the values are ignored, so `not in` never empties a table.")
        .list(
            "What stands after it",
            vec![
                part("[a, b]", "a list, also a list column"),
                part("a..b", "a range, with b; a..<b without"),
                part("(table | select x)", "the only column of a pipeline, computed once"),
                part("$table", "the only column of a table of the session"),
            ],
        )
        .text(
            "Elsewhere a pipeline in parentheses is one value: one column, and at most one row (none: null). It does not see \
             the columns around it: `join semi`, `join anti` and windows (`help over`) do what must be done for each row.",
        )
        .text("Example:")
        .code("trips | where vendor in (trips | group vendor { n = count() } | where n > 2 | select vendor) and fare > (trips | agg { mean(fare) })")
}

/// All verbs, and functions by family.
pub(super) fn overview(registry: &Registry) -> Page {
    let row = |name: &str, grammar: &str, doc: &str| [name.to_owned(), grammar.to_owned(), doc.to_owned()];
    let statements = STATEMENTS.iter().map(|(name, grammar, doc, _)| row(name, grammar, doc));
    let verbs =
        VERB_DOCS.iter().filter(|doc| crate::verbs::find(doc.name).is_some()).map(|doc| row(doc.name, doc.grammar, doc.summary));
    let mut families: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for info in registry.infos().filter(|info| info.operator.is_none()) {
        families.entry(info.family).or_default().push(info.name);
    }
    let functions = families.into_iter().map(|(family, names)| row(&format!("{family:?}").to_lowercase(), "", &names.join(", ")));
    Page::new("Weft")
        .text("A pipeline starts with a table and goes on with stages, each behind a `|`. `help NAME` shows more of a name.")
        .code("trips | where fare > 10 | group vendor { n = count() } | sort n desc | take 10")
        .list("Verbs", verbs.collect())
        .list("Statements", statements.collect())
        .list("Functions", functions.collect())
}

/// A verb's page.
pub(crate) fn verb_page(doc: &VerbDoc) -> Page {
    let page = Page::new(doc.name)
        .code(format!("| {}", doc.grammar))
        .text(doc.summary)
        .list("Options", params(doc.options))
        .text("Example:")
        .code(doc.example);
    if crate::verbs::find(doc.name).is_some() { page } else { page.text("This verb is read, but does nothing yet.") }
}

/// A function's page. Examples past the first stand only in the long answer.
pub(crate) fn function_page(info: &Function, registry: &Registry, long: bool) -> Page {
    let kind = if registry.table(info.name).is_some() {
        "source"
    } else if registry.aggregate(info.name).is_some() {
        "aggregate"
    } else if registry.window(info.name).is_some() {
        "window function"
    } else {
        "function"
    };
    let mut page = Page::new(info.signature()).text(format!("{} ({kind})", info.summary));
    if let Some(operator) = info.operator {
        page = page.text(format!("Written `{operator}`."));
    }
    page = page.list("Parameters", params(info.params));
    let shown = if long { info.examples.len() } else { 1 };
    let examples: Vec<String> = info.examples.iter().take(shown).map(example).collect();
    if examples.is_empty() {
        return page;
    }
    page.text(if examples.len() == 1 { "Example:" } else { "Examples:" }).code(examples.join("\n"))
}

fn example(example: &weft_core::function::Example) -> String {
    let result = example.result.trim_end();
    if result.contains('\n') { format!("{}\n{result}", example.code) } else { format!("{}  # {result}", example.code) }
}

fn params(params: &[weft_core::function::Param]) -> Vec<[String; 3]> {
    let rows = params.iter().map(|param| {
        let default = param.default.map(|default| format!(" = {}", default.to_expr())).unwrap_or_default();
        let choices = if param.choices.is_empty() { String::new() } else { format!(": {}", param.choices.join(", ")) };
        [param.name.to_owned(), format!("{}{default}", param.takes), format!("{}{choices}", param.doc)]
    });
    rows.collect()
}

/// A setting's page.
pub(crate) fn setting_page(setting: &Setting, settings: &Settings) -> Page {
    let now = settings.get(setting.name).map(setting_value).unwrap_or_default();
    let takes = match setting.range {
        Range::Int(low, high) => format!("a whole number from {low} to {high}"),
        Range::Bytes(low) => format!("bytes, as a number or as text like \"8GB\", at least {low}"),
        Range::Bool => "true or false".to_owned(),
        Range::Choice(choices) => format!("one of {}", choices.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(", ")),
        Range::Text => "text".to_owned(),
        Range::TimeZone => "the name of a time zone, like \"Europe/Berlin\"".to_owned(),
        Range::Names => "names separated by commas, as text".to_owned(),
    };
    Page::new(setting.name).text(setting.doc).text(format!("Takes {takes}.")).code(format!("set {} = {now}", setting.name))
}

/// A page with all settings and their values.
pub(super) fn with_settings(page: Page, settings: &Settings) -> Page {
    let row = |setting: &Setting| {
        let now = settings.get(setting.name).map(setting_value).unwrap_or_default();
        [setting.name.to_owned(), now, setting.doc.to_owned()]
    };
    page.list("Settings", weft_core::settings::SETTINGS.iter().map(row).collect())
}

/// A column's page.
pub(crate) fn column_page(field: &Field) -> Page {
    let nulls = if field.nullable { "can be null" } else { "never null" };
    let ty = match field.ty {
        weft_core::Type::Null => "a column made in these braces".to_owned(),
        _ => format!("{}, {nulls}", field.ty),
    };
    Page::new(&*field.name).text(format!("Column: {ty}"))
}

/// A table's page: its columns, in the long answer its plan too.
pub(crate) fn table_page(name: &str, plan: &LogicalPlan, long: bool) -> Page {
    const MOST: usize = 40;
    let fields = plan.schema().fields();
    let shown = if long { fields.len() } else { MOST };
    let row = |field: &Field| {
        let nulls = if field.nullable { "" } else { "never null" };
        [field.name.to_string(), field.ty.to_string(), nulls.to_owned()]
    };
    let heading = if fields.len() > shown {
        format!("The first {shown} of {} columns", fields.len())
    } else {
        format!("{} columns", fields.len())
    };
    let page = Page::new(name).text("Table").list(heading, fields.iter().take(shown).map(row).collect());
    if long { page.text("Plan:").code(weft_plan::explain::explain(plan)) } else { page }
}

/// A type's page.
pub(crate) fn type_page(name: &str, doc: &str) -> Page {
    Page::new(name).text(format!("Type: {doc}")).code(format!("x::{name}"))
}
