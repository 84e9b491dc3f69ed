//! Lists taken apart.

use std::sync::Arc;

use weft_core::Origin;
use weft_core::error::{Error, Result};
use weft_plan::NodeKind;
use weft_plan::nodes::Explode;

use super::{Fragment, Lowering};
use crate::operators::explode::{ExplodeOperator, ExplodePlan};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Explode, origin: Origin) -> Result<Fragment> {
    let mut fragment = lowering.node(&node.input)?;
    let (before, after) = (node.input.schema(), node.schema()?);
    let list = |name: &Arc<str>| {
        let found = before.index_of(name).zip(after.field(name));
        let (at, field) = found.ok_or_else(|| Error::internal(format!("no column `{name}` to take apart")))?;
        Ok((Arc::clone(name), at, field.ty.clone()))
    };
    let lists = node.columns.iter().map(list).collect::<Result<_>>()?;
    let plan = ExplodePlan { lists, index: node.index.is_some(), keep_empty: node.keep_empty, origin };
    fragment.append(Arc::new(ExplodeOperator::new(lowering.shared, plan)));
    Ok(fragment)
}
