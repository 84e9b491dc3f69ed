//! binary

family!(weft_core::ScalarFunction:);
