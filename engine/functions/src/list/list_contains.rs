//! `list_contains`

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, BooleanArray, UInt32Array};
use arrow::compute::{kernels::cmp::not_distinct, take};
use arrow::datatypes::{Float32Type, Float64Type};
use weft_core::function::{ArgType, Example, Family, Function, Param, Properties, QueryContext, ScalarFunction, Signature};
use weft_core::types::common_type;
use weft_core::{Error, Result, Series, Type};

use crate::kernel::{args, columns};

pub(super) struct Call;

static INFO: Function = Function {
    name: "list_contains",
    family: Family::List,
    summary: "Whether a value is among the items of a list; nulls in the list are no values.",
    params: &[Param::required("list", "a list", "the list"), Param::required("value", "any plain value", "what is looked for")],
    variadic: false,
    operator: None,
    examples: &[Example { code: "list_contains([1, 2, 3], 2)", result: "true" }],
};

impl ScalarFunction for Call {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn properties(&self) -> Properties {
        Properties::SIMPLE
    }

    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature> {
        let (list, value) = (args::arg(&INFO, args, 0)?.ty, args::arg(&INFO, args, 1)?.ty);
        let (Type::List(item) | Type::FixedList(item, _)) = list else { return Err(args::refuse(&INFO, 0, list)) };
        let common = common_type(item, value).filter(is_plain).ok_or_else(|| args::refuse(&INFO, 1, value))?;
        Ok(Signature { args: vec![Type::list(common.clone()), common], output: Type::Bool })
    }

    fn call(&self, args: &[Series], rows: usize, _: &QueryContext) -> Result<Series> {
        columns::propagating(args, rows, Type::Bool, |columns, rows, nulls| {
            let [list, value] = columns else { return Err(Error::internal("list_contains takes two arguments")) };
            let lists = list.lists()?;
            let mut owners = Vec::new();
            let mut items = Vec::new();
            columns::each_valid(nulls.as_ref(), rows, |row| {
                let span = &lists.value_offsets()[list.at(row)..][..2];
                owners.extend(std::iter::repeat_n((row, value.at(row) as u32), (span[1] - span[0]) as usize));
                items.extend((span[0]..span[1]).map(|i| i as u32));
            });
            let items = take(lists.values(), &UInt32Array::from(items), None)?;
            let sought: Vec<u32> = owners.iter().map(|(_, at)| *at).collect();
            let equal = equal_items(&items, &take(value.array(), &UInt32Array::from(sought), None)?)?;
            let mut found = vec![false; rows];
            for i in equal.values().set_indices() {
                found[owners[i].0] = true;
            }
            Ok(Arc::new(BooleanArray::new(found.into(), nulls)) as ArrayRef)
        })
    }
}

/// Types whose equality is that of the storage; the two zeros of floats are mended before.
fn is_plain(ty: &Type) -> bool {
    ty.is_numeric() || ty.is_temporal() || matches!(ty, Type::Bool | Type::String | Type::Binary | Type::Uuid)
}

/// Where both are equal; a null equals nothing here since the sought value is none.
fn equal_items(items: &ArrayRef, sought: &ArrayRef) -> Result<BooleanArray> {
    Ok(not_distinct(&one_zero(items), &one_zero(sought))?)
}

/// `-0.0` as `0.0`, NaN as one NaN: Arrow compares floats by their bits.
fn one_zero(array: &ArrayRef) -> ArrayRef {
    if let Some(floats) = array.as_primitive_opt::<Float64Type>() {
        return Arc::new(floats.unary::<_, Float64Type>(|x| if x.is_nan() { f64::NAN } else { x + 0.0 }));
    }
    if let Some(floats) = array.as_primitive_opt::<Float32Type>() {
        return Arc::new(floats.unary::<_, Float32Type>(|x| if x.is_nan() { f32::NAN } else { x + 0.0 }));
    }
    Arc::clone(array)
}
