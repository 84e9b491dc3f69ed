//! Stages of a pipe. A stage is its verb, the core that the verb's shape prescribes, and options.
//!
//! Verbs that look alike share a shape: a new verb with a known shape is one line in `syntax::verbs` and one file that
//! resolves it.

use super::{Arg, Expr, Item, Key, Name, Opt, Source, Spanned};
use crate::Span;

/// `| verb core, option: value`
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// The verb or, for `| f(x)`, the function.
    pub verb: Name,
    /// What follows the verb.
    pub core: Core,
    /// The options; those of function stages stand among the arguments of the call.
    pub options: Vec<Opt>,
    /// Where the stage stands, without the `|`.
    pub span: Span,
}

/// What follows a verb, by the verb's shape.
#[derive(Debug, Clone, PartialEq)]
pub enum Core {
    /// `where unless take skip`
    Expr(Expr),
    /// `derive select drop rename explode unnest distinct`
    Items(Vec<Item>),
    /// `agg { … }`
    Braces(Vec<Item>),
    /// `group keys { … }`
    Group {
        /// The keys.
        keys: Vec<Item>,
        /// What happens in each group.
        body: GroupBody,
    },
    /// `sort`
    Keys(Vec<Key>),
    /// `union intersect except`
    Sources(Vec<Source>),
    /// `join`
    Join(Join),
    /// `pivot`
    Pivot(Pivot),
    /// `unpivot`
    Unpivot(Unpivot),
    /// `into name`
    Into(Name),
    /// `show plot explain describe schema sample write cache`: positional arguments, named ones being options.
    Args(Vec<Arg>),
    /// `name(args)`: a function on tables.
    Call(Vec<Arg>),
    /// Could not be read; a diagnostic says why.
    Error,
}

/// The braces of `group`.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupBody {
    /// Aggregates: one row for each group.
    Items(Vec<Item>),
    /// `{ | stage | stage }`: stages run for each group.
    Stages(Vec<Stage>),
}

/// `join [kind] source [as name] [on …] [within …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The kind, if one was written; `inner` else.
    pub kind: Option<Spanned<JoinKind>>,
    /// The right side.
    pub source: Source,
    /// The name of the right side in `on`, and the prefix of its columns whose name is taken.
    pub alias: Option<Name>,
    /// Conditions; empty without `on`.
    pub on: Vec<Expr>,
    /// The largest gap of an `asof` join.
    pub within: Option<Expr>,
}

/// Kinds of joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinKind {
    /// Rows that match.
    Inner,
    /// All left rows.
    Left,
    /// All right rows.
    Right,
    /// All rows of both.
    Full,
    /// Left rows that have a match.
    Semi,
    /// Left rows that have none.
    Anti,
    /// Every pair.
    Cross,
    /// The nearest row in time.
    Asof,
}

impl JoinKind {
    /// All kinds with their spelling.
    pub const ALL: [(&'static str, Self); 8] = [
        ("inner", Self::Inner),
        ("left", Self::Left),
        ("right", Self::Right),
        ("full", Self::Full),
        ("semi", Self::Semi),
        ("anti", Self::Anti),
        ("cross", Self::Cross),
        ("asof", Self::Asof),
    ];

    /// The kind spelled `text`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(spelling, _)| *spelling == text).map(|(_, kind)| *kind)
    }
}

/// `pivot k [in [..]] [by items] { aggregates }`
#[derive(Debug, Clone, PartialEq)]
pub struct Pivot {
    /// Whose values become columns.
    pub key: Expr,
    /// The values, if they are given.
    pub values: Option<Expr>,
    /// The groups.
    pub by: Vec<Item>,
    /// What is computed.
    pub items: Vec<Item>,
}

/// `unpivot columns into (name, value)`
#[derive(Debug, Clone, PartialEq)]
pub struct Unpivot {
    /// Columns or selectors.
    pub columns: Vec<Expr>,
    /// The new column of names.
    pub name: Name,
    /// The new column of values.
    pub value: Name,
}
