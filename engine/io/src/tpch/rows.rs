//! Generated rows to columns.

use std::fmt::{Display, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Decimal64Builder, Int32Builder, Int64Builder, StringViewBuilder};
use tpchgen::dates::TPCHDate;
use tpchgen::decimal::TPCHDecimal;
use weft_core::{Chunk, Result, Series, Type};

/// The types there are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Key,
    Int,
    Money,
    Day,
    Text,
}

impl Kind {
    pub(super) fn ty(self) -> Type {
        match self {
            Kind::Key => Type::Int64,
            Kind::Int => Type::Int32,
            Kind::Money => Type::Decimal { precision: 15, scale: 2 },
            Kind::Day => Type::Date,
            Kind::Text => Type::String,
        }
    }
}

enum Builder {
    Key(Int64Builder),
    Int(Int32Builder),
    Money(Decimal64Builder),
    Day(Date32Builder),
    Text(StringViewBuilder),
}

impl Builder {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Key => Builder::Key(Int64Builder::new()),
            Kind::Int => Builder::Int(Int32Builder::new()),
            Kind::Money => Builder::Money(Decimal64Builder::new().with_data_type(kind.ty().to_arrow())),
            Kind::Day => Builder::Day(Date32Builder::new()),
            Kind::Text => Builder::Text(StringViewBuilder::new()),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Builder::Key(b) => Arc::new(b.finish()),
            Builder::Int(b) => Arc::new(b.finish()),
            Builder::Money(b) => Arc::new(b.finish()),
            Builder::Day(b) => Arc::new(b.finish()),
            Builder::Text(b) => Arc::new(b.finish()),
        }
    }
}

/// Takes the fields of each row in order, and keeps those of the wanted columns.
pub(super) struct Rows {
    /// One for each column of the table; nothing for unwanted ones.
    builders: Vec<Option<Builder>>,
    kinds: Vec<Kind>,
    wanted: Vec<usize>,
    /// The column whose field comes next.
    next: usize,
    rows: usize,
    scratch: String,
}

impl Rows {
    pub(super) fn new(kinds: Vec<Kind>, wanted: &[usize]) -> Self {
        let builder = |(i, kind): (usize, &Kind)| wanted.contains(&i).then(|| Builder::new(*kind));
        let builders = kinds.iter().enumerate().map(builder).collect();
        Rows { builders, kinds, wanted: wanted.to_vec(), next: 0, rows: 0, scratch: String::new() }
    }

    fn builder(&mut self) -> Option<&mut Builder> {
        let at = self.next;
        self.next += 1;
        self.builders.get_mut(at)?.as_mut()
    }

    pub(super) fn key(&mut self, n: i64) {
        if let Some(Builder::Key(b)) = self.builder() {
            b.append_value(n);
        }
    }

    pub(super) fn int(&mut self, n: i32) {
        if let Some(Builder::Int(b)) = self.builder() {
            b.append_value(n);
        }
    }

    pub(super) fn money(&mut self, amount: TPCHDecimal) {
        if let Some(Builder::Money(b)) = self.builder() {
            b.append_value(amount.into_inner());
        }
    }

    pub(super) fn day(&mut self, day: TPCHDate) {
        if let Some(Builder::Day(b)) = self.builder() {
            b.append_value(day.to_unix_epoch());
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(Builder::Text(b)) = self.builder() {
            b.append_value(text);
        }
    }

    pub(super) fn shown(&mut self, text: impl Display) {
        let mut scratch = std::mem::take(&mut self.scratch);
        if let Some(Builder::Text(b)) = self.builder() {
            scratch.clear();
            // Writing into a string cannot fail.
            let _ = write!(scratch, "{text}");
            b.append_value(&scratch);
        }
        self.scratch = scratch;
    }

    pub(super) fn end_row(&mut self) {
        self.next = 0;
        self.rows += 1;
    }

    /// The rows since the last call.
    pub(super) fn finish(&mut self) -> Result<Chunk> {
        let mut columns: Vec<Option<Series>> = Vec::with_capacity(self.builders.len());
        for (builder, kind) in self.builders.iter_mut().zip(&self.kinds) {
            columns.push(builder.as_mut().map(|b| Series::new(kind.ty(), b.finish())).transpose()?);
        }
        let columns = self.wanted.iter().filter_map(|&i| columns[i].clone()).collect();
        Chunk::new(columns, std::mem::take(&mut self.rows))
    }
}
