//! Tables as MIME bundles.

use weft_core::Result;
use weft_core::types::Type;

use super::preview::{Options, Preview, Rows};
use super::{html, picture, plain, resource};
use crate::mime::MimeBundle;

/// The first rows of a table as HTML, plain text and, where small, data
/// (`application/vnd.dataresource+json`). One picture that is all of a table is shown as a picture.
///
/// # Errors
/// If the chunks are not of the schema.
pub fn table(preview: &Preview<'_>, options: &Options) -> Result<MimeBundle> {
    let shown = preview.read(options.columns)?;
    if let Some(alone) = lone_picture(preview, &shown) {
        return alone;
    }
    let mut bundle = MimeBundle::plain(plain::render(preview, &shown, options));
    bundle = bundle.with("text/html", html::render(preview, &shown, options));
    if let Some(data) = resource::render(&preview.schema, &shown, options.data_bytes) {
        bundle = bundle.with("application/vnd.dataresource+json", data);
    }
    Ok(bundle)
}

/// The first rows of a table as plain text alone, a newline at its end.
///
/// # Errors
/// If the chunks are not of the schema.
pub fn table_text(preview: &Preview<'_>, options: &Options) -> Result<String> {
    Ok(plain::render(preview, &preview.read(options.columns)?, options) + "\n")
}

/// The picture of a table of one row and one column that holds one.
fn lone_picture(preview: &Preview<'_>, shown: &Rows) -> Option<Result<MimeBundle>> {
    let [field] = preview.schema.fields() else { return None };
    let [row] = shown.rows.as_slice() else { return None };
    let is_whole = preview.total == super::Total::Exact(1);
    let value = row.first().filter(|value| is_whole && matches!(field.ty, Type::Image(_)) && !value.is_null())?;
    Some(picture::picture(value))
}
