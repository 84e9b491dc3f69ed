//! Filters; heavy parts of the condition are computed beside the columns and dropped again.

use weft_core::Expr;
use weft_core::error::Result;
use weft_core::function::Weight;
use weft_plan::nodes::Filter;

use super::{Fragment, Lowering, all_columns};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Filter) -> Result<Fragment> {
    let mut fragment = lowering.node(&node.input)?;
    let schema = node.input.schema();
    // Parts run in turn, each only on rows for which those before it are true. A run of cheap ones is one filter.
    let mut cheap = Vec::new();
    for part in node.predicate.clone().bind(schema)?.split_conjuncts() {
        if part.weight() == Weight::Cheap {
            cheap.push(part);
            continue;
        }
        if !cheap.is_empty() {
            lowering.filter(&mut fragment, Expr::and(std::mem::take(&mut cheap)));
        }
        for predicate in lowering.extract(&mut fragment, vec![part], schema.len())? {
            lowering.filter(&mut fragment, predicate);
        }
        lowering.project(&mut fragment, all_columns(schema));
    }
    if !cheap.is_empty() {
        lowering.filter(&mut fragment, Expr::and(cheap));
    }
    Ok(fragment)
}
