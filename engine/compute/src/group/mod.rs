//! Hash aggregation and distinct: a table per thread, merged partition by partition.
//!
//! ```text
//! GroupTable::update (one per thread) → GroupMerge::new → reader(task) on any thread → GroupReader::next_chunk
//! ```
//!
//! A table that is short of memory writes its rows to disk, separated by digits of their hashes, and goes on empty. What
//! is merged then is one digit at a time, and what does not fit even so is separated once more (`bundle`).

mod bundle;
mod direct;
mod each_distinct;
mod ids;
mod merge;
mod ordered;
mod output;
mod reader;
mod table;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use weft_core::{AggregateCall, Aggregator, Origin, Reservation, Result, Type};

pub use ids::GroupIds;
pub use merge::GroupMerge;
pub use reader::GroupReader;
pub use table::GroupTable;

use crate::rows::{Extras, Layout};
use crate::work::Work;

/// What is grouped and computed: shared by the tables of all threads.
#[derive(Debug)]
pub struct GroupSpec {
    pub(crate) keys: Vec<Type>,
    /// Columns of the first row of each group.
    pub(crate) payload: Vec<Type>,
    pub(crate) aggregates: Vec<GroupAggregate>,
    /// Whether the position of each group's first row comes out.
    pub(crate) ordered: bool,
    pub(crate) layout: Arc<Layout>,
    /// For each aggregate with `distinct:`, the groups of keys and arguments.
    pub(crate) inner: Vec<Option<Arc<GroupSpec>>>,
}

/// One aggregate of a group table.
pub struct GroupAggregate {
    /// The bound aggregate.
    pub aggregator: Box<dyn Aggregator>,
    /// The type of its result.
    pub output: Type,
    /// The types of its arguments, when each combination of them counts once.
    pub distinct: Option<Vec<Type>>,
    /// Whether the order in which values arrive matters.
    pub observes_order: bool,
    /// Where it was written: the place of its errors.
    pub origin: Origin,
}

impl GroupAggregate {
    /// Binds a call. Its `where:` and `sort:` are the caller's to apply (see [`AggregateInput::filter`]).
    pub fn new(call: &AggregateCall) -> Result<Self> {
        let over_distinct = call.bind_over_distinct()?;
        let distinct = call.distinct || over_distinct.is_some();
        let distinct = distinct.then(|| call.args.iter().map(|a| a.ty.clone()).collect());
        let aggregator = over_distinct.map_or_else(|| call.bind(), Ok)?;
        let observes_order = call.function.observes_order();
        Ok(GroupAggregate { aggregator, output: call.ty.clone(), distinct, observes_order, origin: call.origin })
    }
}

impl std::fmt::Debug for GroupAggregate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupAggregate").field("output", &self.output).field("distinct", &self.distinct).finish()
    }
}

/// What one aggregate reads of a chunk.
#[derive(Debug, Clone, Default)]
pub struct AggregateInput {
    /// Its arguments: flat, in the resolved storage types, a value for each row of the chunk.
    pub args: Vec<ArrayRef>,
    /// Only rows where this is true count; null is false.
    pub filter: Option<BooleanArray>,
}

impl GroupSpec {
    /// Groups by `keys` (none: one group of all rows, which exists without rows too). Without aggregates this is
    /// `distinct`. When `ordered`, the position of each group's first row comes out as two more columns, task and row,
    /// so that groups can be sorted by first appearance.
    pub fn new(keys: Vec<Type>, aggregates: Vec<GroupAggregate>, ordered: bool) -> Result<Arc<Self>> {
        GroupSpec::with(keys, Vec::new(), aggregates, ordered)
    }

    /// The distinct rows of columns of these types.
    pub fn distinct(columns: Vec<Type>, ordered: bool) -> Result<Arc<Self>> {
        GroupSpec::new(columns, Vec::new(), ordered)
    }

    /// The first row of each combination of `keys`: the keys, then its other columns.
    pub fn first_rows(keys: Vec<Type>, others: Vec<Type>, ordered: bool) -> Result<Arc<Self>> {
        GroupSpec::with(keys, others, Vec::new(), ordered)
    }

    fn with(keys: Vec<Type>, payload: Vec<Type>, aggregates: Vec<GroupAggregate>, ordered: bool) -> Result<Arc<Self>> {
        // The one group without keys has no order.
        let ordered = ordered && !keys.is_empty();
        let bytes: Vec<usize> = aggregates.iter().map(|a| a.aggregator.state_bytes()).collect();
        let extras = Extras { position: ordered || !payload.is_empty(), ..Default::default() };
        let layout = Arc::new(Layout::new(&keys, &payload, &bytes, extras)?);
        let inner = |a: &GroupAggregate| {
            let both = |args: &Vec<Type>| GroupSpec::distinct(keys.iter().chain(args).cloned().collect(), a.observes_order);
            a.distinct.as_ref().map(both).transpose()
        };
        let inner = aggregates.iter().map(inner).collect::<Result<_>>()?;
        Ok(Arc::new(GroupSpec { keys, payload, aggregates, ordered, layout, inner }))
    }

    /// Types of the columns that come out: keys, columns of first rows, aggregates, and task and row where it is ordered.
    pub fn output_types(&self) -> Vec<Type> {
        let aggregates = self.aggregates.iter().map(|a| &a.output);
        let positions = if self.ordered { &POSITION_TYPES[..] } else { &[] };
        self.keys.iter().chain(&self.payload).chain(aggregates).chain(positions).cloned().collect()
    }

    /// An empty table for one thread, for the operator that `reservation` belongs to.
    pub fn table(self: &Arc<Self>, reservation: &Reservation, work: &Work) -> Result<GroupTable> {
        GroupTable::new(Arc::clone(self), reservation, work)
    }
}

/// Task and row of a position, as columns.
pub const POSITION_TYPES: [Type; 2] = [Type::UInt32, Type::UInt64];
