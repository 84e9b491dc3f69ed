//! Syntax: examples, layout, precedence, literals, recovery, garbage.

mod complete;
mod examples;
mod format;
mod garbage;
mod layout;
mod literals;
mod precedence;
mod render;
mod sexpr;
mod stages;
mod wrong;

use crate::files;
