//! From chumsky's failures to diagnostics.

use chumsky::error::{RichPattern, RichReason};

use super::Failure;
use crate::Span;
use crate::diagnostics::{Code, Diagnostic};
use crate::syntax::ast::JoinKind;
use crate::syntax::layout::Statement;
use crate::syntax::token::{Keyword, Kind, Symbol, Token};
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
    if let Some(diagnostic) = foreign_join(span, statement) {
        return Some(diagnostic);
    }
    match found {
        Some(Kind::Ident(word))
            if &**word == "when" && token_before(span, statement).is_some_and(|t| t.kind == Kind::Keyword(Keyword::Case)) =>
        {
            Some(
                Diagnostic::error(Code::UNEXPECTED, "the arms of `case` stand in braces", span)
                    .help("`case { fare > 1 => \"a\", fare > 0 => \"b\", else => \"c\" }`"),
            )
        }
        Some(Kind::Ident(word)) if direction(word).is_some() => {
            let here = direction(word)?;
            let error = Diagnostic::error(Code::UNEXPECTED, format!("`{word}` is written `{here}`"), span);
            Some(error.fix(span, here, format!("write `{here}`")))
        }
        Some(Kind::Keyword(Keyword::As)) => Some(
            Diagnostic::error(Code::UNEXPECTED, "a name comes before what it names", span)
                .help("`select b = a`, where other languages write `a as b`"),
        ),
        Some(Kind::Ident(word)) if Keyword::parse(&word.to_lowercase()).is_some() => {
            let small = word.to_lowercase();
            let error = Diagnostic::error(Code::UNEXPECTED, format!("`{word}` is written in small letters"), span);
            Some(error.fix(span, &small, format!("write `{small}`")))
        }
        Some(Kind::Ident(word)) if ["like", "ilike"].iter().any(|like| word.eq_ignore_ascii_case(like)) => Some(
            Diagnostic::error(Code::UNEXPECTED, format!("`{word}` is no operator: patterns are regular expressions"), span)
                .label("write `~` and a pattern")
                .help("`x ~ r\"^ab\"`, or x.startswith(\"ab\"), x.endswith(\"yz\"), x.contains(\"mn\")"),
        ),
        Some(_) if is_noise(span, statement) => {
            let word = token_before(span, statement)?;
            let error = Diagnostic::error(Code::UNEXPECTED, format!("{} is not written here", word.kind), word.span);
            Some(error.fix(word.span, "", "leave it out"))
        }
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

/// Sort directions, and `isn't`, of other languages.
fn direction(word: &str) -> Option<&'static str> {
    Some(match word.to_lowercase().as_str() {
        "desc" | "descending" => "desc",
        "asc" | "ascending" => "asc",
        "isnt" => "is not",
        _ => return None,
    })
}

/// Whether the word before is one that SQL has at this place: `group by k`, `union all t`.
fn is_noise(span: Span, statement: &Statement) -> bool {
    let at = position(span, statement);
    let word = |back: usize| match at.checked_sub(back).and_then(|at| statement.tokens.get(at)).map(|token| &token.kind) {
        Some(Kind::Ident(word)) => word.to_lowercase(),
        _ => String::new(),
    };
    match word(1).as_str() {
        "by" => matches!(word(2).as_str(), "group" | "sort"),
        "all" => word(2) == "union",
        _ => false,
    }
}

/// What other languages call kinds of joins, with our words.
const FOREIGN_JOINS: [(&str, &str); 9] = [
    ("outer", "full"),
    ("full_outer", "full"),
    ("left_outer", "left"),
    ("right_outer", "right"),
    ("left_semi", "semi"),
    ("left_anti", "anti"),
    ("leftsemi", "semi"),
    ("leftanti", "anti"),
    ("product", "cross"),
];

/// `join outer t`, `join left outer t`: a word of another language was read as the table.
fn foreign_join(span: Span, statement: &Statement) -> Option<Diagnostic> {
    let before = statement.tokens.get(..position(span, statement))?;
    let word = |token: &Token| if let Kind::Ident(word) = &token.kind { Some(word.to_ascii_lowercase()) } else { None };
    let [.., first, last] = before else { return None };
    let (before_last, foreign) = (word(first)?, word(last)?);
    if before_last == "join" {
        let (_, ours) = FOREIGN_JOINS.iter().find(|(theirs, _)| *theirs == foreign)?;
        let message = format!("`{foreign}` is no kind of join: here it is `{ours}`");
        return Some(Diagnostic::error(Code::UNEXPECTED, message, last.span).fix(last.span, *ours, format!("write `{ours}`")));
    }
    let joins = before.iter().rev().nth(2).and_then(word).is_some_and(|verb| verb == "join");
    if !joins || JoinKind::parse(&before_last).is_none() || !matches!(foreign.as_str(), "outer" | "semi" | "anti") {
        return None;
    }
    // `left outer` is `left`, `left semi` is `semi`.
    let ours = if foreign == "outer" { before_last.as_str() } else { foreign.as_str() };
    let message = format!("a kind of join is one word: `{before_last} {foreign}` is `{ours}`");
    let both = first.span.to(last.span);
    Some(Diagnostic::error(Code::UNEXPECTED, message, both).fix(both, ours, format!("write `{ours}`")))
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
