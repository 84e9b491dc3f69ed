//! `concat_ws`

use weft_core::function::{ArgType, Example, Family, Function, Nulls, Param, Properties};
use weft_core::function::{QueryContext, ScalarFunction, Signature};
use weft_core::{Error, Result, Series, Type};

use crate::kernel::strings::{Text, written};
use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "concat_ws",
    family: Family::String,
    summary: "The texts that are not null, with a separator between them; null only where the separator is.",
    params: &[Param::required("separator", "str", "what stands between the texts"), Param::required("text", "str", "the texts")],
    variadic: true,
    operator: None,
    examples: &[Example { code: "concat_ws('-', 'a', null, 'b')", result: "a-b" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE.nulls(Nulls::Handles)
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        args::texts(&INFO, args, Type::String)
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::handling(args, rows, Type::String, |columns, rows| {
            let [separator, parts @ ..] = columns else { return Err(Error::internal("concat_ws takes a separator")) };
            let separators = Text::new(separator)?;
            let texts = parts.iter().map(Text::new).collect::<Result<Vec<_>>>()?;
            let nulls = (0..rows).map(|row| !separator.is_null(row)).collect::<Vec<_>>().into();
            written(rows, Some(&nulls), |row, out| {
                let given = parts.iter().zip(&texts).filter(|(column, _)| !column.is_null(row));
                for (i, (_, text)) in given.enumerate() {
                    out.push_str(if i == 0 { "" } else { separators.get(row) });
                    out.push_str(text.get(row));
                }
                Ok(())
            })
        })
    }
}
