//! Queries of a cell: run, watched, interrupted.

use std::sync::Arc;
use std::time::{Duration, Instant};

use weft_core::Result;
use weft_plan::LogicalPlan;
use weft_session::{Query, QueryResult};

use super::Run;
use crate::display;
use crate::mime::MimeBundle;
use crate::progress::Progress;

/// How often a query is looked at: bounds how late an interrupt reaches it.
const POLL: Duration = Duration::from_millis(10);

impl Run<'_> {
    /// All rows of a plan, progress shown meanwhile.
    pub(super) fn collect(&self, plan: &LogicalPlan) -> Result<QueryResult> {
        let session = &self.interpreter.session;
        let query = session.start(plan, self.cancel)?;
        let wanted = session.settings().progress();
        let progress = wanted.then(|| Progress::new(Arc::clone(self.io)));
        let start = Instant::now();
        while !query.wait_for(POLL) {
            if let Some(progress) = &progress {
                progress.update(|| bar(&query, start));
            }
        }
        query.wait()
    }
}

fn bar(query: &Query, start: Instant) -> MimeBundle {
    let state = query.progress();
    let expected = (state.expected > 0).then_some(state.expected);
    display::progress(&display::Progress { done: state.done, expected, rows: state.rows, elapsed: start.elapsed() })
}
