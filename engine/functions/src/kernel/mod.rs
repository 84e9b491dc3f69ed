//! What the functions share: columns without expanded constants, loops over rows, arguments checked.

pub(crate) mod args;
pub(crate) mod columns;
pub(crate) mod decimals;
pub(crate) mod format_spec;
pub(crate) mod strings;

/// The modules of a family and the list of its functions: one word each.
///
/// Each module defines `Call`.
macro_rules! family {
    ($contract:path: $($name:ident)*) => {
        $(mod $name;)*

        /// The functions of this family.
        pub(crate) fn all() -> Vec<std::sync::Arc<dyn $contract>> {
            vec![$(std::sync::Arc::new($name::Call)),*]
        }
    };
}

/// Runs `$body` with `$T` standing for the Arrow type of a number array, integers, floats and decimals alike.
macro_rules! with_number {
    ($data_type:expr, $T:ident => $body:expr, $other:pat => $otherwise:expr) => {{
        use arrow::datatypes as t;
        match $data_type {
            t::DataType::Int8 => {
                type $T = t::Int8Type;
                $body
            }
            t::DataType::Int16 => {
                type $T = t::Int16Type;
                $body
            }
            t::DataType::Int32 => {
                type $T = t::Int32Type;
                $body
            }
            t::DataType::Int64 => {
                type $T = t::Int64Type;
                $body
            }
            t::DataType::UInt8 => {
                type $T = t::UInt8Type;
                $body
            }
            t::DataType::UInt16 => {
                type $T = t::UInt16Type;
                $body
            }
            t::DataType::UInt32 => {
                type $T = t::UInt32Type;
                $body
            }
            t::DataType::UInt64 => {
                type $T = t::UInt64Type;
                $body
            }
            t::DataType::Float32 => {
                type $T = t::Float32Type;
                $body
            }
            t::DataType::Float64 => {
                type $T = t::Float64Type;
                $body
            }
            t::DataType::Decimal64(..) => {
                type $T = t::Decimal64Type;
                $body
            }
            t::DataType::Decimal128(..) => {
                type $T = t::Decimal128Type;
                $body
            }
            $other => $otherwise,
        }
    }};
}

/// Runs `$body` with `$T` standing for the Arrow type of an integer array.
macro_rules! with_integer {
    ($data_type:expr, $T:ident => $body:expr, $other:pat => $otherwise:expr) => {{
        use arrow::datatypes as t;
        match $data_type {
            t::DataType::Int8 => {
                type $T = t::Int8Type;
                $body
            }
            t::DataType::Int16 => {
                type $T = t::Int16Type;
                $body
            }
            t::DataType::Int32 => {
                type $T = t::Int32Type;
                $body
            }
            t::DataType::Int64 => {
                type $T = t::Int64Type;
                $body
            }
            t::DataType::UInt8 => {
                type $T = t::UInt8Type;
                $body
            }
            t::DataType::UInt16 => {
                type $T = t::UInt16Type;
                $body
            }
            t::DataType::UInt32 => {
                type $T = t::UInt32Type;
                $body
            }
            t::DataType::UInt64 => {
                type $T = t::UInt64Type;
                $body
            }
            $other => $otherwise,
        }
    }};
}
