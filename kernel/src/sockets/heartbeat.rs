//! The heartbeat: echoes on a thread of its own, whatever the others do.

use super::listen::Bound;
use super::router::Router;
use std::io;

/// Serves `bound` on a thread of its own until the process ends.
///
/// # Errors
/// If the thread or its runtime cannot be made.
pub fn spawn(bound: Bound) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new()
        .name("heartbeat".to_owned())
        .stack_size(512 << 10)
        .spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = bound.listen() else {
                    return;
                };
                let router = Router::default();
                let (sender, mut inbound) = tokio::sync::mpsc::channel(64);
                tokio::spawn(router.clone().serve(listener, sender));
                while let Some(request) = inbound.recv().await {
                    router.send(request.peer, &request.frames);
                }
            });
        })
        .map(|_| ())
}
