//! What differs between physical types: how plain pages are read, and what array comes of them.

use arrow::array::ArrayRef;
use arrow::buffer::NullBuffer;
use bytes::Bytes;
use weft_core::Result;

/// Reads the values (nulls have none) of one column's pages into an array that grows until it is finished.
///
/// Callers never ask for more values than a page was said to have.
pub(super) trait Values: Send {
    /// A dictionary page of `count` plain values.
    fn dictionary(&mut self, page: Bytes, count: usize) -> Result<()>;

    /// The dictionary as an array.
    fn dictionary_array(&self) -> Result<ArrayRef>;

    /// Begins a page of `count` plain values.
    fn page(&mut self, page: Bytes, count: usize) -> Result<()>;

    /// Appends the next `n` values of the page.
    fn read(&mut self, n: usize) -> Result<()>;

    /// Appends those of the next `span` values of the page that stand at `indices`, ascending, and passes all of them.
    fn pick(&mut self, indices: &[u32], span: usize) -> Result<()>;

    /// Passes the next `n` values of the page.
    fn skip(&mut self, n: usize) -> Result<()>;

    /// Appends values of the dictionary. Codes were checked, but for those of nulls, which may be anything.
    fn decode(&mut self, codes: &[u32]) -> Result<()>;

    /// Spreads the last values over the rows of `valid`, one for each that is valid.
    fn spread(&mut self, valid: &NullBuffer);

    /// What was appended, as an array; then there is nothing.
    fn finish(&mut self, nulls: Option<NullBuffer>) -> Result<ArrayRef>;
}

/// Spreads the last values of `out` over the rows of `valid`, one for each that is valid.
pub(super) fn spread<T: Copy + Default>(out: &mut Vec<T>, valid: &NullBuffer) {
    let mut from = out.len();
    out.resize(from + valid.null_count(), T::default());
    let mut to = out.len();
    for row in (0..valid.len()).rev() {
        to -= 1;
        if valid.is_valid(row) {
            from -= 1;
            out[to] = out[from];
        } else {
            out[to] = T::default();
        }
    }
}
