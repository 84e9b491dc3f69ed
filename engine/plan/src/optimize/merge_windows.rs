//! Windows over the same partitions in the same order are computed at once; those that no order matters to, in any.

use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{NamedWindow, Node, NodeKind, Window};
use crate::plan::LogicalPlan;

pub(super) struct MergeWindows;

impl Rule for MergeWindows {
    fn name(&self) -> &'static str {
        "merge_windows"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Window(window) => merged(p, window),
            _ => Ok(None),
        })
    }
}

fn merged(plan: &LogicalPlan, above: &Window) -> Result<Option<LogicalPlan>> {
    let Node::Window(below) = above.input.node() else { return Ok(None) };
    if above.partition != below.partition {
        return Ok(None);
    }
    let order = if above.order == below.order || free(&above.calls) {
        below.order.clone()
    } else if free(&below.calls) {
        above.order.clone()
    } else {
        return Ok(None);
    };
    let reads_below = |name| above.exprs().iter().any(|e| e.columns().contains(name));
    if below.calls.iter().any(|c| reads_below(&c.name)) {
        return Ok(None);
    }
    let calls = below.calls.iter().chain(&above.calls).cloned().collect();
    let node = Window { input: below.input.clone(), partition: below.partition.clone(), order, calls };
    Ok(Some(LogicalPlan::new(node.into())?.at(plan.origin())))
}

/// Whether the order of partitions matters to none of the windows.
fn free(calls: &[NamedWindow]) -> bool {
    calls.iter().all(|c| c.call.ignores_order())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn over(plan: LogicalPlan, order: &str, call: NamedWindow) -> LogicalPlan {
        let order = if order.is_empty() { vec![] } else { vec![asc(col(order))] };
        plan.window(vec![col("a")], order, vec![call]).unwrap()
    }

    #[test]
    fn the_same_order_is_made_once() {
        let plan = over(over(numbers(), "b", numbered("r")), "b", running(sum("s", col("b"))));
        assert_text(
            &apply(&MergeWindows, &plan),
            "window by a, sort b, compute r = row_number(), s = sum(b) rows ..0\n  scan numbers",
        );
        let other = over(over(numbers(), "b", numbered("r")), "x", running(sum("s", col("b"))));
        assert_eq!(apply(&MergeWindows, &other), other);
    }

    #[test]
    fn whole_partitions_go_along_with_any_order() {
        for (first, second) in [("b", ""), ("", "b")] {
            let calls = if first.is_empty() { [whole(count("n")), numbered("r")] } else { [numbered("r"), whole(count("n"))] };
            let [below, above] = calls;
            let plan = over(over(numbers(), first, below), second, above);
            let text = crate::explain(&apply(&MergeWindows, &plan));
            assert_eq!(text.matches("window").count(), 1, "{text}");
            assert!(text.starts_with("window by a; sort b"), "{text}");
        }
    }

    #[test]
    fn what_reads_another_window_stays_above_it() {
        let plan = over(over(numbers(), "b", numbered("r")), "b", running(sum("s", col("r"))));
        assert_eq!(apply(&MergeWindows, &plan), plan);
    }
}
