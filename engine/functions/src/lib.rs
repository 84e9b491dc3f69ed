//! Scalar, aggregate and window functions of the Weft engine, one file each, in a folder per family.
//!
//! A new function is one file that defines `Call` and one word in its family's list.

#[macro_use]
mod kernel;
mod aggregates;
mod binary;
mod list;
mod numeric;
mod operators;
mod string;
mod structs;
mod time;
mod windows;

use weft_core::Registry;

/// Adds every function, aggregate and window function of this crate.
pub fn register(registry: &mut Registry) {
    registry.add_scalars(operators::all());
    registry.add_scalars(numeric::all());
    registry.add_scalars(string::all());
    registry.add_scalars(time::all());
    registry.add_scalars(list::all());
    registry.add_scalars(structs::all());
    registry.add_scalars(binary::all());
    registry.add_aggregates(aggregates::all());
    registry.add_windows(windows::all());
}
