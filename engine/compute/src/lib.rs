//! Vectorised kernels of the Weft engine: evaluation, casts, comparison, hashing, the row store, sort keys.

pub mod arithmetic;
pub mod cast;
pub mod comparison;
pub mod encoding;
pub mod evaluate;
pub mod group;
pub mod hash;
pub mod in_list;
pub mod join;
pub mod prune;
mod rows;
pub mod sort;
pub mod window;
mod work;

pub use cast::cast;
pub use comparison::{Comparison, compare, is_same};
pub use evaluate::{Evaluator, evaluate};
pub use prune::{Bounds, Pruned, prune};
pub use work::Work;
