//! Listening on the address of the connection file, and nowhere else.

use crate::wire::connection::{Channel, Connection};
use jupyter_protocol::connection_info::Transport;
use std::io;
use std::path::PathBuf;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, UnixListener};

/// A connection of either transport.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A bound socket that is not yet served. Made outside any runtime.
#[derive(Debug)]
pub enum Bound {
    /// TCP.
    Tcp(std::net::TcpListener),
    /// A Unix socket; the file is removed on drop.
    Ipc(std::os::unix::net::UnixListener, PathBuf),
}

impl Bound {
    /// Binds the socket of `channel`. A port of 0 takes a free one, which is written back.
    ///
    /// # Errors
    /// If the address cannot be bound; the text names channel and address.
    pub fn bind(connection: &mut Connection, channel: Channel) -> io::Result<Self> {
        let (ip, port) = (connection.0.ip.clone(), connection.port(channel));
        let named = |address: String, error: io::Error| {
            io::Error::new(error.kind(), format!("cannot bind {channel:?} to {address}: {error}"))
        };
        match connection.0.transport {
            Transport::TCP => {
                let listener =
                    std::net::TcpListener::bind((bind_host(&ip), port)).map_err(|error| named(format!("{ip}:{port}"), error))?;
                listener.set_nonblocking(true)?;
                connection.set_port(channel, listener.local_addr()?.port());
                Ok(Self::Tcp(listener))
            }
            Transport::IPC => {
                let path = std::path::absolute(format!("{ip}-{port}"))?;
                let listener =
                    std::os::unix::net::UnixListener::bind(&path).map_err(|error| named(path.display().to_string(), error))?;
                listener.set_nonblocking(true)?;
                Ok(Self::Ipc(listener, path))
            }
        }
    }

    /// Hands the socket to the current runtime.
    ///
    /// # Errors
    /// If the runtime refuses it.
    pub fn listen(self) -> io::Result<Listener> {
        match self {
            Self::Tcp(listener) => TcpListener::from_std(listener).map(Listener::Tcp),
            Self::Ipc(listener, path) => UnixListener::from_std(listener).map(|listener| Listener::Ipc(listener, path)),
        }
    }
}

/// ZeroMQ writes "all addresses" as a star.
fn bind_host(ip: &str) -> &str {
    if ip == "*" { "0.0.0.0" } else { ip }
}

/// A socket that accepts connections.
#[derive(Debug)]
pub enum Listener {
    /// TCP.
    Tcp(TcpListener),
    /// A Unix socket.
    Ipc(UnixListener, PathBuf),
}

impl Listener {
    /// The next connection. Errors that pass (too many open files, a client gone too early) are
    /// waited out.
    pub async fn accept(&self) -> Box<dyn Stream> {
        loop {
            let accepted: io::Result<Box<dyn Stream>> = match self {
                Self::Tcp(listener) => listener.accept().await.map(|(stream, _)| {
                    // Without it each small reply waits for an acknowledgement.
                    let _ = stream.set_nodelay(true);
                    Box::new(stream) as Box<dyn Stream>
                }),
                Self::Ipc(listener, _) => {
                    let accepted = listener.accept().await;
                    accepted.map(|(stream, _)| Box::new(stream) as Box<dyn Stream>)
                }
            };
            match accepted {
                Ok(stream) => return stream,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Self::Ipc(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}
