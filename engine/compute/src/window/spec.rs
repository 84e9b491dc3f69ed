//! What a window computes, bound to types.

use weft_core::expr::SortKey;
use weft_core::window::{RangeBound, WindowCall, WindowFrame, WindowKind};
use weft_core::{Aggregator, Error, Framing, Origin, Result, Type, WindowKernel};

use crate::sort::KeyOrder;

/// Partitions, their order, and what is computed over them; shared by all threads.
pub struct WindowSpec {
    pub(super) keys: Vec<Type>,
    pub(super) orders: Vec<KeyOrder>,
    pub(super) calls: Vec<SpecCall>,
}

/// One result.
pub(super) struct SpecCall {
    pub(super) what: What,
    pub(super) frame: WindowFrame,
    /// How the key of a range is sorted, where a bound is a value.
    pub(super) range: Option<KeyOrder>,
    pub(super) min_periods: u64,
    pub(super) distinct: bool,
    pub(super) output: Type,
    pub(super) origin: Origin,
}

/// A function or an aggregate.
pub(super) enum What {
    Function { kernel: Box<dyn WindowKernel>, needs_order: bool, reads_frame: bool, reads_appearance: bool },
    Aggregate { aggregator: Box<dyn Aggregator>, framing: Framing, observes_order: bool },
}

impl WindowSpec {
    /// The windows `calls` over partitions by keys of the types `keys`, each in the order of `order`.
    ///
    /// # Errors
    /// For what cannot be computed over a frame, at its place.
    pub fn new(keys: Vec<Type>, order: &[SortKey], calls: &[&WindowCall]) -> Result<Self> {
        let key_order =
            |k: &SortKey, ty: &Type| KeyOrder { ty: ty.clone(), descending: k.descending, nulls_first: k.nulls_first };
        let range = |call: &WindowCall| match (&call.frame, order.first()) {
            (WindowFrame::Range { key: Some(key), .. }, Some(first)) => Some(key_order(first, &key.ty)),
            _ => None,
        };
        let bound = |call: &&WindowCall| SpecCall::new(call, range(call)).map_err(|e| e.at(call.origin));
        let calls = calls.iter().map(bound).collect::<Result<_>>()?;
        let orders = order.iter().map(|k| key_order(k, &k.expr.ty)).collect();
        Ok(WindowSpec { keys, orders, calls })
    }

    /// The types of the results.
    pub fn output_types(&self) -> impl Iterator<Item = &Type> {
        self.calls.iter().map(|c| &c.output)
    }

    /// Whether anything asks for [`arrival`](super::WindowInput::arrival).
    pub fn reads_arrival(&self) -> bool {
        self.calls.iter().any(|c| matches!(c.what, What::Function { reads_appearance: true, .. }))
    }
}

impl SpecCall {
    fn new(call: &WindowCall, range: Option<KeyOrder>) -> Result<Self> {
        let (what, distinct) = match &call.kind {
            WindowKind::Function { function, .. } => {
                let kernel = call.bind()?.ok_or_else(|| Error::internal("a window function that binds to none"))?;
                let (needs_order, reads_frame) = (function.needs_order(), function.reads_frame());
                let reads_appearance = function.reads_appearance();
                (What::Function { kernel, needs_order, reads_frame, reads_appearance }, false)
            }
            WindowKind::Aggregate(aggregate) => {
                let (framing, observes_order) = (aggregate.function.framing(), aggregate.function.observes_order());
                (What::Aggregate { aggregator: aggregate.bind()?, framing, observes_order }, aggregate.distinct)
            }
        };
        let spec = SpecCall {
            what,
            frame: call.frame.clone(),
            range,
            min_periods: call.min_periods,
            distinct,
            output: call.ty().clone(),
            origin: call.origin,
        };
        if spec.distinct && !spec.is_folded() {
            return Err(Error::unsupported("`distinct:` is there only for aggregates of whole partitions")
                .with_help("over a frame there is count_distinct(x)"));
        }
        Ok(spec)
    }

    /// Whether each partition is folded as a whole, in any order.
    pub(super) fn is_folded(&self) -> bool {
        let whole = self.frame == WindowFrame::Whole && self.min_periods == 0;
        whole && matches!(self.what, What::Aggregate { observes_order: false, .. })
    }

    /// Whether the frame of each row must be known.
    pub(super) fn reads_frames(&self) -> bool {
        !self.is_folded() && !matches!(self.what, What::Function { reads_frame: false, .. })
    }

    /// Whether rows with equal sort keys must be known.
    pub(super) fn needs_peers(&self) -> bool {
        let peers = matches!(
            &self.frame,
            WindowFrame::Range { start, end, .. } if *start == RangeBound::Peers || *end == RangeBound::Peers
        );
        peers || matches!(self.what, What::Function { needs_order: true, .. })
    }
}
