//! Heavy functions: their input is cut so that the output of one step stays small.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use weft_compute::Evaluator;
use weft_core::error::{Error, ErrorKind, Result};
use weft_core::expr::ExprKind;
use weft_core::{Chunk, Expr, OperatorMetrics, Series, Value};

use crate::pipeline::{Operator, OperatorTask, Shared, Step};

/// Bytes that one step's output should stay under.
const STEP_BYTES: usize = 16 << 20;
/// Rows of a task: a worker takes a task, so this is how finely heavy work is shared among workers.
const TASK_ROWS: usize = 64;
/// Characters of the longest text that an error names a row by.
const MAX_ROW_TEXT: usize = 300;

/// Appends the column that one expression with heavy calls computes.
///
/// Nested heavy calls (decode → resize → encode) are one expression, so the large values between them live for a
/// step's rows only.
pub(crate) struct HeavyOperator {
    evaluator: Arc<Evaluator>,
    expr: Arc<Expr>,
    metrics: Arc<OperatorMetrics>,
}

struct Task {
    evaluator: Arc<Evaluator>,
    expr: Arc<Expr>,
    pieces: VecDeque<Chunk>,
}

impl HeavyOperator {
    /// `expr` names columns by position.
    pub(crate) fn new(shared: &Shared, expr: Expr) -> Self {
        let metrics = shared.metrics.operator(format!("compute {}", call_name(&expr)));
        HeavyOperator { evaluator: Arc::new(Evaluator::new(shared.query.clone())), expr: Arc::new(expr), metrics }
    }
}

pub(crate) fn call_name(expr: &Expr) -> &'static str {
    match &expr.kind {
        ExprKind::Call { function, .. } => function.info().name,
        _ => "expression",
    }
}

impl Operator for HeavyOperator {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        Ok(Box::new(Task { evaluator: Arc::clone(&self.evaluator), expr: Arc::clone(&self.expr), pieces: VecDeque::new() }))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }

    fn task_rows(&self) -> Option<usize> {
        Some(TASK_ROWS)
    }
}

impl Task {
    /// Bytes that a row is expected to make at most at any step of the expression.
    fn row_bytes(&self, expr: &Expr, chunk: &Chunk) -> Result<usize> {
        let mut most = 1;
        for child in expr.children() {
            most = most.max(self.row_bytes(child, chunk)?);
        }
        if let ExprKind::Call { function, args } = &expr.kind
            && args.iter().all(|a| matches!(a.kind, ExprKind::Column(_) | ExprKind::Literal(_)))
        {
            let args = args.iter().map(|a| self.evaluator.evaluate(a, chunk)).collect::<Result<Vec<_>>>()?;
            most = most.max(function.output_bytes(&args));
        }
        Ok(most)
    }
}

impl OperatorTask for Task {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        let rows = chunk.physical_rows();
        let step = (STEP_BYTES / self.row_bytes(&self.expr, &chunk)?).clamp(1, rows.max(1));
        let cut = (0..rows).step_by(step).map(|from| chunk.slice(from, step.min(rows - from)));
        self.pieces.extend(cut);
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        let Some(piece) = self.pieces.pop_front() else { return Poll::Ready(Ok(Step::NeedInput)) };
        let output = self.evaluator.evaluate(&self.expr, &piece).map_err(|e| self.name_row(e, &piece)).map(|column| {
            let mut columns = piece.columns().to_vec();
            columns.push(column);
            Step::Output(piece.with_columns(columns))
        });
        Poll::Ready(output)
    }
}

impl Task {
    /// The error with the text that tells the failing row from others (a file's path, a name), where it has one.
    fn name_row(&self, error: Error, piece: &Chunk) -> Error {
        if matches!(error.kind(), ErrorKind::Cancelled | ErrorKind::Memory | ErrorKind::Internal) {
            return error;
        }
        // A step is small, so the row is found by asking each by itself.
        let fails = |row: &usize| self.evaluator.evaluate(&self.expr, &piece.slice(*row, 1)).is_err();
        let row = (0..piece.physical_rows()).find(fails);
        let told = row.and_then(|row| piece.columns().iter().find_map(|column| row_text(column, row)));
        match told {
            Some(text) => error.with_context(format!("in the row of `{text}`")),
            None => error,
        }
    }
}

/// A short text of a row. What follows a `?` may be the signature of a URL, and so a secret.
fn row_text(column: &Series, row: usize) -> Option<String> {
    let Value::String(text) = column.value(row).ok()? else { return None };
    let shown = text.split('?').next().unwrap_or_default();
    let short = !shown.is_empty() && shown.chars().count() <= MAX_ROW_TEXT;
    short.then(|| shown.to_owned())
}
