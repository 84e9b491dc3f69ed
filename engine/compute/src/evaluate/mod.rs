//! Evaluation of expressions over chunks.
//!
//! One convention: [`evaluate`] gives one row for each row of the chunk that counts, without a selection. Operators
//! call [`Evaluator::filter`] and [`Evaluator::project`], which keep selections where that is cheaper.
//!
//! What can fail never fails on a row that does not count: guards (`and`, `or`, `case`, `??`) evaluate their later parts
//! only on the rows left open, and where a whole chunk is tried although some rows do not count (it is cheaper when most
//! do), an error there is dropped and the rows that count are evaluated alone.

mod branch;
mod call;
mod filter;
mod input;
mod logic;
mod subquery;

use weft_core::expr::{ColumnRef, ExprKind};
use weft_core::function::{QueryContext, Weight};
use weft_core::{Chunk, Error, Expr, Result, Series};

use self::input::Input;
use crate::in_list::SetCache;

/// The value of `expr` (columns bound by position) for each row of `chunk` that counts: `chunk.rows()` rows.
pub fn evaluate(expr: &Expr, chunk: &Chunk, query: &QueryContext) -> Result<Series> {
    Evaluator::new(query.clone()).evaluate(expr, chunk)
}

/// Evaluates the expressions of one operator. Clones share what is made once (the sets of long `in` lists).
#[derive(Debug, Clone)]
pub struct Evaluator {
    query: QueryContext,
    sets: SetCache,
}

impl Evaluator {
    /// An evaluator for the expressions of a query.
    pub fn new(query: QueryContext) -> Self {
        Evaluator { query, sets: SetCache::default() }
    }

    /// What all calls of the query share.
    pub fn query(&self) -> &QueryContext {
        &self.query
    }

    /// The value of `expr` for each row of `chunk` that counts: `chunk.rows()` rows.
    pub fn evaluate(&self, expr: &Expr, chunk: &Chunk) -> Result<Series> {
        self.eval(expr, &Input::selected(chunk))
    }

    /// The values of several expressions, each `chunk.rows()` rows; columns that they share are gathered once.
    pub fn evaluate_all(&self, exprs: &[Expr], chunk: &Chunk) -> Result<Vec<Series>> {
        let input = Input::selected(chunk);
        exprs.iter().map(|e| self.eval(e, &input)).collect()
    }

    /// A chunk with one column for each of `exprs`, with the rows and position of `chunk`.
    ///
    /// The selection stays when the expressions are plain columns or most rows count; else the result is compact.
    pub fn project(&self, exprs: &[Expr], chunk: Chunk) -> Result<Chunk> {
        if let Some(columns) = self.project_all_rows(exprs, &chunk)? {
            return Ok(chunk.with_columns(columns));
        }
        let columns = self.evaluate_all(exprs, &chunk)?;
        Ok(Chunk::new(columns, chunk.rows())?.at(chunk.position))
    }

    /// The columns over all physical rows, where that gives the same and costs less than gathering first.
    fn project_all_rows(&self, exprs: &[Expr], chunk: &Chunk) -> Result<Option<Vec<Series>>> {
        let input = Input::all_rows(chunk);
        let run = || exprs.iter().map(|e| self.eval(e, &input)).collect::<Result<Vec<_>>>();
        if chunk.selection().is_none() || exprs.iter().all(is_free) {
            return run().map(Some);
        }
        let dense = chunk.rows() * 4 >= chunk.physical_rows() * 3;
        if dense && exprs.iter().all(|e| e.weight() == Weight::Cheap && e.is_deterministic()) {
            // A failure may belong to a row that does not count: those that do are evaluated alone then.
            return Ok(run().ok());
        }
        Ok(None)
    }

    /// The value of `expr` for all rows of `input`.
    fn eval(&self, expr: &Expr, input: &Input<'_>) -> Result<Series> {
        if input.rows() == 0 {
            return Ok(Series::nulls(expr.ty.clone(), 0));
        }
        self.eval_kind(expr, input).map_err(|e| e.at(expr.origin))
    }

    fn eval_kind(&self, expr: &Expr, input: &Input<'_>) -> Result<Series> {
        match &expr.kind {
            ExprKind::Column(ColumnRef::Index(index)) => input.column(*index),
            ExprKind::Column(ColumnRef::Name(name)) => Err(Error::internal(format!("column `{name}` is not bound"))),
            ExprKind::Literal(value) => Series::constant(expr.ty.clone(), value, input.rows()),
            ExprKind::Call { function, args } => self.call(expr, function, args, input),
            ExprKind::Cast { input: inner, mode } => crate::cast(&self.eval(inner, input)?, &expr.ty, *mode),
            ExprKind::And(parts) => self.logic(logic::Logic::And, parts, input),
            ExprKind::Or(parts) => self.logic(logic::Logic::Or, parts, input),
            ExprKind::Case { branches, otherwise } => self.case(&expr.ty, branches, otherwise.as_deref(), input),
            ExprKind::Coalesce(parts) => self.coalesce(&expr.ty, parts, input),
            ExprKind::InList { input: inner, list } => self.sets.in_list(&self.eval(inner, input)?, list),
            ExprKind::Scalar(subquery) => Series::constant(expr.ty.clone(), &self.query.answers.value(subquery)?, input.rows()),
            ExprKind::InTable { input: inner, table } => self.in_table(&self.eval(inner, input)?, table),
        }
    }
}

/// Whether evaluating it touches no rows.
fn is_free(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Column(_) | ExprKind::Literal(_) | ExprKind::Scalar(_))
}

/// Whether `expr` must or should run only on `open` of `rows` rows, rather than on all with the others thrown away.
fn wants_narrowing(expr: &Expr, open: usize, rows: usize) -> bool {
    open < rows && (open * 4 < rows || expr.weight() != Weight::Cheap || !expr.is_deterministic() || expr.is_fallible())
}
