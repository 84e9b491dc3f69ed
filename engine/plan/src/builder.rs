//! Building plans step by step: what the language calls and what tests use.

use std::sync::Arc;

use weft_core::error::{Error, Result};
use weft_core::expr::{CastMode, NamedExpr, SortKey};
use weft_core::types::common_type;
use weft_core::{Expr, Field, TableSource};

use crate::nodes::{
    Aggregate, Distinct, Explode, Filter, Join, JoinKey, JoinKind, Limit, NamedAggregate, NamedWindow, Project, Scan, Sort,
    Subtable, Tail, Union, Window, With,
};
use crate::order::group_keys;
use crate::plan::LogicalPlan;

impl LogicalPlan {
    /// All rows of a source.
    pub fn scan(source: Arc<dyn TableSource>) -> Result<Self> {
        LogicalPlan::new(Scan::all(source).into())
    }

    /// Rows for which `predicate` is true.
    pub fn filter(self, predicate: Expr) -> Result<Self> {
        LogicalPlan::new(Filter { input: self, predicate }.into())
    }

    /// Exactly these columns.
    pub fn project(self, exprs: Vec<NamedExpr>) -> Result<Self> {
        LogicalPlan::new(Project { input: self, exprs }.into())
    }

    /// The columns with these names, in this order.
    pub fn select_columns<'a>(self, names: impl IntoIterator<Item = &'a str>) -> Result<Self> {
        let pass = |name: &str| Ok(NamedExpr { name: name.into(), expr: Expr::column(self.schema(), name)? });
        let exprs = names.into_iter().map(pass).collect::<Result<Vec<_>>>()?;
        self.project(exprs)
    }

    /// All columns, `exprs` replacing those of the same name in place and the others coming last.
    pub fn with_columns(self, exprs: Vec<NamedExpr>) -> Result<Self> {
        let mut columns: Vec<NamedExpr> = self.schema().fields().iter().map(pass_on).collect();
        for new in exprs {
            match columns.iter_mut().find(|c| c.name == new.name) {
                Some(old) => *old = new,
                None => columns.push(new),
            }
        }
        self.project(columns)
    }

    /// One row for each combination of keys.
    pub fn aggregate(self, keys: Vec<NamedExpr>, aggregates: Vec<NamedAggregate>) -> Result<Self> {
        LogicalPlan::new(Aggregate { input: self, keys, aggregates }.into())
    }

    /// The first row of each combination of the columns `on` (of all for none).
    pub fn distinct(self, on: Vec<Arc<str>>) -> Result<Self> {
        LogicalPlan::new(Distinct { input: self, on }.into())
    }

    /// All rows in order; stable.
    ///
    /// Groups have no order that anybody wrote, so ties among them come by the group's keys: that is the same on every
    /// run, and nothing below has to keep an order for it.
    pub fn sort(self, mut keys: Vec<SortKey>) -> Result<Self> {
        for name in group_keys(&self).unwrap_or_default() {
            let expr = Expr::column(self.schema(), &name)?;
            if expr.ty.is_ordered() && !keys.iter().any(|k| k.expr == expr) {
                keys.push(SortKey { expr, descending: false, nulls_first: false });
            }
        }
        LogicalPlan::new(Sort { input: self, keys }.into())
    }

    /// The same rows with a column for each call, computed over the rows that agree in `partition` in the order of `order`.
    pub fn window(self, partition: Vec<Expr>, order: Vec<SortKey>, calls: Vec<NamedWindow>) -> Result<Self> {
        LogicalPlan::new(Window { input: self, partition, order, calls }.into())
    }

    /// A row for each item of the lists in `columns`; see [`Explode`].
    pub fn explode(self, columns: Vec<Arc<str>>, index: Option<Arc<str>>, keep_empty: bool) -> Result<Self> {
        LogicalPlan::new(Explode { input: self, columns, index, keep_empty }.into())
    }

    /// Rows `offset .. offset + limit`.
    pub fn limit(self, offset: u64, limit: Option<u64>) -> Result<Self> {
        LogicalPlan::new(Limit { input: self, offset, limit }.into())
    }

    /// The last rows.
    pub fn tail(self, rows: u64) -> Result<Self> {
        LogicalPlan::new(Tail { input: self, rows }.into())
    }

    /// Rows matched on keys and a further condition; the sides of a key meet in one type. Names must not overlap.
    pub fn join(self, right: LogicalPlan, kind: JoinKind, keys: Vec<JoinKey>, residual: Option<Expr>) -> Result<Self> {
        let keys = keys.into_iter().map(meet).collect::<Result<Vec<_>>>()?;
        LogicalPlan::new(Join::new(self, right, kind, keys, residual).into())
    }

    /// The same rows, in whose expressions the sub-pipelines `tables` are known; nothing is added for none.
    ///
    /// # Errors
    /// When two that differ have one name.
    pub fn with_tables(self, tables: Vec<Subtable>) -> Result<Self> {
        let mut known: Vec<Subtable> = Vec::with_capacity(tables.len());
        for table in tables {
            match known.iter().find(|k| k.key() == table.key()) {
                None => known.push(table),
                Some(same) if same.plan == table.plan => {}
                Some(_) => return Err(Error::internal(format!("two sub-pipelines are called {}", table.subquery))),
            }
        }
        if known.is_empty() { Ok(self) } else { LogicalPlan::new(With { input: self, tables: known }.into()) }
    }

    /// The rows of both, columns matched by position and cast to the types they meet in; names are the first's.
    pub fn union(self, others: Vec<LogicalPlan>) -> Result<Self> {
        let mut inputs = vec![self];
        inputs.extend(others);
        let width = inputs[0].schema().len();
        if let Some(odd) = inputs.iter().find(|i| i.schema().len() != width) {
            return Err(Error::argument(format!("a union of tables with {width} and {} columns", odd.schema().len())));
        }
        let mut fields: Vec<Field> = inputs[0].schema().fields().to_vec();
        for input in &inputs[1..] {
            for (field, other) in fields.iter_mut().zip(input.schema().fields()) {
                let ty = common_type(&field.ty, &other.ty);
                field.ty = ty.ok_or_else(|| {
                    Error::type_mismatch(format!(
                        "column `{}` is {} in one table and {} in another",
                        field.name, field.ty, other.ty
                    ))
                })?;
            }
        }
        let inputs = inputs.into_iter().map(|i| i.conform(&fields)).collect::<Result<Vec<_>>>()?;
        LogicalPlan::new(Union { inputs }.into())
    }

    /// Columns by position under the names and types of `fields`.
    fn conform(self, fields: &[Field]) -> Result<Self> {
        let have = self.schema().fields();
        if have.iter().zip(fields).all(|(a, b)| a.name == b.name && a.ty == b.ty) {
            return Ok(self);
        }
        let cast = |(a, b): (&Field, &Field)| NamedExpr {
            name: b.name.clone(),
            expr: Expr::of_field(a).cast(b.ty.clone(), CastMode::Strict),
        };
        let exprs = have.iter().zip(fields).map(cast).collect();
        self.project(exprs)
    }
}

/// A column under its own name.
pub fn pass_on(field: &Field) -> NamedExpr {
    NamedExpr { name: field.name.clone(), expr: Expr::of_field(field) }
}

fn meet(key: JoinKey) -> Result<JoinKey> {
    let ty = common_type(&key.left.ty, &key.right.ty).ok_or_else(|| {
        let message = format!("cannot compare {} ({}) with {} ({})", key.left, key.left.ty, key.right, key.right.ty);
        Error::type_mismatch(message).at(key.left.origin)
    })?;
    Ok(JoinKey { left: key.left.coerced(&ty), right: key.right.coerced(&ty), null_safe: key.null_safe })
}
