//! A file that may not grow further is an error of who writes it, not the end of the program.

use tokio::signal::unix::{SignalKind, signal};

/// From now on, writing past a limit on the size of files fails; by default the system ends the program (SIGXFSZ).
pub(super) fn fail_softly() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return };
    let _inside = runtime.enter();
    // A handler that was ever set stays for the life of the process; nobody need listen.
    let _ = signal(SignalKind::from_raw(libc::SIGXFSZ));
}
