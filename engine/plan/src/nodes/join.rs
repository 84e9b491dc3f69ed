//! Matching rows of two tables.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::{Expr, Field, Schema, Type};

use super::{Node, NodeKind, Rewrite, check_columns, list};
use crate::plan::LogicalPlan;

/// Which rows a join yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinKind {
    /// Each pair that matches.
    Inner,
    /// Each pair that matches, and left rows without a match beside nulls.
    Left,
    /// Each pair that matches, and after them right rows without a match beside nulls.
    Right,
    /// Each pair that matches, left rows without a match in their place, and right ones after all of them.
    Full,
    /// Left rows with a match, once.
    Semi,
    /// Left rows without a match.
    Anti,
}

impl JoinKind {
    /// Whether a left row without a match can come out.
    pub fn keeps_left(self) -> bool {
        matches!(self, JoinKind::Left | JoinKind::Full | JoinKind::Anti)
    }

    /// Whether a right row without a match can come out.
    pub fn keeps_right(self) -> bool {
        matches!(self, JoinKind::Right | JoinKind::Full)
    }

    /// Whether every row that comes out holds a left row (and not nulls in its place).
    pub fn has_left(self) -> bool {
        !self.keeps_right()
    }

    /// Whether every row that comes out holds a right row.
    pub fn has_right(self) -> bool {
        matches!(self, JoinKind::Inner | JoinKind::Right)
    }

    /// Whether right columns come out.
    pub fn shows_right(self) -> bool {
        !matches!(self, JoinKind::Semi | JoinKind::Anti)
    }
}

impl fmt::Display for JoinKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            JoinKind::Inner => "inner",
            JoinKind::Left => "left",
            JoinKind::Right => "right",
            JoinKind::Full => "full",
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

/// How many right rows each left row must match; else the query fails and names the left row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    /// Exactly one.
    One,
    /// None or one.
    AtMostOne,
    /// One or more.
    AtLeastOne,
}

impl Expect {
    /// All of them with their spelling.
    pub const ALL: [(&'static str, Expect); 3] =
        [("one", Expect::One), ("at_most_one", Expect::AtMostOne), ("at_least_one", Expect::AtLeastOne)];

    /// Whether a left row may have that many matches.
    pub fn allows(self, matches: u32) -> bool {
        match self {
            Expect::One => matches == 1,
            Expect::AtMostOne => matches <= 1,
            Expect::AtLeastOne => matches >= 1,
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Expect::ALL.iter().find(|(_, e)| e == self).map_or("", |(spelling, _)| spelling))
    }
}

/// Matches rows on equal keys and a further condition; without either, every pair matches. Names of the two sides do not
/// overlap: whoever builds the node renames first.
///
/// Left order is kept where order is observed, and right order among the matches of a left row; right rows without a match
/// come last, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    /// The left rows.
    pub left: LogicalPlan,
    /// The right rows.
    pub right: LogicalPlan,
    /// Which rows come out.
    pub kind: JoinKind,
    /// The equalities, all of which must hold; none for joins on other conditions, and cross joins.
    pub keys: Vec<JoinKey>,
    /// A further condition over the columns of both sides that a pair must meet to match.
    pub residual: Option<Expr>,
    /// The columns that come out, in order, of either side (of the left alone for semi and anti).
    pub output: Vec<Arc<str>>,
    /// How many matches each left row must have. Where it is set, nothing that changes the rows of either side may move
    /// below the join, nor may the join move: the rows that were written are the ones that count.
    pub expect: Option<Expect>,
    /// The side whose rows should go into the hash table, by statistics. With the left one, whoever executes the join
    /// restores left order where [`ObservedOrder`](crate::ObservedOrder) says that it is observed.
    pub build: JoinSide,
}

impl Join {
    /// A join that yields all columns and builds on the right.
    pub fn new(left: LogicalPlan, right: LogicalPlan, kind: JoinKind, keys: Vec<JoinKey>, residual: Option<Expr>) -> Self {
        let mut output: Vec<Arc<str>> = left.schema().names().cloned().collect();
        if kind.shows_right() {
            output.extend(right.schema().names().cloned());
        }
        Join { left, right, kind, keys, residual, output, expect: None, build: JoinSide::Right }
    }

    /// All columns of both sides, as the residual sees them; nullable on a side that an outer join fills with nulls.
    pub fn pair_schema(&self) -> Result<Schema> {
        let padded = |f: &Field, pads: bool| Field { nullable: f.nullable || pads, ..f.clone() };
        let (pads_left, pads_right) = (self.kind.keeps_right(), self.kind.shows_right() && self.kind.keeps_left());
        let left = self.left.schema().fields().iter().map(|f| padded(f, pads_left));
        let right = self.right.schema().fields().iter().map(|f| padded(f, pads_right));
        Schema::new(left.chain(right).collect())
    }

    /// Whether every pair matches.
    pub fn is_cross(&self) -> bool {
        self.kind == JoinKind::Inner && self.keys.is_empty() && self.residual.is_none()
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
            // The residual sees both sides before rows are padded with nulls; only types matter here.
            check_columns("join", residual, &pairs)?;
            if !matches!(residual.ty, Type::Bool | Type::Null) {
                let message = format!("a join needs conditions (bool), not {}", residual.ty);
                return Err(Error::type_mismatch(message).at(residual.origin));
            }
        }
        let visible = if self.kind.shows_right() { &pairs } else { self.left.schema() };
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
        let mut details = vec![("", if self.is_cross() { "cross".to_string() } else { self.kind.to_string() })];
        if !self.keys.is_empty() {
            details.push(("on", list(self.keys.iter().map(equality))));
        }
        if let Some(residual) = &self.residual {
            details.push((if self.keys.is_empty() { "on" } else { "and" }, residual.to_string()));
        }
        if let Some(expect) = self.expect {
            details.push(("expect", expect.to_string()));
        }
        let side = match self.build {
            JoinSide::Left => "left",
            JoinSide::Right => "right",
        };
        details.push(("build", side.to_string()));
        details
    }
}
