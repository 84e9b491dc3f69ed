//! What reads no column is computed once, now. What fails stays where it is: it may stand on rows that never come.

use weft_core::error::Result;
use weft_core::function::{Nulls, QueryContext, Weight};
use weft_core::{Chunk, Expr, ExprKind, Value};

use super::rule::{Rule, RuleContext, bottom_up};
use crate::plan::LogicalPlan;

/// Results larger than this stay calls: a plan is no place for data.
const MOST_BYTES: usize = 64 << 10;

pub(super) struct ConstantFolding;

impl Rule for ConstantFolding {
    fn name(&self) -> &'static str {
        "constant_folding"
    }

    fn apply(&self, plan: &LogicalPlan, context: &RuleContext<'_>) -> Result<LogicalPlan> {
        bottom_up(plan, &mut |p| p.map_exprs(&mut |e| e.transform(&mut |e| Ok(folded(e, context.query)))).map(Some))
    }
}

fn folded(expr: Expr, query: &QueryContext) -> Expr {
    let literal = |e: &Expr| e.as_literal().cloned();
    let value = match &expr.kind {
        ExprKind::Call { function, args } if args.iter().all(|a| literal(a).is_some()) => {
            let properties = function.properties();
            if properties.nulls == Nulls::Propagate && args.iter().any(|a| literal(a).is_some_and(|v| v.is_null())) {
                Some(Value::Null)
            } else if properties.weight == Weight::Cheap && expr.is_deterministic() {
                evaluated(&expr, query)
            } else {
                None
            }
        }
        ExprKind::Cast { input, .. } => match literal(input) {
            Some(Value::Null) => Some(Value::Null),
            Some(_) => evaluated(&expr, query),
            None => None,
        },
        ExprKind::InList { input, list } => match literal(input) {
            Some(Value::Null) => Some(Value::Null),
            Some(value) => Some(Value::Bool(list.contains(&value))),
            None => None,
        },
        _ => None,
    };
    match value {
        Some(value) => Expr::literal(expr.ty.clone(), value).at(expr.origin),
        None => expr,
    }
}

/// The value of an expression without columns, unless it fails or is large.
fn evaluated(expr: &Expr, query: &QueryContext) -> Option<Value> {
    let row = Chunk::new(Vec::new(), 1).ok()?;
    let result = weft_compute::evaluate(expr, &row, query).ok()?;
    if result.memory_bytes() > MOST_BYTES {
        return None;
    }
    result.value(0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn folded_text(predicate: Expr) -> String {
        crate::explain(&apply(&ConstantFolding, &numbers().filter(predicate).unwrap()))
    }

    #[test]
    fn literals_are_computed() {
        let text = folded_text(gt(col("a"), add(int(1), add(int(2), int(3)))));
        assert!(text.starts_with("where a > 6"), "{text}");
        let null = Expr::literal(weft_core::Type::Int64, Value::Null);
        let text = folded_text(gt(int(1), null));
        assert!(text.starts_with("where null"), "{text}");
        let text = folded_text(Expr::in_list(int(2), vec![int(1), int(2)]).unwrap());
        assert!(text.starts_with("where true"), "{text}");
    }

    #[test]
    fn what_fails_or_differs_or_is_heavy_stays() {
        let failing = gt(floor_div(int(1), int(0)), int(1));
        let text = folded_text(Expr::and(vec![ne(col("a"), int(0)), failing]));
        assert!(text.starts_with("where (a != 0) and ((1 // 0) > 1)"), "{text}");
        assert!(folded_text(gt(random(), int(1))).starts_with("where random() > 1"));
        assert!(folded_text(gt(heavy(int(1)), int(1))).starts_with("where heavy(1) > 1"));
    }
}
