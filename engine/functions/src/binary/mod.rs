//! Bytes.

mod codecs;

family!(weft_core::ScalarFunction: decode encode);
