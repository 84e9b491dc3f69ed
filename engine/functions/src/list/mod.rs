//! list

family!(weft_core::ScalarFunction:);
