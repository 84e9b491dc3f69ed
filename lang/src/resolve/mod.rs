//! From the tree to typed plans: names, types and verbs become what the engine runs.
//!
//! [`check`] resolves a whole cell before anything of it runs and yields [`Step`]s; the caller takes the [`Action`]s of
//! one step after the other and carries them out. A step whose types or counts wait for a value of an earlier statement
//! is checked with a stand-in and resolved again at its turn.

mod access;
mod action;
mod aggregate;
mod call;
mod cell;
mod column;
mod conditional;
mod constant;
mod context;
mod environment;
mod error;
mod expr;
mod foreign;
mod fstring;
mod items;
mod layers;
mod literal;
mod membership;
mod operator;
mod options;
mod over;
mod pipe;
mod scope;
mod selector;
mod session;
mod source;
mod statement;
mod types;
mod windows;

pub use action::{Action, ActionKind};
pub use cell::{Checked, Step, check, plan_before};
pub use environment::Environment;
pub use error::diagnostic_of;

pub(crate) use context::{Block, Context, Failed, Outcome};
pub(crate) use items::{NamedItem, Placement};
pub(crate) use layers::Layers;
pub(crate) use options::Options;
pub(crate) use over::Over;
pub(crate) use scope::{Braces, JoinScope, Scope, is_hidden};
pub(crate) use windows::{Windows, carried_to};
