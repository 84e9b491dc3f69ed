//! Messages as they travel: frames, signatures, headers, contents, connection files.

pub mod connection;
pub mod content;
pub mod frames;
pub mod header;
pub mod signature;
pub mod stamp;

pub use connection::Connection;
pub use frames::{Message, WireError};
pub use header::Header;
pub use signature::Signer;
pub use stamp::Stamp;
