//! Functions that wait for something outside: many at once, without holding a worker, in order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use weft_compute::Evaluator;
use weft_core::error::{Error, Result};
use weft_core::expr::ExprKind;
use weft_core::function::QueryContext;
use weft_core::registry::FunctionRef;
use weft_core::{Chunk, Expr, OperatorMetrics, Origin, Series};

use super::heavy::call_name;
use crate::pipeline::{Operator, OperatorTask, Shared, Step};

/// Rows that one call waits for together: what has come is passed on while the next are on their way.
const CALL_ROWS: usize = 16;
/// Calls of one task under way at once.
const CALLS: usize = 2;
/// Rows of a task, so that tasks that wait and tasks that compute overlap.
const TASK_ROWS: usize = 64;

/// Appends the column of one call whose arguments are cheap.
pub(crate) struct WaitingOperator {
    function: FunctionRef,
    args: Arc<[Expr]>,
    origin: Origin,
    evaluator: Arc<Evaluator>,
    metrics: Arc<OperatorMetrics>,
}

struct Task {
    function: FunctionRef,
    args: Arc<[Expr]>,
    origin: Origin,
    evaluator: Arc<Evaluator>,
    query: QueryContext,
    pieces: VecDeque<Chunk>,
    calls: VecDeque<(Chunk, BoxFuture<'static, Result<Series>>)>,
}

impl WaitingOperator {
    /// `call` names columns by position.
    pub(crate) fn new(shared: &Shared, call: Expr) -> Result<Self> {
        let metrics = shared.metrics.operator(format!("await {}", call_name(&call)));
        let ExprKind::Call { function, args } = call.kind else {
            return Err(Error::internal("only calls can wait"));
        };
        let evaluator = Arc::new(Evaluator::new(shared.query.clone()));
        Ok(WaitingOperator { function, args: args.into(), origin: call.origin, evaluator, metrics })
    }
}

impl Operator for WaitingOperator {
    fn begin(&self, _: u64) -> Result<Box<dyn OperatorTask>> {
        Ok(Box::new(Task {
            function: self.function.clone(),
            args: Arc::clone(&self.args),
            origin: self.origin,
            evaluator: Arc::clone(&self.evaluator),
            query: self.evaluator.query().clone(),
            pieces: VecDeque::new(),
            calls: VecDeque::new(),
        }))
    }

    fn metrics(&self) -> &Arc<OperatorMetrics> {
        &self.metrics
    }

    fn task_rows(&self) -> Option<usize> {
        Some(TASK_ROWS)
    }
}

impl OperatorTask for Task {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        let chunk = chunk.compact()?;
        let rows = chunk.physical_rows();
        self.pieces.extend((0..rows).step_by(CALL_ROWS).map(|from| chunk.slice(from, CALL_ROWS.min(rows - from))));
        Ok(())
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Step>> {
        while self.calls.len() < CALLS {
            let Some(piece) = self.pieces.pop_front() else { break };
            let args = self.args.iter().map(|a| self.evaluator.evaluate(a, &piece)).collect::<Result<Vec<_>>>();
            let args = match args {
                Ok(args) => args,
                Err(error) => return Poll::Ready(Err(error)),
            };
            let call = self.function.call_waiting(args, piece.physical_rows(), self.query.clone());
            self.calls.push_back((piece, call));
        }
        // Polling all of them starts those behind the first, too.
        for (_, call) in self.calls.iter_mut().skip(1) {
            if let Poll::Ready(result) = call.as_mut().poll(cx) {
                *call = Box::pin(std::future::ready(result));
                cx.waker().wake_by_ref();
            }
        }
        let Some((piece, call)) = self.calls.front_mut() else { return Poll::Ready(Ok(Step::NeedInput)) };
        let Poll::Ready(result) = call.as_mut().poll(cx) else { return Poll::Pending };
        let output = result.map_err(|e| e.at(self.origin)).map(|column| {
            let mut columns = piece.columns().to_vec();
            columns.push(column);
            Step::Output(piece.with_columns(columns))
        });
        self.calls.pop_front();
        Poll::Ready(output)
    }
}
