//! string

family!(weft_core::ScalarFunction:);
