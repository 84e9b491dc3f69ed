//! Tests of pictures through the public functions, on pictures made here.

mod columns;
mod files;
mod sample;
