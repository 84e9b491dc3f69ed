//! Function calls: constants are computed once, dictionaries once for each distinct value.

use weft_core::function::{Nulls, Properties, Volatility, Weight};
use weft_core::registry::FunctionRef;
use weft_core::series::Encoding;
use weft_core::{Error, Expr, Result, Series};

use super::{Evaluator, Input};
use crate::encoding::{broadcast, map_dictionary, resized};

impl Evaluator {
    /// The result of calling `function` for the rows of `input` (at least one).
    pub(super) fn call(&self, expr: &Expr, function: &FunctionRef, args: &[Expr], input: &Input<'_>) -> Result<Series> {
        let rows = input.rows();
        let args = args.iter().map(|a| self.eval(a, input)).collect::<Result<Vec<_>>>()?;
        let properties = function.properties();
        let run = |args: &[Series], rows: usize| -> Result<Series> {
            let result = function.call(args, rows, &self.query)?;
            if result.len() != rows || result.ty() != &expr.ty {
                let name = function.info().name;
                let (got, ty) = (result.len(), result.ty());
                return Err(Error::internal(format!("`{name}` gave {got} rows of {ty}, not {rows} of {}", expr.ty)));
            }
            Ok(result)
        };
        if properties.volatility == Volatility::Volatile {
            return run(&args, rows);
        }
        if args.iter().all(|a| a.as_constant().is_some()) {
            let once: Vec<Series> = args.iter().map(|a| resized(a, 1)).collect::<Result<_>>()?;
            return broadcast(&run(&once, 1)?, rows);
        }
        if let Some(position) = lone_dictionary(&args) {
            let distinct = |values: &Series| {
                let count = values.len();
                let part = |(i, a): (usize, &Series)| if i == position { Ok(values.clone()) } else { resized(a, count) };
                let args: Vec<Series> = args.iter().enumerate().map(part).collect::<Result<_>>()?;
                run(&args, count)
            };
            if let Some(result) = map_dictionary(&args[position], plan(&properties), &distinct)? {
                return Ok(result);
            }
        }
        run(&args, rows)
    }
}

fn plan(properties: &Properties) -> crate::encoding::PerValue {
    crate::encoding::PerValue {
        used_only: properties.fallible || properties.weight != Weight::Cheap,
        null_gives_null: properties.nulls == Nulls::Propagate,
    }
}

/// The position of the dictionary among `args`, where all others are constant.
fn lone_dictionary(args: &[Series]) -> Option<usize> {
    let mut varying = args.iter().enumerate().filter(|(_, a)| a.as_constant().is_none());
    let (position, column) = varying.next()?;
    (varying.next().is_none() && matches!(column.encoding(), Encoding::Dictionary { .. })).then_some(position)
}
