//! From chumsky's failures to diagnostics.

use chumsky::error::{RichPattern, RichReason};

use super::Failure;
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::layout::Statement;
use crate::syntax::token::{Kind, Symbol, Token};
use crate::syntax::verbs;

/// The diagnostic of a failure; none where a put-in closer is in the way, because that is reported already.
pub(super) fn diagnostic(failure: Failure, statement: &Statement) -> Option<Diagnostic> {
    let span = *failure.span();
    match failure.into_reason() {
        RichReason::Custom(diagnostic) => Some(*diagnostic),
        RichReason::ExpectedFound { expected, found } => {
            let found = found.map(chumsky::util::Maybe::into_inner);
            if statement.repaired && span.is_empty() {
                return None;
            }
            let before = token_before(span, statement);
            if found == Some(Kind::Error) || before.is_some_and(|token| token.kind == Kind::Error) {
                return None;
            }
            Some(unexpected(&expected, found.as_ref(), span, statement))
        }
    }
}

fn unexpected(expected: &[RichPattern<'_, Kind>], found: Option<&Kind>, span: Span, statement: &Statement) -> Diagnostic {
    if let Some(diagnostic) = habit(found, span, statement) {
        return diagnostic;
    }
    let found = found.map_or_else(|| "the end of the statement".to_owned(), Kind::to_string);
    let wanted = describe(expected);
    let message =
        if wanted.is_empty() { format!("{found} cannot stand here") } else { format!("expected {wanted}, found {found}") };
    match token_before(span, statement).filter(|_| starts_line(span, statement)) {
        // The fault is at the end of the line before.
        Some(before) => Diagnostic::error(Code::UNEXPECTED, message, before.span)
            .label("something must follow this")
            .also(span, "found this instead"),
        None => Diagnostic::error(Code::UNEXPECTED, message, span),
    }
}

fn position(span: Span, statement: &Statement) -> usize {
    let at = statement.tokens.iter().position(|token| token.span == span);
    at.unwrap_or(statement.tokens.len())
}

fn token_before(span: Span, statement: &Statement) -> Option<&Token> {
    position(span, statement).checked_sub(1).and_then(|before| statement.tokens.get(before))
}

fn starts_line(span: Span, statement: &Statement) -> bool {
    let token = statement.tokens.get(position(span, statement));
    token.is_some_and(|token| token.indent.is_some())
}

/// Well-known habits that explain the failure better than a list of tokens does.
fn habit(found: Option<&Kind>, span: Span, statement: &Statement) -> Option<Diagnostic> {
    let first = statement.tokens.first()?;
    if let Kind::Ident(word) = &first.kind {
        let at_head = statement.tokens.get(1).is_some_and(|second| second.span == span);
        if at_head && word.eq_ignore_ascii_case("select") && mentions_from(statement) {
            return Some(
                Diagnostic::error(Code::SQL_ORDER, "the table comes first, then its stages", first.span)
                    .help("`t | where a > 1 | select a, b`; SQL runs in a cell that starts with `%%sql`"),
            );
        }
        if at_head && verbs::shape(word).is_some() {
            return Some(
                Diagnostic::error(Code::MISSING_PIPE, format!("`{word}` is a stage, but no pipe starts here"), first.span)
                    .fix(first.span.at_start(), "| ", "put `|` before it")
                    .help("a pipe starts with its table: `t | where …`; each stage starts with `|`"),
            );
        }
    }
    match found {
        Some(Kind::Ident(word)) if word.eq_ignore_ascii_case("between") => Some(
            Diagnostic::error(Code::UNEXPECTED, format!("`{word}` is no operator: a range says it"), span)
                .label("write `in` and a range")
                .help("`x in 1..10` holds both ends, `x in 1..<10` leaves the last one out"),
        ),
        Some(Kind::Ident(word)) if verbs::shape(word).is_some() && !behind_pipe(span, statement) => {
            Some(Diagnostic::error(Code::MISSING_PIPE, format!("`|` is missing before `{word}`"), span).fix(
                span.at_start(),
                "| ",
                "put `|` before it",
            ))
        }
        _ => None,
    }
}

fn mentions_from(statement: &Statement) -> bool {
    statement.tokens.iter().any(|token| matches!(&token.kind, Kind::Ident(word) if word.eq_ignore_ascii_case("from")))
}

fn behind_pipe(span: Span, statement: &Statement) -> bool {
    token_before(span, statement).is_some_and(|token| token.kind.is(Symbol::Pipe))
}

/// The expected things as a list in words, the most telling first.
fn describe(expected: &[RichPattern<'_, Kind>]) -> String {
    let mut words: Vec<String> = Vec::new();
    for pattern in expected {
        let word = match pattern {
            RichPattern::Token(token) => token.to_string(),
            RichPattern::Label(label) => label.to_string(),
            RichPattern::EndOfInput => "the end of the statement".to_owned(),
            RichPattern::Identifier(word) => format!("`{word}`"),
            _ => continue,
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.iter().any(|word| word == "an expression") {
        words.retain(|word| !matches!(word.as_str(), "a name" | "an operator" | "`(`"));
    }
    if words.iter().any(|word| rank(word) < 4) {
        words.retain(|word| rank(word) < 4);
    }
    words.sort_by_key(|word| rank(word));
    words.truncate(6);
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

fn rank(word: &str) -> u8 {
    match word {
        "an expression" | "a table" | "a verb" | "a type" | "a name" => 0,
        "an operator" => 2,
        "the end of the statement" => 3,
        // What could go on with the token before, but is seldom what is missing.
        "`->`" | "`:`" | "`desc`" | "`asc`" | "`nulls`" => 4,
        _ => 1,
    }
}
