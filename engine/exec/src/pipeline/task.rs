//! Running one task: its chunks from the source through the operators into a worker's sink state.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use weft_core::chunk::Position;
use weft_core::error::Result;
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, OperatorMetrics};

use super::{Branch, LocalSink, Operator, OperatorTask, Sink, Step};

/// Why a worker stopped running a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskEnd {
    /// Everything has reached the sink, or nothing more is needed.
    Done,
    /// It waits; the waker it was polled with tells when to go on.
    Blocked,
}

struct Stage {
    state: Box<dyn OperatorTask>,
    metrics: Arc<OperatorMetrics>,
    /// Its input has ended and it was told.
    ended: bool,
}

/// A task on its way. Whoever holds the value may run it.
pub(crate) struct TaskRun {
    number: u64,
    next_row: u64,
    source: Option<Arc<OperatorMetrics>>,
    unopened: Option<Box<dyn ScanTask>>,
    reader: Option<Box<dyn ChunkReader>>,
    stages: Vec<Stage>,
    /// The stage to ask next; 0 is the source, `n` is `stages[n - 1]`.
    level: usize,
}

impl TaskRun {
    /// Task `number` of its pipeline, not begun.
    pub(crate) fn new(number: u64, task: Box<dyn ScanTask>, branch: &Branch) -> Result<Self> {
        let stage = |o: &Arc<dyn Operator>| Ok(Stage { state: o.begin(number)?, metrics: Arc::clone(o.metrics()), ended: false });
        let stages = branch.operators.iter().map(stage).collect::<Result<Vec<_>>>()?;
        let level = stages.len();
        let source = branch.source.metrics().cloned();
        Ok(TaskRun { number, next_row: 0, source, unopened: Some(task), reader: None, stages, level })
    }

    /// Runs until the task is done or must wait.
    pub(crate) fn run(
        &mut self,
        cx: &mut Context<'_>,
        sink: &dyn Sink,
        local: &mut dyn LocalSink,
        cancel: &CancelToken,
    ) -> Result<TaskEnd> {
        loop {
            if self.level == 0 {
                cancel.check()?;
                if sink.is_finished() {
                    return self.finish(local);
                }
                match self.read(cx)? {
                    Poll::Pending => return Ok(TaskEnd::Blocked),
                    Poll::Ready(Some(chunk)) => self.pass_on(chunk, sink, local)?,
                    Poll::Ready(None) if self.stages.is_empty() => return self.finish(local),
                    Poll::Ready(None) => self.end_stage(0),
                }
                continue;
            }
            match self.ask(cx)? {
                Poll::Pending => return Ok(TaskEnd::Blocked),
                Poll::Ready(Step::Output(chunk)) => {
                    cancel.check()?;
                    self.pass_on(chunk, sink, local)?;
                    if sink.is_finished() {
                        return self.finish(local);
                    }
                }
                Poll::Ready(Step::NeedInput) if !self.stages[self.level - 1].ended => self.level -= 1,
                Poll::Ready(Step::NeedInput) if self.level == self.stages.len() => return self.finish(local),
                Poll::Ready(Step::NeedInput) => self.end_stage(self.level),
            }
        }
    }

    fn finish(&mut self, local: &mut dyn LocalSink) -> Result<TaskEnd> {
        self.reader = None;
        local.end_task(self.number)?;
        Ok(TaskEnd::Done)
    }

    /// Tells stage `index` that its input has ended, and asks it next.
    fn end_stage(&mut self, index: usize) {
        let stage = &mut self.stages[index];
        stage.ended = true;
        stage.state.end();
        self.level = index + 1;
    }

    fn read(&mut self, cx: &mut Context<'_>) -> Result<Poll<Option<Chunk>>> {
        let start = Instant::now();
        let reader = match (&mut self.reader, self.unopened.take()) {
            (Some(reader), _) => reader,
            (none, Some(task)) => none.insert(task.open()?),
            (None, None) => return Ok(Poll::Ready(None)),
        };
        match reader.poll_next(cx) {
            Poll::Pending => Ok(Poll::Pending),
            Poll::Ready(chunk) => {
                let chunk = chunk?;
                if let Some(metrics) = &self.source {
                    metrics.nanos.add(start.elapsed().as_nanos() as u64);
                    metrics.rows_out.add(chunk.as_ref().map_or(0, |c| c.rows() as u64));
                }
                Ok(Poll::Ready(chunk))
            }
        }
    }

    fn ask(&mut self, cx: &mut Context<'_>) -> Result<Poll<Step>> {
        let stage = &mut self.stages[self.level - 1];
        let start = Instant::now();
        let step = stage.state.poll(cx);
        stage.metrics.nanos.add(start.elapsed().as_nanos() as u64);
        match step {
            Poll::Pending => Ok(Poll::Pending),
            Poll::Ready(step) => {
                let step = step?;
                if let Step::Output(chunk) = &step {
                    stage.metrics.rows_out.add(chunk.rows() as u64);
                }
                Ok(Poll::Ready(step))
            }
        }
    }

    /// Hands a chunk from the current level to the next, or numbered to the sink, and asks the deepest stage next.
    fn pass_on(&mut self, mut chunk: Chunk, sink: &dyn Sink, local: &mut dyn LocalSink) -> Result<()> {
        if let Some(stage) = self.stages.get_mut(self.level) {
            stage.metrics.rows_in.add(chunk.rows() as u64);
            stage.state.push(chunk)?;
            self.level += 1;
            return Ok(());
        }
        chunk.position = Position { task: self.number, row: self.next_row };
        self.next_row += chunk.physical_rows() as u64;
        sink.metrics().rows_in.add(chunk.rows() as u64);
        let start = Instant::now();
        local.push(chunk)?;
        sink.metrics().nanos.add(start.elapsed().as_nanos() as u64);
        self.level = self.stages.len();
        Ok(())
    }
}
