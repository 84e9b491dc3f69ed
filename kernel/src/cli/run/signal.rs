//! SIGINT cancels the cell that runs; a second one ends the program.

use weft_core::CancelToken;

/// Listens from now on, on a thread of its own. Without one, SIGINT ends the program as usual.
pub(super) fn on_interrupt(cancel: &CancelToken) {
    let cancel = cancel.clone();
    let listen = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let Ok(runtime) = runtime else { return };
        runtime.block_on(async {
            while tokio::signal::ctrl_c().await.is_ok() {
                if cancel.is_cancelled() {
                    std::process::exit(i32::from(super::INTERRUPTED));
                }
                cancel.cancel();
            }
        });
    };
    let _ = std::thread::Builder::new().name("signals".to_owned()).spawn(listen);
}
