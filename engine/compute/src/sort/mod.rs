//! Sort keys made comparable as plain bytes or numbers, whatever their types.
//!
//! The order: nulls last unless told, −0.0 = 0.0, NaN greatest; text by its bytes; ties by where a row came from.

mod fixed;
mod floats;
mod keys;

pub use keys::{EncodedKeys, KeyEncoder, KeyOrder};
