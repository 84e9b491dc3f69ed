//! Steps between a source and a sink.

pub(crate) mod explode;
pub(crate) mod filter;
pub(crate) mod heavy;
pub(crate) mod join;
pub(crate) mod project;
pub(crate) mod waiting;

use std::task::{Context, Poll};

use weft_core::Chunk;
use weft_core::error::Result;

use crate::pipeline::{OperatorTask, Step};

/// An operator that makes at most one chunk of each: all it needs is a function.
pub(crate) struct OneToOne<F> {
    step: F,
    output: Option<Chunk>,
}

impl<F: FnMut(Chunk) -> Result<Option<Chunk>> + Send> OneToOne<F> {
    pub(crate) fn new(step: F) -> Self {
        OneToOne { step, output: None }
    }
}

impl<F: FnMut(Chunk) -> Result<Option<Chunk>> + Send> OperatorTask for OneToOne<F> {
    fn push(&mut self, chunk: Chunk) -> Result<()> {
        self.output = (self.step)(chunk)?;
        Ok(())
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<Result<Step>> {
        Poll::Ready(Ok(self.output.take().map_or(Step::NeedInput, Step::Output)))
    }
}
