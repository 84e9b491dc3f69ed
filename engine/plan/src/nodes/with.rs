//! Sub-pipelines beside a table whose expressions read them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::expr::{CastMode, NamedExpr};
use weft_core::types::common_type;
use weft_core::{Expr, Field, Origin, Schema, Subquery};

use super::{Node, NodeKind, Rewrite};
use crate::plan::LogicalPlan;
use crate::serialize::canonical;

/// What expressions read of a sub-pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SubtableRole {
    /// Its only value: at most one row.
    Value,
    /// Whether a value is among its values.
    Set,
}

/// A sub-pipeline: a table of one column, computed once before the rows that read it.
#[derive(Debug, Clone, PartialEq)]
pub struct Subtable {
    /// Its name in expressions.
    pub subquery: Subquery,
    /// What is read of it.
    pub role: SubtableRole,
    /// The table.
    pub plan: LogicalPlan,
    /// Where it was written.
    pub origin: Origin,
}

/// The rows of `input`, in order, in whose expressions (and in those of later ones of `tables`) the tables are known.
#[derive(Debug, Clone, PartialEq)]
pub struct With {
    /// The rows.
    pub input: LogicalPlan,
    /// The sub-pipelines, each after those that it reads.
    pub tables: Vec<Subtable>,
}

impl Subtable {
    /// A table of one column that stands for a value, and the expression that reads it.
    ///
    /// # Errors
    /// When it has more or fewer columns.
    pub fn value(plan: LogicalPlan, origin: Origin) -> Result<(Expr, Subtable)> {
        let field = only_column(&plan)?.clone();
        let nullable = field.nullable || !yields_one_row(&plan);
        let subquery = Subquery { id: identity(&plan)?, label: field.name };
        let expr = Expr::scalar(subquery.clone(), field.ty, nullable).at(origin);
        Ok((expr, Subtable { subquery, role: SubtableRole::Value, plan, origin }))
    }

    /// A table of one column whose values `input` is looked up in, and the expression that does so.
    ///
    /// # Errors
    /// When it has more or fewer columns, or the types have no equality between them.
    pub fn set(input: Expr, plan: LogicalPlan, origin: Origin) -> Result<(Expr, Subtable)> {
        let field = only_column(&plan)?.clone();
        let fits = |ty: &weft_core::Type| ty.is_hashable();
        let ty = common_type(&input.ty, &field.ty).filter(fits).ok_or_else(|| {
            let message = format!("{} cannot be looked up among values of {}", input.ty, field.ty);
            Error::type_mismatch(message).at(input.origin)
        })?;
        let plan = if field.ty == ty {
            plan
        } else {
            let expr = Expr::of_field(&field).cast(ty.clone(), CastMode::Strict).at(origin);
            plan.project(vec![NamedExpr { name: Arc::clone(&field.name), expr }])?.at(origin)
        };
        let subquery = Subquery { id: identity(&plan)?, label: field.name };
        let expr = Expr::in_table(input.coerced(&ty), subquery.clone()).at(origin);
        Ok((expr, Subtable { subquery, role: SubtableRole::Set, plan, origin }))
    }

    /// What it is known by: one table may be read in both ways.
    pub(crate) fn key(&self) -> (&str, SubtableRole) {
        (&self.subquery.id, self.role)
    }
}

fn only_column(plan: &LogicalPlan) -> Result<&Field> {
    match plan.schema().fields() {
        [field] => Ok(field),
        fields => Err(Error::argument(format!("a sub-pipeline has one column, not {}", fields.len()))),
    }
}

/// Whether the plan yields one row whatever the data are.
fn yields_one_row(plan: &LogicalPlan) -> bool {
    match plan.node() {
        Node::Aggregate(aggregate) => aggregate.keys.is_empty(),
        Node::Project(project) => yields_one_row(&project.input),
        Node::With(with) => yields_one_row(&with.input),
        _ => false,
    }
}

/// Equal for plans that compute the same, in any session; plans whose rows differ each time are told apart.
fn identity(plan: &LogicalPlan) -> Result<Arc<str>> {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let mut text = canonical(plan)?;
    if !is_deterministic(plan) {
        text.push_str(&format!("\n{}", DRAWN.fetch_add(1, Ordering::Relaxed)));
    }
    // FNV-1a over 128 bits (Fowler, Noll, Vo): equal hashes of different plans are refused where they would meet.
    let mut hash: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    for byte in text.bytes() {
        hash = (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
    }
    Ok(format!("{hash:032x}").into())
}

fn is_deterministic(plan: &LogicalPlan) -> bool {
    plan.node().exprs().into_iter().all(Expr::is_deterministic) && plan.inputs().into_iter().all(is_deterministic)
}

impl NodeKind for With {
    fn name(&self) -> &'static str {
        "with"
    }

    fn inputs(&self) -> Vec<&LogicalPlan> {
        std::iter::once(&self.input).chain(self.tables.iter().map(|t| &t.plan)).collect()
    }

    fn with_inputs(&self, inputs: Vec<LogicalPlan>) -> Result<Node> {
        let mut inputs = inputs.into_iter();
        let wrong = || Error::internal("a node with sub-pipelines was given another number of inputs");
        let input = inputs.next().ok_or_else(wrong)?;
        let table = |t: &Subtable| Ok(Subtable { plan: inputs.next().ok_or_else(wrong)?, ..t.clone() });
        let tables = self.tables.iter().map(table).collect::<Result<_>>()?;
        Ok(With { input, tables }.into())
    }

    fn schema(&self) -> Result<Schema> {
        for table in &self.tables {
            only_column(&table.plan).map_err(|e| e.at(table.origin))?;
        }
        Ok(self.input.schema().clone())
    }

    fn exprs(&self) -> Vec<&Expr> {
        Vec::new()
    }

    fn with_exprs(&self, _: Rewrite<'_>) -> Result<Node> {
        Ok(self.clone().into())
    }

    fn details(&self) -> Vec<(&'static str, String)> {
        let word = |t: &Subtable| match t.role {
            SubtableRole::Value => ("value", t.subquery.to_string()),
            SubtableRole::Set => ("set", t.subquery.to_string()),
        };
        self.tables.iter().map(word).collect()
    }
}
