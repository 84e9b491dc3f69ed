//! What an aggregate is: a function over many rows whose state lives in the row store.

use arrow::array::ArrayRef;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::expr::{Expr, SortKey};
use crate::function::{ArgType, Function, Signature};
use crate::origin::Origin;
use crate::registry::AggregateRef;
use crate::states::{StateHeap, States};
use crate::types::Type;
use crate::value::Value;

/// A function over the rows of a group.
pub trait Aggregate: Send + Sync {
    /// Name, parameters, docs.
    fn info(&self) -> &'static Function;

    /// The types for these arguments, or why they do not fit.
    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature>;

    /// The aggregate for concrete argument types; `constants` holds the value of each argument that is a literal.
    fn bind(&self, args: &[Type], constants: &[Option<Value>], output: &Type) -> Result<Box<dyn Aggregator>>;

    /// For an aggregate to which repeated arguments mean nothing (`count_distinct`): the aggregate that gives the same over
    /// input in which each combination comes once. Operators that keep combinations anyway, and can write them to disk,
    /// use it in place of [`bind`](Self::bind).
    fn bind_over_distinct(&self, _: &[Type], _: &[Option<Value>], _: &Type) -> Result<Option<Box<dyn Aggregator>>> {
        Ok(None)
    }

    /// Whether the result over no rows is something else than null (`count`: 0).
    fn never_null(&self) -> bool {
        false
    }

    /// Whether the result depends on the order in which rows arrive (`first`, `list_agg`).
    fn observes_order(&self) -> bool {
        false
    }

    /// How it is computed over the frames of a window.
    fn framing(&self) -> Framing {
        Framing::Refold
    }
}

/// A way to compute an aggregate over frames that slide over a partition. Each but the last costs little more for long
/// frames than for short ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Two states merge in constant time, in any order, and hold nothing in the heap: a tree of states.
    Merge,
    /// The result is the first value that is not null.
    First,
    /// The result is the last value that is not null.
    Last,
    /// The result is the least value.
    Least,
    /// The result is the greatest value.
    Greatest,
    /// The result is the number of different values.
    Distinct,
    /// Every frame is folded anew.
    Refold,
}

/// An aggregate bound to types. States are plain bytes in rows, all zero when empty; what varies in length is in the heap.
pub trait Aggregator: Send + Sync {
    /// Bytes of a state; rounded up to a multiple of 8 by the row store.
    fn state_bytes(&self) -> usize;

    /// Folds input row `i` of `args` (flat, in the resolved storage types, as many rows as there are states) into state `i`.
    fn update(&self, states: &mut States<'_>, args: &[ArrayRef], heap: &mut dyn StateHeap) -> Result<()>;

    /// Folds all input rows into the one state of `states` (length 1): the path without group keys.
    ///
    /// `rows` is the number of rows, for aggregates without arguments.
    fn update_one(&self, states: &mut States<'_>, args: &[ArrayRef], rows: usize, heap: &mut dyn StateHeap) -> Result<()>;

    /// Folds state `i` of `from` into state `i` of `into`; `from_heap` is the heap that `from` refers to.
    fn merge(
        &self,
        into: &mut States<'_>,
        heap: &mut dyn StateHeap,
        from: &mut States<'_>,
        from_heap: &dyn StateHeap,
    ) -> Result<()>;

    /// The results of the states, as one flat array of the output type.
    fn finish(&self, states: &mut States<'_>, heap: &dyn StateHeap) -> Result<ArrayRef>;
}

/// One aggregate of an aggregate node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AggregateCall {
    /// The registered aggregate.
    pub function: AggregateRef,
    /// Its arguments, cast to the resolved types.
    pub args: Vec<Expr>,
    /// `where:`: only rows for which it is true count.
    pub filter: Option<Expr>,
    /// `distinct:`: each combination of arguments counts once.
    pub distinct: bool,
    /// `sort:`: the order in which rows arrive, for aggregates that observe it.
    pub order: Vec<SortKey>,
    /// The type of the result.
    #[serde(rename = "type")]
    pub ty: Type,
    /// Whether the result can be null.
    pub nullable: bool,
    /// Where it was written.
    pub origin: Origin,
}

impl AggregateCall {
    /// A call of `function`, its arguments cast to what its signature asks for.
    pub fn new(function: AggregateRef, mut args: Vec<Expr>) -> Result<Self> {
        let info = function.info();
        info.fill_defaults(&mut args)?;
        let types: Vec<ArgType<'_>> =
            args.iter().map(|a| ArgType { ty: &a.ty, nullable: a.nullable, value: a.as_literal() }).collect();
        let signature = function.resolve(&types)?;
        if signature.args.len() != args.len() {
            return Err(Error::internal(format!(
                "`{}` resolved {} of {} arguments",
                info.name,
                signature.args.len(),
                args.len()
            )));
        }
        let args = args.into_iter().zip(&signature.args).map(|(a, ty)| a.coerced(ty)).collect();
        let nullable = !function.never_null();
        let (filter, order) = (None, Vec::new());
        Ok(AggregateCall { function, args, filter, distinct: false, order, ty: signature.output, nullable, origin: Origin::NONE })
    }

    /// Sets where it was written.
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// All expressions it reads.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        self.args.iter().chain(&self.filter).chain(self.order.iter().map(|k| &k.expr))
    }

    /// All expressions it reads, to be changed. The types must stay.
    pub fn exprs_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        self.args.iter_mut().chain(&mut self.filter).chain(self.order.iter_mut().map(|k| &mut k.expr))
    }

    /// The bound aggregate.
    pub fn bind(&self) -> Result<Box<dyn Aggregator>> {
        let (types, constants) = self.args_as_bound();
        self.function.bind(&types, &constants, &self.ty)
    }

    /// The bound aggregate over distinct arguments, where that gives the same; see [`Aggregate::bind_over_distinct`].
    pub fn bind_over_distinct(&self) -> Result<Option<Box<dyn Aggregator>>> {
        let (types, constants) = self.args_as_bound();
        self.function.bind_over_distinct(&types, &constants, &self.ty)
    }

    fn args_as_bound(&self) -> (Vec<Type>, Vec<Option<Value>>) {
        let types = self.args.iter().map(|a| a.ty.clone()).collect();
        (types, self.args.iter().map(|a| a.as_literal().cloned()).collect())
    }
}

impl std::fmt::Display for AggregateCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let info = self.function.info();
        write!(f, "{}(", info.name)?;
        let mut parts: Vec<String> = self.args[..info.written(&self.args)].iter().map(Expr::to_string).collect();
        parts.extend(self.filter.iter().map(|w| format!("where: {w}")));
        parts.extend(self.distinct.then(|| "distinct: true".to_string()));
        parts.extend(self.order.iter().map(|k| format!("sort: {k}")));
        write!(f, "{})", parts.join(", "))
    }
}
