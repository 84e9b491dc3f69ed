//! What stands at the cursor: the page that Shift-Tab shows.

use weft_core::settings::SETTINGS;
use weft_plan::catalog::Binding;

use crate::Span;
use crate::complete::{function, type_doc};
use crate::cursor::{Cursor, Inside, Role, Surroundings, word};
use crate::diagnostics::explain;
use crate::help::{self, Page, column_page, function_page, setting_page, table_page, type_page, verb_page};
use crate::syntax::lex;
use crate::syntax::token::{Kind, Symbol, Token};

/// What stands at the byte offset `cursor` of a cell; inside a call's parentheses, where nothing else is found, the
/// call. `detail` asks for the long answer: all examples, all columns, the plan.
#[must_use]
pub fn inspect(text: &str, cursor: usize, env: &dyn Surroundings, detail: bool) -> Option<Page> {
    let offset = Span::new(cursor, cursor).clamped(text).start;
    let tokens = lex(text).tokens;
    let named = tokens.iter().enumerate().find(|(_, token)| token.span.touches(offset) && is_name(token));
    if let Some((at, token)) = named {
        let place = Cursor::new(text, token.span.end);
        if place.inside == Inside::Code
            && let Some(page) = name(&place, token, tokens.get(at + 1), env, detail)
        {
            return Some(page);
        }
    }
    around(&Cursor::new(text, offset), env, detail)
}

fn is_name(token: &Token) -> bool {
    matches!(token.kind, Kind::Ident(_) | Kind::Quoted(_) | Kind::Session(_) | Kind::Keyword(_))
}

/// The page of a name. `place` is the cursor behind it, `next` the token that follows.
fn name(place: &Cursor<'_>, token: &Token, next: Option<&Token>, env: &dyn Surroundings, detail: bool) -> Option<Page> {
    let registry = env.registry();
    let text = match &token.kind {
        Kind::Session(name) => return session(place, name, env, detail),
        Kind::Keyword(keyword) => return help::help(Some(keyword.as_str()), registry, &env.settings()).ok(),
        Kind::Ident(name) | Kind::Quoted(name) => &**name,
        _ => return None,
    };
    let last = place.last().and_then(|last| last.kind.symbol());
    if last == Some(Symbol::Pipe) {
        let doc = help::verb(text).map(verb_page);
        return doc.or_else(|| function(registry, text).map(|info| function_page(info, registry, detail)));
    }
    if matches!(last, Some(Symbol::Cast | Symbol::TryCast)) {
        return type_doc(text).map(|doc| type_page(text, doc));
    }
    let called = next.is_some_and(|next| next.kind.is(Symbol::LParen) && next.span.start == token.span.end);
    if called {
        return function(registry, text).map(|info| function_page(info, registry, detail));
    }
    if next.is_some_and(|next| next.kind.is(Symbol::Colon))
        && let Some(page) = option(place, text, env)
    {
        return Some(page);
    }
    match place.statement() {
        Some("set") if place.tokens.len() == 1 => {
            return SETTINGS.iter().find(|setting| setting.name == text).map(|setting| setting_page(setting, &env.settings()));
        }
        Some("help") if place.tokens.len() == 1 => return help::help(Some(text), registry, &env.settings()).ok(),
        _ => {}
    }
    if last == Some(Symbol::Dot) {
        return member(place, text, env);
    }
    source(place, text, env, detail)
        .or_else(|| place.columns(env).iter().find(|field| &*field.name == text).map(column_page))
        .or_else(|| right_column(place, text, env))
        .or_else(|| place.table(env, text).map(|plan| table_page(text, &plan, detail)))
        .or_else(|| function(registry, text).map(|info| function_page(info, registry, detail)))
        .or_else(|| explain(text).and_then(|code| help::help(Some(code.id), registry, &env.settings()).ok()))
        .or_else(|| help::help(Some(text), registry, &env.settings()).ok().filter(|_| place.tokens.is_empty()))
}

/// A table, where a source stands.
fn source(place: &Cursor<'_>, name: &str, env: &dyn Surroundings, detail: bool) -> Option<Page> {
    let head = place.frame().is_pipe() && place.frame().pipes.is_empty();
    let verb = matches!(place.verb(), Some("join" | "union" | "intersect" | "except"));
    let before_on = !place.stage().iter().any(|t| t.kind.keyword() == Some(crate::syntax::token::Keyword::On));
    if !(head || verb && before_on) {
        return None;
    }
    place.table(env, name).map(|plan| table_page(name, &plan, detail))
}

fn right_column(place: &Cursor<'_>, name: &str, env: &dyn Surroundings) -> Option<Page> {
    place.right(env)?.1.field(name).map(column_page)
}

/// A field of a struct, a column of a join's right side.
fn member(place: &Cursor<'_>, name: &str, env: &dyn Surroundings) -> Option<Page> {
    let receiver = crate::complete::receiver(&place.tokens);
    if let Some((Some(alias), right)) = place.right(env)
        && receiver.first().and_then(word) == Some(alias.as_str())
    {
        return right.field(name).map(column_page);
    }
    let (first, last) = (receiver.first()?, receiver.last()?);
    let text = Span::new(first.span.start, last.span.end).of(place.text);
    let ty = place.type_of(env, text)?;
    let weft_core::Type::Struct(fields) = ty else { return None };
    fields.iter().find(|field| &*field.name == name).map(column_page)
}

fn session(place: &Cursor<'_>, name: &str, env: &dyn Surroundings, detail: bool) -> Option<Page> {
    if let Some(Binding::Scalar(ty, value)) = env.catalog().get(name) {
        return Some(Page::new(format!("${name}")).text(format!("Value: {ty}")).code(value.to_string()));
    }
    place.table(env, name).map(|plan| table_page(name, &plan, detail))
}

/// An option of the call or stage at the cursor.
fn option(place: &Cursor<'_>, name: &str, env: &dyn Surroundings) -> Option<Page> {
    let param = crate::complete::params(place, env.registry()).into_iter().find(|param| param.name == name)?;
    let default = param.default.map(|default| format!(", {} when left out", default.to_expr())).unwrap_or_default();
    let page = Page::new(name).text(format!("Option: {}{default}. {}", param.takes, param.doc));
    Some(page.list("Choices", param.choices.iter().map(|c| [format!("\"{c}\""), String::new(), String::new()]).collect()))
}

/// What the cursor stands in: a call, else the verb of the stage.
fn around(place: &Cursor<'_>, env: &dyn Surroundings, detail: bool) -> Option<Page> {
    if place.inside == Inside::Other {
        return None;
    }
    let registry = env.registry();
    let called = place.frames.iter().rev().find_map(|frame| match &frame.role {
        Role::Call { name, .. } => function(registry, name),
        _ => None,
    });
    if let Some(info) = called {
        return Some(function_page(info, registry, detail));
    }
    place.verb().and_then(help::verb).map(verb_page)
}
