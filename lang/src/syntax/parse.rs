//! From a cell's text to its tree. Parsing never fails: what cannot be read is an error node and a diagnostic.

use std::sync::Arc;

use super::ast::{Cell, Directive, FString, FStringPart, Name, Stmt, StmtKind};
use super::layout::{self, Statement};
use super::lexer;
use super::token::{Keyword, Kind, RawPart, Symbol, Token};
use super::{depth, grammar};
use crate::Span;
use crate::diagnostics::{Code, Diagnostic, Fix};

/// How many diagnostics one cell shows.
pub const MAX_DIAGNOSTICS: usize = 50;

/// After so many diagnostics the rest of the text is not read: it is no cell.
const HOPELESS: usize = 1000;

/// Parses a cell. The tree always covers the whole text; the diagnostics come in order of their places.
#[must_use]
pub fn parse(text: &str) -> (Cell, Vec<Diagnostic>) {
    let span = Span::new(0, text.len());
    if let Some(directive) = directive(text) {
        return (Cell { directive: Some(directive), span, ..Cell::default() }, Vec::new());
    }
    let lexed = lexer::lex(text);
    let mut diagnostics = lexed.diagnostics;
    let layout = layout::layout(&lexed.tokens);
    diagnostics.extend(layout.diagnostics);
    let mut stmts = Vec::with_capacity(layout.statements.len());
    for statement in layout.statements {
        if diagnostics.len() > HOPELESS {
            let span = grammar::span_of(&statement.tokens);
            stmts.push(Stmt { kind: StmtKind::Error, span });
        } else {
            stmts.push(parse_statement(statement, &mut diagnostics));
        }
    }
    finish(text, &mut diagnostics);
    (Cell { directive: None, stmts, comments: lexed.comments, span }, diagnostics)
}

/// `%%name arguments` on the first line.
fn directive(text: &str) -> Option<Directive> {
    let line = text.lines().next()?;
    let rest = line.strip_prefix("%%")?;
    let len = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (name, args) = rest.split_at_checked(len)?;
    let name = Name { text: name.to_owned(), span: Span::new(2, 2 + len), quoted: false };
    let body = text.find('\n').map_or(text.len(), |at| at + 1);
    Some(Directive { name, args: args.trim().to_owned(), span: Span::new(0, line.len()), body: Span::new(body, text.len()) })
}

fn parse_statement(mut statement: Statement, diagnostics: &mut Vec<Diagnostic>) -> Stmt {
    if let Some(diagnostic) = depth::check(&statement.tokens) {
        diagnostics.push(diagnostic);
        return Stmt { kind: StmtKind::Error, span: grammar::span_of(&statement.tokens) };
    }
    parse_fstrings(&mut statement, diagnostics);
    diagnostics.extend(with_let(&mut statement));
    let (stmt, errors) = grammar::statement(&statement);
    diagnostics.extend(errors);
    stmt
}

/// `t = …` and `t <- …` bind in other languages: they are read as if `let` stood before them.
fn with_let(statement: &mut Statement) -> Option<Diagnostic> {
    let [name, sign, rest @ ..] = statement.tokens.as_mut_slice() else { return None };
    if !matches!(name.kind, Kind::Ident(_) | Kind::Quoted(_)) {
        return None;
    }
    let arrow = rest.first().is_some_and(|minus| sign.span.end == minus.span.start && minus.kind.is(Symbol::Minus));
    let span = match sign.kind.symbol()? {
        Symbol::Assign => sign.span,
        Symbol::Lt if arrow => Span::new(sign.span.start, sign.span.end + 1),
        _ => return None,
    };
    sign.kind = Kind::Symbol(Symbol::Assign);
    let start = name.span.at_start();
    let keyword = Token { kind: Kind::Keyword(Keyword::Let), span: start, indent: name.indent.take() };
    let error = Diagnostic::error(Code::EQUALS_COMPARES, "a name is bound with `let`", span);
    let error = if span.len() == 1 {
        error.fix(start, "let ", "put `let` before the name").help("`let t = …` binds; `==` compares")
    } else {
        statement.tokens.remove(2);
        error.help("write `let t = …`")
    };
    statement.tokens.insert(0, keyword);
    Some(error)
}

/// Parses what stands between the braces of f-strings, so that the grammar sees finished parts.
fn parse_fstrings(statement: &mut Statement, diagnostics: &mut Vec<Diagnostic>) {
    for token in &mut statement.tokens {
        if let Kind::RawFString(raw) = &token.kind {
            let parts = raw.iter().filter_map(|part| parse_part(part, diagnostics)).collect();
            token.kind = Kind::FString(Arc::new(FString { parts, span: token.span }));
        }
    }
}

fn parse_part(part: &RawPart, diagnostics: &mut Vec<Diagnostic>) -> Option<FStringPart> {
    let (tokens, format) = match part {
        RawPart::Text(text) => return Some(FStringPart::Text(text.clone())),
        RawPart::Expr { tokens, format, .. } => (tokens, format),
    };
    let (mut statement, errors) = layout::balance(tokens.clone());
    diagnostics.extend(errors);
    if let Some(diagnostic) = depth::check(&statement.tokens) {
        diagnostics.push(diagnostic);
        return None;
    }
    parse_fstrings(&mut statement, diagnostics);
    let (expr, errors) = grammar::inserted(&statement);
    diagnostics.extend(errors);
    Some(FStringPart::Expr { expr: expr?, format: format.clone() })
}

/// Brings diagnostics into order, keeps one for each place and code, and caps their number.
fn finish(text: &str, diagnostics: &mut Vec<Diagnostic>) {
    diagnostics.sort_by_key(Diagnostic::span);
    diagnostics.dedup_by(|b, a| a.code == b.code && a.span() == b.span());
    for diagnostic in diagnostics.iter_mut() {
        if diagnostic.code == Code::COALESCE_ARITHMETIC.id {
            diagnostic.fixes = readings(text, diagnostic);
        } else if diagnostic.code == Code::LIST_IN_PARENS.id {
            diagnostic.fixes = vec![in_brackets(text, diagnostic.span())];
        }
    }
    if diagnostics.len() > MAX_DIAGNOSTICS {
        let more = diagnostics.len() - MAX_DIAGNOSTICS;
        let span = diagnostics.get(MAX_DIAGNOSTICS).map_or_else(Span::default, Diagnostic::span);
        diagnostics.truncate(MAX_DIAGNOSTICS);
        diagnostics.push(Diagnostic::error(Code::TOO_MANY_ERRORS, format!("{more} more errors are not shown"), span));
    }
}

/// Each secondary label covers what one of the readings puts in parentheses.
fn readings(text: &str, diagnostic: &Diagnostic) -> Vec<Fix> {
    let secondary = diagnostic.labels.iter().filter(|label| !label.primary);
    secondary
        .map(|label| {
            let replacement = format!("({})", label.span.of(text));
            Fix { span: label.span, title: format!("read it as `{replacement}`"), replacement }
        })
        .collect()
}

/// `(1, 2)` as `[1, 2]`.
fn in_brackets(text: &str, span: Span) -> Fix {
    let inside = span.of(text);
    let inside = inside.strip_prefix('(').unwrap_or(inside);
    let inside = inside.strip_suffix(')').unwrap_or(inside);
    let replacement = format!("[{inside}]");
    Fix { span, title: format!("write `{replacement}`"), replacement }
}
