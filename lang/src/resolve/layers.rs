//! Computed columns one after the other: later ones see earlier ones, in as few projections as that allows.

use std::sync::Arc;

use weft_core::expr::NamedExpr;
use weft_core::{Expr, Field, Result, Schema};
use weft_plan::LogicalPlan;
use weft_plan::builder::pass_on;

use super::Windows;

/// A plan and columns on top of it that wait for their projection.
pub(crate) struct Layers {
    plan: LogicalPlan,
    pending: Vec<NamedExpr>,
    /// Columns of windows, which are left out in the end.
    windows: Vec<Arc<str>>,
}

impl Layers {
    pub(crate) fn new(plan: LogicalPlan) -> Self {
        Layers { plan, pending: Vec::new(), windows: Vec::new() }
    }

    /// The columns that the next item sees.
    pub(crate) fn schema(&self) -> Result<Schema> {
        let shown = |f: &&Field| !self.windows.contains(&f.name);
        let mut fields: Vec<Field> = self.plan.schema().fields().iter().filter(shown).cloned().collect();
        for named in &self.pending {
            let new = Field { name: Arc::clone(&named.name), ty: named.expr.ty.clone(), nullable: named.expr.nullable };
            match fields.iter_mut().find(|f| f.name == new.name) {
                Some(old) => *old = new,
                None => fields.push(new),
            }
        }
        Schema::new(fields)
    }

    /// The plan that windows are computed over, and the names that stand in wait for it.
    pub(crate) fn base(&self) -> (&LogicalPlan, Vec<Arc<str>>) {
        let made = self.pending.iter().filter(|p| p.expr.as_column() != Some(&p.name));
        (&self.plan, made.map(|p| Arc::clone(&p.name)).collect())
    }

    /// Computes the windows that the next columns read.
    pub(crate) fn windows(&mut self, windows: Windows) -> Result<()> {
        if windows.is_empty() {
            return Ok(());
        }
        if windows.exprs().any(|e| self.reads_pending(e)) {
            self.flush()?;
        }
        self.windows.extend(windows.names().cloned());
        self.plan = windows.over(self.plan.clone())?;
        Ok(())
    }

    /// Adds columns that are computed side by side.
    pub(crate) fn push(&mut self, columns: Vec<NamedExpr>) -> Result<()> {
        if columns.iter().any(|c| self.reads_pending(&c.expr)) {
            self.flush()?;
        }
        for column in columns {
            match self.pending.iter_mut().find(|p| p.name == column.name) {
                Some(old) => *old = column,
                None => self.pending.push(column),
            }
        }
        Ok(())
    }

    fn reads_pending(&self, expr: &Expr) -> bool {
        expr.columns().iter().any(|name| {
            let own = |p: &&NamedExpr| p.name == *name && p.expr.as_column() != Some(name);
            self.pending.iter().find(own).is_some()
        })
    }

    fn flush(&mut self) -> Result<()> {
        let pending = std::mem::take(&mut self.pending);
        if !pending.is_empty() {
            self.plan = self.plan.clone().with_columns(pending)?;
        }
        Ok(())
    }

    /// All columns of the plan, the new ones replacing or after them.
    pub(crate) fn into_all(mut self) -> Result<LogicalPlan> {
        self.flush()?;
        if self.windows.is_empty() {
            return Ok(self.plan);
        }
        let names: Vec<Arc<str>> = self.plan.schema().names().filter(|n| !self.windows.contains(n)).cloned().collect();
        self.plan.select_columns(names.iter().map(|n| &**n))
    }

    /// Exactly the columns `names`, in this order; nothing is added where that is what the plan yields.
    pub(crate) fn into_only(self, names: &[Arc<str>]) -> Result<LogicalPlan> {
        let Layers { plan, pending, .. } = self;
        let mut columns = Vec::with_capacity(names.len());
        for name in names {
            match pending.iter().find(|p| p.name == *name) {
                Some(named) => columns.push(named.clone()),
                None => columns.push(NamedExpr { name: Arc::clone(name), expr: Expr::column(plan.schema(), name)? }),
            }
        }
        let same =
            columns.len() == plan.schema().len() && columns.iter().zip(plan.schema().fields()).all(|(c, f)| *c == pass_on(f));
        if same { Ok(plan) } else { plan.project(columns) }
    }
}
