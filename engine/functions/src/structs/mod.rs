//! structs

family!(weft_core::ScalarFunction:);
