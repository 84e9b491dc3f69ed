//! What kind of thing stands at the cursor.

use crate::cursor::{Cursor, Role, word};
use crate::syntax::JoinKind;
use crate::syntax::token::{Keyword, Kind, Symbol, Token};
use crate::syntax::verbs::{self, Shape};

/// What kind of thing stands at the cursor.
#[derive(Debug)]
pub(crate) enum Place<'a> {
    /// Something new, such as a name that is being made up.
    Nothing,
    /// A statement's first word.
    Statement,
    /// A source of rows.
    Source,
    /// The kind of a join, or its source.
    JoinSource,
    /// A verb.
    Verb,
    /// A session value: `$x`.
    Session,
    /// A setting's name.
    Setting,
    /// A setting's value.
    SettingValue(String),
    /// What `help` explains.
    Topic,
    /// A type.
    Type,
    /// A class of types in `cols(…)`.
    TypeClass,
    /// One of these words.
    Words(Vec<&'static str>),
    /// A field or method of what stands before the dot.
    Member(&'a [Token]),
    /// A column, and nothing else.
    Columns,
    /// An expression.
    Operand {
        /// Whether aggregates fit best.
        aggregates_first: bool,
        /// Whether an option could stand here too.
        options: bool,
    },
    /// The value of an option or named argument.
    Value,
    /// The options of a stage or call.
    Options,
}

/// What kind of thing stands at the cursor.
pub(crate) fn place<'a>(cursor: &'a Cursor<'_>) -> Place<'a> {
    if cursor.word.session {
        return Place::Session;
    }
    let Some(last) = cursor.last() else { return Place::Statement };
    match last.kind.symbol() {
        Some(Symbol::Dot) => return Place::Member(receiver(&cursor.tokens)),
        Some(Symbol::Cast | Symbol::TryCast) => return Place::Type,
        Some(Symbol::Pipe) => return Place::Verb,
        _ => {}
    }
    if let Some(place) = statement(cursor, last) {
        return place;
    }
    match &cursor.frame().role {
        Role::Selector => return if last.kind.is(Symbol::LParen) { Place::TypeClass } else { Place::Nothing },
        Role::Window => return window(cursor, last),
        Role::Call { .. } => return call(cursor, last),
        Role::Struct if last.kind.is(Symbol::LBrace) || last.kind.is(Symbol::Comma) => return Place::Nothing,
        Role::Source if last.kind.is(Symbol::LParen) => return Place::Source,
        _ => {}
    }
    let frame = cursor.frame();
    if frame.is_pipe() && frame.pipes.is_empty() {
        return head(cursor, last);
    }
    let in_stage = frame.is_pipe();
    match cursor.verb() {
        Some(verb) => stage(cursor, last, verb, in_stage),
        None => expression(cursor, last, Vec::new(), false),
    }
}

/// Statements other than pipelines.
fn statement<'a>(cursor: &Cursor<'_>, last: &Token) -> Option<Place<'a>> {
    let first = cursor.tokens.first()?;
    let at_assign = last.kind.is(Symbol::Assign);
    match first.kind.keyword() {
        Some(Keyword::Let | Keyword::Fn) if cursor.frames.first().is_some_and(|f| f.first >= cursor.tokens.len()) => {
            return Some(if at_assign { Place::Source } else { Place::Nothing });
        }
        _ => {}
    }
    // `set` and the like are no reserved words: `set | take 1` is a pipeline.
    if cursor.frames.first().is_some_and(|frame| !frame.pipes.is_empty()) {
        return None;
    }
    let single = cursor.tokens.len() == 1;
    match cursor.statement()? {
        "set" if single => Some(Place::Setting),
        "set" => {
            let name = cursor.tokens.get(1).and_then(word).unwrap_or_default().to_owned();
            Some(if at_assign { Place::SettingValue(name) } else { Place::Nothing })
        }
        "help" if single => Some(Place::Topic),
        "use" if single => Some(Place::Source),
        "attach" if single => Some(Place::Nothing),
        _ => None,
    }
}

/// The head of a pipe behind its first token.
fn head<'a>(cursor: &Cursor<'_>, last: &Token) -> Place<'a> {
    if cursor.stage().is_empty() { Place::Source } else { expression(cursor, last, Vec::new(), false) }
}

fn window<'a>(cursor: &Cursor<'_>, last: &Token) -> Place<'a> {
    let mut words = Vec::new();
    let inner = cursor.tokens.get(cursor.frame().first..).unwrap_or_default();
    for part in ["by", "sort", "rows", "range"] {
        if !inner.iter().any(|t| word(t) == Some(part)) {
            words.push(part);
        }
    }
    if last.kind.is(Symbol::LParen) {
        return Place::Words(words);
    }
    if matches!(word(last), Some("by" | "sort")) {
        return Place::Columns;
    }
    if inner.iter().any(|t| word(t) == Some("sort")) {
        words.extend(["asc", "desc", "nulls"]);
    }
    expression(cursor, last, words, false)
}

fn call<'a>(cursor: &Cursor<'_>, last: &Token) -> Place<'a> {
    match last.kind.symbol() {
        Some(Symbol::Colon) => Place::Value,
        Some(Symbol::LParen | Symbol::Comma) => Place::Operand { aggregates_first: false, options: true },
        _ => expression(cursor, last, Vec::new(), false),
    }
}

/// In a stage, behind its verb. `direct` says that no bracket of the stage is open.
fn stage<'a>(cursor: &Cursor<'_>, last: &Token, verb: &str, direct: bool) -> Place<'a> {
    let first = cursor.stage().len() == 1;
    let Some(shape) = verbs::shape(verb) else { return expression(cursor, last, Vec::new(), false) };
    let comma = last.kind.is(Symbol::Comma);
    if direct && last.kind.is(Symbol::Colon) {
        return Place::Value;
    }
    if !direct {
        let braces = cursor.frame().role == Role::Braces;
        return expression(cursor, last, Vec::new(), braces);
    }
    match shape {
        Shape::Join => join(cursor, last),
        Shape::Sources if first || comma => Place::Source,
        Shape::Sources => Place::Nothing,
        Shape::Into => Place::Nothing,
        Shape::Braces => Place::Words(Vec::new()),
        Shape::Args if first || comma => Place::Options,
        Shape::Items | Shape::OptionalItems if takes_columns(verb) && (first || comma) => Place::Columns,
        Shape::Keys => expression(cursor, last, key_words(last), false),
        Shape::Pivot => expression(cursor, last, vec!["in", "by"], false),
        Shape::Unpivot => expression(cursor, last, vec!["into"], false),
        _ => expression(cursor, last, Vec::new(), false),
    }
}

/// Verbs whose items are columns or selectors.
fn takes_columns(verb: &str) -> bool {
    matches!(verb, "drop" | "distinct" | "explode" | "unnest")
}

fn key_words(last: &Token) -> Vec<&'static str> {
    match word(last) {
        Some("nulls") => vec!["first", "last"],
        Some("asc" | "desc") => vec!["nulls"],
        Some("first" | "last") => Vec::new(),
        _ => vec!["asc", "desc", "nulls"],
    }
}

fn join<'a>(cursor: &Cursor<'_>, last: &Token) -> Place<'a> {
    let stage = cursor.stage();
    let conditions = stage.iter().any(|t| matches!(t.kind.keyword(), Some(Keyword::On | Keyword::Within)));
    if conditions {
        let words = if last.kind.ends_expr() { vec!["within"] } else { Vec::new() };
        return expression(cursor, last, words, false);
    }
    if stage.len() == 1 {
        return Place::JoinSource;
    }
    if stage.len() == 2 && word(last).is_some_and(|kind| JoinKind::parse(kind).is_some()) {
        return Place::Source;
    }
    if last.kind.keyword() == Some(Keyword::As) {
        return Place::Nothing;
    }
    if last.kind.is(Symbol::Comma) {
        return Place::Options;
    }
    let named = stage.iter().any(|t| t.kind.keyword() == Some(Keyword::As));
    Place::Words(if named { vec!["on", "within"] } else { vec!["on", "as", "within"] })
}

/// In an expression: an operand, or what can stand behind one.
fn expression<'a>(cursor: &Cursor<'_>, last: &Token, mut words: Vec<&'static str>, aggregates_first: bool) -> Place<'a> {
    let verb_alone = cursor.frame().is_pipe() && cursor.stage().len() == 1 && cursor.verb().is_some();
    let key_word = matches!(word(last), Some("asc" | "desc" | "nulls" | "first" | "last")) && cursor.verb() == Some("sort");
    if key_word && !verb_alone && cursor.stage().len() > 2 {
        return Place::Words(words);
    }
    let introduces = matches!(word(last), Some("by" | "into")) && !verb_alone;
    if last.kind.ends_expr() && !verb_alone && !introduces && !operand_word(last) {
        words.extend(["and", "or", "in", "is", "not", "over"]);
        return Place::Words(words);
    }
    let options = last.kind.is(Symbol::Comma) && cursor.frame().is_pipe();
    Place::Operand { aggregates_first, options }
}

/// `*` stands as an operand only behind a verb; elsewhere it multiplies.
fn operand_word(last: &Token) -> bool {
    matches!(last.kind, Kind::Symbol(symbol) if !symbol.is_closer())
}

/// The tokens of the expression before the dot that ends `tokens`.
pub(crate) fn receiver(tokens: &[Token]) -> &[Token] {
    let end = tokens.len().saturating_sub(1);
    let mut at = end;
    while let Some(token) = at.checked_sub(1).and_then(|i| tokens.get(i)) {
        if token.kind.symbol().is_some_and(Symbol::is_closer) {
            let Some(open) = opener(tokens, at - 1) else { break };
            at = open;
            // A call's name belongs to it.
            let name = at.checked_sub(1).and_then(|i| tokens.get(i));
            let called =
                name.is_some_and(|t| word(t).is_some() && tokens.get(at).is_some_and(|open| open.span.start == t.span.end));
            let is_braces = tokens.get(at).is_some_and(|t| t.kind.is(Symbol::LBrace));
            at -= usize::from(called && !is_braces);
        } else if matches!(token.kind, Kind::Symbol(_) | Kind::Keyword(_)) {
            break;
        } else {
            at -= 1;
        }
        if at.checked_sub(1).and_then(|i| tokens.get(i)).is_some_and(|t| t.kind.is(Symbol::Dot)) {
            at -= 1;
        } else {
            break;
        }
    }
    tokens.get(at..end).unwrap_or_default()
}

/// The opening bracket of the closing one at `close`.
fn opener(tokens: &[Token], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for at in (0..=close).rev() {
        match tokens.get(at)?.kind.symbol() {
            Some(symbol) if symbol.is_closer() => depth += 1,
            Some(symbol) if symbol.closer().is_some() => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}
