//! What can stand behind a dot: fields of a struct, columns of a table, and functions that take the value first.

use weft_core::function::{ArgType, Function};
use weft_core::{Type, Value};

use super::ItemKind;
use super::found::Found;
use super::lists::{is_called, offer_column, offer_function};
use crate::Span;
use crate::cursor::{Cursor, Surroundings, word};
use crate::syntax::token::{Kind, Token};

/// Fields and methods of what stands before the dot.
pub(crate) fn members(cursor: &Cursor<'_>, receiver: &[Token], env: &dyn Surroundings, found: &mut Found<'_>) {
    if let [Token { kind: Kind::Session(name), .. }] = receiver
        && let Some(plan) = cursor.table(env, name)
    {
        plan.schema().fields().iter().for_each(|field| offer_column(field, ItemKind::Column, found));
        return;
    }
    if let [only] = receiver
        && let Some(name) = word(only)
        && let Some((Some(alias), right)) = cursor.right(env)
        && alias == name
    {
        right.fields().iter().for_each(|field| offer_column(field, ItemKind::Column, found));
        return;
    }
    let (Some(first), Some(last)) = (receiver.first(), receiver.last()) else { return };
    let text = Span::new(first.span.start, last.span.end).of(cursor.text);
    let ty = cursor.type_of(env, text);
    if let Some(Type::Struct(fields)) = &ty {
        fields.iter().for_each(|field| offer_column(field, ItemKind::Field, found));
    }
    functions(ty.as_ref(), env, found);
}

fn functions(ty: Option<&Type>, env: &dyn Surroundings, found: &mut Found<'_>) {
    for function in env.registry().scalars() {
        let info = function.info();
        let takes = |args: &[ArgType<'_>]| function.resolve(args).is_ok();
        if is_called(info) && found.fits(info.name) && accepts(info, ty, &takes) {
            offer_function(info, ItemKind::Function, found);
        }
    }
    for aggregate in env.registry().aggregates() {
        let info = aggregate.info();
        let takes = |args: &[ArgType<'_>]| aggregate.resolve(args).is_ok();
        if found.fits(info.name) && accepts(info, ty, &takes) {
            offer_function(info, ItemKind::Aggregate, found);
        }
    }
}

/// Whether a function takes a value of this type first. Its other arguments are tried with plain values, because
/// nobody has typed them yet.
fn accepts(info: &Function, ty: Option<&Type>, takes: &dyn Fn(&[ArgType<'_>]) -> bool) -> bool {
    if info.params.is_empty() {
        return false;
    }
    let Some(ty) = ty else { return true };
    let others = [
        (Type::String, Some(Value::string("a"))),
        (Type::Int64, Some(Value::Int(1))),
        (ty.clone(), None),
        (Type::Float64, Some(Value::Float(1.0))),
        (Type::Bool, Some(Value::Bool(true))),
        (Type::Null, Some(Value::Null)),
    ];
    others.iter().any(|(other, value)| takes_with(info, ty, other, value.as_ref(), takes))
}

fn takes_with(info: &Function, ty: &Type, other: &Type, value: Option<&Value>, takes: &dyn Fn(&[ArgType<'_>]) -> bool) -> bool {
    let defaults: Vec<_> = info.params.iter().map(|param| param.default.map(literal)).collect();
    let mut args = vec![ArgType { ty, nullable: true, value: None }];
    for default in defaults.iter().skip(1) {
        args.push(match default {
            Some((ty, value)) => ArgType { ty, nullable: false, value: Some(value) },
            None => ArgType { ty: other, nullable: true, value },
        });
    }
    takes(&args)
}

fn literal(default: weft_core::function::Default) -> (Type, Value) {
    use weft_core::function::Default;
    match default {
        Default::Null => (Type::Null, Value::Null),
        Default::Bool(b) => (Type::Bool, Value::Bool(b)),
        Default::Int(n) => (Type::Int64, Value::Int(n)),
        Default::Float(x) => (Type::Float64, Value::Float(x)),
        Default::Str(text) => (Type::String, Value::string(text)),
    }
}
