//! Pictures in the Weft engine: decode, resize, encode.
//!
//! [`Picture`] is one picture, [`picture_at`] reads one of a column, [`register`] adds the functions.

mod codec;
mod column;
mod functions;
mod picture;

pub use codec::{MAX_BYTES, MAX_PIXELS, decode, dimensions};
pub use column::picture_at;
pub use functions::register;
pub use picture::Picture;
