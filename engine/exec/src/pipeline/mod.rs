//! What a pipeline is made of: a source of tasks, operators that a task's chunks pass through, a sink.
//!
//! A task is run by one worker at a time and its whole state is a value ([`TaskRun`]), so that a worker leaves a task
//! that waits and takes another. Chunks of a task reach the sink in order; the driver numbers their rows.

mod task;

use std::any::Any;
use std::sync::Arc;
use std::task::{Context, Poll};

use weft_core::error::Result;
use weft_core::source::{ChunkReader, ScanTask};
use weft_core::{CancelToken, Chunk, OperatorMetrics};

pub(crate) use task::{TaskEnd, TaskRun};

/// Where a pipeline's tasks come from, in order.
pub(crate) trait Source: Send + Sync {
    /// Begins: called once, when all pipelines that it depends on are done.
    fn open(&self) -> Result<Box<dyn Tasks>>;

    /// The same with tasks and chunks of at most `rows` rows, where the source can make them smaller.
    fn with_task_rows(&self, rows: usize) -> Option<Arc<dyn Source>>;

    /// The counters, where it has some of its own.
    fn metrics(&self) -> Option<&Arc<OperatorMetrics>> {
        None
    }
}

/// The tasks of a source. Asked by one worker at a time.
pub(crate) trait Tasks: Send {
    /// The next task in order, or nothing at the end.
    fn next(&mut self) -> Result<Option<Box<dyn ScanTask>>>;

    /// How many tasks there will be in all, where known.
    fn size_hint(&self) -> Option<usize> {
        None
    }
}

/// A step that chunks pass through. Shared by all tasks; what a task needs of its own is in [`OperatorTask`].
pub(crate) trait Operator: Send + Sync {
    /// The state for the task numbered `task`; later tasks come later in the order.
    fn begin(&self, task: u64) -> Result<Box<dyn OperatorTask>>;

    /// The counters.
    fn metrics(&self) -> &Arc<OperatorMetrics>;

    /// Most rows of a task that this operator can use well; heavy ones want small tasks, so that all workers share them.
    fn task_rows(&self) -> Option<usize> {
        None
    }
}

/// An operator's state for one task.
pub(crate) trait OperatorTask: Send {
    /// Takes a chunk. Only called after [`Step::NeedInput`].
    fn push(&mut self, chunk: Chunk) -> Result<()>;

    /// What is next.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<Step>>;

    /// There is no more input: what was held back comes with the next polls.
    fn end(&mut self) {}
}

/// An operator's answer.
pub(crate) enum Step {
    /// A chunk of at least one row.
    Output(Chunk),
    /// Everything for the input so far has been put out.
    NeedInput,
}

/// Where a pipeline ends.
pub(crate) trait Sink: Send + Sync {
    /// A state for one worker.
    fn local(&self) -> Result<Box<dyn LocalSink>>;

    /// Whether no more input is needed: running tasks stop at the next chunk, the source makes no more.
    fn is_finished(&self) -> bool {
        false
    }

    /// Whether tasks later than those that have begun could be of use. Once not, never again; and when all begun tasks
    /// are done then, [`is_finished`](Self::is_finished) holds.
    fn wants_tasks(&self) -> bool {
        true
    }

    /// All input has come: takes over the workers' states and says in how many parts the rest can be done at once.
    fn seal(&self, locals: Vec<Box<dyn LocalSink>>) -> Result<usize>;

    /// Does part `part` of the rest.
    fn finish_part(&self, _part: usize) -> Result<()> {
        Ok(())
    }

    /// All parts are done: in how many parts, numbered from 0 again, more can be done at once now. For work in rounds that
    /// build on each other, like merges in several passes.
    fn next_round(&self) -> Result<usize> {
        Ok(0)
    }

    /// The counters.
    fn metrics(&self) -> &Arc<OperatorMetrics>;
}

/// A sink's state for one worker.
pub(crate) trait LocalSink: Send {
    /// Takes a chunk; its position tells where its rows stand in the order.
    fn push(&mut self, chunk: Chunk) -> Result<()>;

    /// Writes to disk what it can, because others need the memory more.
    fn give_way(&mut self) -> Result<()> {
        Ok(())
    }

    /// The task numbered `task` has put out all its chunks.
    fn end_task(&mut self, _task: u64) -> Result<()> {
        Ok(())
    }

    /// For [`Sink::seal`].
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A source with the operators that only its tasks pass through: a pipeline has several after a union.
pub(crate) struct Branch {
    pub(crate) source: Arc<dyn Source>,
    pub(crate) operators: Vec<Arc<dyn Operator>>,
    /// It begins when all tasks of the branches before it are done: what those did to a join's table, it reads.
    pub(crate) after_earlier: bool,
}

/// One pipeline of a query.
pub(crate) struct Pipeline {
    /// Tasks of earlier branches come before those of later ones.
    pub(crate) branches: Vec<Branch>,
    /// Where all of it ends.
    pub(crate) sink: Arc<dyn Sink>,
    /// Positions of the pipelines that must be done before this one begins.
    pub(crate) needs: Vec<usize>,
}

/// Chunks that are there already, as a task.
pub(crate) struct ReadyChunks(pub(crate) std::collections::VecDeque<Chunk>);

impl ScanTask for ReadyChunks {
    fn open(self: Box<Self>) -> Result<Box<dyn ChunkReader>> {
        Ok(self)
    }
}

impl ChunkReader for ReadyChunks {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Result<Option<Chunk>>> {
        Poll::Ready(Ok(self.0.pop_front()))
    }
}

/// Takes a sink's own local state back out of the box.
pub(crate) fn downcast<T: 'static>(locals: Vec<Box<dyn LocalSink>>) -> Result<Vec<T>> {
    let own = |local: Box<dyn LocalSink>| match local.into_any().downcast::<T>() {
        Ok(own) => Ok(*own),
        Err(_) => Err(weft_core::Error::internal("a sink was given another sink's state")),
    };
    locals.into_iter().map(own).collect()
}

/// What every part of a running query shares.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) settings: Arc<weft_core::Settings>,
    pub(crate) pool: Arc<weft_core::MemoryPool>,
    pub(crate) spill: Arc<weft_core::SpillManager>,
    pub(crate) query: weft_core::function::QueryContext,
    pub(crate) metrics: Arc<crate::metrics::QueryMetrics>,
}

impl Shared {
    pub(crate) fn cancel(&self) -> &CancelToken {
        &self.query.cancel
    }
}
