//! The formatter: one way to lay a cell out, which never changes what it means.
//!
//! The tree is printed with the combinators of Wadler's "A prettier printer"; comments stand where they stood. Where
//! somebody broke a line between stages or behind an opening bracket, it stays broken: only what does not fit is broken
//! besides. Nothing but blanks, line ends and commas before closing brackets is changed, and that is checked.

mod comments;
mod entry;
mod expr;
mod list;
mod pipe;
mod stage;
mod statement;
mod types;

use pretty::{Arena, DocBuilder};

use crate::diagnostics::Diagnostic;
use crate::syntax::token::{Symbol, Token};
use crate::syntax::{self, ast};
use comments::Comments;

/// Columns of a line, where it can be helped.
const WIDTH: usize = 100;

/// Columns that something inside brackets, or on a continued line, is moved to the right.
const INDENT: isize = 2;

/// What stands for an empty line until the text is finished: a printer would fill it with blanks.
const EMPTY_LINE: &str = "\u{0}";

/// A piece of the output.
type Doc<'a> = DocBuilder<'a, Arena<'a>>;

/// Formats a cell. The text has no line end at its end. A cell in another language (`%%name`) stays as it is.
///
/// # Errors
/// The diagnostics of a cell that does not parse.
pub fn format(text: &str) -> Result<String, Vec<Diagnostic>> {
    let (cell, diagnostics) = syntax::parse(text);
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    if cell.directive.is_some() {
        return Ok(text.trim_end().to_owned());
    }
    let arena = Arena::new();
    let printer = Printer::new(&arena, text, &cell.comments);
    let formatted = finished(&rendered(&printer.cell(&cell), WIDTH));
    // A cell is worth more than its looks.
    Ok(if same_tokens(text, &formatted) { formatted } else { text.trim_end().to_owned() })
}

/// An expression on one line, however it is laid out in `text`.
#[must_use]
pub fn one_line(text: &str, expr: &ast::Expr) -> String {
    let arena = Arena::new();
    let printer = Printer { one_line: true, ..Printer::new(&arena, text, &[]) };
    rendered(&printer.expr(expr).group(), usize::MAX / 2)
}

/// What prints a tree.
struct Printer<'a> {
    arena: &'a Arena<'a>,
    text: &'a str,
    comments: Comments<'a>,
    /// Whether lines that somebody broke are joined.
    one_line: bool,
}

impl<'a> Printer<'a> {
    fn new(arena: &'a Arena<'a>, text: &'a str, comments: &'a [ast::Comment]) -> Self {
        Printer { arena, text, comments: Comments::new(comments), one_line: false }
    }
}

fn rendered(doc: &Doc<'_>, width: usize) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = doc.render_fmt(width, &mut out);
    out
}

fn finished(text: &str) -> String {
    let lines = text.trim_end().split('\n').map(|line| if line.trim() == EMPTY_LINE { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// Whether both texts have the same tokens and comments, commas before closing brackets aside.
fn same_tokens(before: &str, after: &str) -> bool {
    let (a, b) = (syntax::lex(before), syntax::lex(after));
    let comments = |lexed: &syntax::Lexed, text: &str| -> Vec<String> {
        lexed.comments.iter().map(|c| c.span.of(text).trim_end().to_owned()).collect()
    };
    tokens(&a.tokens, before) == tokens(&b.tokens, after) && comments(&a, before) == comments(&b, after)
}

fn tokens<'t>(tokens: &[Token], text: &'t str) -> Vec<&'t str> {
    let closes = |token: &Token| token.kind.symbol().is_some_and(|symbol| symbol.is_closer() || symbol == Symbol::Pipe);
    let followers = tokens.iter().skip(1).map(Some).chain([None]);
    let kept = tokens.iter().zip(followers).filter(|(token, next)| !(token.kind.is(Symbol::Comma) && next.is_none_or(closes)));
    kept.map(|(token, _)| token.span.of(text)).collect()
}

#[cfg(test)]
mod tests;
