//! Progress of a running cell: one display, at most ten updates a second, nothing for short work.

use crate::backend::CellIo;
use crate::mime::MimeBundle;
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);
/// Least time between two updates.
const PERIOD: Duration = Duration::from_millis(100);

/// A progress display. Updating it is cheap when there is nothing to show, and may be done from
/// any thread.
pub struct Progress {
    io: Arc<dyn CellIo>,
    display_id: String,
    visible: bool,
    state: Mutex<State>,
}

struct State {
    started: Instant,
    /// When the last update was shown; none before the first.
    shown: Option<Instant>,
    finished: bool,
}

impl Progress {
    /// Progress of a cell that starts now. Nothing is shown yet.
    pub fn new(io: Arc<dyn CellIo>) -> Self {
        let visible = io.shows_progress();
        let display_id = format!("weft-progress-{}", uuid::Uuid::new_v4().simple());
        let state = State { started: Instant::now(), shown: None, finished: false };
        Self { io, display_id, visible, state: Mutex::new(state) }
    }

    /// Shows `render()` if it is time; it is called only then.
    pub fn update(&self, render: impl FnOnce() -> MimeBundle) {
        if !self.visible {
            return;
        }
        let mut state = self.state.lock();
        let now = Instant::now();
        let due = match state.shown {
            None => now.duration_since(state.started) >= PATIENCE,
            Some(shown) => now.duration_since(shown) >= PERIOD,
        };
        if !due || state.finished {
            return;
        }
        if state.shown.replace(now).is_none() {
            self.io.display(&render(), Some(&self.display_id));
        } else {
            self.io.update_display(&render(), &self.display_id);
        }
    }

    /// Ends the display: shows `last` in its place, or removes it. Nothing happens if nothing was
    /// shown.
    pub fn finish(&self, last: Option<MimeBundle>) {
        let mut state = self.state.lock();
        if state.shown.is_some() && !state.finished {
            let bundle = last.unwrap_or_else(|| MimeBundle::plain("").with("text/html", ""));
            self.io.update_display(&bundle, &self.display_id);
        }
        state.finished = true;
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish(None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{InputError, Stdio};

    #[derive(Default)]
    struct Log {
        lines: Mutex<Vec<String>>,
        hidden: bool,
    }

    impl CellIo for Log {
        fn stream(&self, _: Stdio, _: &str) {}
        fn display(&self, bundle: &MimeBundle, id: Option<&str>) {
            assert!(id.is_some());
            self.lines.lock().push(format!("show {}", bundle.text().unwrap()));
        }
        fn update_display(&self, bundle: &MimeBundle, _: &str) {
            self.lines.lock().push(format!("update {}", bundle.text().unwrap()));
        }
        fn clear_output(&self, _: bool) {}
        fn input(&self, _: &str, _: bool) -> Result<String, InputError> {
            Err(InputError::NotAllowed)
        }
        fn page(&self, _: &MimeBundle) {}
        fn replace_cell(&self, _: &str) {}
        fn shows_progress(&self) -> bool {
            !self.hidden
        }
    }

    fn run(log: &Arc<Log>, work: Duration) {
        let progress = Progress::new(Arc::<Log>::clone(log));
        let start = Instant::now();
        while start.elapsed() < work {
            progress.update(|| MimeBundle::plain("working"));
            std::thread::sleep(Duration::from_millis(2));
        }
        progress.finish(Some(MimeBundle::plain("done")));
    }

    #[test]
    fn short_work_shows_nothing() {
        let log = Arc::new(Log::default());
        run(&log, Duration::from_millis(100));
        assert!(log.lines.lock().is_empty());
    }

    #[test]
    fn long_work_shows_ten_a_second_and_its_end() {
        let log = Arc::new(Log::default());
        run(&log, Duration::from_millis(800));
        let lines = log.lines.lock();
        assert_eq!(lines.first().unwrap(), "show working");
        assert_eq!(lines.last().unwrap(), "update done");
        // From 300 to 800 ms: at most six, and on a slow machine fewer.
        assert!((3..=8).contains(&lines.len()), "{lines:?}");
    }

    #[test]
    fn nobody_watching_means_silence() {
        let log = Arc::new(Log { hidden: true, ..Log::default() });
        run(&log, Duration::from_millis(400));
        assert!(log.lines.lock().is_empty());
    }
}
