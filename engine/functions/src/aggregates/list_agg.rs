//! `list_agg`

use std::sync::Arc;

use arrow::array::{ArrayRef, ListArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::DataType;
use weft_core::aggregate::{Aggregate, Aggregator};
use weft_core::function::{ArgType, Example, Family, Function, Param, Signature};
use weft_core::{Error, Result, Type, Value};

use super::codec::Codec;
use super::collect::{Collect, Collected, all_entries};
use super::log::entries;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "list_agg",
    family: Family::Aggregate,
    summary: "All values as a list, nulls included, in the order of the rows; null for no rows.",
    params: &[Param::required("x", "any", "what is collected")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 1}, {x: 2}] | agg { xs = list_agg(x) } | select n = xs.length()", result: "2" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let ty = args::arg(&INFO, args, 0)?.ty;
        Codec::new(ty)?;
        Ok(Signature { args: vec![ty.clone()], output: Type::list(ty.clone()) })
    }

    fn bind(&self, args: &[Type], _: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>> {
        let ty = args.first().ok_or_else(|| Error::internal("list_agg without an argument"))?;
        let result = Lists { storage: output.to_arrow() };
        Ok(Box::new(Collect { codec: Codec::new(ty)?, keep_nulls: true, result }))
    }

    fn observes_order(&self) -> bool {
        true
    }
}

struct Lists {
    storage: DataType,
}

impl Collected for Lists {
    fn finish(&self, codec: &Codec, groups: &[Vec<u8>]) -> Result<ArrayRef> {
        let DataType::List(item) = &self.storage else { return Err(Error::internal("list_agg gives no list")) };
        let items = codec.decode(all_entries(groups))?;
        i32::try_from(items.len()).map_err(|_| Error::value("list_agg collects more than 2 147 483 647 values at once"))?;
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(|g| entries(g).count()));
        let nulls = groups.iter().map(|g| !g.is_empty()).collect::<Vec<_>>().into();
        Ok(Arc::new(ListArray::try_new(Arc::clone(item), offsets, items, Some(nulls))?))
    }
}
