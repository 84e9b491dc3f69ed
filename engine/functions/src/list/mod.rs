//! Lists. Positions count from 0.

family!(weft_core::ScalarFunction: list_contains list_get list_sum make_list);
