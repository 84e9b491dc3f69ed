//! Plans as written and as they run; with `analyze`, what each operator did.

use weft_core::Result;
use weft_plan::LogicalPlan;
use weft_plan::explain::{ExplainNode, Explanation};

use super::Run;
use crate::display::{self, PlanNode};
use crate::mime::MimeBundle;

impl Run<'_> {
    /// The explanation of a plan, which runs first if it is to be analyzed.
    pub(super) fn explained(&self, plan: &LogicalPlan, analyze: bool) -> Result<MimeBundle> {
        let optimized = self.interpreter.session.optimize(plan, self.cancel)?;
        if !analyze {
            return Ok(display::explanation(&Explanation::new(plan, &optimized)));
        }
        let result = self.collect(plan)?;
        let children = result.metrics.operators().iter().map(|operator| PlanNode::from(&**operator)).collect();
        let rows = result.partition.rows().map(|rows| (rows, true));
        let ran = PlanNode { name: "query".to_owned(), rows, children, ..PlanNode::default() };
        Ok(display::explain(&[("as it runs", PlanNode::from(&ExplainNode::of(optimized.plan()))), ("as it ran", ran)]))
    }
}
