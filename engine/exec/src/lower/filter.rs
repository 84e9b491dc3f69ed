//! Filters; heavy parts of the condition are computed beside the columns and dropped again.

use weft_core::error::Result;
use weft_plan::nodes::Filter;

use super::{Fragment, Lowering, all_columns};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Filter, ordered: bool) -> Result<Fragment> {
    let mut fragment = lowering.node(&node.input, ordered)?;
    let schema = node.input.schema();
    let predicate = node.predicate.clone().bind(schema)?;
    let predicates = lowering.extract(&mut fragment, vec![predicate], schema.len())?;
    let extended = predicates.width > schema.len();
    for predicate in predicates.exprs {
        lowering.filter(&mut fragment, predicate);
    }
    if extended {
        lowering.project(&mut fragment, all_columns(schema));
    }
    Ok(fragment)
}
