//! Dates and times. Parts of a timestamp with a zone are those of its clock there.

pub(crate) mod clock_text;
mod parts;
mod zones;

family!(weft_core::ScalarFunction: date day day_of_week hour minute month now quarter second strftime today truncate year);
