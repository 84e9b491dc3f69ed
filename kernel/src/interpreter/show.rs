//! The first rows of a table: nothing past them is computed.

use weft_core::source::Estimate;
use weft_lang::Span;
use weft_plan::LogicalPlan;
use weft_plan::statistics::estimate;

use super::{Failure, Run};
use crate::display::{self, Options, Preview, Total};
use crate::mime::MimeBundle;

impl Run<'_> {
    /// The first `rows` rows, by default as many as the setting `preview_rows` says.
    pub(super) fn table(&self, plan: &LogicalPlan, rows: Option<usize>, span: Span) -> Result<MimeBundle, Failure> {
        self.first_rows(plan, rows).map_err(|error| self.engine_failed(&error, span))
    }

    fn first_rows(&self, plan: &LogicalPlan, rows: Option<usize>) -> weft_core::Result<MimeBundle> {
        let settings = self.interpreter.session.settings();
        let shown_rows = rows.unwrap_or_else(|| settings.preview_rows());
        // One row more tells whether there are more.
        let limit = (shown_rows as u64).saturating_add(1);
        let result = self.collect(&plan.clone().limit(0, Some(limit))?)?;
        let chunks = result.partition.chunks().unwrap_or_default();
        let got: u64 = chunks.iter().map(|chunk| chunk.rows() as u64).sum();
        let total = if got < limit { Total::Exact(got) } else { known_total(plan, got) };
        let preview = Preview { schema: plan.schema().clone(), chunks, shown_rows, total };
        display::table(&preview, &Options::of(&settings))
    }
}

/// The number of rows, where it is known without counting them.
fn known_total(plan: &LogicalPlan, got: u64) -> Total {
    match estimate(plan).rows {
        Some(Estimate::Exact(rows)) => Total::Exact(rows),
        _ => Total::AtLeast(got),
    }
}
