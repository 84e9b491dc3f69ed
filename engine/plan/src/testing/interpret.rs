//! What a plan means, row by row, without any optimization: the oracle for the optimizer.

use std::cmp::Ordering;

use weft_core::error::{Error, Result};
use weft_core::expr::SortKey;
use weft_core::window::WindowKind;
use weft_core::{Expr, ExprKind, Schema, Value, WindowFrame};

use super::functions::{evaluate, order};
use super::source::rows_of;
use crate::nodes::{Aggregate, Explode, Join, JoinKind, NamedAggregate, NamedWindow, Node, Scan, SubtableRole, Window, With};
use crate::plan::LogicalPlan;

pub(crate) type Rows = Vec<Vec<Value>>;

/// The rows of `plan` in order, or the first error.
pub(crate) fn interpret(plan: &LogicalPlan) -> Result<Rows> {
    if let Node::With(with) = plan.node() {
        return interpret(&answered(with, with.input.clone())?);
    }
    let inputs = plan.inputs().into_iter().map(interpret).collect::<Result<Vec<_>>>()?;
    let mut inputs = inputs.into_iter();
    let schema = plan.inputs().first().map_or_else(|| plan.schema().clone(), |i| i.schema().clone());
    let mut input = || inputs.next().unwrap_or_default();
    match plan.node() {
        Node::Scan(scan) => scanned(scan),
        Node::Filter(filter) => filtered(input(), &filter.predicate, &schema),
        Node::Project(project) => {
            let row = |row: &Vec<Value>| project.exprs.iter().map(|e| value(&e.expr, row, &schema)).collect();
            input().iter().map(row).collect()
        }
        Node::Explode(explode) => exploded(explode, input(), &schema),
        Node::Aggregate(aggregate) => grouped(aggregate, input(), &schema),
        Node::Distinct(distinct) => {
            let mut seen: Vec<Vec<Value>> = Vec::new();
            let places: Vec<usize> = distinct.key_names().iter().map(|n| schema.index_of(n).unwrap()).collect();
            let mut rows = input();
            rows.retain(|row| is_new(&mut seen, places.iter().map(|i| row[*i].clone()).collect()));
            Ok(rows)
        }
        Node::Sort(sort) => sorted(input(), &sort.keys, &schema),
        Node::TopN(top) => Ok(cut(sorted(input(), &top.keys, &schema)?, top.offset, Some(top.limit))),
        Node::Limit(limit) => Ok(cut(input(), limit.offset, limit.limit)),
        Node::Tail(tail) => {
            let rows = input();
            let from = rows.len().saturating_sub(tail.rows as usize);
            Ok(rows[from..].to_vec())
        }
        Node::Join(join) => joined(join, input(), input()),
        Node::Window(window) => windowed(window, input(), &schema),
        Node::Union(union) => Ok(union.inputs.iter().flat_map(|_| input()).collect()),
        Node::With(_) => Err(Error::internal("answered above")),
    }
}

fn exploded(explode: &Explode, rows: Rows, schema: &Schema) -> Result<Rows> {
    let places: Vec<usize> = explode.columns.iter().map(|n| schema.index_of(n).unwrap()).collect();
    let mut out = Vec::new();
    for row in rows {
        let items = |place: &usize| match &row[*place] {
            Value::List(items) => items.to_vec(),
            _ => Vec::new(),
        };
        let lists: Vec<Vec<Value>> = places.iter().map(items).collect();
        if lists.iter().any(|list| list.len() != lists[0].len()) {
            return Err(Error::value("lists of different lengths"));
        }
        let empty = lists[0].is_empty() && explode.keep_empty;
        for item in 0..lists[0].len().max(usize::from(empty)) {
            let mut made = row.clone();
            for (place, list) in places.iter().zip(&lists) {
                made[*place] = list.get(item).cloned().unwrap_or(Value::Null);
            }
            if explode.index.is_some() {
                made.push(if empty { Value::Null } else { Value::Int(item as i64) });
            }
            out.push(made);
        }
    }
    Ok(out)
}

/// `plan` with the values of the sub-pipelines written in place of their names.
fn answered(with: &With, mut plan: LogicalPlan) -> Result<LogicalPlan> {
    for (at, table) in with.tables.iter().enumerate() {
        let known = With { tables: with.tables[..at].to_vec(), ..with.clone() };
        let rows = interpret(&answered(&known, table.plan.clone())?)?;
        if table.role == SubtableRole::Value && rows.len() > 1 {
            return Err(Error::value("more than one row"));
        }
        let values: Vec<Value> = rows.into_iter().map(|row| row[0].clone()).collect();
        let mut write = |e: Expr| {
            let ty = e.ty.clone();
            Ok(match e.kind {
                ExprKind::Scalar(name) if name == table.subquery => {
                    Expr::literal(ty, values.first().cloned().unwrap_or(Value::Null))
                }
                ExprKind::InTable { input, table: name } if name == table.subquery => {
                    let list = values.iter().map(|v| Expr::literal(input.ty.clone(), v.clone())).collect();
                    Expr::in_list(*input, list)?
                }
                kind => Expr { kind, ..e },
            })
        };
        plan = plan.transform(&mut |p| p.map_exprs(&mut |e| e.transform(&mut write)))?;
    }
    Ok(plan)
}

fn scanned(scan: &Scan) -> Result<Rows> {
    let schema = scan.source.0.schema();
    let mut rows = rows_of(&scan.source.0.label());
    for condition in scan.filters.iter().chain(&scan.pruning) {
        rows = filtered(rows, condition, schema)?;
    }
    let places = scan.column_indices()?;
    let rows = rows.iter().map(|row| places.iter().map(|i| row[*i].clone()).collect()).collect();
    Ok(cut(rows, 0, scan.limit))
}

fn cut(rows: Rows, offset: u64, limit: Option<u64>) -> Rows {
    rows.into_iter().skip(offset as usize).take(limit.unwrap_or(u64::MAX) as usize).collect()
}

fn is_new(seen: &mut Vec<Vec<Value>>, key: Vec<Value>) -> bool {
    let new = !seen.contains(&key);
    if new {
        seen.push(key);
    }
    new
}

fn filtered(rows: Rows, condition: &Expr, schema: &Schema) -> Result<Rows> {
    let mut kept = Vec::new();
    for row in rows {
        if holds(condition, &row, schema)? {
            kept.push(row);
        }
    }
    Ok(kept)
}

/// Whether a filter's condition is true: its parts run in turn, each only where all before it are true.
fn holds(condition: &Expr, row: &[Value], schema: &Schema) -> Result<bool> {
    for part in condition.clone().split_conjuncts() {
        if value(&part, row, schema)?.as_bool() != Some(true) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sorted(rows: Rows, keys: &[SortKey], schema: &Schema) -> Result<Rows> {
    let with_keys = |row: Vec<Value>| -> Result<(Vec<Value>, Vec<Value>)> {
        Ok((keys.iter().map(|k| value(&k.expr, &row, schema)).collect::<Result<_>>()?, row))
    };
    let mut rows = rows.into_iter().map(with_keys).collect::<Result<Vec<_>>>()?;
    rows.sort_by(|(a, _), (b, _)| {
        let each = keys.iter().zip(a.iter().zip(b)).map(|(key, (a, b))| by_key(key, a, b));
        each.fold(Ordering::Equal, Ordering::then)
    });
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn by_key(key: &SortKey, a: &Value, b: &Value) -> Ordering {
    match (a.is_null(), b.is_null()) {
        (true, true) => Ordering::Equal,
        (true, false) if key.nulls_first => Ordering::Less,
        (false, true) if key.nulls_first => Ordering::Greater,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        _ if key.descending => order(b, a),
        _ => order(a, b),
    }
}

fn grouped(aggregate: &Aggregate, rows: Rows, schema: &Schema) -> Result<Rows> {
    let mut groups: Vec<(Vec<Value>, Rows)> = Vec::new();
    if aggregate.keys.is_empty() {
        groups.push((Vec::new(), Vec::new()));
    }
    for row in rows {
        let key = aggregate.keys.iter().map(|k| value(&k.expr, &row, schema)).collect::<Result<Vec<_>>>()?;
        match groups.iter_mut().find(|(k, _)| *k == key) {
            Some((_, members)) => members.push(row),
            None => groups.push((key, vec![row])),
        }
    }
    let fold = |(mut key, rows): (Vec<Value>, Rows)| {
        for call in &aggregate.aggregates {
            key.push(folded(call, &rows, schema)?);
        }
        Ok(key)
    };
    groups.into_iter().map(fold).collect()
}

/// The rows with the results of their partitions, where they stood.
fn windowed(window: &Window, rows: Rows, schema: &Schema) -> Result<Rows> {
    let mut partitions: Vec<(Vec<Value>, Vec<usize>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let key = window.partition.iter().map(|k| value(k, row, schema)).collect::<Result<Vec<_>>>()?;
        match partitions.iter_mut().find(|(k, _)| *k == key) {
            Some((_, members)) => members.push(at),
            None => partitions.push((key, vec![at])),
        }
    }
    let mut results = rows.clone();
    for (_, members) in partitions {
        // Each row with its place behind it, so that it can be found again.
        let placed = |at: &usize| rows[*at].iter().cloned().chain([Value::Int(*at as i64)]).collect();
        let ordered = sorted(members.iter().map(placed).collect(), &window.order, schema)?;
        for call in &window.calls {
            for (number, row) in ordered.iter().enumerate() {
                let at = row.last().and_then(Value::as_int).unwrap_or(0) as usize;
                results[at].push(seen_from(call, number, &ordered, schema)?);
            }
        }
    }
    Ok(results)
}

/// A window's result for row `number` of its partition.
fn seen_from(window: &NamedWindow, number: usize, rows: &Rows, schema: &Schema) -> Result<Value> {
    match (&window.call.kind, &window.call.frame) {
        (WindowKind::Function { .. }, _) => Ok(Value::Int(number as i64 + 1)),
        (WindowKind::Aggregate(call), frame) => {
            let aggregate = NamedAggregate { name: window.name.clone(), call: call.clone() };
            let seen = if *frame == WindowFrame::Whole { rows.clone() } else { rows[..=number].to_vec() };
            folded(&aggregate, &seen, schema)
        }
    }
}

fn folded(aggregate: &NamedAggregate, rows: &Rows, schema: &Schema) -> Result<Value> {
    let arg = |row: &Vec<Value>| aggregate.call.args.first().map_or(Ok(Value::Null), |a| value(a, row, schema));
    let values = rows.iter().map(arg).collect::<Result<Vec<_>>>()?;
    let mut present = values.iter().filter(|v| !v.is_null());
    Ok(match aggregate.call.function.info().name {
        "count" => Value::Int(values.len() as i64),
        "first" => values.first().cloned().unwrap_or(Value::Null),
        "sum" => match present.next() {
            None => Value::Null,
            Some(_) => Value::Int(values.iter().filter_map(Value::as_int).sum()),
        },
        other => return Err(Error::not_found(format!("no toy aggregate `{other}`"))),
    })
}

fn joined(join: &Join, left: Rows, right: Rows) -> Result<Rows> {
    let pairs = join.pair_schema()?;
    let visible = if join.kind.shows_right() { &pairs } else { join.left.schema() };
    let places: Vec<usize> = join.output.iter().map(|n| visible.index_of(n).unwrap()).collect();
    let shown = |row: &Vec<Value>| -> Vec<Value> { places.iter().map(|i| row[*i].clone()).collect() };
    let mut rows = Vec::new();
    let mut met = vec![false; right.len()];
    for l in &left {
        let mut matches = Vec::new();
        for (r, met) in right.iter().zip(&mut met) {
            let pair: Vec<Value> = l.iter().chain(r).cloned().collect();
            if matched(join, l, r, &pair, &pairs)? {
                matches.push(pair);
                *met = true;
            }
        }
        match join.kind {
            JoinKind::Inner | JoinKind::Right => rows.extend(matches.iter().map(shown)),
            JoinKind::Left | JoinKind::Full if matches.is_empty() => {
                let padded = l.iter().cloned().chain(vec![Value::Null; join.right.schema().len()]).collect();
                rows.push(shown(&padded));
            }
            JoinKind::Left | JoinKind::Full => rows.extend(matches.iter().map(shown)),
            JoinKind::Semi if !matches.is_empty() => rows.push(shown(l)),
            JoinKind::Anti if matches.is_empty() => rows.push(shown(l)),
            JoinKind::Semi | JoinKind::Anti => {}
        }
    }
    if join.kind.keeps_right() {
        let padded = |r: &Vec<Value>| vec![Value::Null; join.left.schema().len()].into_iter().chain(r.iter().cloned()).collect();
        rows.extend(right.iter().zip(&met).filter(|(_, met)| !**met).map(|(r, _)| shown(&padded(r))));
    }
    Ok(rows)
}

fn matched(join: &Join, l: &[Value], r: &[Value], pair: &[Value], pairs: &Schema) -> Result<bool> {
    for key in &join.keys {
        let (a, b) = (value(&key.left, l, join.left.schema())?, value(&key.right, r, join.right.schema())?);
        if a != b || a.is_null() && !key.null_safe {
            return Ok(false);
        }
    }
    join.residual.as_ref().map_or(Ok(true), |c| holds(c, pair, pairs))
}

/// The value of `expr` on a row; guards hold.
fn value(expr: &Expr, row: &[Value], schema: &Schema) -> Result<Value> {
    let of = |e: &Expr| value(e, row, schema);
    match &expr.kind {
        ExprKind::Column(_) => Ok(row[schema.index_of(expr.as_column().unwrap()).unwrap()].clone()),
        ExprKind::Literal(value) => Ok(value.clone()),
        ExprKind::Call { function, args } => evaluate(function.info().name, &args.iter().map(of).collect::<Result<Vec<_>>>()?),
        ExprKind::Cast { input, .. } => match (of(input)?, expr.ty.is_float()) {
            (Value::Int(n), true) => Ok(Value::Float(n as f64)),
            (value, _) => Ok(value),
        },
        ExprKind::And(parts) => connected(parts, false, &of),
        ExprKind::Or(parts) => connected(parts, true, &of),
        ExprKind::Case { branches, otherwise } => {
            for (condition, value) in branches {
                if of(condition)?.as_bool() == Some(true) {
                    return of(value);
                }
            }
            otherwise.as_ref().map_or(Ok(Value::Null), |o| of(o))
        }
        ExprKind::Coalesce(parts) => {
            for part in parts {
                let value = of(part)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            Ok(Value::Null)
        }
        ExprKind::InList { input, list } => match of(input)? {
            Value::Null => Ok(Value::Null),
            value => Ok(Value::Bool(list.contains(&value))),
        },
        ExprKind::Scalar(name) | ExprKind::InTable { table: name, .. } => Err(Error::internal(format!("{name} is not known"))),
    }
}

/// `and` (decided by false) or `or` (decided by true): parts after the deciding one do not run.
fn connected(parts: &[Expr], decides: bool, of: &dyn Fn(&Expr) -> Result<Value>) -> Result<Value> {
    let mut result = Value::Bool(!decides);
    for part in parts {
        match of(part)? {
            Value::Bool(b) if b == decides => return Ok(Value::Bool(decides)),
            Value::Bool(_) => {}
            _ => result = Value::Null,
        }
    }
    Ok(result)
}
