//! The functions behind operators; resolution calls them by these names.

mod shared;

family! { weft_core::ScalarFunction:
    add subtract multiply divide floor_divide modulo power negate
    equal not_equal less less_equal greater greater_equal
    is_same is_not_same is_null is_not_null
    not matches not_matches
}

#[cfg(test)]
mod tests;
