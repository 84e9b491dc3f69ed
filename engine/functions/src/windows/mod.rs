//! Functions of a row's partition, which keep every row.

mod picked;
mod ranks;

family!(weft_core::WindowFunction:
    appearance cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number
);
