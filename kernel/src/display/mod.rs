//! Values as front ends show them: MIME bundles of HTML, plain text, pictures, and data.
//!
//! Everything a value holds is text to a page and to a terminal, never markup or a control
//! sequence. Looks are inline styles in neutral colours, because front ends strip style sheets,
//! scripts and classes from notebooks they do not trust.

mod diagnostics;
mod explain;
mod html;
mod picture;
mod plain;
mod preview;
mod progress;
mod resource;
mod scalar;
mod table;
mod temporal;
mod text;
mod visible;

pub use diagnostics::{diagnostics, engine_error};
pub use explain::{PlanNode, explain, explanation};
pub use picture::picture;
pub use preview::{Options, Preview, Total};
pub use progress::{Progress, progress};
pub use scalar::scalar;
pub use table::{table, table_text};

pub(crate) use picture::png;
pub(crate) use temporal::{Form, duration, interval, time, timestamp};
pub(crate) use text::{float16_text, float32_text, scalar_text, uuid_text};
