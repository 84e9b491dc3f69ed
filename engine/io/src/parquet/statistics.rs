//! What footers tell of a table: rows, and for each column bounds and nulls.

use std::cmp::Ordering;

use weft_compute::Bounds;
use weft_core::source::{ColumnStatistics, Estimate, TableStatistics};
use weft_core::{Field, Schema, Value};

use super::bounds::{of_row_groups, rows_of};
use super::footer::Footer;
use crate::local::{Found, LocalFile};

/// Footers read for statistics at most; more files are judged by the first and their sizes.
const FOOTERS: usize = 8;

/// Exact over few files. Over many, rows are estimated from the first file's; nothing is said of the columns.
/// A file that cannot be read gives nothing: the scan will tell why.
pub(super) fn of_files(files: &[Found], schema: &Schema) -> TableStatistics {
    let read = files.len().min(if files.len() > FOOTERS { 1 } else { FOOTERS });
    let open = |f: &Found| Footer::of(&LocalFile::open(&f.path).ok()?).ok();
    let Some(footers) = files[..read].iter().map(open).collect::<Option<Vec<_>>>() else { return TableStatistics::default() };
    let rows: u64 = footers.iter().flat_map(|f| f.metadata.row_groups()).map(rows_of).sum();
    if read < files.len() {
        let size = |files: &[Found]| files.iter().map(|f| f.id.size).sum::<u64>().max(1);
        let about = (rows as f64 * size(files) as f64 / size(&files[..read]) as f64) as u64;
        return TableStatistics { rows: Some(Estimate::About(about)), columns: Vec::new() };
    }
    let columns = schema.fields().iter().map(|field| {
        let bounds = footers.iter().map(|f| of_column(f, field)).collect::<Option<Vec<_>>>();
        bounds.map(|all| merge(all.into_iter().flatten())).unwrap_or_default()
    });
    TableStatistics { rows: Some(Estimate::Exact(rows)), columns: columns.collect() }
}

fn of_column(footer: &Footer, field: &Field) -> Option<Vec<Bounds>> {
    let root = footer.schema.columns.iter().position(|(name, _)| *name == field.name)?;
    Some(of_row_groups(footer, root, field))
}

/// The bounds of all parts together: unknown as soon as one part's are, unless that part holds only nulls.
fn merge(parts: impl Iterator<Item = Bounds>) -> ColumnStatistics {
    let (mut min, mut max) = (Extreme::None, Extreme::None);
    let mut nulls = Some(0u64);
    for part in parts {
        nulls = nulls.zip(part.nulls).map(|(a, b)| a + b);
        if part.rows == Some(0) || (part.nulls.is_some() && part.nulls == part.rows) {
            continue;
        }
        // Statistics leave NaN out, which is greater than any number.
        let float = matches!(part.max, Some(Value::Float(_)));
        min.take(part.min, Ordering::Less);
        max.take(part.max.filter(|_| !float), Ordering::Greater);
    }
    ColumnStatistics { min: min.value(), max: max.value(), nulls: nulls.map(Estimate::Exact), ..ColumnStatistics::default() }
}

/// The least or greatest value so far.
enum Extreme {
    None,
    Some(Value),
    Unknown,
}

impl Extreme {
    fn take(&mut self, value: Option<Value>, wanted: Ordering) {
        *self = match (std::mem::replace(self, Extreme::Unknown), value) {
            (Extreme::None, Some(value)) => Extreme::Some(value),
            (Extreme::Some(old), Some(value)) => match order(&value, &old) {
                Some(found) => Extreme::Some(if found == wanted { value } else { old }),
                None => Extreme::Unknown,
            },
            _ => Extreme::Unknown,
        };
    }

    fn value(self) -> Option<Value> {
        match self {
            Extreme::Some(value) => Some(value),
            _ => None,
        }
    }
}

/// How two values of one type stand to each other; nothing where they do not compare.
fn order(a: &Value, b: &Value) -> Option<Ordering> {
    Some(match (a, b) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        (Value::UInt(a), Value::UInt(b)) => a.cmp(b),
        (Value::Int(_), Value::UInt(_)) => Ordering::Less,
        (Value::UInt(_), Value::Int(_)) => Ordering::Greater,
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b)?,
        (Value::Decimal(a, s), Value::Decimal(b, t)) if s == t => a.cmp(b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Binary(a), Value::Binary(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Time(a), Value::Time(b)) | (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        (Value::Duration(a), Value::Duration(b)) => a.cmp(b),
        _ => return None,
    })
}
