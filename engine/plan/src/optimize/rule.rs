//! What a rule is.

use weft_core::Registry;
use weft_core::error::Result;
use weft_core::function::QueryContext;

use crate::plan::LogicalPlan;

/// What rules may ask.
#[derive(Clone, Copy)]
pub struct RuleContext<'a> {
    /// Functions that a rewrite may need.
    pub registry: &'a Registry,
    /// What is constant within the query.
    pub query: &'a QueryContext,
}

/// A rewrite of plans.
pub(crate) trait Rule: Sync {
    /// The name in the trace and in the setting `optimizer_off`.
    fn name(&self) -> &'static str;

    /// The whole plan rewritten once; the same object where there is nothing to do.
    fn apply(&self, plan: &LogicalPlan, context: &RuleContext<'_>) -> Result<LogicalPlan>;
}

/// A rule that changed a plan.
#[derive(Debug, Clone)]
pub struct RuleStep {
    /// From 1.
    pub round: usize,
    /// The rule's name.
    pub rule: &'static str,
    /// The plan after it.
    pub plan: LogicalPlan,
}

/// How often one place is rewritten in a round.
const MAX_REPEATS: usize = 8;

/// Rewrites top-down: the whole first, then the inputs of what came out.
pub(super) fn top_down(
    plan: &LogicalPlan,
    rewrite: &mut dyn FnMut(&LogicalPlan) -> Result<Option<LogicalPlan>>,
) -> Result<LogicalPlan> {
    let mut top = plan.clone();
    // What came out may be rewritten again at once (a limit merged with another now stands over a scan).
    for _ in 0..MAX_REPEATS {
        match rewrite(&top)? {
            Some(new) if !new.is_same(&top) => top = new,
            _ => break,
        }
    }
    let inputs = top.inputs().into_iter().map(|i| top_down(i, rewrite)).collect::<Result<Vec<_>>>()?;
    top.with_inputs(inputs)
}

/// Rewrites bottom-up: the inputs first, then the whole over what came out.
pub(super) fn bottom_up(
    plan: &LogicalPlan,
    rewrite: &mut dyn FnMut(&LogicalPlan) -> Result<Option<LogicalPlan>>,
) -> Result<LogicalPlan> {
    plan.transform(&mut |p| Ok(rewrite(&p)?.unwrap_or(p)))
}
