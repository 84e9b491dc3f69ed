//! `string_agg`

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray};
use weft_core::aggregate::{Aggregate, Aggregator};
use weft_core::function::{ArgType, Default, Example, Family, Function, Param, Signature};
use weft_core::{Error, Result, Type, Value};

use super::codec::Codec;
use super::collect::{Collect, Collected};
use super::log::entries;
use crate::kernel::args;

pub(super) struct Call;

static INFO: Function = Function {
    name: "string_agg",
    family: Family::Aggregate,
    summary: "All texts as one, in the order of the rows, with a separator between them.",
    params: &[
        Param::required("text", "str", "the texts"),
        Param::option("separator", "str", Default::Str(","), "what stands between them, a plain text"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "[{x: 'a'}, {x: 'b'}] | agg { string_agg(x, '-') }", result: "a-b" }],
};

impl Aggregate for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::literal_text(&INFO, args, 1)?;
        args::texts(&INFO, args, Type::String)
    }

    fn bind(&self, _: &[Type], constants: &[Option<Value>], _: &Type) -> Result<Box<dyn Aggregator>> {
        let Some(Some(Value::String(separator))) = constants.get(1) else {
            return Err(Error::internal("string_agg without a separator"));
        };
        let result = Joined { separator: Arc::clone(separator) };
        Ok(Box::new(Collect { codec: Codec::Text, keep_nulls: false, result }))
    }

    fn observes_order(&self) -> bool {
        true
    }
}

struct Joined {
    separator: Arc<str>,
}

impl Collected for Joined {
    fn finish(&self, _: &Codec, groups: &[Vec<u8>]) -> Result<ArrayRef> {
        let join = |group: &Vec<u8>| {
            let texts: Result<Vec<&str>, _> = entries(group).flatten().map(std::str::from_utf8).collect();
            texts.map(|texts| (!texts.is_empty()).then(|| texts.join(&self.separator)))
        };
        let joined: Result<StringViewArray, _> = groups.iter().map(join).collect();
        Ok(Arc::new(joined.map_err(|_| Error::internal("a text in the heap was damaged"))?))
    }
}
