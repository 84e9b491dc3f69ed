//! The nodes of a plan, one file each. A node knows its inputs, its schema and its expressions; what it does
//! when it runs is `weft-exec`'s.

mod aggregate;
mod distinct;
mod explode;
mod filter;
mod join;
mod limit;
mod project;
mod scan;
mod sort;
mod tail;
mod top_n;
mod union;
mod window;
mod with;

pub use aggregate::{Aggregate, NamedAggregate};
pub use distinct::Distinct;
pub use explode::Explode;
pub use filter::Filter;
pub use join::{Expect, Join, JoinKey, JoinKind, JoinSide};
pub use limit::Limit;
pub use project::Project;
pub use scan::{Scan, SourceRef};
pub use sort::Sort;
pub use tail::Tail;
pub use top_n::TopN;
pub use union::Union;
pub use window::{NamedWindow, Window};
pub use with::{Subtable, SubtableRole, With};

use weft_core::error::{Error, Result};
use weft_core::expr::NamedExpr;
use weft_core::{Expr, Schema};

use crate::plan::LogicalPlan;

/// What is done to an expression of a node.
pub type Rewrite<'a> = &'a mut dyn FnMut(Expr) -> Result<Expr>;

/// What every node answers.
pub trait NodeKind {
    /// The word for `explain`.
    fn name(&self) -> &'static str;
    /// The plans it reads.
    fn inputs(&self) -> Vec<&LogicalPlan>;
    /// The same over other inputs, as many as [`inputs`](Self::inputs) names.
    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node>;
    /// The columns it yields, or why it does not fit its inputs.
    fn schema(&self) -> Result<Schema>;
    /// Its expressions, over its input's columns by name.
    fn exprs(&self) -> Vec<&Expr>;
    /// The same with each of its [`exprs`](Self::exprs) put through `rewrite`, which keeps types. As it is for none.
    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node>;
    /// Names and values for `explain`, in order.
    fn details(&self) -> Vec<(&'static str, String)>;
}

macro_rules! nodes {
    ($($name:ident),* $(,)?) => {
        /// Any node.
        #[derive(Debug, Clone, PartialEq)]
        #[allow(missing_docs)]
        pub enum Node { $($name($name)),* }

        impl Node {
            fn kind(&self) -> &dyn NodeKind {
                match self { $(Node::$name(node) => node),* }
            }
        }

        $(impl From<$name> for Node {
            fn from(node: $name) -> Self { Node::$name(node) }
        })*
    };
}

nodes!(Scan, Filter, Project, Explode, Aggregate, Distinct, Sort, TopN, Limit, Tail, Join, Union, Window, With);

impl NodeKind for Node {
    fn name(&self) -> &'static str {
        self.kind().name()
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        self.kind().inputs()
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        self.kind().with_inputs(inputs)
    }

    fn schema(&self) -> Result<Schema> {
        self.kind().schema()
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.kind().exprs()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        self.kind().with_exprs(rewrite)
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        self.kind().details()
    }
}

/// The one input of a node with one.
fn only(mut inputs: Vec<LogicalPlan>) -> Result<LogicalPlan> {
    match (inputs.pop(), inputs.is_empty()) {
        (Some(input), true) => Ok(input),
        _ => Err(Error::internal("a node with one input was given another number")),
    }
}

/// Each column that `expr` reads must stand in `schema` with the type that `expr` thinks it has.
fn check_columns(what: &str, expr: &Expr, schema: &Schema) -> Result<()> {
    let mut wrong = None;
    expr.any(&mut |e| {
        if let Some(name) = e.as_column() {
            match schema.field(name) {
                None => wrong = Some(Error::not_found(format!("no column `{name}` for {what}")).at(e.origin)),
                Some(field) if field.ty != e.ty => {
                    wrong = Some(Error::internal(format!("`{name}` is {}, not {}, for {what}", field.ty, e.ty)).at(e.origin));
                }
                Some(_) => {}
            }
        }
        wrong.is_some()
    });
    wrong.map_or(Ok(()), Err)
}

fn rewrite_named(named: &NamedExpr, rewrite: Rewrite<'_>) -> Result<NamedExpr> {
    Ok(NamedExpr { name: named.name.clone(), expr: rewrite(named.expr.clone())? })
}

/// `a, b desc` for `explain`.
fn list(parts: impl IntoIterator<Item = impl std::fmt::Display>) -> String {
    parts.into_iter().map(|p| p.to_string()).collect::<Vec<_>>().join(", ")
}
