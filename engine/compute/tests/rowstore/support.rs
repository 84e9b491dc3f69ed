//! Seeded data, and aggregates that are easy to check.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, StringViewArray};
use arrow::datatypes::Int64Type;
use weft_core::states::{HeapRef, StateHeap, States, Wide};
use weft_core::{Aggregator, Chunk, Result, Series, Type, Value};

/// SplitMix64.
pub(crate) struct Rng(pub(crate) u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// A value of the type out of a small set, a tenth of them null.
    pub(crate) fn value(&mut self, ty: &Type, distinct: u64) -> Value {
        if self.below(10) == 0 {
            return Value::Null;
        }
        let n = self.below(distinct);
        match ty {
            Type::Null => Value::Null,
            Type::Bool => Value::Bool(n.is_multiple_of(2)),
            Type::Int8 | Type::Int16 | Type::Int32 | Type::Int64 => Value::Int(n as i64 % 120 - 60),
            Type::UInt64 => Value::UInt(u64::MAX - n),
            Type::Float32 | Type::Float64 => match n % 5 {
                0 => Value::Float(if self.below(2) == 0 { 0.0 } else { -0.0 }),
                1 => Value::Float(if self.below(2) == 0 { f64::NAN } else { -f64::NAN }),
                _ => Value::Float(n as f64 / 4.0),
            },
            Type::Decimal { scale, .. } => Value::Decimal(i128::from(n) - 7, *scale),
            Type::Binary => Value::Binary(vec![n as u8; n as usize % 20].into()),
            Type::FixedBinary(len) => Value::Binary(vec![n as u8; *len as usize].into()),
            Type::Uuid => Value::Binary(vec![n as u8; 16].into()),
            Type::Date => Value::Date(n as i32),
            Type::Timestamp(..) => Value::Timestamp(n as i64),
            Type::Interval => Value::Interval(n as i32, 1, -3),
            Type::List(item) => Value::List((0..n % 4).map(|_| self.value(item, 3)).collect()),
            Type::FixedList(item, len) => Value::List((0..*len).map(|_| self.value(item, 2)).collect()),
            Type::Map(..) => Value::Map((0..n % 3).map(|k| (Value::string(format!("key{k}")), Value::Int(n as i64))).collect()),
            Type::Tensor(..) => {
                let cells = |len: u64, cell: &dyn Fn(u64) -> Value| Value::List((0..len).map(cell).collect());
                Value::Struct(vec![cells(n % 4, &|i| Value::Float(i as f64)), cells(1, &|_| Value::Int(n as i64 % 4))])
            }
            Type::Image(_) => {
                let pixels = Value::Binary(vec![n as u8; 3 * n as usize].into());
                Value::Struct(vec![pixels, Value::Int(0), Value::Int(n as i64), Value::Int(1)])
            }
            Type::Struct(fields) => Value::Struct(fields.iter().map(|f| self.value(&f.ty, 3)).collect()),
            _ => Value::string(match n % 4 {
                0 => String::new(),
                1 => format!("s{n}"),
                2 => format!("exactly12by{}", n % 10),
                _ => format!("a string that is longer than a view {n}"),
            }),
        }
    }

    /// A flat, constant or dictionary column.
    pub(crate) fn series(&mut self, ty: &Type, rows: usize, distinct: u64) -> Series {
        match self.below(6) {
            0 => {
                let value = self.value(ty, distinct);
                Series::constant(ty.clone(), &value, rows).unwrap()
            }
            1 => {
                let values: Vec<Value> = (0..5).map(|_| self.value(ty, distinct)).collect();
                let codes = (0..rows).map(|_| (self.below(20) != 0).then(|| self.below(5) as u32)).collect();
                Series::dictionary(ty.clone(), codes, Value::array(ty, &values).unwrap())
            }
            _ => {
                let values: Vec<Value> = (0..rows + 3).map(|_| self.value(ty, distinct)).collect();
                Series::new(ty.clone(), Value::array(ty, &values).unwrap()).unwrap().slice(3, rows)
            }
        }
    }
}

/// Every kind of type that a row holds.
pub(crate) fn types() -> Vec<Type> {
    vec![
        Type::Null,
        Type::Bool,
        Type::Int8,
        Type::Int16,
        Type::Int32,
        Type::Int64,
        Type::UInt64,
        Type::Float32,
        Type::Float64,
        Type::Decimal { precision: 12, scale: 2 },
        Type::Decimal { precision: 30, scale: 2 },
        Type::String,
        Type::Binary,
        Type::FixedBinary(20),
        Type::Uuid,
        Type::Date,
        Type::timestamp(),
        Type::Interval,
        Type::list(Type::Float64),
        Type::list(Type::String),
        Type::FixedList(Type::Int32.into(), 2),
        Type::Struct(vec![weft_core::Field::new("a", Type::String), weft_core::Field::new("b", Type::Float32)].into()),
    ]
}

/// The rows of chunks as values.
pub(crate) fn rows(chunk: &Chunk) -> Vec<Vec<Value>> {
    (0..chunk.rows()).map(|r| chunk.columns().iter().map(|c| c.value(r).unwrap()).collect()).collect()
}

/// Values of an int64 column.
pub(crate) fn ints(values: impl IntoIterator<Item = i64>) -> Series {
    let array: ArrayRef = Arc::new(Int64Array::from_iter_values(values));
    Series::new(Type::Int64, array).unwrap()
}

/// Values of a string column.
pub(crate) fn strings<'a>(values: impl IntoIterator<Item = &'a str>) -> Series {
    let array: ArrayRef = Arc::new(StringViewArray::from_iter_values(values));
    Series::new(Type::String, array).unwrap()
}

/// Counts rows, or values that are not null.
pub(crate) struct Count;

impl Aggregator for Count {
    fn state_bytes(&self) -> usize {
        8
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        for i in 0..states.len() {
            *states.get::<i64>(i) += i64::from(args.first().is_none_or(|a| a.is_valid(i)));
        }
        Ok(())
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], rows: usize, _: &mut dyn StateHeap) -> Result<()> {
        *states.get::<i64>(0) += args.first().map_or(rows, |a| rows - a.null_count()) as i64;
        Ok(())
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        (0..into.len()).for_each(|i| *into.get::<i64>(i) += *from.get::<i64>(i));
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from_iter_values((0..states.len()).map(|i| *states.get::<i64>(i)))))
    }
}

/// Sums an int64 column.
pub(crate) struct Sum;

impl Aggregator for Sum {
    fn state_bytes(&self) -> usize {
        16
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], _: &mut dyn StateHeap) -> Result<()> {
        for (i, value) in args[0].as_primitive::<Int64Type>().iter().enumerate() {
            states.get::<Wide>(i).add(value.unwrap_or(0));
        }
        Ok(())
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, _: &mut dyn StateHeap) -> Result<()> {
        args[0].as_primitive::<Int64Type>().iter().flatten().for_each(|v| states.get::<Wide>(0).add(v));
        Ok(())
    }

    fn merge(&self, into: &mut States<'_>, _: &mut dyn StateHeap, from: &mut States<'_>, _: &dyn StateHeap) -> Result<()> {
        (0..into.len()).for_each(|i| assert!(into.get::<Wide>(i).add_wide(from.get::<Wide>(i).get())));
        Ok(())
    }

    fn finish(&self, states: &mut States<'_>, _: &dyn StateHeap) -> Result<ArrayRef> {
        Ok(Arc::new(Int64Array::from_iter_values((0..states.len()).map(|i| states.get::<Wide>(i).get() as i64))))
    }
}

/// The longest string: a state that lives in the heap.
pub(crate) struct Longest;

impl Longest {
    fn fold(states: &mut States<'_>, i: usize, text: &[u8], heap: &mut dyn StateHeap) -> Result<()> {
        let state = states.get::<HeapRef>(i);
        if text.len() as u64 > state.len {
            *state = heap.put(text)?;
        }
        Ok(())
    }
}

impl Aggregator for Longest {
    fn state_bytes(&self) -> usize {
        16
    }

    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()> {
        let texts = args[0].as_string_view();
        (0..states.len()).filter(|i| texts.is_valid(*i)).try_for_each(|i| Self::fold(states, i, texts.value(i).as_bytes(), heap))
    }

    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], _: usize, heap: &mut dyn StateHeap) -> Result<()> {
        args[0].as_string_view().iter().flatten().try_for_each(|t| Self::fold(states, 0, t.as_bytes(), heap))
    }

    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()> {
        (0..into.len()).try_for_each(|i| Self::fold(into, i, from_heap.get(*from.get::<HeapRef>(i)), heap))
    }

    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef> {
        let text = |i: usize, s: &mut States<'_>| String::from_utf8(heap.get(*s.get::<HeapRef>(i)).to_vec()).unwrap();
        let texts: Vec<String> = (0..states.len()).map(|i| text(i, states)).collect();
        Ok(Arc::new(StringViewArray::from_iter_values(texts)))
    }
}
