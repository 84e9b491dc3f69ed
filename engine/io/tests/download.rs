//! `download`

use std::sync::Arc;

use arrow::array::StringViewArray;
use weft_core::expr::ExprKind;
use weft_core::function::{ArgType, QueryContext, Weight};
use weft_core::{Error, Expr, Result, Series, Type, Value};

use crate::support::{registry, text};

fn download(paths: Vec<Option<&str>>, options: &[Value]) -> Result<Vec<Value>> {
    let function = registry().scalar("download").unwrap();
    assert_eq!(function.properties().weight, Weight::Waits);
    let rows = paths.len();
    let mut args = vec![Series::new(Type::String, Arc::new(StringViewArray::from(paths))).unwrap()];
    let defaults = [text("raise"), Value::Null];
    for (value, ty) in options.iter().chain(&defaults[options.len()..]).zip([Type::String, Type::Int64]) {
        args.push(Series::constant(ty, value, rows).unwrap());
    }
    let series = futures::executor::block_on(function.call_waiting(args, rows, QueryContext::default()))?;
    (0..rows).map(|i| series.value(i)).collect()
}

fn bytes(text: &str) -> Value {
    Value::Binary(text.as_bytes().into())
}

#[test]
fn files_come_back_in_the_order_of_their_paths() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..50).map(|i| folder.path().join(format!("{i}")).to_str().unwrap().to_string()).collect();
    names.iter().enumerate().for_each(|(i, name)| std::fs::write(name, format!("content {i}")).unwrap());
    let url = format!("file://{}", names[3]);
    let mut paths: Vec<Option<&str>> = names.iter().map(|n| Some(n.as_str())).collect();
    paths.extend([None, Some(url.as_str())]);
    let found = download(paths, &[text("raise"), Value::Int(7)]).unwrap();
    assert_eq!((&found[49], &found[50], &found[51]), (&bytes("content 49"), &Value::Null, &bytes("content 3")));
}

#[test]
fn what_cannot_be_read_is_an_error_or_null() {
    let error = |paths: Vec<Option<&str>>| -> Error { download(paths, &[]).unwrap_err() };
    assert!(error(vec![Some("/no/such/file")]).message().contains("`/no/such/file`"));
    assert!(error(vec![Some("https://example.org/x")]).message().contains("`https://`"));
    assert!(error(vec![Some("/")]).message().contains("is a folder"));
    assert_eq!(download(vec![Some("/no/such/file"), None], &[Value::Null]).unwrap(), [Value::Null, Value::Null]);
    assert!(download(vec![Some("/x")], &[text("ignore")]).is_err());
    assert!(download(vec![Some("/x")], &[text("raise"), Value::Int(0)]).is_err());
}

#[test]
fn a_call_resolves_and_an_interrupt_ends_it() {
    let function = registry().scalar("download").unwrap();
    let call = Expr::call(function.clone(), vec![Expr::string("/no/such/file")]).unwrap();
    assert_eq!(call.ty, Type::Binary);
    assert!(matches!(call.kind, ExprKind::Call { ref args, .. } if args.len() == 3));
    let number = ArgType { ty: &Type::Int64, nullable: false, value: None };
    assert!(function.resolve(&[number, number, number]).is_err());
    let query = QueryContext::default();
    query.cancel.cancel();
    let args = [(Type::String, text("/x")), (Type::String, text("null")), (Type::Int64, Value::Null)];
    let args: Vec<Series> = args.into_iter().map(|(ty, v)| Series::constant(ty, &v, 1).unwrap()).collect();
    assert_eq!(function.call(&args, 1, &query).unwrap_err().kind(), weft_core::ErrorKind::Cancelled);
}
