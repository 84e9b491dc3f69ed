//! A strict front end in process, on the sockets of the `zeromq` crate.

mod got;

use crate::echo::Echo;
use bytes::Bytes;
pub(crate) use got::Got;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use weft::backend::Backend;
use weft::config::KernelConfig;
use weft::kernel::Kernel;
use weft::wire::connection::Channel;
use weft::wire::frames::assemble;
use weft::wire::{Connection, Header, Signer};
use zeromq::{DealerSocket, Socket, SocketOptions, SocketRecv, SocketSend, SubSocket, ZmqMessage};

/// How long an expected message may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to listen for messages that nobody expects.
const SILENCE: Duration = Duration::from_millis(60);
pub(crate) const KEY: &str = "0123-key";

/// A client with all channels. Dropping it fails if messages were left unread.
pub(crate) struct Front {
    runtime: Runtime,
    pub(crate) signer: Signer,
    shell: DealerSocket,
    control: DealerSocket,
    stdin: DealerSocket,
    iopub: SubSocket,
    /// IOPub messages taken out of turn.
    early: VecDeque<Got>,
    sent: usize,
    session: String,
    connection: Connection,
    pub(crate) server: Server,
}

/// What runs the kernel.
pub(crate) enum Server {
    /// A thread of this process; it returns what `Kernel::run` returned.
    Thread(Option<std::thread::JoinHandle<bool>>, Box<dyn Fn() -> (u64, u64)>),
    /// Somebody else's business.
    Elsewhere,
}

/// A connection with free ports.
pub(crate) fn connection() -> Connection {
    Connection::parse(&json!({"key": KEY, "transport": "tcp"}).to_string()).unwrap()
}

impl Front {
    /// A kernel with the echo backend, and a client.
    pub(crate) fn new() -> Self {
        Self::with(connection(), KernelConfig::default())
    }

    pub(crate) fn with(connection: Connection, config: KernelConfig) -> Self {
        Self::on(connection, config, Arc::new(Echo))
    }

    /// A kernel with any backend, and a client.
    pub(crate) fn on(connection: Connection, config: KernelConfig, backend: Arc<dyn Backend>) -> Self {
        let kernel = Kernel::start(connection, backend, config).unwrap();
        let connection = kernel.connection().clone();
        let counters = kernel.counters();
        let count = move || (counters.badly_signed(), counters.malformed());
        let thread = std::thread::spawn(move || kernel.run());
        Self::connect(&connection, Server::Thread(Some(thread), Box::new(count)))
    }

    /// A client of a kernel that runs already. Takes the welcome.
    pub(crate) fn connect(connection: &Connection, server: Server) -> Self {
        let runtime = Runtime::new().unwrap();
        let session = uuid::Uuid::new_v4().simple().to_string();
        let info = &connection.0;
        let dealer = |url: String| {
            let mut options = SocketOptions::default();
            options.peer_identity(session.parse().unwrap());
            let mut socket = DealerSocket::with_options(options);
            runtime.block_on(socket.connect(&url)).unwrap();
            socket
        };
        let (shell, control) = (dealer(info.shell_url()), dealer(info.control_url()));
        let stdin = dealer(info.stdin_url());
        let mut iopub = SubSocket::new();
        runtime.block_on(async {
            iopub.connect(&info.iopub_url()).await.unwrap();
            iopub.subscribe("").await.unwrap();
        });
        let signer = Signer::new(&info.signature_scheme, info.key.as_bytes()).unwrap();
        let early = VecDeque::new();
        let mut front = Self {
            runtime,
            signer,
            shell,
            control,
            stdin,
            iopub,
            early,
            sent: 0,
            session,
            connection: connection.clone(),
            server,
        };
        let welcome = front.iopub_any();
        assert_eq!(welcome.msg_type(), "iopub_welcome");
        assert_eq!(welcome.content, json!({"subscription": ""}));
        front
    }

    pub(crate) fn iopub_url(&self) -> String {
        self.connection.0.iopub_url()
    }

    pub(crate) fn heartbeat_url(&self) -> String {
        self.connection.0.hb_url()
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Header of a new message.
    pub(crate) fn header(&mut self, msg_type: &str) -> Header {
        self.sent += 1;
        Header {
            msg_id: format!("{}-{}", self.session, self.sent),
            session: self.session.clone(),
            username: "tester".into(),
            msg_type: msg_type.into(),
            version: json!("5.4"),
            ..Header::default()
        }
    }

    /// Sends a request and returns its id.
    pub(crate) fn send(&mut self, channel: Channel, msg_type: &str, content: Value) -> String {
        let header = self.header(msg_type);
        self.send_with(channel, &header, &content)
    }

    pub(crate) fn send_with(&mut self, channel: Channel, header: &Header, content: &Value) -> String {
        let parent = Bytes::from_static(b"{}");
        let frames = assemble([], &self.signer, header, &parent, content);
        self.send_frames(channel, frames);
        header.msg_id.clone()
    }

    /// Sends frames as they are.
    pub(crate) fn send_frames(&mut self, channel: Channel, frames: Vec<Bytes>) {
        let message = ZmqMessage::try_from(frames).unwrap();
        let socket = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            _ => &mut self.stdin,
        };
        self.runtime.block_on(socket.send(message)).unwrap();
    }

    /// Queues a cell and returns its id.
    pub(crate) fn execute(&mut self, code: &str) -> String {
        self.send(Channel::Shell, "execute_request", json!({"code": code}))
    }

    /// The next message on a channel, whatever it is.
    pub(crate) fn next(&mut self, channel: Channel) -> Got {
        self.try_next(channel, PATIENCE).unwrap_or_else(|| panic!("nothing came on {channel:?}"))
    }

    /// The next message on a channel, if one comes within `patience`.
    pub(crate) fn try_next(&mut self, channel: Channel, patience: Duration) -> Option<Got> {
        let message = self.runtime.block_on(async {
            let receive = async {
                match channel {
                    Channel::Shell => self.shell.recv().await,
                    Channel::Control => self.control.recv().await,
                    Channel::Stdin => self.stdin.recv().await,
                    _ => self.iopub.recv().await,
                }
            };
            tokio::time::timeout(patience, receive).await.ok()?.ok()
        })?;
        Some(Got::parse(message.into_vec(), &self.signer))
    }

    /// The reply to `id` on a channel.
    pub(crate) fn reply(&mut self, channel: Channel, msg_type: &str, id: &str) -> Value {
        let got = self.next(channel);
        assert_eq!((got.msg_type(), got.parent_id()), (msg_type, id), "{:?}", got.content);
        got.content
    }

    /// The next IOPub message but `starting`, which a client sees only if it is quick.
    fn iopub_any(&mut self) -> Got {
        loop {
            let got = self.next(Channel::IoPub);
            if got.content["execution_state"] != "starting" {
                return got;
            }
        }
    }

    /// The next IOPub message that answers `id`; those that answer others wait for their turn.
    pub(crate) fn output(&mut self, id: &str) -> Got {
        if let Some(place) = self.early.iter().position(|got| got.parent_id() == id) {
            return self.early.remove(place).unwrap();
        }
        loop {
            let got = self.iopub_any();
            if got.parent_id() == id {
                return got;
            }
            self.early.push_back(got);
        }
    }

    /// The content of the next IOPub message that answers `id`, which must be of this type.
    pub(crate) fn expect(&mut self, id: &str, msg_type: &str) -> Value {
        let got = self.output(id);
        assert_eq!(got.msg_type(), msg_type, "{:?}", got.content);
        got.content
    }

    pub(crate) fn busy(&mut self, id: &str) {
        assert_eq!(self.expect(id, "status"), json!({"execution_state": "busy"}));
    }

    pub(crate) fn idle(&mut self, id: &str) {
        assert_eq!(self.expect(id, "status"), json!({"execution_state": "idle"}));
    }

    /// Takes busy and `execute_input` of a cell.
    pub(crate) fn started(&mut self, id: &str, code: &str, count: usize) {
        self.busy(id);
        let input = self.expect(id, "execute_input");
        assert_eq!(input, json!({"code": code, "execution_count": count}));
    }

    /// Runs a cell that does nothing but give its own text back: the kernel is well.
    pub(crate) fn is_well(&mut self, count: usize) {
        let id = self.execute("hello");
        self.started(&id, "hello", count);
        let result = self.expect(&id, "execute_result");
        assert_eq!(result["data"], json!({"text/plain": "hello"}));
        self.idle(&id);
        let reply = self.reply(Channel::Shell, "execute_reply", &id);
        assert_eq!(reply["status"], "ok");
        assert_eq!(reply["execution_count"], count);
    }

    /// A request that is answered on the same channel, between busy and idle.
    pub(crate) fn ask(&mut self, channel: Channel, kind: &str, content: Value) -> Value {
        let id = self.send(channel, &format!("{kind}_request"), content);
        self.busy(&id);
        let reply = self.reply(channel, &format!("{kind}_reply"), &id);
        self.idle(&id);
        reply
    }

    /// Messages dropped by the kernel: badly signed, malformed.
    pub(crate) fn dropped(&self) -> (u64, u64) {
        match &self.server {
            Server::Thread(_, count) => count(),
            Server::Elsewhere => (0, 0),
        }
    }

    /// Fails if anything is unread.
    pub(crate) fn assert_quiet(&mut self) {
        let unread = self.early.pop_front();
        assert!(unread.is_none(), "unread on IOPub: {unread:?}");
        for channel in [Channel::Shell, Channel::Control, Channel::Stdin, Channel::IoPub] {
            while let Some(got) = self.try_next(channel, SILENCE) {
                let starting = got.content["execution_state"] == "starting";
                assert!(starting, "unread on {channel:?}: {got:?}");
            }
        }
    }

    /// Ends the kernel and returns whether it was told to restart.
    pub(crate) fn shutdown(&mut self, restart: bool) -> bool {
        let reply = self.ask(Channel::Control, "shutdown", json!({"restart": restart}));
        assert_eq!(reply, json!({"status": "ok", "restart": restart}));
        match &mut self.server {
            Server::Thread(thread, _) => thread.take().unwrap().join().unwrap(),
            Server::Elsewhere => restart,
        }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_quiet();
            if matches!(self.server, Server::Thread(Some(_), _)) {
                self.shutdown(false);
            }
        }
    }
}
