//! Numbers.

mod whole;

family!(weft_core::ScalarFunction: abs ceil clip exp floor ln round sign sqrt);
