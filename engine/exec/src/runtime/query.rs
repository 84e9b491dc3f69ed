//! One running query: which pipelines may run, what work there is, how it ends.

use std::collections::{HashMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Weak};
use std::task::{Context, Wake, Waker};

use parking_lot::{Condvar, Mutex, RwLock};
use weft_core::error::{Error, Result};
use weft_core::source::ScanTask;

use super::Pool;
use crate::pipeline::{LocalSink, Pipeline, Shared, TaskEnd, TaskRun, Tasks};

/// Tasks that may be begun and not done for each thread: enough that a waiting one leaves no worker idle.
const IN_FLIGHT_PER_THREAD: usize = 4;

/// A query on its way.
pub(crate) struct QueryRun {
    /// Emptied when the query is over: sinks and join tables hold memory.
    pipelines: RwLock<Arc<[Pipeline]>>,
    shared: Shared,
    threads: usize,
    pool: Weak<Pool>,
    state: Mutex<State>,
    over: Condvar,
    /// Each pipeline's source; held while a task is asked for, which may read a footer.
    sources: Vec<Mutex<SourceState>>,
}

struct State {
    stages: Vec<Stage>,
    /// Pieces of work that workers are at.
    active: usize,
    failure: Option<Error>,
    over: bool,
}

#[derive(Default)]
struct Stage {
    phase: Phase,
    /// Tasks that waited and may go on.
    ready: VecDeque<Box<TaskRun>>,
    /// Tasks that a worker runs or that wait, by the number of that run.
    runs: HashMap<u64, Run>,
    next_run: u64,
    /// Tasks begun and not done.
    in_flight: usize,
    /// Workers asking the source.
    asking: usize,
    /// The next branch begins only when no task is in flight.
    held_up: bool,
    /// Sink states that no worker uses now.
    locals: Vec<Box<dyn LocalSink>>,
    parts: usize,
    next_part: usize,
    parts_done: usize,
}

/// A task that was begun: whether a worker has it, and whether it may go on.
enum Run {
    Running { woken: bool },
    Parked(Box<TaskRun>),
}

#[derive(Default, Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    /// Other pipelines must end first.
    #[default]
    Waiting,
    /// Tasks are made and run.
    Running,
    /// The source has ended; tasks still run.
    Draining,
    /// All tasks, or all parts of a round, are done; the sink is being sealed or says what the next round is.
    Sealing,
    /// The sink's parts are being done.
    Finishing,
    Done,
}

#[derive(Default)]
struct SourceState {
    branch: usize,
    tasks: Option<Box<dyn Tasks>>,
    next_number: u64,
}

/// What a pipeline's sources have next.
enum Next {
    Task(Box<TaskRun>),
    /// A branch that waits for the tasks in flight.
    HeldUp,
    End,
}

/// A piece of work that a worker took.
pub(crate) enum Work {
    Begin(usize),
    Resume(usize, Box<TaskRun>),
    Seal(usize),
    Part(usize, usize),
}

impl QueryRun {
    pub(crate) fn new(pipelines: Vec<Pipeline>, shared: Shared, pool: Weak<Pool>) -> Arc<Self> {
        let threads = shared.settings.threads();
        let stages = pipelines.iter().map(|_| Stage::default()).collect();
        let sources = pipelines.iter().map(|_| Mutex::new(SourceState::default())).collect();
        let state = Mutex::new(State { stages, active: 0, failure: None, over: pipelines.is_empty() });
        let pipelines = RwLock::new(pipelines.into());
        let query = QueryRun { pipelines, shared, threads, pool, state, over: Condvar::new(), sources };
        query.advance(&mut query.state.lock());
        Arc::new(query)
    }

    /// Waits for the end.
    pub(crate) fn wait(&self) -> Result<()> {
        let mut state = self.state.lock();
        while !state.over {
            self.over.wait(&mut state);
        }
        state.failure.clone().map_or(Ok(()), Err)
    }

    /// Waits for the end or until `timeout` has passed; whether it ended.
    pub(crate) fn wait_for(&self, timeout: std::time::Duration) -> bool {
        let mut state = self.state.lock();
        if !state.over {
            self.over.wait_for(&mut state, timeout);
        }
        state.over
    }

    /// Asks the query to stop and wakes whoever could notice.
    pub(crate) fn cancel(&self) {
        self.shared.cancel().cancel();
        let mut state = self.state.lock();
        self.end_if_stopped(&mut state);
        drop(state);
        self.notify();
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state.lock().over
    }

    pub(crate) fn has_work(&self) -> bool {
        let mut state = self.state.lock();
        if self.end_if_stopped(&mut state) {
            return false;
        }
        state.active < self.threads && (0..state.stages.len()).any(|i| self.stage_has_work(&state.stages[i], i))
    }

    fn stage_has_work(&self, stage: &Stage, index: usize) -> bool {
        match stage.phase {
            Phase::Waiting | Phase::Done => false,
            Phase::Running => !stage.ready.is_empty() || self.may_begin(stage, index) || self.sink_is_full(index),
            Phase::Draining => !stage.ready.is_empty() || stage.in_flight == 0 && stage.asking == 0,
            Phase::Sealing => false,
            Phase::Finishing => stage.next_part < stage.parts,
        }
    }

    fn may_begin(&self, stage: &Stage, index: usize) -> bool {
        // One worker asks at a time: the others would only queue for the source's lock.
        stage.asking == 0
            && !(stage.held_up && stage.in_flight > 0)
            && stage.in_flight < self.threads * IN_FLIGHT_PER_THREAD
            && self.pipelines().get(index).is_some_and(|p| !p.sink.is_finished() && p.sink.wants_tasks())
    }

    fn sink_is_full(&self, index: usize) -> bool {
        self.pipelines().get(index).is_some_and(|p| p.sink.is_finished())
    }

    /// Takes a piece of work, later pipelines first: they drain what earlier ones filled.
    pub(crate) fn take_work(&self) -> Option<Work> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        if self.end_if_stopped(state) || state.active >= self.threads {
            return None;
        }
        let index = (0..state.stages.len()).rev().find(|&i| self.stage_has_work(&state.stages[i], i))?;
        let may_begin = self.may_begin(&state.stages[index], index);
        let stage = &mut state.stages[index];
        let work = match stage.phase {
            Phase::Running | Phase::Draining if !stage.ready.is_empty() => Work::Resume(index, stage.ready.pop_front()?),
            Phase::Running if self.sink_is_full(index) => {
                stage.phase = Phase::Draining;
                // Tasks that wait have nothing left to wait for.
                let given_up = stage.runs.len();
                stage.runs.retain(|_, run| matches!(run, Run::Running { .. }));
                stage.in_flight -= given_up - stage.runs.len();
                return None;
            }
            Phase::Running if may_begin => {
                stage.asking += 1;
                Work::Begin(index)
            }
            Phase::Draining => {
                stage.phase = Phase::Sealing;
                Work::Seal(index)
            }
            Phase::Finishing => {
                stage.next_part += 1;
                Work::Part(index, stage.next_part - 1)
            }
            _ => return None,
        };
        state.active += 1;
        Some(work)
    }

    /// Does a piece of work. No panic leaves here: it becomes the query's error.
    pub(crate) fn run(self: &Arc<Self>, work: Work) {
        let result = catch_unwind(AssertUnwindSafe(|| match work {
            Work::Begin(index) => self.begin(index),
            Work::Resume(index, task) => self.run_task(index, task),
            Work::Seal(index) => self.seal(index),
            Work::Part(index, part) => self.finish_part(index, part),
        }));
        let result = result.unwrap_or_else(|panic| Err(panic_error(&*panic)));
        let mut state = self.state.lock();
        state.active -= 1;
        if let Err(error) = result {
            // The first failure is the one to show; what others say after it is only that they were stopped.
            state.failure.get_or_insert(error);
        }
        if !self.end_if_stopped(&mut state) {
            self.advance(&mut state);
        }
    }

    /// Ends the query once it failed or was interrupted and no worker is at it any more.
    fn end_if_stopped(&self, state: &mut State) -> bool {
        if state.over {
            return true;
        }
        if state.failure.is_none() && self.shared.cancel().is_cancelled() {
            state.failure = Some(Error::cancelled());
        }
        if state.failure.is_none() {
            return false;
        }
        if state.active == 0 {
            // Dropping them frees memory and files before anybody hears of the end.
            for stage in &mut state.stages {
                *stage = Stage { phase: Phase::Done, ..Stage::default() };
            }
            self.release();
            state.over = true;
            self.over.notify_all();
        }
        true
    }

    /// The pipelines while the query runs; none when it is over.
    fn pipelines(&self) -> Arc<[Pipeline]> {
        Arc::clone(&self.pipelines.read())
    }

    /// Drops what pipelines and sources hold, for workers and wakers may know the query for a while longer.
    /// Called with the state locked and no worker at work.
    fn release(&self) {
        *self.pipelines.write() = Arc::new([]);
        for source in &self.sources {
            *source.lock() = SourceState::default();
        }
    }

    /// Lets pipelines begin whose inputs are done, and ends the query when all are.
    fn advance(&self, state: &mut State) {
        let pipelines = self.pipelines();
        for (index, pipeline) in pipelines.iter().enumerate() {
            let ready = pipeline.needs.iter().all(|&n| state.stages[n].phase == Phase::Done);
            if state.stages[index].phase == Phase::Waiting && ready {
                state.stages[index].phase = Phase::Running;
            }
        }
        drop(pipelines);
        if state.stages.iter().all(|s| s.phase == Phase::Done) {
            self.release();
            state.over = true;
            self.over.notify_all();
        }
    }

    fn begin(self: &Arc<Self>, index: usize) -> Result<()> {
        let in_flight = self.state.lock().stages[index].in_flight;
        let next = self.next_task(index, in_flight);
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        stage.asking -= 1;
        let next = next?;
        stage.held_up = matches!(next, Next::HeldUp);
        let task = match next {
            Next::Task(task) => task,
            Next::HeldUp => return Ok(()),
            Next::End => {
                if stage.phase == Phase::Running {
                    stage.phase = Phase::Draining;
                }
                return Ok(());
            }
        };
        stage.in_flight += 1;
        drop(state);
        self.shared.metrics.tasks_begun.add(1);
        self.notify();
        self.run_task(index, task)
    }

    /// The next task, given that at most `in_flight` others are not done.
    fn next_task(&self, index: usize, in_flight: usize) -> Result<Next> {
        let pipelines = self.pipelines();
        let pipeline = &pipelines[index];
        let mut source = self.sources[index].lock();
        while let Some(branch) = pipeline.branches.get(source.branch) {
            self.shared.cancel().check()?;
            if branch.after_earlier && source.tasks.is_none() && in_flight > 0 {
                return Ok(Next::HeldUp);
            }
            let tasks = match &mut source.tasks {
                Some(tasks) => tasks,
                none => {
                    let tasks = none.insert(branch.source.open()?);
                    self.shared.metrics.tasks_expected.add(tasks.size_hint().unwrap_or(0) as u64);
                    tasks
                }
            };
            if let Some(task) = tasks.next()? {
                let task: Box<dyn ScanTask> = task;
                let number = source.next_number;
                source.next_number += 1;
                return Ok(Next::Task(Box::new(TaskRun::new(number, task, branch)?)));
            }
            source.tasks = None;
            source.branch += 1;
        }
        Ok(Next::End)
    }

    fn run_task(self: &Arc<Self>, index: usize, mut task: Box<TaskRun>) -> Result<()> {
        let pipelines = self.pipelines();
        let sink = &pipelines[index].sink;
        let idle = self.state.lock().stages[index].locals.pop();
        let mut local = match idle {
            Some(local) => local,
            None => sink.local()?,
        };
        let run = self.note_run(index);
        let waker = Waker::from(Arc::new(Wakeup { query: Arc::downgrade(self), index, run }));
        let end = task.run(&mut Context::from_waker(&waker), &**sink, &mut *local, self.shared.cancel());
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        stage.locals.push(local);
        match (end?, stage.runs.remove(&run)) {
            (TaskEnd::Done, _) => {
                stage.in_flight -= 1;
                self.shared.metrics.tasks_done.add(1);
            }
            (TaskEnd::Blocked, Some(Run::Running { woken: false })) => {
                stage.runs.insert(run, Run::Parked(task));
            }
            (TaskEnd::Blocked, _) => stage.ready.push_back(task),
        }
        Ok(())
    }

    fn note_run(&self, index: usize) -> u64 {
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        stage.next_run += 1;
        stage.runs.insert(stage.next_run, Run::Running { woken: false });
        stage.next_run
    }

    /// What a parked task waited for has come.
    fn wake(&self, index: usize, run: u64) {
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        match stage.runs.get_mut(&run) {
            Some(Run::Running { woken }) => *woken = true,
            Some(Run::Parked(_)) => {
                if let Some(Run::Parked(task)) = stage.runs.remove(&run) {
                    stage.ready.push_back(task);
                }
            }
            None => {}
        }
        drop(state);
        self.notify();
    }

    fn seal(&self, index: usize) -> Result<()> {
        let locals = std::mem::take(&mut self.state.lock().stages[index].locals);
        let parts = self.pipelines()[index].sink.seal(locals)?;
        self.set_parts(index, parts);
        Ok(())
    }

    /// Lets workers begin a round of `parts` parts, or ends the pipeline where there are none.
    fn set_parts(&self, index: usize, parts: usize) {
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        (stage.parts, stage.next_part, stage.parts_done) = (parts, 0, 0);
        stage.phase = if parts == 0 { Phase::Done } else { Phase::Finishing };
    }

    fn finish_part(&self, index: usize, part: usize) -> Result<()> {
        self.shared.cancel().check()?;
        let pipelines = self.pipelines();
        let sink = &pipelines[index].sink;
        sink.finish_part(part)?;
        let mut state = self.state.lock();
        let stage = &mut state.stages[index];
        stage.parts_done += 1;
        if stage.parts_done < stage.parts {
            return Ok(());
        }
        stage.phase = Phase::Sealing;
        drop(state);
        self.set_parts(index, sink.next_round()?);
        Ok(())
    }

    fn notify(&self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.notify();
        }
    }
}

/// Wakes one run of a task; holds the query weakly, so that a forgotten waker keeps nothing alive.
struct Wakeup {
    query: Weak<QueryRun>,
    index: usize,
    run: u64,
}

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        if let Some(query) = self.query.upgrade() {
            query.wake(self.index, self.run);
        }
    }
}

fn panic_error(panic: &(dyn std::any::Any + Send)) -> Error {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into());
    Error::internal(format!("the engine met a fault of its own: {text}"))
        .with_help("the session is intact; please report the cell and this message")
}
