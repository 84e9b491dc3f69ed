//! Bare names in row expressions: columns, never anything else.

use weft_core::Expr;

use super::context::Found;
use super::{Context, Outcome, Scope};
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::Name;

impl Context<'_> {
    /// The column behind a bare name.
    pub(crate) fn column(&mut self, scope: Scope<'_>, name: &Name) -> Outcome<Expr> {
        if self.failed_items.contains(&name.text) {
            return Err(super::Failed);
        }
        match scope.field(&name.text) {
            Some(field) => Ok(Expr::of_field(&field)),
            None => self.no_column(scope, name),
        }
    }

    /// Says what an unknown name could have been.
    pub(crate) fn no_column<T>(&mut self, scope: Scope<'_>, name: &Name) -> Outcome<T> {
        if let Scope::Braces(braces) = scope
            && braces.input.field(&name.text).is_some()
        {
            let message = format!("`{}` is a column of the rows that are folded here", name.text);
            let help = format!("fold it, as in first({0}), or make it a key of the group", name.text);
            return self.fail(Diagnostic::error(Code::NOT_AGGREGATED, message, name.span).help(help));
        }
        if self.outside.iter().any(|outside| **outside == *name.text) {
            return self.fail(outside_column(name));
        }
        let session = self.find(&name.text);
        let dollar = format!("${}", name.text);
        match session {
            Found::Silent => Err(super::Failed),
            Found::Scalar(..) => {
                let message = format!("no column `{}`; it is a value of the session", name.text);
                let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span);
                self.fail(diagnostic.fix(name.span, &dollar, format!("write `{dollar}`")))
            }
            Found::Table(_) => {
                let message = format!("no column `{}`; it is a table of the session", name.text);
                let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span);
                self.fail(diagnostic.help(format!("join it, or write `{dollar}` if it has one row and one column")))
            }
            Found::Missing => self.fail(unknown(scope, name)),
        }
    }
}

/// A pipeline in parentheses that reads the row around it would have to run once for each row: it is a join.
fn outside_column(name: &Name) -> Diagnostic {
    let name_of = written(&name.text);
    let message = format!("`{}` is a column of the table outside; a pipeline in parentheses is computed once", name.text);
    Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span).help(format!(
        "to ask whether rows exist, join them: `| join semi (…) on {name_of} == …` (or `anti`); for a value of each \
         {name_of}, a window such as `max(x) over (by {name_of})`, or `| join left (… | group k {{ v = max(x) }}) on {name_of} == k`"
    ))
}

fn unknown(scope: Scope<'_>, name: &Name) -> Diagnostic {
    let names = scope.names();
    if matches!(scope, Scope::Constant) {
        let message = format!("`{}` can be no column here: this is computed once, without a table at hand", name.text);
        return Diagnostic::error(Code::UNKNOWN_COLUMN, message, name.span)
            .help("values of the session are written $name; columns belong to a pipe: `table | derive …`");
    }
    let diagnostic = Diagnostic::error(Code::UNKNOWN_COLUMN, format!("no column `{}`", name.text), name.span);
    if let Some(here) = literal(&name.text) {
        return diagnostic.fix(name.span, here, format!("write `{here}`")).help(format!("it is written `{here}` here"));
    }
    match suggest(&name.text, names.iter().map(|n| &**n)) {
        Some(near) => diagnostic.fix(name.span, written(near), format!("write `{near}`")).help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("there are {}", listed(names.iter().map(|n| &**n)))),
    }
}

/// What `None` and the like of other languages are here.
fn literal(name: &str) -> Option<&'static str> {
    Some(match name.to_lowercase().as_str() {
        "none" | "null" | "nil" | "na" | "undefined" => "null",
        "true" => "true",
        "false" => "false",
        _ => return None,
    })
}

/// A name as it is written: in backticks where it needs them.
pub(crate) fn written(name: &str) -> String {
    let mut chars = name.chars();
    let plain = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_');
    if plain { name.to_owned() } else { format!("`{name}`") }
}

/// Up to a dozen names for a message.
pub(crate) fn listed<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.into_iter().map(|n| format!("`{n}`")).collect();
    match names.len() {
        0 => "none".to_owned(),
        n if n > 12 => format!("{}, … ({n} in all)", names.get(..12).unwrap_or_default().join(", ")),
        _ => names.join(", "),
    }
}
