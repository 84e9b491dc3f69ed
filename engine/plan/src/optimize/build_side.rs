//! The smaller side of a join goes into the hash table.

use weft_core::Schema;
use weft_core::Type;
use weft_core::error::Result;

use super::rule::{Rule, RuleContext, bottom_up};
use crate::nodes::{Join, JoinSide, Node};
use crate::plan::LogicalPlan;
use crate::statistics::estimate;

/// How much smaller the left side must be: building on the right keeps left order for nothing.
const MARGIN: f64 = 1.5;

pub(super) struct BuildSide;

impl Rule for BuildSide {
    fn name(&self) -> &'static str {
        "build_side"
    }

    fn apply(&self, plan: &LogicalPlan, _: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| match p.node() {
            Node::Join(join) => chosen(p, join),
            _ => Ok(None),
        })
    }
}

fn chosen(plan: &LogicalPlan, join: &Join) -> Result<Option<LogicalPlan>> {
    let build = match (join.expect, bytes(&join.left), bytes(&join.right)) {
        (None, Some(left), Some(right)) if left * MARGIN < right => JoinSide::Left,
        _ => JoinSide::Right,
    };
    if build == join.build {
        return Ok(None);
    }
    Ok(Some(LogicalPlan::new(Join { build, ..join.clone() }.into())?.at(plan.origin())))
}

/// About how many bytes a side takes in a hash table, where its rows can be estimated.
fn bytes(plan: &LogicalPlan) -> Option<f64> {
    Some(estimate(plan).rows?.value() as f64 * row_bytes(plan.schema()))
}

fn row_bytes(schema: &Schema) -> f64 {
    let width = |ty: &Type| match ty {
        Type::Bool | Type::Int8 | Type::UInt8 => 1.0,
        Type::String | Type::Binary | Type::List(_) | Type::Struct(_) | Type::Map(..) => 32.0,
        Type::Image(_) | Type::Tensor(..) | Type::SparseTensor(_) | Type::Embedding(..) => 1024.0,
        _ => 8.0,
    };
    // The hash, and the row's place.
    16.0 + schema.fields().iter().map(|f| width(&f.ty)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::{Expect, JoinKind};
    use crate::testing::*;

    #[test]
    fn the_smaller_side_is_built() {
        // `numbers` has 6 rows, `others` 1,000.
        let join = |kind| numbers().join(others(), kind, vec![key(col("a"), other("k"))], None).unwrap();
        let side = |plan: LogicalPlan| match apply(&BuildSide, &plan).node() {
            Node::Join(join) => join.build,
            other => panic!("{other:?}"),
        };
        for kind in [JoinKind::Inner, JoinKind::Left, JoinKind::Right, JoinKind::Full, JoinKind::Semi, JoinKind::Anti] {
            assert_eq!(side(join(kind)), JoinSide::Left, "{kind}");
        }
        let Node::Join(counted) = join(JoinKind::Inner).node().clone() else { panic!() };
        let counted = LogicalPlan::new(Join { expect: Some(Expect::One), ..counted }.into()).unwrap();
        assert_eq!(side(counted), JoinSide::Right);
        let swapped = others().join(numbers(), JoinKind::Inner, vec![key(other("k"), col("a"))], None).unwrap();
        assert_eq!(side(swapped), JoinSide::Right);
    }
}
