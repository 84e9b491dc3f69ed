//! time

family!(weft_core::ScalarFunction:);
