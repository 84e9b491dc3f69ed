//! The same condition in fewer or cheaper words.

mod branches;
mod comparison;
mod logic;

use weft_core::Expr;
use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::plan::LogicalPlan;

pub(super) struct Simplify;

impl Rule for Simplify {
    fn name(&self) -> &'static str {
        "simplify"
    }

    fn apply(&self, plan: &LogicalPlan, context: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| p.map_exprs(&mut |e| e.transform(&mut |e| simplified(e, context))).map(Some))
    }
}

/// One step for an expression whose parts are simple already.
fn simplified(expr: Expr, context: &RuleContext<'_>) -> Result<Expr> {
    let (ty, origin) = (expr.ty.clone(), expr.origin);
    let new = logic::negation(expr, context)?;
    let new = logic::connectives(new);
    let new = comparison::with_itself(new)?;
    let new = comparison::with_truth(new, context)?;
    let new = comparison::of_cast(new, context)?;
    let new = comparison::list_of_few(new, context)?;
    let new = branches::case(new);
    let new = branches::coalesce(new);
    debug_assert_eq!(new.ty, ty, "simplification changed a type");
    Ok(if new.origin.place().is_some() { new } else { new.at(origin) })
}

#[cfg(test)]
mod tests;
