//! The optimizer: rules that rewrite a plan into one that yields the same rows for less work, until none has anything to
//! do. A rule is one file and one line in [`RULES`].
//!
//! All rules keep: the columns' names, types and order; the order of rows where it is observed; and that nothing which
//! can fail is evaluated on rows that the written plan excludes (fewer evaluations are fine).

mod build_side;
mod columns;
mod constant_folding;
mod distinct;
mod filter_into_scan;
mod filter_pushdown;
mod hoist_subqueries;
pub(crate) mod known;
mod limit_pushdown;
mod membership;
mod merge_filters;
mod merge_projects;
mod merge_windows;
mod outer_to_inner;
mod redundant_sort;
mod rule;
mod safety;
mod simplify;
mod substitute;
mod top_n;
mod transitive;
mod unions;

use weft_core::error::{Error, Result};
use weft_core::function::QueryContext;
use weft_core::{Registry, Settings};

pub use rule::{RuleContext, RuleStep};

use crate::nodes::NodeKind;
use crate::plan::LogicalPlan;
pub(crate) use rule::Rule;

/// Every rule, in the order in which a round runs them.
const RULES: &[&dyn Rule] = &[
    &hoist_subqueries::HoistSubqueries,
    &constant_folding::ConstantFolding,
    &simplify::Simplify,
    &merge_filters::MergeFilters,
    &membership::Membership,
    &outer_to_inner::OuterToInner,
    &transitive::Transitive,
    &filter_pushdown::FilterPushdown,
    &unions::Unions,
    &merge_projects::MergeProjects,
    &merge_windows::MergeWindows,
    &distinct::RedundantDistinct,
    &redundant_sort::RedundantSort,
    &top_n::TopNRule,
    &limit_pushdown::LimitPushdown,
    &columns::ColumnPruning,
    &filter_into_scan::FilterIntoScan,
    &build_side::BuildSide,
];

/// Rounds after which the optimizer stops even if a rule still finds something.
const MAX_ROUNDS: usize = 12;

/// A plan that the optimizer has seen: what execution lowers. Only [`optimize`] makes one.
#[derive(Debug, Clone)]
pub struct Optimized(LogicalPlan, Vec<RuleStep>);

impl Optimized {
    /// The plan.
    pub fn plan(&self) -> &LogicalPlan {
        &self.0
    }

    /// The plan, given away.
    pub fn into_plan(self) -> LogicalPlan {
        self.0
    }

    /// The rules that changed something, in order.
    pub fn steps(&self) -> &[RuleStep] {
        &self.1
    }
}

/// The names that the setting `optimizer_off` takes.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|r| r.name())
}

/// Rewrites `plan` by all rules that `settings` leave on. The result holds for the query of `query` alone: what is
/// constant within it (`now()`) is folded.
///
/// # Errors
/// When `optimizer_off` names a rule that does not exist. Expressions that fail are no error here: they fail when they run.
pub fn optimize(plan: &LogicalPlan, registry: &Registry, settings: &Settings, query: &QueryContext) -> Result<Optimized> {
    if !settings.optimizer() {
        return Ok(Optimized(plan.clone(), Vec::new()));
    }
    let off: Vec<&str> = settings.optimizer_off().collect();
    if let Some(unknown) = off.iter().find(|name| !rule_names().any(|r| r == **name)) {
        let names: Vec<&str> = rule_names().collect();
        return Err(Error::argument(format!("no optimizer rule `{unknown}`")).with_help(format!("rules: {}", names.join(", "))));
    }
    let rules: Vec<&dyn Rule> = RULES.iter().copied().filter(|r| !off.contains(&r.name())).collect();
    run(&rules, plan, &RuleContext { registry, query })
}

fn run(rules: &[&dyn Rule], plan: &LogicalPlan, context: &RuleContext<'_>) -> Result<Optimized> {
    let mut current = plan.clone();
    let mut steps = Vec::new();
    for round in 1..=MAX_ROUNDS {
        let before = current.clone();
        for rule in rules {
            let after = rule.apply(&current, context)?;
            if after.is_same(&current) || after == current {
                continue;
            }
            check_schema(rule.name(), plan, &after)?;
            steps.push(RuleStep { round, rule: rule.name(), plan: after.clone() });
            current = after;
        }
        if current.is_same(&before) {
            break;
        }
    }
    Ok(Optimized(current, steps))
}

/// A rule that changes what a plan yields is a fault of the rule; better an error than a wrong answer.
fn check_schema(rule: &str, before: &LogicalPlan, after: &LogicalPlan) -> Result<()> {
    let shape = |p: &LogicalPlan| p.schema().fields().iter().map(|f| (f.name.clone(), f.ty.clone())).collect::<Vec<_>>();
    if shape(before) == shape(after) {
        return Ok(());
    }
    Err(Error::internal(format!("the optimizer rule `{rule}` changed the columns of `{}`", before.node().name()))
        .with_help(format!("set optimizer_off = \"{rule}\" leaves it out")))
}

#[cfg(test)]
mod tests;
