//! Calls of window functions, and of aggregates over frames.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{WindowFrame, WindowKernel};
use crate::aggregate::AggregateCall;
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::function::ArgType;
use crate::origin::Origin;
use crate::registry::WindowRef;
use crate::types::Type;
use crate::value::Value;

/// One column that a window node computes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WindowCall {
    /// What is computed.
    pub kind: WindowKind,
    /// Over which rows of the partition.
    pub frame: WindowFrame,
    /// The fewest values in the frame for which an aggregate is not null.
    pub min_periods: u64,
    /// Where it was written.
    pub origin: Origin,
}

/// What a window computes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// A window function.
    Function {
        /// The registered function.
        function: WindowRef,
        /// Its arguments, cast to the resolved types.
        args: Vec<Expr>,
        /// The type of the result.
        #[serde(rename = "type")]
        ty: Type,
    },
    /// An aggregate of the frame's rows.
    Aggregate(AggregateCall),
}

impl WindowCall {
    /// A call of a window function, its arguments cast to what its signature asks for.
    ///
    /// # Errors
    /// When there are too many or too few arguments or their types do not fit; the message names the function.
    pub fn function(function: WindowRef, mut args: Vec<Expr>) -> Result<Self> {
        let info = function.info();
        info.fill_defaults(&mut args)?;
        let types: Vec<ArgType<'_>> =
            args.iter().map(|a| ArgType { ty: &a.ty, nullable: a.nullable, value: a.as_literal() }).collect();
        let signature = function.resolve(&types)?;
        if signature.args.len() != args.len() {
            return Err(Error::internal(format!("`{}` resolved another number of arguments", info.name)));
        }
        let args = args.into_iter().zip(&signature.args).map(|(a, ty)| a.coerced(ty)).collect();
        Ok(WindowCall::of(WindowKind::Function { function, args, ty: signature.output }, Origin::NONE))
    }

    /// An aggregate over the whole partition.
    pub fn aggregate(call: AggregateCall) -> Self {
        let origin = call.origin;
        WindowCall::of(WindowKind::Aggregate(call), origin)
    }

    fn of(kind: WindowKind, origin: Origin) -> Self {
        WindowCall { kind, frame: WindowFrame::Whole, min_periods: 0, origin }
    }

    /// The same over a frame.
    pub fn over(mut self, frame: WindowFrame) -> Self {
        self.frame = frame;
        self
    }

    /// Sets where it was written.
    pub fn at(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The type of the result.
    pub fn ty(&self) -> &Type {
        match &self.kind {
            WindowKind::Function { ty, .. } => ty,
            WindowKind::Aggregate(call) => &call.ty,
        }
    }

    /// Whether the result can be null.
    pub fn nullable(&self) -> bool {
        match &self.kind {
            WindowKind::Function { function, .. } => !function.never_null(),
            WindowKind::Aggregate(call) => call.nullable || self.min_periods > 0,
        }
    }

    /// Whether the result depends on how rows with equal sort keys stand to each other.
    pub fn observes_ties(&self) -> bool {
        match &self.kind {
            WindowKind::Function { function, .. } => !function.ignores_ties(),
            WindowKind::Aggregate(call) => call.function.observes_order() || matches!(self.frame, WindowFrame::Rows { .. }),
        }
    }

    /// Whether the order of the partition does not matter at all.
    pub fn ignores_order(&self) -> bool {
        match &self.kind {
            WindowKind::Function { function, .. } => function.reads_appearance(),
            WindowKind::Aggregate(call) => self.frame == WindowFrame::Whole && !call.function.observes_order(),
        }
    }

    /// Whether the result depends on rows of other partitions.
    pub fn observes_others(&self) -> bool {
        matches!(&self.kind, WindowKind::Function { function, .. } if function.reads_appearance())
    }

    /// Whether it needs sort keys to mean anything.
    pub fn needs_order(&self) -> bool {
        match &self.kind {
            WindowKind::Function { function, .. } if function.needs_order() => true,
            _ => matches!(self.frame, WindowFrame::Range { .. }),
        }
    }

    /// All expressions it reads.
    pub fn exprs(&self) -> impl Iterator<Item = &Expr> {
        let (own, aggregate) = match &self.kind {
            WindowKind::Function { args, .. } => (args.as_slice(), None),
            WindowKind::Aggregate(call) => ([].as_slice(), Some(call.exprs())),
        };
        own.iter().chain(aggregate.into_iter().flatten()).chain(self.frame.exprs())
    }

    /// All expressions it reads, to be changed. The types must stay.
    pub fn exprs_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        let (own, aggregate) = match &mut self.kind {
            WindowKind::Function { args, .. } => (args.as_mut_slice(), None),
            WindowKind::Aggregate(call) => ([].as_mut_slice(), Some(call.exprs_mut())),
        };
        own.iter_mut().chain(aggregate.into_iter().flatten()).chain(self.frame.exprs_mut())
    }

    /// The bound window function; nothing for an aggregate.
    pub fn bind(&self) -> Result<Option<Box<dyn WindowKernel>>> {
        let WindowKind::Function { function, args, ty } = &self.kind else { return Ok(None) };
        let types: Vec<Type> = args.iter().map(|a| a.ty.clone()).collect();
        let constants: Vec<Option<Value>> = args.iter().map(|a| a.as_literal().cloned()).collect();
        function.bind(&types, &constants, ty).map(Some)
    }
}

impl fmt::Display for WindowCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            WindowKind::Function { function, args, .. } => {
                let info = function.info();
                let parts: Vec<String> = args[..info.written(args)].iter().map(Expr::to_string).collect();
                write!(f, "{}({})", info.name, parts.join(", "))?;
            }
            WindowKind::Aggregate(call) => write!(f, "{call}")?,
        }
        if self.frame != WindowFrame::Whole {
            write!(f, " {}", self.frame)?;
        }
        if self.min_periods > 0 {
            write!(f, " min_periods {}", self.min_periods)?;
        }
        Ok(())
    }
}
