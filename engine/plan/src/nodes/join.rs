//! Matching rows of two tables.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::{Expr, Field, Schema};

use super::{Node, NodeKind, Rewrite, check_columns, list};
use crate::plan::LogicalPlan;

/// Which rows a join yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinKind {
    /// Each pair that matches.
    Inner,
    /// Each pair that matches, and left rows without a match beside nulls.
    Left,
    /// Left rows with a match, once.
    Semi,
    /// Left rows without a match.
    Anti,
}

impl fmt::Display for JoinKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JoinKind::Inner => "inner",
            JoinKind::Left => "left",
            JoinKind::Semi => "semi",
            JoinKind::Anti => "anti",
        })
    }
}

/// One of the two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinSide {
    /// The left one.
    Left,
    /// The right one.
    Right,
}

/// An equality between the sides, of one type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinKey {
    /// Over the left columns.
    pub left: Expr,
    /// Over the right columns.
    pub right: Expr,
    /// Whether null matches null (`is`).
    pub null_safe: bool,
}

/// Matches rows on equal keys. Names of the two sides do not overlap: whoever builds the node renames first.
///
/// Left order is kept where order is observed, and right order among the matches of a left row.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The left rows.
    pub left: LogicalPlan,
    /// The right rows.
    pub right: LogicalPlan,
    /// Which rows come out.
    pub kind: JoinKind,
    /// The equalities, all of which must hold; at least one.
    pub keys: Vec<JoinKey>,
    /// A further condition over the columns of both sides that a pair must meet to match.
    pub residual: Option<Expr>,
    /// The columns that come out, in order, of either side (of the left alone for semi and anti).
    pub output: Vec<Arc<str>>,
    /// The side whose rows should go into the hash table, by statistics. With the left one, whoever executes the join
    /// restores left order where [`ObservedOrder`](crate::ObservedOrder) says that it is observed.
    pub build: JoinSide,
}

impl Join {
    /// A join that yields all columns and builds on the right.
    pub fn new(left: LogicalPlan, right: LogicalPlan, kind: JoinKind, keys: Vec<JoinKey>, residual: Option<Expr>) -> Self {
        let mut output: Vec<Arc<str>> = left.schema().names().cloned().collect();
        if matches!(kind, JoinKind::Inner | JoinKind::Left) {
            output.extend(right.schema().names().cloned());
        }
        Join { left, right, kind, keys, residual, output, build: JoinSide::Right }
    }

    /// All columns of both sides, as the residual sees them; right ones nullable for a left join.
    pub fn pair_schema(&self) -> Result<Schema> {
        let right = self.right.schema().fields().iter().cloned().map(|f| match self.kind {
            JoinKind::Left => Field { nullable: true, ..f },
            _ => f,
        });
        Schema::new(self.left.schema().fields().iter().cloned().chain(right).collect())
    }
}

impl NodeKind for Join {
    fn name(&self) -> &'static str {
        "join"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        vec![&self.left, &self.right]
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        let [left, right] = <[LogicalPlan; 2]>::try_from(inputs).map_err(|_| Error::internal("a join has two inputs"))?;
        Ok(Join { left, right, ..self.clone() }.into())
    }

    fn schema(&self) -> Result<Schema> {
        for key in &self.keys {
            check_columns("join", &key.left, self.left.schema())?;
            check_columns("join", &key.right, self.right.schema())?;
            if key.left.ty != key.right.ty || !key.left.ty.is_hashable() {
                let message = format!("cannot join on {} == {}: {} and {}", key.left, key.right, key.left.ty, key.right.ty);
                return Err(Error::type_mismatch(message).at(key.left.origin));
            }
        }
        let pairs = self.pair_schema()?;
        if let Some(residual) = &self.residual {
            // A left join's residual sees the right side before its rows are padded with nulls; only types matter here.
            check_columns("join", residual, &pairs)?;
        }
        let visible = if matches!(self.kind, JoinKind::Semi | JoinKind::Anti) { self.left.schema() } else { &pairs };
        let find =
            |name: &Arc<str>| visible.field(name).cloned().ok_or_else(|| Error::internal(format!("a join without `{name}`")));
        Schema::new(self.output.iter().map(find).collect::<Result<_>>()?)
    }

    fn exprs(&self) -> Vec<&Expr> {
        self.keys.iter().flat_map(|k| [&k.left, &k.right]).chain(&self.residual).collect()
    }

    fn with_exprs(&self, rewrite: Rewrite<'_>) -> Result<Node> {
        let key = |k: &JoinKey, rewrite: Rewrite<'_>| {
            Ok(JoinKey { left: rewrite(k.left.clone())?, right: rewrite(k.right.clone())?, null_safe: k.null_safe })
        };
        let keys = self.keys.iter().map(|k| key(k, rewrite)).collect::<Result<_>>()?;
        let residual = self.residual.clone().map(rewrite).transpose()?;
        Ok(Join { keys, residual, ..self.clone() }.into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let equality = |k: &JoinKey| format!("{} {} {}", k.left, if k.null_safe { "is" } else { "==" }, k.right);
        let mut details = vec![("", self.kind.to_string()), ("on", list(self.keys.iter().map(equality)))];
        if let Some(residual) = &self.residual {
            details.push(("and", residual.to_string()));
        }
        let side = match self.build {
            JoinSide::Left => "left",
            JoinSide::Right => "right",
        };
        details.push(("build", side.to_string()));
        details
    }
}
