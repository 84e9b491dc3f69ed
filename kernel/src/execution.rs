//! Cells one after another, on a thread of their own.

use crate::backend::{Cell, CellIo, ErrorReport, Outcome};
use crate::cell_io::JupyterIo;
use crate::kernel::Shared;
use crate::requests::{Origin, guard};
use crate::sockets::iopub::Output;
use crate::wire::content::ExecuteRequest;
use parking_lot::{Condvar, Mutex};
use serde_json::{Map, Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use weft_core::CancelToken;

/// After an error (not an interrupt: that is a user's, and late), cells that the client sent in the same breath may still be on their way; they
/// are waited for this long, so that they are aborted too.
const GRACE: Duration = Duration::from_millis(20);

/// A cell that waits for its turn.
pub(crate) struct Job {
    pub(crate) origin: Origin,
    pub(crate) request: ExecuteRequest,
    pub(crate) cancel: CancelToken,
}

/// The queue of cells and the one that runs.
#[derive(Default)]
pub(crate) struct Execution {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    running: Option<CancelToken>,
    /// Cells at the head of the queue that an error before them aborts.
    aborted: usize,
    /// Number of the last cell that counted.
    count: usize,
    stopped: bool,
}

impl Execution {
    /// Queues a cell.
    pub(crate) fn push(&self, job: Job) {
        self.state.lock().queue.push_back(job);
        self.changed.notify_all();
    }

    /// Cancels the cell that runs, or else the one that is about to.
    pub(crate) fn interrupt(&self) {
        let state = self.state.lock();
        let next = || state.queue.front().map(|job| &job.cancel);
        if let Some(cancel) = state.running.as_ref().or_else(next) {
            cancel.cancel();
        }
    }

    /// Number of the last cell that counted.
    pub(crate) fn count(&self) -> usize {
        self.state.lock().count
    }

    /// Cancels everything, lets nothing start any more, and waits up to `patience` for the
    /// running cell to answer.
    pub(crate) fn stop(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let mut state = self.state.lock();
        state.stopped = true;
        if let Some(cancel) = &state.running {
            cancel.cancel();
        }
        self.changed.notify_all();
        while state.running.is_some() {
            if self.changed.wait_until(&mut state, deadline).timed_out() {
                return;
            }
        }
    }

    /// The next cell and whether an error before it aborts it; none when stopped.
    fn next(&self) -> Option<(Job, bool)> {
        let mut state = self.state.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(job) = state.queue.pop_front() {
                let aborted = state.aborted > 0;
                state.aborted = state.aborted.saturating_sub(1);
                state.running = Some(job.cancel.clone());
                return Some((job, aborted));
            }
            self.changed.wait(&mut state);
        }
    }

    fn finished(&self) {
        self.state.lock().running = None;
        self.changed.notify_all();
    }

    /// The number of a cell that starts now.
    fn number(&self, counts: bool) -> usize {
        let mut state = self.state.lock();
        if counts {
            state.count += 1;
        }
        state.count
    }

    /// Aborts the cells that wait now.
    fn abort_queued(&self) {
        let mut state = self.state.lock();
        state.aborted = state.queue.len();
    }
}

/// Runs cells until the kernel stops.
pub(crate) fn run(shared: &Arc<Shared>) {
    while let Some((job, aborted)) = shared.execution.next() {
        shared.busy(&job.origin);
        let answer = || Ok(if aborted { abort(shared) } else { execute(shared, &job) });
        // The backend is guarded where it is called; this is for defects around it.
        let content = guard(answer).unwrap_or_else(|report| error_content(&report));
        shared.reply(&job.origin, "execute_reply", &content);
        shared.idle(&job.origin);
        shared.execution.finished();
    }
}

fn abort(shared: &Shared) -> Value {
    json!({
        "status": "aborted",
        "execution_count": shared.execution.count(),
        "payload": [],
        "user_expressions": {},
    })
}

/// Runs one cell, publishes what it leaves, and returns the content of the reply.
fn execute(shared: &Arc<Shared>, job: &Job) -> Value {
    let request = &job.request;
    let stores = request.stores_history();
    let cell = Cell { code: request.code.clone(), execution_count: shared.execution.number(stores), silent: request.silent };
    let io = Arc::new(cell_io(shared, job));
    let input = json!({"code": cell.code, "execution_count": cell.execution_count});
    io.publish("execute_input", &input);
    let outcome = guard(|| {
        if job.cancel.is_cancelled() {
            return Err(ErrorReport::interrupted());
        }
        let io: Arc<dyn CellIo> = Arc::<JupyterIo>::clone(&io);
        shared.backend.execute(&cell, &io, &job.cancel)
    });
    let text = outcome.as_ref().ok().and_then(|outcome| outcome.result.as_ref()?.text());
    if stores {
        shared.history.append(cell.execution_count, &cell.code, text);
    }
    match outcome {
        Ok(outcome) => succeed(shared, job, &io, &cell, &outcome),
        Err(report) => fail(shared, job, &io, &cell, &report),
    }
}

fn cell_io(shared: &Shared, job: &Job) -> JupyterIo {
    let request = &job.request;
    JupyterIo {
        iopub: shared.iopub.clone(),
        stdin: Arc::clone(&shared.stdin),
        identity: job.origin.identity.clone(),
        output: Output {
            parent: job.origin.parent.clone(),
            // Only clients with a user allow questions, and only theirs pass a notebook server.
            paced: request.allow_stdin,
            cancel: job.cancel.clone(),
        },
        silent: request.silent,
        allow_stdin: request.allow_stdin,
        progress: shared.config.progress,
        payload: Mutex::default(),
    }
}

fn succeed(shared: &Shared, job: &Job, io: &JupyterIo, cell: &Cell, outcome: &Outcome) -> Value {
    if let Some(result) = &outcome.result {
        let mut content = result.to_display(None);
        content["execution_count"] = json!(cell.execution_count);
        io.publish("execute_result", &content);
    }
    let expressions = job.request.user_expressions.iter().flatten();
    let expressions: Map<String, Value> = expressions
        .map(|(name, text)| {
            let value = guard(|| shared.backend.evaluate(text, &job.cancel));
            (name.clone(), expression(value))
        })
        .collect();
    json!({
        "status": "ok",
        "execution_count": cell.execution_count,
        "payload": *io.payload.lock(),
        "user_expressions": expressions,
    })
}

fn expression(value: Result<crate::mime::MimeBundle, ErrorReport>) -> Value {
    match value {
        Ok(value) => json!({"status": "ok", "data": value.data, "metadata": value.metadata}),
        Err(report) => error_content(&report),
    }
}

fn fail(shared: &Shared, job: &Job, io: &JupyterIo, cell: &Cell, report: &ErrorReport) -> Value {
    let shown = json!({
        "ename": report.ename, "evalue": report.evalue, "traceback": report.traceback,
    });
    io.publish("error", &shown);
    if job.request.stop_on_error {
        if !job.cancel.is_cancelled() {
            std::thread::sleep(GRACE);
        }
        shared.execution.abort_queued();
    }
    let mut content = error_content(report);
    content["execution_count"] = json!(cell.execution_count);
    content["payload"] = json!(*io.payload.lock());
    content["user_expressions"] = json!({});
    content
}

/// A reply that reports an error.
pub(crate) fn error_content(report: &ErrorReport) -> Value {
    json!({
        "status": "error",
        "ename": report.ename,
        "evalue": report.evalue,
        "traceback": report.traceback,
    })
}
