//! The worker threads, shared fairly by all queries of a process.

mod query;

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use parking_lot::{Condvar, Mutex};

pub(crate) use query::QueryRun;

/// A fixed pool of worker threads. Queries take turns: each turn is one task or one part of a sink's end.
pub struct Runtime {
    shared: Arc<Pool>,
}

/// What workers and queries share.
pub(crate) struct Pool {
    state: Mutex<State>,
    work: Condvar,
}

struct State {
    queries: VecDeque<Arc<QueryRun>>,
    workers: usize,
    /// Rises with every notice that there may be work, so that a worker which looked in vain does not sleep through one.
    notices: u64,
    closed: bool,
}

impl Runtime {
    /// A pool without threads: they start with the first query that wants them.
    pub fn new() -> Arc<Self> {
        let state = State { queries: VecDeque::new(), workers: 0, notices: 0, closed: false };
        Arc::new(Runtime { shared: Arc::new(Pool { state: Mutex::new(state), work: Condvar::new() }) })
    }

    /// Puts a query to work on at most `threads` threads.
    pub(crate) fn submit(&self, query: Arc<QueryRun>, threads: usize) -> std::io::Result<()> {
        let mut state = self.shared.state.lock();
        while state.workers < threads {
            let pool = Arc::clone(&self.shared);
            let name = format!("weft-worker-{}", state.workers);
            std::thread::Builder::new().name(name).stack_size(8 << 20).spawn(move || pool.work_until_closed())?;
            state.workers += 1;
        }
        state.queries.push_back(query);
        drop(state);
        self.shared.notify();
        Ok(())
    }

    pub(crate) fn pool(&self) -> Weak<Pool> {
        Arc::downgrade(&self.shared)
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        self.shared.state.lock().closed = true;
        self.shared.work.notify_all();
    }
}

impl Pool {
    /// There may be work.
    pub(crate) fn notify(&self) {
        self.state.lock().notices += 1;
        self.work.notify_all();
    }

    fn work_until_closed(&self) {
        loop {
            let Some(query) = self.next_query() else { return };
            if let Some(work) = query.take_work() {
                query.run(work);
                self.notify();
            }
        }
    }

    /// A query with work, the one that waited longest first; sleeps until there is one.
    fn next_query(&self) -> Option<Arc<QueryRun>> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                return None;
            }
            state.queries.retain(|q| !q.is_over());
            let notices = state.notices;
            if let Some(at) = state.queries.iter().position(|q| q.has_work()) {
                let query = state.queries.remove(at)?;
                state.queries.push_back(Arc::clone(&query));
                return Some(query);
            }
            if state.notices == notices {
                self.work.wait(&mut state);
            }
        }
    }
}
