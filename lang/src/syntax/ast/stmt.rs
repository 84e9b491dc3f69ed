//! Cells, statements and pipes.

use super::{Expr, Name, Opt, Path, Source, Stage};
use crate::Span;

/// The tree of one cell.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cell {
    /// `%%name …` on the first line: the rest is then not read as Weft.
    pub directive: Option<Directive>,
    /// The statements in order.
    pub stmts: Vec<Stmt>,
    /// All comments in order, for the formatter.
    pub comments: Vec<Comment>,
    /// The whole cell.
    pub span: Span,
}

/// The first line `%%name arguments` of a cell in another language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// What follows `%%`.
    pub name: Name,
    /// The rest of the line, trimmed.
    pub args: String,
    /// The first line.
    pub span: Span,
    /// The lines below it.
    pub body: Span,
}

/// `# …` up to the end of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Where it stands, `#` included and the line's end not.
    pub span: Span,
    /// Whether nothing but blanks stands before it on its line.
    pub own_line: bool,
}

/// A statement and its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of statements.
#[derive(Debug, Clone, PartialEq)]
pub enum StmtKind {
    /// `let name = pipe`
    Let {
        /// The name bound.
        name: Name,
        /// Its plan or value.
        pipe: Pipe,
    },
    /// `fn name(params) = body`
    Fn {
        /// The function's name.
        name: Name,
        /// Its parameters.
        params: Vec<Param>,
        /// Its body.
        body: Pipe,
    },
    /// `set name = value`
    Set {
        /// The setting.
        name: Path,
        /// Its value.
        value: Expr,
        /// Options.
        options: Vec<Opt>,
    },
    /// `attach "…" [as name]`
    Attach {
        /// A string, an f-string or `$name`.
        target: Expr,
        /// The name of the catalog.
        alias: Option<Name>,
        /// Options.
        options: Vec<Opt>,
    },
    /// `use path`
    Use(Path),
    /// `help [topic]`: the topic as text.
    Help(Option<Name>),
    /// `clear`
    Clear,
    /// A pipeline or an expression.
    Pipe(Pipe),
    /// Could not be read; a diagnostic says why.
    Error,
}

/// A parameter of `fn`.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    /// Its name.
    pub name: Name,
    /// Its default.
    pub default: Option<Expr>,
}

/// `head | stage | stage`. Without stages the head may be any expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Pipe {
    /// The head as written.
    pub head: Expr,
    /// The stages in order.
    pub stages: Vec<Stage>,
    /// Where the pipe stands.
    pub span: Span,
}

impl Pipe {
    /// The head as a source of rows; `None` if it can be none (a diagnostic has said so if stages follow it).
    #[must_use]
    pub fn source(&self) -> Option<Source> {
        Source::from_expr(&self.head)
    }
}
