//! A ROUTER socket: every request remembers the connection it came from.

use super::listen::{Listener, Stream};
use super::outbox::Outbox;
use super::zmtp::{self, Incoming, SocketKind};
use bytes::Bytes;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// A peer with more unread replies than this is dropped (bytes).
const MAX_UNREAD: usize = 256 << 20;
/// A peer that has not finished the handshake by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A message and the connection it came on.
#[derive(Debug)]
pub struct Request {
    /// Number of the connection, for the reply.
    pub peer: u64,
    /// Identity the peer gave itself; empty for none.
    pub identity: Bytes,
    /// The frames, without the identity.
    pub frames: Vec<Bytes>,
}

/// The sending side: a handle that can be cloned and used from any thread.
#[derive(Debug, Clone, Default)]
pub struct Router {
    peers: Arc<Mutex<BTreeMap<u64, Peer>>>,
    next: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Peer {
    identity: Bytes,
    outbox: Arc<Outbox>,
}

impl Router {
    /// Accepts connections and passes their messages to `inbound`. Never ends by itself.
    pub async fn serve(self, listener: Listener, inbound: mpsc::Sender<Request>) {
        loop {
            let stream = listener.accept().await;
            tokio::spawn(self.clone().converse(stream, inbound.clone()));
        }
    }

    /// One connection, from handshake to end. What goes wrong here ends this connection only.
    async fn converse(self, mut stream: Box<dyn Stream>, inbound: mpsc::Sender<Request>) {
        let handshake = zmtp::handshake(&mut stream, SocketKind::Router);
        let Ok(Ok(identity)) = tokio::time::timeout(HANDSHAKE, handshake).await else {
            return;
        };
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let outbox = Arc::new(Outbox::default());
        let peer = Peer { identity: identity.clone(), outbox: Arc::clone(&outbox) };
        self.peers.lock().insert(key, peer);
        let (reader, mut writer) = tokio::io::split(stream);
        let mut reader = tokio::io::BufReader::new(reader);
        let receive = async {
            while let Ok(incoming) = zmtp::read(&mut reader).await {
                let Incoming::Message(frames) = incoming else {
                    continue;
                };
                let request = Request { peer: key, identity: identity.clone(), frames };
                if inbound.send(request).await.is_err() {
                    break;
                }
            }
        };
        tokio::select! {
            () = receive => (),
            _ = outbox.write_to(&mut writer) => (),
        }
        outbox.close();
        self.peers.lock().remove(&key);
    }

    /// Queues `frames` for the connection `peer`. False if it is gone.
    pub fn send(&self, peer: u64, frames: &[Bytes]) -> bool {
        let outbox = self.peers.lock().get(&peer).map(|peer| Arc::clone(&peer.outbox));
        outbox.is_some_and(|outbox| Self::push(&outbox, frames))
    }

    /// Queues `frames` for the newest connection that calls itself `identity`, or for the only
    /// one there is. False if nobody fits.
    pub fn send_to(&self, identity: &Bytes, frames: &[Bytes]) -> bool {
        let outbox = {
            let peers = self.peers.lock();
            let named = peers.values().rev().find(|peer| !identity.is_empty() && peer.identity == *identity);
            let only = || peers.values().next().filter(|_| peers.len() == 1);
            named.or_else(only).map(|peer| Arc::clone(&peer.outbox))
        };
        outbox.is_some_and(|outbox| Self::push(&outbox, frames))
    }

    fn push(outbox: &Outbox, frames: &[Bytes]) -> bool {
        if outbox.push(zmtp::encode(frames)) > MAX_UNREAD {
            outbox.close();
        }
        !outbox.is_closed()
    }

    /// Waits until every reply is written, or its peer has not read for `patience`.
    pub async fn flush(&self, patience: Duration) {
        let outboxes: Vec<_> = self.peers.lock().values().map(|peer| Arc::clone(&peer.outbox)).collect();
        for outbox in outboxes {
            outbox.wait_below(0, patience).await;
        }
    }
}
