//! Windows: keys, arguments, conditions and bounds become columns, the sink computes over partitions of them.

use std::sync::Arc;

use weft_compute::window::WindowSpec;
use weft_core::error::{Error, Result};
use weft_core::window::{WindowCall, WindowKind};
use weft_core::{Expr, Type};
use weft_plan::nodes::Window;

use super::{Fragment, Lowering};
use crate::sinks::window::{CallColumns, WindowColumn, WindowColumns, WindowSink};

pub(super) fn lower(lowering: &mut Lowering<'_>, node: &Window, ordered: bool) -> Result<Fragment> {
    let calls: Vec<&WindowCall> = node.calls.iter().map(|c| &c.call).collect();
    calls.iter().try_for_each(|call| check(call))?;
    let spec = WindowSpec::new(node.partition.iter().map(|k| k.ty.clone()).collect(), &node.order, &calls)?;
    let mut input = lowering.node(&node.input)?;
    let schema = node.input.schema();
    let mut gathered = Gathered::default();
    let keys = node.partition.iter().map(|k| gathered.column(k)).collect();
    let order = node.order.iter().map(|k| gathered.column(&k.expr)).collect();
    let calls = calls.iter().map(|call| gathered.call(call)).collect::<Result<_>>()?;
    let types = gathered.exprs.iter().map(|e| e.ty.clone()).collect();
    let positions = lowering.columns(&mut input, schema, gathered.exprs)?;
    let columns = WindowColumns { width: schema.len(), positions, types, keys, order, calls };
    let sink = Arc::new(WindowSink::new(lowering.shared, spec, columns, ordered));
    let (output, restored) = (sink.output(), sink.restored());
    let done = lowering.end(input, sink);
    let mut fragment = Fragment::new(output, vec![done]);
    if let Some(restored) = restored {
        fragment.then(Arc::new(restored));
    }
    Ok(fragment)
}

fn check(call: &WindowCall) -> Result<()> {
    match &call.kind {
        WindowKind::Aggregate(aggregate) if !aggregate.order.is_empty() => {
            let message = format!("`sort:` inside `{}` stands in no window", aggregate.function.info().name);
            Err(Error::unsupported(message).with_help("sort the window: … over (sort …)").at(call.origin))
        }
        _ => Ok(()),
    }
}

/// The expressions that windows read, each once.
#[derive(Default)]
struct Gathered {
    exprs: Vec<Expr>,
}

impl Gathered {
    fn column(&mut self, expr: &Expr) -> usize {
        self.exprs.iter().position(|e| e == expr).unwrap_or_else(|| {
            self.exprs.push(expr.clone());
            self.exprs.len() - 1
        })
    }

    /// An argument: a literal is the same for all rows, and carried nowhere.
    fn value(&mut self, expr: &Expr) -> Result<WindowColumn> {
        match expr.as_literal() {
            Some(value) => {
                let ty: Type = expr.ty.clone();
                Ok(WindowColumn::Constant(value.to_array(&ty)?, ty))
            }
            None => Ok(WindowColumn::Column(self.column(expr))),
        }
    }

    fn call(&mut self, call: &WindowCall) -> Result<CallColumns> {
        let (args, filter) = match &call.kind {
            WindowKind::Function { args, .. } => (args, None),
            WindowKind::Aggregate(aggregate) => (&aggregate.args, aggregate.filter.as_ref()),
        };
        Ok(CallColumns {
            args: args.iter().map(|a| self.value(a)).collect::<Result<_>>()?,
            filter: filter.map(|f| self.value(f)).transpose()?,
            range: call.frame.exprs().map(|e| self.value(e)).collect::<Result<_>>()?,
        })
    }
}
