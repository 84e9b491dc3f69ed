//! The kernel: start-up, the threads, and the way out.
//!
//! | thread | does |
//! |---|---|
//! | `sockets` | all reads and writes of shell, control, stdin and IOPub |
//! | `heartbeat` | echoes |
//! | `shell`, `control` | answer requests, one at a time each |
//! | `execution` | runs cells |
//! | `watchdog` | notices the end of the parent process |

use crate::backend::Backend;
use crate::config::KernelConfig;
use crate::execution::{self, Execution};
use crate::history::History;
use crate::requests::{self, Origin};
use crate::sockets::heartbeat;
use crate::sockets::iopub::IoPub;
use crate::sockets::listen::Bound;
use crate::sockets::router::{self, Router};
use crate::stdin::Stdin;
use crate::watchdog;
use crate::wire::connection::{Channel, Connection};
use crate::wire::{Signer, Stamp};
use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use serde_json::{Value, json};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// How long a running cell may take to notice that the kernel ends.
const LAST_CELL: Duration = Duration::from_millis(500);
/// How long a client may take to read what was still to be written.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long all of that may take.
const LAST_FLUSH: Duration = Duration::from_secs(4);
/// Requests that wait on a channel before its clients are made to wait.
const BACKLOG: usize = 256;

/// Messages that were dropped.
#[derive(Debug, Default)]
pub struct Counters {
    pub(crate) badly_signed: AtomicU64,
    pub(crate) malformed: AtomicU64,
}

impl Counters {
    /// Messages with a signature that is not theirs.
    pub fn badly_signed(&self) -> u64 {
        self.badly_signed.load(Ordering::Relaxed)
    }

    /// Messages without a readable header.
    pub fn malformed(&self) -> u64 {
        self.malformed.load(Ordering::Relaxed)
    }
}

/// The wish to end.
#[derive(Default)]
pub(crate) struct Exit {
    restart: Mutex<Option<bool>>,
    changed: Condvar,
}

impl Exit {
    /// Asks for the end; the first wish counts.
    pub(crate) fn request(&self, restart: bool) {
        self.restart.lock().get_or_insert(restart);
        self.changed.notify_all();
    }

    fn wait(&self) -> bool {
        let mut restart = self.restart.lock();
        loop {
            if let Some(restart) = *restart {
                return restart;
            }
            self.changed.wait(&mut restart);
        }
    }
}

/// What the threads share.
pub(crate) struct Shared {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) config: KernelConfig,
    pub(crate) stamp: Arc<Stamp>,
    pub(crate) iopub: IoPub,
    pub(crate) stdin: Arc<Stdin>,
    pub(crate) execution: Execution,
    pub(crate) history: History,
    pub(crate) counters: Arc<Counters>,
    pub(crate) exit: Exit,
}

impl Shared {
    pub(crate) fn busy(&self, origin: &Origin) {
        self.status("busy", &origin.parent);
    }

    pub(crate) fn idle(&self, origin: &Origin) {
        self.status("idle", &origin.parent);
    }

    fn status(&self, state: &str, parent: &Bytes) {
        let content = json!({"execution_state": state});
        self.iopub.publish("status", parent, &content);
    }

    /// Replies on the socket and the connection that the request came on.
    pub(crate) fn reply(&self, origin: &Origin, msg_type: &str, content: &Value) {
        let prefix = origin.prefix.iter().cloned();
        let frames = self.stamp.message(prefix, msg_type, &origin.parent, content);
        origin.router.send(origin.peer, &frames);
    }
}

/// A kernel that serves its sockets.
pub struct Kernel {
    connection: Connection,
    shared: Arc<Shared>,
    routers: [Router; 3],
    runtime: Runtime,
}

impl Kernel {
    /// Binds the sockets of `connection` and serves `backend` on them. Returns as soon as
    /// requests can be answered; nothing waits for a client.
    ///
    /// # Errors
    /// If an address cannot be bound, the signature scheme is unknown, or a thread cannot start.
    pub fn start(mut connection: Connection, backend: Arc<dyn Backend>, config: KernelConfig) -> io::Result<Self> {
        let info = &connection.0;
        let signer = Signer::new(&info.signature_scheme, info.key.as_bytes())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let stamp = Arc::new(Stamp::new(signer));
        // All of it before anything that could change the working directory.
        let mut bind = |channel| Bound::bind(&mut connection, channel);
        let (shell, control) = (bind(Channel::Shell)?, bind(Channel::Control)?);
        let (stdin, iopub) = (bind(Channel::Stdin)?, bind(Channel::IoPub)?);
        heartbeat::spawn(bind(Channel::Heartbeat)?)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).thread_name("sockets").enable_all().build()?;
        let guard = runtime.enter();
        let iopub = IoPub::spawn(iopub.listen()?, Arc::clone(&stamp));
        let starting = json!({"execution_state": "starting"});
        iopub.publish("status", &Bytes::from_static(b"{}"), &starting);
        let (stdin, answers) = serve(&runtime, stdin)?;
        let (shell, shell_inbox) = serve(&runtime, shell)?;
        let (control, control_inbox) = serve(&runtime, control)?;
        let shared = Arc::new(Shared {
            backend,
            stdin: Arc::new(Stdin::new(stdin.clone(), Arc::clone(&stamp), answers)),
            stamp,
            iopub,
            execution: Execution::default(),
            history: History::new(config.data_dir.clone(), config.history_limit),
            counters: Arc::default(),
            exit: Exit::default(),
            config,
        });
        answer_on(&shared, "shell", &shell, shell_inbox)?;
        answer_on(&shared, "control", &control, control_inbox)?;
        spawn(&shared, "execution", execution::run)?;
        spawn(&shared, "history", |shared| shared.history.warm())?;
        watch(&runtime, &shared)?;
        drop(guard);
        Ok(Self { connection, shared, routers: [shell, control, stdin], runtime })
    }

    /// Where the kernel listens, with the ports it really has.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// How many messages were dropped so far; stays readable while the kernel runs.
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.shared.counters)
    }

    /// Serves until a shutdown request, SIGTERM, or the end of the parent process; then writes
    /// out what is queued. Returns whether the client is going to start the kernel again.
    pub fn run(self) -> bool {
        let restart = self.shared.exit.wait();
        self.shared.execution.stop(LAST_CELL);
        let flush = async {
            for router in &self.routers {
                router.flush(LAST_WORDS).await;
            }
            self.shared.iopub.flush(LAST_WORDS).await;
        };
        // A client that reads very slowly must not keep the process.
        let _ = self.runtime.block_on(async { tokio::time::timeout(LAST_FLUSH, flush).await });
        self.runtime.shutdown_background();
        restart
    }
}

/// Serves a ROUTER socket; its messages come out of the receiver.
fn serve(runtime: &Runtime, bound: Bound) -> io::Result<(Router, mpsc::Receiver<router::Request>)> {
    let router = Router::default();
    let (sender, inbox) = mpsc::channel(BACKLOG);
    runtime.spawn(router.clone().serve(bound.listen()?, sender));
    Ok((router, inbox))
}

/// Answers what comes out of `inbox` on a thread of its own.
fn answer_on(shared: &Arc<Shared>, name: &str, router: &Router, mut inbox: mpsc::Receiver<router::Request>) -> io::Result<()> {
    let router = router.clone();
    spawn(shared, name, move |shared| {
        while let Some(request) = inbox.blocking_recv() {
            // Handlers are guarded one by one; this is for defects outside of them.
            let _ = requests::guard(|| {
                requests::dispatch(shared, &router, request);
                Ok(())
            });
        }
    })
}

fn spawn(shared: &Arc<Shared>, name: &str, work: impl FnOnce(&Arc<Shared>) + Send + 'static) -> io::Result<()> {
    let shared = Arc::clone(shared);
    let thread = std::thread::Builder::new().name(name.to_owned());
    // A deeply nested cell recurses while it is parsed and planned.
    thread.stack_size(16 << 20).spawn(move || work(&shared)).map(|_| ())
}

/// Watches for signals and for the end of the parent process, if told to.
fn watch(runtime: &Runtime, shared: &Arc<Shared>) -> io::Result<()> {
    if shared.config.trap_signals {
        trap_signals(runtime, shared)?;
    }
    if let Some(parent) = shared.config.parent {
        let shared = Arc::clone(shared);
        watchdog::spawn(parent, move || shared.exit.request(false));
    }
    Ok(())
}

/// SIGINT interrupts, SIGTERM and SIGHUP end the kernel in good order.
fn trap_signals(runtime: &Runtime, shared: &Arc<Shared>) -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let shared = Arc::clone(shared);
    runtime.spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => shared.execution.interrupt(),
                _ = terminate.recv() => shared.exit.request(false),
                _ = hang_up.recv() => shared.exit.request(false),
            }
        }
    });
    Ok(())
}
