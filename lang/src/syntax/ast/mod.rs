//! The tree of a cell: plain owned values, a span on every node.
//!
//! Whatever could not be read stands in the tree as an `Error` node, next to a diagnostic.

mod expr;
mod item;
mod literal;
mod operator;
mod source;
mod stage;
mod stmt;

pub use expr::{CaseArm, Expr, ExprKind, FString, FStringPart, Frame, FrameUnit, MatchArm, TypeExpr, TypeKind, Window};
pub use item::{Arg, Item, ItemName, Key, Opt, Value};
pub use literal::{DurationUnit, Literal, Zone};
pub use operator::{BinaryOp, UnaryOp};
pub use source::{Source, SourceKind};
pub use stage::{Core, GroupBody, Join, JoinKind, Pivot, Stage, Unpivot};
pub use stmt::{Cell, Comment, Directive, Param, Pipe, Stmt, StmtKind};

use crate::Span;

/// A value and the place it was written at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A name as written: a column, table, function, verb or option, told apart by its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without backticks.
    pub text: String,
    /// Where it stands, backticks included.
    pub span: Span,
    /// Whether it was written in backticks.
    pub quoted: bool,
}

impl Name {
    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// A dotted path of at least one name: `users`, `crm.public.users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The names, outermost first; never empty.
    pub names: Vec<Name>,
    /// Where the whole path stands.
    pub span: Span,
}

impl Path {
    /// The names joined by dots.
    #[must_use]
    pub fn text(&self) -> String {
        let names: Vec<&str> = self.names.iter().map(Name::as_str).collect();
        names.join(".")
    }
}
