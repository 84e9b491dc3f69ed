//! Who listens to IOPub, and to what.

use crate::sockets::listen::{Listener, Stream};
use crate::sockets::outbox::Outbox;
use crate::sockets::zmtp::{self, Incoming, SocketKind};
use crate::wire::Stamp;
use bytes::Bytes;
use jupyter_protocol::IoPubWelcome;
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A subscriber that has not finished the handshake by then is dropped.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// All connected subscribers.
pub(super) struct Subscribers {
    connected: Mutex<BTreeMap<u64, Subscriber>>,
    next: AtomicU64,
    stamp: Arc<Stamp>,
}

struct Subscriber {
    topics: Vec<Bytes>,
    outbox: Arc<Outbox>,
}

impl Subscribers {
    pub(super) fn new(stamp: Arc<Stamp>) -> Self {
        Self { connected: Mutex::default(), next: AtomicU64::new(0), stamp }
    }

    /// Accepts subscribers. Never ends by itself.
    pub(super) async fn serve(self: Arc<Self>, listener: Listener) {
        loop {
            let stream = listener.accept().await;
            tokio::spawn(Arc::clone(&self).converse(stream));
        }
    }

    async fn converse(self: Arc<Self>, mut stream: Box<dyn Stream>) {
        let handshake = zmtp::handshake(&mut stream, SocketKind::XPub);
        let Ok(Ok(_)) = tokio::time::timeout(HANDSHAKE, handshake).await else {
            return;
        };
        let key = self.next.fetch_add(1, Ordering::Relaxed);
        let outbox = Arc::new(Outbox::default());
        let subscriber = Subscriber { topics: Vec::new(), outbox: Arc::clone(&outbox) };
        self.connected.lock().insert(key, subscriber);
        let (mut reader, mut writer) = tokio::io::split(stream);
        let receive = async {
            while let Ok(incoming) = zmtp::read(&mut reader).await {
                self.subscribe(key, incoming);
            }
        };
        tokio::select! {
            () = receive => (),
            _ = outbox.write_to(&mut writer) => (),
        }
        outbox.close();
        self.connected.lock().remove(&key);
    }

    /// Adds or removes a subscription; other messages are ignored.
    fn subscribe(&self, key: u64, incoming: Incoming) {
        let (adds, topic) = match incoming {
            Incoming::Message(frames) => match frames.first() {
                Some(frame) if frame.first() == Some(&1) => (true, frame.slice(1..)),
                Some(frame) if frame.first() == Some(&0) => (false, frame.slice(1..)),
                _ => return,
            },
            Incoming::Command(name, topic) => match name.as_ref() {
                b"SUBSCRIBE" => (true, topic),
                b"CANCEL" => (false, topic),
                _ => return,
            },
        };
        let mut connected = self.connected.lock();
        let Some(subscriber) = connected.get_mut(&key) else {
            return;
        };
        let place = subscriber.topics.iter().position(|known| *known == topic);
        match (adds, place) {
            (true, None) => {
                subscriber.outbox.push(self.welcome(&topic));
                subscriber.topics.push(topic);
            }
            (false, Some(place)) => drop(subscriber.topics.swap_remove(place)),
            _ => (),
        }
    }

    /// `iopub_welcome` (JEP 65): from here on nothing is missed.
    fn welcome(&self, topic: &Bytes) -> Bytes {
        let subscription = String::from_utf8_lossy(topic).into_owned();
        let content = serde_json::to_value(IoPubWelcome::new(subscription)).unwrap_or_default();
        let none = Bytes::from_static(b"{}");
        let frames = self.stamp.message([topic.clone()], "iopub_welcome", &none, &content);
        zmtp::encode(&frames)
    }

    /// The outboxes of those who want `topic`.
    pub(super) fn of(&self, topic: &[u8]) -> Vec<Arc<Outbox>> {
        let connected = self.connected.lock();
        let wants = |subscriber: &&Subscriber| subscriber.topics.iter().any(|wanted| topic.starts_with(wanted));
        connected.values().filter(wants).map(|s| Arc::clone(&s.outbox)).collect()
    }

    /// All outboxes.
    pub(super) fn all(&self) -> Vec<Arc<Outbox>> {
        self.connected.lock().values().map(|s| Arc::clone(&s.outbox)).collect()
    }
}
