//! Text. Positions and lengths count characters.

family!(weft_core::ScalarFunction:
    concat concat_ws contains endswith format_value left length lower replace right split startswith strip substr upper
);
