//! Options of stages and statements: read by name, unknown ones refused.

use weft_core::Value;

use super::{Context, Outcome};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, suggest};
use crate::syntax::{self as ast, Opt, Stage};

/// The options of one stage, checked against the names its verb knows.
pub(crate) struct Options<'t> {
    options: &'t [Opt],
}

impl<'t> Options<'t> {
    /// The options of a stage whose verb knows those in `known`.
    pub(crate) fn of(cx: &mut Context<'_>, stage: &'t Stage, known: &[&str]) -> Outcome<Self> {
        let verb = &stage.verb.text;
        for option in &stage.options {
            let name = option.name.text.as_str();
            if known.contains(&name) {
                continue;
            }
            let message = format!("`{verb}` has no option `{name}`");
            let diagnostic = Diagnostic::error(Code::UNKNOWN_OPTION, message, option.name.span);
            return cx.fail(match suggest(name, known.iter().copied()) {
                Some(near) => diagnostic.fix(option.name.span, near, format!("write `{near}`")),
                None if known.is_empty() => diagnostic.help(format!("`{verb}` has no options")),
                None => diagnostic.help(format!("it has {}", super::column::listed(known.iter().copied()))),
            });
        }
        Ok(Options { options: &stage.options })
    }

    fn find(&self, name: &str) -> Option<&'t Opt> {
        self.options.iter().find(|o| o.name.text == name)
    }

    /// The value of an option, where it is given.
    pub(crate) fn value(&self, cx: &mut Context<'_>, name: &str) -> Outcome<Option<(Value, Span)>> {
        let Some(option) = self.find(name) else { return Ok(None) };
        let ast::Value::Expr(expr) = &option.value else {
            return cx.error(Code::NOT_A_VALUE, format!("`{name}` takes no sort keys"), option.span);
        };
        let (_, value) = cx.constant(expr)?;
        Ok(Some((value, expr.span)))
    }

    /// A truth value, false when it is left out.
    pub(crate) fn flag(&self, cx: &mut Context<'_>, name: &str) -> Outcome<bool> {
        match self.value(cx, name)? {
            None => Ok(false),
            Some((Value::Bool(b), _)) => Ok(b),
            Some((other, span)) => cx.error(Code::BAD_ARGUMENT, format!("`{name}` is true or false, not {other}"), span),
        }
    }

    /// A text.
    pub(crate) fn text(&self, cx: &mut Context<'_>, name: &str) -> Outcome<Option<(String, Span)>> {
        match self.value(cx, name)? {
            None => Ok(None),
            Some((Value::String(text), span)) => Ok(Some((text.to_string(), span))),
            Some((other, span)) => cx.error(Code::BAD_ARGUMENT, format!("`{name}` is a text, not {other}"), span),
        }
    }

    /// One of fixed choices; another value is refused with the allowed ones.
    pub(crate) fn choice(&self, cx: &mut Context<'_>, name: &str, choices: &[&'static str]) -> Outcome<Option<&'static str>> {
        let Some((text, span)) = self.text(cx, name)? else { return Ok(None) };
        if let Some(choice) = choices.iter().find(|choice| **choice == text) {
            return Ok(Some(choice));
        }
        let quoted: Vec<String> = choices.iter().map(|choice| format!("{choice:?}")).collect();
        let allowed = match quoted.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            all => all.join(", "),
        };
        let diagnostic = Diagnostic::error(Code::BAD_ARGUMENT, format!("`{name}` is {allowed}, not {text:?}"), span);
        cx.fail(match suggest(&text, choices.iter().copied()) {
            Some(near) => diagnostic.fix(span, format!("{near:?}"), format!("write {near:?}")),
            None => diagnostic,
        })
    }
}
