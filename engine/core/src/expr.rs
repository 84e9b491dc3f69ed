//! The one typed expression tree, from resolution to execution.
//!
//! Resolution does all typing and coercion when it builds the tree; lowering only replaces column names by positions.

mod build;
mod text;
mod walk;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::origin::Origin;
use crate::registry::FunctionRef;
use crate::subquery::Subquery;
use crate::types::Type;
use crate::value::Value;

/// An expression over the rows of one table. Equality ignores where it was written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What is computed.
    pub kind: ExprKind,
    /// The type of the result.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether the result can be null.
    pub nullable: bool,
    /// Where it was written.
    pub origin: Origin,
}

/// How an expression names a column of its input.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ColumnRef {
    /// By name: in plans.
    Name(Arc<str>),
    /// By position: in pipelines, after lowering.
    Index(usize),
}

/// What a cast does with a value that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CastMode {
    /// `x::int`: an error that shows the value.
    Strict,
    /// `x::?int`: null.
    Try,
}

/// What is computed.
///
/// `And`, `Or`, `Case` and `Coalesce` guard: their later parts are evaluated only on rows that the earlier ones leave
/// open, so that what can fail there fails only where it was meant to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// A column of the input.
    Column(ColumnRef),
    /// A value of the expression's type.
    Literal(Value),
    /// A function over arguments that have the types its signature names, one per parameter (variadic ones: at least).
    Call {
        /// The registered function.
        function: FunctionRef,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// The input as the expression's type.
    Cast {
        /// What is cast.
        input: Box<Expr>,
        /// What happens to values that do not fit.
        mode: CastMode,
    },
    /// True where all are, false where any is false, else null. Guards from left to right.
    And(Vec<Expr>),
    /// True where any is, false where all are false, else null. Guards from left to right.
    Or(Vec<Expr>),
    /// The value of the first branch whose condition is true, else `otherwise`, else null.
    Case {
        /// Conditions and values.
        branches: Vec<(Expr, Expr)>,
        /// The value where no condition is true.
        otherwise: Option<Box<Expr>>,
    },
    /// The first that is not null.
    Coalesce(Vec<Expr>),
    /// Whether the input equals one of the values (all of the input's type, none null). Null where the input is.
    InList {
        /// What is looked for.
        input: Box<Expr>,
        /// Where.
        list: Arc<[Value]>,
    },
    /// The only value of a sub-pipeline, null where it has no row.
    Scalar(Subquery),
    /// Whether the input equals one of the values of a sub-pipeline (all of the input's type; nulls among them are
    /// ignored). Null where the input is.
    InTable {
        /// What is looked for.
        input: Box<Expr>,
        /// Where.
        table: Subquery,
    },
}

/// An expression with the name of the column it makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedExpr {
    /// The column's name.
    pub name: Arc<str>,
    /// How it is computed.
    pub expr: Expr,
}

/// One key of a sort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SortKey {
    /// What is sorted by.
    pub expr: Expr,
    /// Greatest first.
    pub descending: bool,
    /// Nulls before all values; they come last both ways unless told.
    pub nulls_first: bool,
}
