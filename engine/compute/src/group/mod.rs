//! Hash aggregation and distinct: a table per thread, merged partition by partition.
//!
//! ```text
//! GroupTable::update (one per thread) → GroupMerge::new → merge(task) on any thread → MergedGroups::next_chunk
//!                                                                                   → OrderedGroups::next_chunk
//! ```

mod direct;
mod ids;
mod merge;
mod ordered;
mod output;
mod table;

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray};
use weft_core::{AggregateCall, Aggregator, Origin, Reservation, Result, Type};

pub use ids::GroupIds;
pub use merge::GroupMerge;
pub use ordered::OrderedGroups;
pub use output::MergedGroups;
pub use table::GroupTable;

use crate::rows::{Extras, Layout};

/// What is grouped and computed: shared by the tables of all threads.
#[derive(Debug)]
pub struct GroupSpec {
    pub(crate) keys: Vec<Type>,
    pub(crate) aggregates: Vec<GroupAggregate>,
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
    /// Where it was written: the place of its errors.
    pub origin: Origin,
}

impl GroupAggregate {
    /// Binds a call. Its `where:` and `sort:` are the caller's to apply (see [`AggregateInput::filter`]).
    pub fn new(call: &AggregateCall) -> Result<Self> {
        let distinct = call.distinct.then(|| call.args.iter().map(|a| a.ty.clone()).collect());
        Ok(GroupAggregate { aggregator: call.bind()?, output: call.ty.clone(), distinct, origin: call.origin })
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
    /// `distinct`. When `ordered`, groups are yielded by first appearance through [`OrderedGroups`].
    pub fn new(keys: Vec<Type>, aggregates: Vec<GroupAggregate>, ordered: bool) -> Result<Arc<Self>> {
        let bytes: Vec<usize> = aggregates.iter().map(|a| a.aggregator.state_bytes()).collect();
        let extras = Extras { position: ordered, ..Default::default() };
        let layout = Arc::new(Layout::new(&keys, &[], &bytes, extras)?);
        let inner = |a: &GroupAggregate| {
            let both = |args: &Vec<Type>| GroupSpec::new(keys.iter().chain(args).cloned().collect(), Vec::new(), ordered);
            a.distinct.as_ref().map(both).transpose()
        };
        let inner = aggregates.iter().map(inner).collect::<Result<_>>()?;
        Ok(Arc::new(GroupSpec { keys, aggregates, ordered, layout, inner }))
    }

    /// The distinct rows of columns of these types.
    pub fn distinct(columns: Vec<Type>, ordered: bool) -> Result<Arc<Self>> {
        GroupSpec::new(columns, Vec::new(), ordered)
    }

    /// Types of the columns that come out: the keys, then the aggregates.
    pub fn output_types(&self) -> Vec<Type> {
        self.keys.iter().chain(self.aggregates.iter().map(|a| &a.output)).cloned().collect()
    }

    /// An empty table for one thread, for the operator that `reservation` belongs to.
    pub fn table(self: &Arc<Self>, reservation: &Reservation) -> Result<GroupTable> {
        GroupTable::new(Arc::clone(self), reservation)
    }
}
