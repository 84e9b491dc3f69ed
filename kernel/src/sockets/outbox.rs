//! What is still to be written to one peer: a queue counted in bytes that can be waited for.

use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

/// The queue of one connection. Filled from any thread, emptied by [`Outbox::write_to`].
#[derive(Debug)]
pub struct Outbox {
    state: Mutex<State>,
    /// Something was pushed, or the box was closed.
    filled: Notify,
    /// Bytes went out, or the box was closed.
    moved: Notify,
}

#[derive(Debug)]
struct State {
    queue: VecDeque<Bytes>,
    /// Queued or being written.
    bytes: usize,
    last_progress: Instant,
    closed: bool,
}

impl Default for Outbox {
    fn default() -> Self {
        let state = State { queue: VecDeque::new(), bytes: 0, last_progress: Instant::now(), closed: false };
        Self { state: Mutex::new(state), filled: Notify::new(), moved: Notify::new() }
    }
}

impl Outbox {
    /// Queues `bytes` without waiting, and returns how many bytes wait now. A closed box takes
    /// nothing and answers 0.
    pub fn push(&self, bytes: Bytes) -> usize {
        let mut state = self.state.lock();
        if state.closed {
            return 0;
        }
        if state.bytes == 0 {
            state.last_progress = Instant::now();
        }
        state.bytes += bytes.len();
        state.queue.push_back(bytes);
        let waiting = state.bytes;
        drop(state);
        self.filled.notify_one();
        waiting
    }

    /// Drops what waits and ends the connection's writer.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.queue.clear();
        state.bytes = 0;
        drop(state);
        self.filled.notify_one();
        self.moved.notify_waiters();
    }

    /// Whether the box was closed.
    pub fn is_closed(&self) -> bool {
        self.state.lock().closed
    }

    /// Waits until at most `limit` bytes are left. Returns false if nothing moved for
    /// `patience`: the peer does not read.
    pub async fn wait_below(&self, limit: usize, patience: Duration) -> bool {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            // Registered before looking, so that no wake-up falls in between.
            moved.as_mut().enable();
            let (bytes, since) = {
                let state = self.state.lock();
                (state.bytes, state.last_progress)
            };
            if bytes <= limit {
                return true;
            }
            let Some(left) = patience.checked_sub(since.elapsed()) else {
                return false;
            };
            let _ = tokio::time::timeout(left, moved).await;
        }
    }

    /// Writes what is pushed until the box is closed.
    ///
    /// # Errors
    /// If the connection breaks.
    pub async fn write_to(&self, stream: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        loop {
            let next = self.state.lock().queue.pop_front();
            let Some(mut bytes) = next else {
                stream.flush().await?;
                if self.is_closed() {
                    return Ok(());
                }
                self.filled.notified().await;
                continue;
            };
            while !bytes.is_empty() {
                let written = tokio::select! {
                    written = stream.write(&bytes) => written?,
                    () = self.closed() => return Ok(()),
                };
                if written == 0 {
                    return Err(io::ErrorKind::WriteZero.into());
                }
                let _ = bytes.split_to(written);
                self.progressed(written);
            }
        }
    }

    async fn closed(&self) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.is_closed() {
                return;
            }
            moved.await;
        }
    }

    fn progressed(&self, written: usize) {
        let mut state = self.state.lock();
        state.bytes = state.bytes.saturating_sub(written);
        state.last_progress = Instant::now();
        drop(state);
        self.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use tokio::io::AsyncReadExt;

    fn block_on<F: Future>(future: F) -> F::Output {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn bytes_arrive_in_order_and_the_wait_ends() {
        block_on(async {
            let outbox = Arc::new(Outbox::default());
            let (mut ours, mut theirs) = tokio::io::duplex(4);
            let writer = Arc::clone(&outbox);
            tokio::spawn(async move { writer.write_to(&mut ours).await });
            assert_eq!(outbox.push(Bytes::from_static(b"one ")), 4);
            outbox.push(Bytes::from_static(b"two three"));
            let mut text = [0; 13];
            theirs.read_exact(&mut text).await.unwrap();
            assert_eq!(&text, b"one two three");
            assert!(outbox.wait_below(0, Duration::from_secs(5)).await);
        });
    }

    #[test]
    fn a_peer_that_does_not_read_is_noticed_and_can_be_evicted() {
        block_on(async {
            let outbox = Arc::new(Outbox::default());
            let (mut ours, _theirs) = tokio::io::duplex(4);
            let writer = Arc::clone(&outbox);
            let task = tokio::spawn(async move { writer.write_to(&mut ours).await });
            outbox.push(Bytes::from(vec![0; 100]));
            assert!(!outbox.wait_below(10, Duration::from_millis(30)).await);
            outbox.close();
            task.await.unwrap().unwrap();
            assert_eq!(outbox.push(Bytes::from_static(b"x")), 0);
        });
    }
}
