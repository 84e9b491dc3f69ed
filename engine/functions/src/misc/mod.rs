//! misc

family!(weft_core::ScalarFunction:);
