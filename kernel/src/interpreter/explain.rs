//! Plans as written and as they run; with `analyze`, what each operator did.

use std::time::Duration;

use weft_core::metrics::{Counter, OperatorMetrics};
use weft_core::{Result, memory::human_bytes};
use weft_plan::LogicalPlan;
use weft_plan::explain::ExplainNode;

use super::Run;
use crate::display::{self, PlanNode};
use crate::mime::MimeBundle;

impl Run<'_> {
    /// The explanation of a plan, which runs first if it is to be analyzed.
    pub(super) fn explained(&self, plan: &LogicalPlan, analyze: bool) -> Result<MimeBundle> {
        let optimized = self.interpreter.session.optimize(plan, self.cancel)?;
        let mut sections =
            vec![("as written", node(&ExplainNode::of(plan))), ("as it runs", node(&ExplainNode::of(optimized.plan())))];
        if analyze {
            let result = self.collect(plan)?;
            let children = result.metrics.operators().iter().map(|operator| measured(operator)).collect();
            let rows = result.partition.rows().map(|rows| (rows, true));
            sections.push(("as it ran", PlanNode { name: "query".to_owned(), rows, children, ..PlanNode::default() }));
        }
        Ok(display::explain(&sections))
    }
}

fn node(plan: &ExplainNode) -> PlanNode {
    PlanNode {
        name: plan.name.clone(),
        details: plan.details.clone(),
        rows: plan.rows.map(|count| (count.rows, count.exact)),
        metrics: Vec::new(),
        children: plan.children.iter().map(node).collect(),
    }
}

/// An operator with the counters that are not zero.
fn measured(operator: &OperatorMetrics) -> PlanNode {
    let count = |name: &str, counter: &Counter| (counter.get() > 0).then(|| (name.to_owned(), counter.get().to_string()));
    let bytes = |name: &str, counter: &Counter| {
        (counter.get() > 0).then(|| (name.to_owned(), human_bytes(usize::try_from(counter.get()).unwrap_or(usize::MAX))))
    };
    let time = Duration::from_nanos(operator.nanos.get());
    let metrics = [
        count("rows in", &operator.rows_in),
        (!time.is_zero()).then(|| ("time".to_owned(), format!("{:.1} ms", time.as_secs_f64() * 1e3))),
        bytes("read", &operator.bytes_read),
        count("files", &operator.files),
        count("row groups", &operator.row_groups_read),
        count("row groups skipped", &operator.row_groups_pruned),
        count("pages", &operator.pages_read),
        count("pages skipped", &operator.pages_pruned),
        bytes("memory", &operator.peak_memory),
        bytes("spilled", &operator.spilled),
    ];
    PlanNode {
        name: operator.name.clone(),
        rows: Some((operator.rows_out.get(), true)),
        metrics: metrics.into_iter().flatten().collect(),
        ..PlanNode::default()
    }
}
