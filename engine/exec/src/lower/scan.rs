//! Scans: the source gets the projection, filters and limit that pushdown brought.

use std::sync::Arc;

use weft_core::error::Result;
use weft_core::source::{ScanContext, ScanRequest};
use weft_plan::nodes::Scan;

use super::{Fragment, Lowering};
use crate::sources::TableScan;

pub(super) fn lower(lowering: &Lowering<'_>, node: &Scan) -> Result<Fragment> {
    let shared = lowering.shared;
    let context = ScanContext {
        settings: Arc::clone(&shared.settings),
        metrics: shared.metrics.operator(format!("scan {}", node.source.0.label())),
        cancel: shared.cancel().clone(),
        query: shared.query.clone(),
    };
    let filters = node.filters.iter().chain(&node.pruning).cloned().collect();
    let request = ScanRequest { projection: node.column_indices()?, filters, limit: node.limit, context };
    Ok(Fragment::new(TableScan { source: Arc::clone(&node.source.0), request }, Vec::new()))
}
