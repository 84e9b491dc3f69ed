//! Projections; heavy calls get operators of their own first.

use weft_core::error::Result;
use weft_core::{Expr, Schema};
use weft_plan::nodes::Project;

use super::{Fragment, Lowering};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Project) -> Result<Fragment> {
    let mut fragment = lowering.node(&node.input)?;
    let exprs = node.exprs.iter().map(|e| e.expr.clone()).collect();
    lowering.compute(&mut fragment, node.input.schema(), exprs)?;
    Ok(fragment)
}

impl Lowering<'_> {
    /// Replaces a fragment's columns (named by `schema`) by exactly `exprs`.
    pub(super) fn compute(&self, fragment: &mut Fragment, schema: &Schema, exprs: Vec<Expr>) -> Result<()> {
        let bound = exprs.into_iter().map(|e| e.bind(schema)).collect::<Result<Vec<_>>>()?;
        let extracted = self.extract(fragment, bound, schema.len())?;
        self.project(fragment, extracted);
        Ok(())
    }
}
