//! Least and greatest values of row groups and pages, from the file's statistics, in the engine's values.

use arrow::array::{Array, ArrayRef, UInt64Array};
use arrow::compute::cast;
use parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};
use weft_compute::Bounds;
use weft_core::{Field, Value};

use super::footer::Footer;

/// The bounds of `field` (root column `root`) in each row group. Unknown where the file does not say.
pub(super) fn of_row_groups(footer: &Footer, root: usize, field: &Field) -> Vec<Bounds> {
    let groups = footer.metadata.row_groups();
    let unknown = || groups.iter().map(|g| Bounds { rows: Some(rows_of(g)), ..Bounds::default() }).collect();
    let Some((converter, leaf)) = converter(footer, &footer.metadata, root) else { return unknown() };
    let read = || -> Option<(ArrayRef, ArrayRef, UInt64Array)> {
        let mins = converter.row_group_mins(groups).ok()?;
        let maxes = converter.row_group_maxes(groups).ok()?;
        Some((mins, maxes, converter.row_group_null_counts(groups).ok()?))
    };
    let Some((mins, maxes, nulls)) = read() else { return unknown() };
    let (mins, maxes) = (values(&mins, field), values(&maxes, field));
    let bounds = groups.iter().enumerate().map(|(i, group)| {
        let statistics = group.column(leaf).statistics();
        let trusted = statistics.is_some_and(|s| !s.is_min_max_deprecated() || s.is_min_max_backwards_compatible());
        let known_nulls = statistics.is_some_and(|s| s.null_count_opt().is_some()) && nulls.is_valid(i);
        Bounds {
            min: mins.get(i).cloned().flatten().filter(|_| trusted),
            max: maxes.get(i).cloned().flatten().filter(|_| trusted),
            nulls: known_nulls.then(|| nulls.value(i)),
            rows: Some(rows_of(group)),
        }
    });
    bounds.collect()
}

/// First rows of the pages of `field` in a row group, and the bounds of each page; nothing without a page index.
pub(super) fn of_pages(
    footer: &Footer,
    metadata: &ParquetMetaData,
    group: usize,
    root: usize,
    field: &Field,
) -> Option<Vec<(u64, Bounds)>> {
    let (converter, leaf) = converter(footer, metadata, root)?;
    let index = metadata.page_index()?;
    index.column_index(group, leaf)?;
    let starts: Vec<u64> =
        index.offset_index(group, leaf)?.page_locations().iter().map(|p| p.first_row_index.max(0) as u64).collect();
    let groups = [group];
    let mins = values(&converter.data_page_mins(&**index, &groups).ok()?, field);
    let maxes = values(&converter.data_page_maxes(&**index, &groups).ok()?, field);
    let nulls = converter.data_page_null_counts(&**index, &groups).ok()?;
    if mins.len() != starts.len() || maxes.len() != starts.len() {
        return None;
    }
    let end = rows_of(metadata.row_groups().get(group)?);
    let pages = starts.iter().enumerate().map(|(i, &start)| {
        let rows = starts.get(i + 1).copied().unwrap_or(end).saturating_sub(start);
        let nulls = (i < nulls.len() && nulls.is_valid(i)).then(|| nulls.value(i));
        (start, Bounds { min: mins[i].clone(), max: maxes[i].clone(), nulls, rows: Some(rows) })
    });
    Some(pages.collect())
}

pub(super) fn rows_of(group: &RowGroupMetaData) -> u64 {
    u64::try_from(group.num_rows()).unwrap_or(0)
}

/// Reads the statistics of a flat column; nothing for nested ones.
fn converter<'a>(footer: &'a Footer, metadata: &'a ParquetMetaData, root: usize) -> Option<(StatisticsConverter<'a>, usize)> {
    let field = footer.schema.arrow.fields().get(root)?;
    if field.data_type().is_nested() {
        return None;
    }
    let file = metadata.file_metadata();
    let schema = file.schema_descr();
    let leaf = (0..schema.num_columns()).find(|&leaf| schema.get_column_root_idx(leaf) == root)?;
    let converter = StatisticsConverter::from_column_index(leaf, field, schema).ok()?;
    Some((converter.with_missing_null_counts_as_zero(false).with_column_orders(file.column_orders().map(Vec::as_slice)), leaf))
}

/// The entries of a statistics array; nothing where the statistic is missing.
fn values(array: &ArrayRef, field: &Field) -> Vec<Option<Value>> {
    let Ok(array) = cast(array, &field.ty.to_arrow()) else { return vec![None; array.len()] };
    let value = |i| Value::from_array(&array, i, &field.ty).ok().filter(|v| !v.is_null());
    (0..array.len()).map(value).collect()
}
