//! Structs.

family!(weft_core::ScalarFunction: get_field make_struct);
