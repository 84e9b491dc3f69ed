//! Keeps output within what a notebook server lets through.
//!
//! `jupyter_server` drops output above 1,000 messages a second or 1 MB of streams a second, both
//! averaged over three seconds. Waiting a little is better than losing lines.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The server's window and a margin for its own clock.
const WINDOW: Duration = Duration::from_millis(3200);
/// Bytes of stream messages in a window.
const MAX_BYTES: usize = 2_700_000;
/// Messages in a window.
const MAX_MESSAGES: usize = 2_700;

/// What was sent within the last window.
#[derive(Default)]
pub(super) struct Pace {
    sent: VecDeque<(Instant, usize)>,
    bytes: usize,
}

impl Pace {
    /// How long to wait before sending another `bytes` at `now`; zero if they may go.
    pub(super) fn wait(&mut self, now: Instant, bytes: usize) -> Duration {
        while let Some(&(at, size)) = self.sent.front() {
            if now.duration_since(at) < WINDOW {
                break;
            }
            self.bytes -= size;
            self.sent.pop_front();
        }
        let Some(&(oldest, _)) = self.sent.front() else {
            return Duration::ZERO;
        };
        let fits = self.sent.len() < MAX_MESSAGES && self.bytes + bytes <= MAX_BYTES;
        if fits { Duration::ZERO } else { WINDOW.saturating_sub(now.duration_since(oldest)) }
    }

    /// Records a message sent at `now` that counts for `bytes`.
    pub(super) fn sent(&mut self, now: Instant, bytes: usize) {
        self.sent.push_back((now, bytes));
        self.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_window_holds_more_than_the_limit() {
        let mut pace = Pace::default();
        let mut now = Instant::now();
        let mut log: Vec<(Instant, usize)> = Vec::new();
        for _ in 0..200 {
            now += pace.wait(now, 64 << 10);
            pace.sent(now, 64 << 10);
            log.push((now, 64 << 10));
        }
        for &(start, _) in &log {
            let within = |at: Instant| at >= start && at < start + Duration::from_secs(3);
            let bytes: usize = log.iter().filter(|(at, _)| within(*at)).map(|(_, size)| size).sum();
            assert!(bytes <= 3_000_000, "{bytes}");
        }
        // 13 MB in windows of 2.7 MB: four waits, not more.
        let took = now - log[0].0;
        assert!(took >= WINDOW * 4 && took < WINDOW * 5, "{took:?}");
    }

    #[test]
    fn few_messages_never_wait() {
        let mut pace = Pace::default();
        let now = Instant::now();
        for _ in 0..1000 {
            assert_eq!(pace.wait(now, 100), Duration::ZERO);
            pace.sent(now, 100);
        }
    }
}
