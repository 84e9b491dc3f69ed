//! Plans as versioned JSON documents.
//!
//! `{"version": 1, "nodes": […]}`: each node names its inputs by their place in the list, so that a subplan used twice
//! stands once; the last node is the whole. Sources stand as calls of table functions, functions by name, credentials not
//! at all.

use std::collections::HashMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use weft_core::error::{Error, Result};
use weft_core::expr::{NamedExpr, SortKey};
use weft_core::source::{OpenContext, SourceSpec};
use weft_core::window::WindowKind;
use weft_core::{Expr, Origin, Registry, Subquery};

use crate::nodes::{
    Aggregate, Distinct, Expect, Explode, Filter, Join, JoinKey, JoinKind, JoinSide, Limit, NamedAggregate, NamedWindow, Node,
    Project, Scan, Sort, SourceRef, Subtable, SubtableRole, Tail, TopN, Union, Window, With,
};
use crate::plan::LogicalPlan;

/// The version that [`to_json`] writes and [`from_json`] reads.
pub const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    nodes: Vec<Entry>,
}

#[derive(Deserialize)]
struct Version {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    #[serde(default)]
    origin: Origin,
    #[serde(default)]
    inputs: Vec<usize>,
    node: Body,
}

/// What a node holds besides its inputs.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Body {
    Scan {
        source: SourceSpec,
        projection: Option<Vec<Arc<str>>>,
        filters: Vec<Expr>,
        pruning: Vec<Expr>,
        limit: Option<u64>,
        /// The state of the data; in fingerprints only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        validator: Option<String>,
    },
    Filter {
        predicate: Expr,
    },
    Explode {
        columns: Vec<Arc<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<Arc<str>>,
        keep_empty: bool,
    },
    Project {
        exprs: Vec<NamedExpr>,
    },
    Aggregate {
        keys: Vec<NamedExpr>,
        aggregates: Vec<NamedAggregate>,
    },
    Distinct {
        on: Vec<Arc<str>>,
    },
    Sort {
        keys: Vec<SortKey>,
    },
    TopN {
        keys: Vec<SortKey>,
        offset: u64,
        limit: u64,
    },
    Limit {
        offset: u64,
        limit: Option<u64>,
    },
    Tail {
        rows: u64,
    },
    Join {
        kind: JoinKind,
        keys: Vec<JoinKey>,
        residual: Option<Expr>,
        output: Vec<Arc<str>>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expect: Option<Expect>,
        build: JoinSide,
    },
    Union {},
    Window {
        partition: Vec<Expr>,
        order: Vec<SortKey>,
        calls: Vec<NamedWindow>,
    },
    /// The rows are the first input, the sub-pipelines the others.
    With {
        tables: Vec<SubtableBody>,
    },
}

/// A sub-pipeline without its plan.
#[derive(Clone, Serialize, Deserialize)]
struct SubtableBody {
    subquery: Subquery,
    role: SubtableRole,
    #[serde(default)]
    origin: Origin,
}

/// `plan` as a JSON document.
///
/// # Errors
/// None that are known: every plan can be written.
pub fn to_json(plan: &LogicalPlan) -> Result<String> {
    let mut nodes = Vec::new();
    write(plan, &mut nodes, &mut HashMap::new());
    serde_json::to_string(&Document { version: VERSION, nodes }).map_err(|e| Error::internal(format!("writing a plan: {e}")))
}

/// The plan of a document; sources are opened again by `registry`'s table functions.
///
/// # Errors
/// For what is no such document, a version or function that is not known, sources that cannot be opened, and sources
/// whose columns have changed.
pub fn from_json(text: &str, registry: &Registry, context: &OpenContext) -> Result<LogicalPlan> {
    let bad = |e: serde_json::Error| Error::format(format!("not a serialized plan: {e}"));
    let Version { version } = serde_json::from_str(text).map_err(bad)?;
    if version != VERSION {
        let message = format!("a plan of version {version}; this engine reads version {VERSION}");
        return Err(Error::unsupported(message));
    }
    let document: Document = registry.while_reading(|| serde_json::from_str(text)).map_err(bad)?;
    let mut plans: Vec<LogicalPlan> = Vec::with_capacity(document.nodes.len());
    for entry in document.nodes {
        let input = |i: &usize| plans.get(*i).cloned().ok_or_else(|| Error::format("a plan whose nodes are out of order"));
        let inputs = entry.inputs.iter().map(input).collect::<Result<Vec<_>>>()?;
        plans.push(LogicalPlan::new(read(entry.node, inputs, registry, context)?)?.at(entry.origin));
    }
    plans.pop().ok_or_else(|| Error::format("a plan without nodes"))
}

/// Appends `plan` and what it reads, unless it is there; returns its place.
fn write(plan: &LogicalPlan, nodes: &mut Vec<Entry>, seen: &mut HashMap<usize, usize>) -> usize {
    if let Some(place) = seen.get(&plan.address()) {
        return *place;
    }
    let inputs = plan.inputs().into_iter().map(|i| write(i, nodes, seen)).collect();
    nodes.push(Entry { origin: plan.origin(), inputs, node: body(plan.node()) });
    seen.insert(plan.address(), nodes.len() - 1);
    nodes.len() - 1
}

fn body(node: &Node) -> Body {
    match node.clone() {
        Node::Scan(Scan { source, projection, filters, pruning, limit }) => {
            Body::Scan { source: source.0.spec(), projection, filters, pruning, limit, validator: None }
        }
        Node::Filter(Filter { predicate, .. }) => Body::Filter { predicate },
        Node::Project(Project { exprs, .. }) => Body::Project { exprs },
        Node::Explode(Explode { columns, index, keep_empty, .. }) => Body::Explode { columns, index, keep_empty },
        Node::Aggregate(Aggregate { keys, aggregates, .. }) => Body::Aggregate { keys, aggregates },
        Node::Distinct(Distinct { on, .. }) => Body::Distinct { on },
        Node::Sort(Sort { keys, .. }) => Body::Sort { keys },
        Node::TopN(TopN { keys, offset, limit, .. }) => Body::TopN { keys, offset, limit },
        Node::Limit(Limit { offset, limit, .. }) => Body::Limit { offset, limit },
        Node::Tail(Tail { rows, .. }) => Body::Tail { rows },
        Node::Join(Join { kind, keys, residual, output, expect, build, .. }) => {
            Body::Join { kind, keys, residual, output, expect, build }
        }
        Node::Union(_) => Body::Union {},
        Node::Window(Window { partition, order, calls, .. }) => Body::Window { partition, order, calls },
        Node::With(With { tables, .. }) => {
            let body = |t: Subtable| SubtableBody { subquery: t.subquery, role: t.role, origin: t.origin };
            Body::With { tables: tables.into_iter().map(body).collect() }
        }
    }
}

fn read(body: Body, inputs: Vec<LogicalPlan>, registry: &Registry, context: &OpenContext) -> Result<Node> {
    if let Body::Scan { source, projection, filters, pruning, limit, .. } = body {
        let source = SourceRef(open(&source, registry, context)?);
        return Ok(Scan { source, projection, filters, pruning, limit }.into());
    }
    if matches!(body, Body::Union {}) {
        return Ok(Union { inputs }.into());
    }
    let wrong = || Error::format("a serialized plan with a node that has the wrong number of inputs");
    if let Body::With { tables } = body {
        let mut inputs = inputs.into_iter();
        let input = inputs.next().filter(|_| inputs.len() == tables.len()).ok_or_else(wrong)?;
        let table = |(t, plan): (SubtableBody, LogicalPlan)| {
            let SubtableBody { subquery, role, origin } = t;
            Subtable { subquery, role, plan, origin }
        };
        return Ok(With { input, tables: tables.into_iter().zip(inputs).map(table).collect() }.into());
    }
    if let Body::Join { kind, keys, residual, output, expect, build } = body {
        let [left, right] = <[LogicalPlan; 2]>::try_from(inputs).map_err(|_| wrong())?;
        return Ok(Join { left, right, kind, keys, residual, output, expect, build }.into());
    }
    let [input] = <[LogicalPlan; 1]>::try_from(inputs).map_err(|_| wrong())?;
    Ok(match body {
        Body::Filter { predicate } => Filter { input, predicate }.into(),
        Body::Project { exprs } => Project { input, exprs }.into(),
        Body::Explode { columns, index, keep_empty } => Explode { input, columns, index, keep_empty }.into(),
        Body::Aggregate { keys, aggregates } => Aggregate { input, keys, aggregates }.into(),
        Body::Distinct { on } => Distinct { input, on }.into(),
        Body::Sort { keys } => Sort { input, keys }.into(),
        Body::TopN { keys, offset, limit } => TopN { input, keys, offset, limit }.into(),
        Body::Limit { offset, limit } => Limit { input, offset, limit }.into(),
        Body::Tail { rows } => Tail { input, rows }.into(),
        Body::Window { partition, order, calls } => Window { input, partition, order, calls }.into(),
        Body::Scan { .. } | Body::Join { .. } | Body::Union {} | Body::With { .. } => return Err(wrong()),
    })
}

fn open(spec: &SourceSpec, registry: &Registry, context: &OpenContext) -> Result<Arc<dyn weft_core::TableSource>> {
    let function = registry.table(&spec.function);
    let function = function.ok_or_else(|| Error::not_found(format!("no table function `{}`", spec.function)))?;
    function.open(&spec.args, context)
}

/// The nodes of `plan` with the states of its sources and without the places where they were written; what is computed
/// twice stands once.
pub(crate) fn canonical(plan: &LogicalPlan) -> Result<String> {
    let mut nodes: Vec<String> = Vec::new();
    canonical_node(plan, &mut nodes, &mut HashMap::new())?;
    Ok(nodes.join("\n"))
}

fn canonical_node(plan: &LogicalPlan, nodes: &mut Vec<String>, seen: &mut HashMap<usize, usize>) -> Result<usize> {
    if let Some(place) = seen.get(&plan.address()) {
        return Ok(*place);
    }
    let inputs = plan.inputs().into_iter().map(|i| canonical_node(i, nodes, seen)).collect::<Result<_>>()?;
    let mut node = body(plan.node());
    clear_body(&mut node, &mut |e| e.transform(&mut |e| Ok(e.at(Origin::NONE))))?;
    if let (Body::Scan { validator, .. }, Node::Scan(scan)) = (&mut node, plan.node()) {
        *validator = scan.source.0.validator();
    }
    let text = serde_json::to_string(&Entry { origin: Origin::NONE, inputs, node });
    let text = text.map_err(|e| Error::internal(format!("writing a plan: {e}")))?;
    let place = nodes.iter().position(|n| *n == text).unwrap_or_else(|| {
        nodes.push(text);
        nodes.len() - 1
    });
    seen.insert(plan.address(), place);
    Ok(place)
}

fn clear_body(body: &mut Body, clear: &mut dyn FnMut(Expr) -> Result<Expr>) -> Result<()> {
    let mut each = |e: &mut Expr| -> Result<()> {
        *e = clear(e.clone())?;
        Ok(())
    };
    match body {
        Body::Scan { filters, pruning, .. } => filters.iter_mut().chain(pruning).try_for_each(each),
        Body::Filter { predicate } => each(predicate),
        Body::Project { exprs } => exprs.iter_mut().try_for_each(|e| each(&mut e.expr)),
        Body::Aggregate { keys, aggregates } => {
            keys.iter_mut().try_for_each(|k| each(&mut k.expr))?;
            aggregates.iter_mut().for_each(|a| a.call.origin = Origin::NONE);
            aggregates.iter_mut().flat_map(|a| a.call.exprs_mut()).try_for_each(each)
        }
        Body::Sort { keys } | Body::TopN { keys, .. } => keys.iter_mut().try_for_each(|k| each(&mut k.expr)),
        Body::Join { keys, residual, .. } => {
            keys.iter_mut().flat_map(|k| [&mut k.left, &mut k.right]).chain(residual).try_for_each(each)
        }
        Body::Window { partition, order, calls } => {
            partition.iter_mut().chain(order.iter_mut().map(|k| &mut k.expr)).try_for_each(&mut each)?;
            for call in calls.iter_mut().map(|c| &mut c.call) {
                call.origin = Origin::NONE;
                if let WindowKind::Aggregate(aggregate) = &mut call.kind {
                    aggregate.origin = Origin::NONE;
                }
                call.exprs_mut().try_for_each(&mut each)?;
            }
            Ok(())
        }
        Body::With { tables } => {
            tables.iter_mut().for_each(|t| t.origin = Origin::NONE);
            Ok(())
        }
        Body::Distinct { .. } | Body::Limit { .. } | Body::Tail { .. } | Body::Union {} | Body::Explode { .. } => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nodes::NodeKind;
    use crate::testing::*;

    fn round_trip(plan: &LogicalPlan) -> LogicalPlan {
        let text = to_json(plan).unwrap();
        let back = from_json(&text, &registry(), &open_context()).unwrap();
        assert_eq!(back, *plan);
        assert_eq!(back.schema(), plan.schema());
        assert_eq!(to_json(&back).unwrap(), text, "also what equality ignores");
        back
    }

    #[test]
    fn every_node_survives() {
        let plans = every_node();
        let names: std::collections::BTreeSet<&str> = plans.iter().map(|p| p.node().name()).collect();
        assert_eq!(names.len(), 13, "{names:?}");
        for plan in &plans {
            round_trip(plan);
        }
    }

    #[test]
    fn places_and_wide_numbers_survive() {
        let decimal = weft_core::Value::Decimal(170_141_183_460_469_231_731_687_303_715_884_105_727, 2);
        let literal = Expr::literal(weft_core::Type::Decimal { precision: 38, scale: 2 }, decimal.clone());
        let nan = float(f64::NAN).at(Origin::new(3, 4, 9));
        let plan = numbers().project(vec![named("d", literal), named("n", nan)]).unwrap().at(Origin::new(1, 2, 5));
        let back = round_trip(&plan);
        assert_eq!(back.origin().place(), Some((1, 2, 5)));
        let Node::Project(project) = back.node() else { panic!("{back:?}") };
        assert_eq!(project.exprs[0].expr.as_literal(), Some(&decimal));
        assert_eq!(project.exprs[1].expr.origin.place(), Some((3, 4, 9)));
    }

    #[test]
    fn a_shared_subplan_stands_once() {
        let shared = numbers().filter(gt(col("a"), int(1))).unwrap();
        let text = to_json(&shared.clone().union(vec![shared]).unwrap()).unwrap();
        assert_eq!(text.matches("\"filter\"").count(), 1);
        let back = from_json(&text, &registry(), &open_context()).unwrap();
        assert!(back.inputs()[0].is_same(back.inputs()[1]));
    }

    #[test]
    fn what_is_not_known_is_said() {
        let read = |text: &str| from_json(text, &registry(), &open_context()).unwrap_err().to_string();
        assert_eq!(read(r#"{"version": 9, "nodes": []}"#), "a plan of version 9; this engine reads version 1");
        assert_eq!(read(r#"{"version": 1, "nodes": []}"#), "a plan without nodes");
        assert!(read("{").starts_with("not a serialized plan: "));
        let node = |body: &str| format!(r#"{{"version": 1, "nodes": [{{"node": {body}}}]}}"#);
        assert!(read(&node(r#"{"teleport": {}}"#)).contains("unknown variant `teleport`"));
        assert!(read(&node(r#"{"tail": {"rows": 1}}"#)).contains("wrong number of inputs"));
        let scan = r#"{"scan": {"source": {"function": "read_stars", "args": []}, "projection": null, "filters": [], "pruning": [], "limit": null}}"#;
        assert_eq!(read(&node(scan)), "no table function `read_stars`");
        let unknown =
            to_json(&numbers().filter(gt(add(col("a"), int(1)), int(1))).unwrap()).unwrap().replace("\"add\"", "\"plus\"");
        assert!(read(&unknown).contains("no function `plus`"), "{}", read(&unknown));
        let later = r#"{"version": 1, "nodes": [{"inputs": [3], "node": {"tail": {"rows": 1}}}]}"#;
        assert_eq!(read(later), "a plan whose nodes are out of order");
    }

    #[test]
    fn a_source_whose_columns_changed_is_an_error() {
        let text = to_json(&numbers().filter(gt(col("a"), int(1))).unwrap()).unwrap().replace("\"numbers\"", "\"others\"");
        let error = from_json(&text, &registry(), &open_context()).unwrap_err();
        assert_eq!(error.message(), "no column `a` for where");
    }
}
