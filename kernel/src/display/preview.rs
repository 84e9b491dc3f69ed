//! What of a table is shown.

use weft_core::types::Type;
use weft_core::{Chunk, Result, Schema, Settings, Value};

use super::text::count_text;

/// The first rows of a table.
#[derive(Debug, Clone)]
pub struct Preview<'a> {
    /// The columns.
    pub schema: Schema,
    /// The rows, in order; more than are shown do no harm.
    pub chunks: &'a [Chunk],
    /// How many rows are shown at most.
    pub shown_rows: usize,
    /// How many rows the table has.
    pub total: Total,
}

/// How many rows a table has, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exact(u64),
    /// So many, and perhaps more.
    AtLeast(u64),
    /// Nobody counted.
    Unknown,
}

/// How a table is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Columns at most; those in the middle are left out.
    pub columns: usize,
    /// Characters of a value at most.
    pub chars: usize,
    /// Width of the plain text, in columns of a terminal.
    pub text_width: usize,
    /// Bytes of the HTML at most, nearly.
    pub html_bytes: usize,
    /// Thumbnails at most.
    pub pictures: usize,
    /// Bytes of JSON data at most; larger tables go without.
    pub data_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        let (html_bytes, data_bytes) = (2_000_000, 256_000);
        Options { columns: 40, chars: 200, text_width: 120, html_bytes, pictures: 200, data_bytes }
    }
}

impl Options {
    /// What a session's settings say: `preview_columns`, `preview_chars`.
    pub fn of(settings: &Settings) -> Self {
        Options { columns: settings.preview_columns(), chars: settings.preview_chars(), ..Self::default() }
    }
}

/// Most values that are read for a preview, whatever the settings say.
const CELLS: usize = 200_000;

/// The rows that are shown, as values of the columns that are shown.
pub(super) struct Rows {
    /// Positions of the shown columns in the schema, ascending.
    pub(super) columns: Vec<usize>,
    /// A value for each shown column.
    pub(super) rows: Vec<Vec<Value>>,
}

impl Preview<'_> {
    /// Reads what is shown; columns past `limit` are left out in the middle.
    pub(super) fn read(&self, limit: usize) -> Result<Rows> {
        let columns = pick(self.schema.len(), limit);
        let most = self.shown_rows.min((CELLS / columns.len().max(1)).max(1));
        let mut rows = Vec::new();
        for chunk in self.chunks {
            for row in selected(chunk).take(most - rows.len()) {
                let values = columns.iter().map(|&c| chunk.column(c)?.value(row)).collect::<Result<_>>()?;
                rows.push(values);
            }
            if rows.len() == most {
                break;
            }
        }
        Ok(Rows { columns, rows })
    }

    /// `1,234,567 rows × 12 columns, first 20 shown`, where `rows` of the rows and `columns` of the columns are.
    pub(super) fn shape(&self, rows: usize, columns: usize) -> String {
        let rows = rows as u64;
        let all_columns = counted(self.schema.len() as u64, "column");
        let some_columns = (columns < self.schema.len()).then(|| counted(columns as u64, "column"));
        let shown = |is_part: bool| match (is_part, &some_columns) {
            (true, Some(columns)) => format!(", first {} and {columns} shown", counted(rows, "row")),
            (true, None) => format!(", first {} shown", count_text(rows)),
            (false, Some(columns)) => format!(", {columns} shown"),
            (false, None) => String::new(),
        };
        match self.total {
            Total::Exact(n) => format!("{} × {all_columns}{}", counted(n, "row"), shown(n > rows)),
            Total::AtLeast(n) if n > rows => format!("at least {} × {all_columns}{}", counted(n, "row"), shown(true)),
            _ => format!("first {} × {all_columns}{}; more may follow", counted(rows, "row"), shown(false)),
        }
    }
}

/// The positions of the rows that count.
fn selected(chunk: &Chunk) -> Box<dyn Iterator<Item = usize> + '_> {
    match chunk.selection() {
        Some(selection) => Box::new(selection.iter().map(|&row| row as usize)),
        None => Box::new(0..chunk.physical_rows()),
    }
}

/// `limit` of `count` positions: the first and the last, so that the gap is in the middle.
pub(super) fn pick(count: usize, limit: usize) -> Vec<usize> {
    let limit = limit.max(1);
    if count <= limit {
        return (0..count).collect();
    }
    let head = limit.div_ceil(2);
    (0..head).chain(count - (limit - head)..count).collect()
}

/// Where the gap is: before which of the `picked` of `count` positions, or after the last.
pub(super) fn gap(picked: &[usize], count: usize) -> Option<usize> {
    let inside = picked.windows(2).position(|pair| pair[1] != pair[0] + 1).map(|at| at + 1);
    inside.or_else(|| (picked.last().is_some_and(|&last| last + 1 < count)).then_some(picked.len()))
}

/// Whether values of the type stand at the right.
pub(super) fn is_right(ty: &Type) -> bool {
    ty.is_numeric()
}

fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", count_text(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use weft_core::Field;

    use super::*;

    #[test]
    fn the_gap_is_in_the_middle() {
        assert_eq!(pick(3, 5), [0, 1, 2]);
        assert_eq!(pick(10, 5), [0, 1, 2, 8, 9]);
        assert_eq!(gap(&pick(10, 5), 10), Some(3));
        assert_eq!(gap(&pick(3, 5), 3), None);
        assert_eq!(pick(10, 0), [0]);
        assert_eq!(gap(&[0], 10), Some(1));
    }

    #[test]
    fn the_shape_says_what_is_known() {
        let schema = Schema::new(vec![Field::new("a", Type::Int64), Field::new("b", Type::Int64)]).unwrap();
        let shape = |total, columns| Preview { schema: schema.clone(), chunks: &[], shown_rows: 20, total }.shape(20, columns);
        assert_eq!(shape(Total::Exact(1_234_567), 2), "1,234,567 rows × 2 columns, first 20 shown");
        assert_eq!(shape(Total::Exact(20), 2), "20 rows × 2 columns");
        assert_eq!(shape(Total::Exact(21), 1), "21 rows × 2 columns, first 20 rows and 1 column shown");
        assert_eq!(shape(Total::AtLeast(500), 2), "at least 500 rows × 2 columns, first 20 shown");
        assert_eq!(shape(Total::AtLeast(20), 2), "first 20 rows × 2 columns; more may follow");
        assert_eq!(shape(Total::Unknown, 2), "first 20 rows × 2 columns; more may follow");
    }
}
