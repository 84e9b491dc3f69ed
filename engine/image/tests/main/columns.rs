//! The functions on columns.

use arrow::array::UInt32Array;
use image::ImageFormat;
use weft_core::expr::{Expr, ExprKind};
use weft_core::function::{QueryContext, Weight};
use weft_core::types::ImageMode;
use weft_core::{Registry, Result, Series, Type, Value};
use weft_image::{decode, picture_at};

use crate::sample::{bomb, file, in_mode};

fn registry() -> Registry {
    let mut registry = Registry::new();
    weft_image::register(&mut registry);
    registry
}

/// `name(column, options)`.
fn call(name: &str, column: &Series, options: Vec<Expr>) -> Result<Series> {
    let function = registry().require_scalar(name)?;
    let mut args = vec![Expr::index(0, column.ty().clone(), true)];
    args.extend(options);
    let expr = Expr::call(function.clone(), args)?;
    let ExprKind::Call { args, .. } = &expr.kind else { panic!("{expr} is no call") };
    let mut columns = vec![column.clone()];
    for arg in &args[1..] {
        columns.push(Series::constant(arg.ty.clone(), arg.as_literal().unwrap(), column.len())?);
    }
    let result = function.call(&columns, column.len(), &QueryContext::default())?;
    assert_eq!((result.ty(), result.len()), (&expr.ty, column.len()));
    Ok(result)
}

fn null() -> Expr {
    Expr::literal(Type::Null, Value::Null)
}

fn files(files: &[Option<Vec<u8>>]) -> Series {
    let values: Vec<Value> =
        files.iter().map(|f| f.as_ref().map_or(Value::Null, |f| Value::Binary(f.as_slice().into()))).collect();
    Series::new(Type::Binary, Value::array(&Type::Binary, &values).unwrap()).unwrap()
}

#[test]
fn files_become_pictures_and_files_again() {
    let column = files(&[Some(file(ImageFormat::Png)), None, Some(file(ImageFormat::Bmp))]);
    let pictures = call("decode_image", &column, vec![Expr::string("RGB")]).unwrap();
    assert_eq!(pictures.ty(), &Type::Image(Some(ImageMode::RGB)));
    assert_eq!(picture_at(&pictures, 0).unwrap().unwrap(), in_mode(ImageMode::RGB));
    assert_eq!(picture_at(&pictures, 1).unwrap(), None);

    let widths = call("image_width", &pictures.slice(1, 2), vec![]).unwrap();
    assert_eq!((widths.value(0).unwrap(), widths.value(1).unwrap()), (Value::Null, Value::Int(4)));
    assert_eq!(call("image_height", &pictures, vec![]).unwrap().value(2).unwrap(), Value::Int(3));
    assert_eq!(call("image_mode", &pictures, vec![]).unwrap().value(0).unwrap(), Value::string("RGB"));

    let grey = call("convert_image", &pictures, vec![Expr::string("L")]).unwrap();
    assert_eq!(picture_at(&grey, 2).unwrap().unwrap(), in_mode(ImageMode::RGB).convert(ImageMode::L).unwrap());
    let small = call("resize", &pictures, vec![Expr::int(2), Expr::int(1)]).unwrap();
    let small = picture_at(&small, 0).unwrap().unwrap();
    assert_eq!((small.width(), small.height()), (2, 1));
    let part = call("crop", &pictures, [1, 0, 2, 2].map(Expr::int).to_vec()).unwrap();
    assert_eq!(picture_at(&part, 2).unwrap().unwrap(), in_mode(ImageMode::RGB).crop(1, 0, 2, 2).unwrap());

    for format in ["png", "gif", "tiff", "bmp", "webp", "jpeg"] {
        let written = call("encode_image", &pictures, vec![Expr::string(format)]).unwrap();
        let Value::Binary(bytes) = written.value(0).unwrap() else { panic!("{format} wrote nothing") };
        let read = decode(&bytes).unwrap().convert(ImageMode::RGB).unwrap();
        if format == "jpeg" {
            assert_eq!((read.width(), read.height()), (4, 3));
        } else {
            assert_eq!(read, in_mode(ImageMode::RGB), "{format}");
        }
        assert_eq!(written.value(1).unwrap(), Value::Null);
    }
}

#[test]
fn what_cannot_be_decoded_is_an_error_or_null() {
    let column = files(&[Some(file(ImageFormat::Png)), Some(b"no picture".to_vec()), Some(bomb(90_000, 90_000))]);
    assert!(call("decode_image", &column, vec![]).unwrap_err().message().contains("no picture"));
    for on_error in [null(), Expr::string("null")] {
        let pictures = call("decode_image", &column, vec![null(), on_error]).unwrap();
        assert_eq!(pictures.ty(), &Type::Image(None));
        assert!(picture_at(&pictures, 0).unwrap().is_some());
        assert!(picture_at(&pictures, 1).unwrap().is_none() && picture_at(&pictures, 2).unwrap().is_none());
    }
    assert!(call("decode_image", &column, vec![Expr::string("CMYK")]).unwrap_err().help().is_some());
    assert!(call("decode_image", &column, vec![null(), Expr::string("ignore")]).is_err());
    let texts = Series::constant(Type::String, &Value::string("x"), 1).unwrap();
    assert!(call("resize", &texts, vec![Expr::int(1), Expr::int(1)]).unwrap_err().message().contains("`resize` takes an image"));
}

#[test]
fn encodings_sizes_and_estimates() {
    let one = files(&[Some(file(ImageFormat::Png))]);
    let flat = one.to_flat().unwrap();
    let constant = Series::constant_array(Type::Binary, flat.clone(), 3).unwrap();
    let dictionary = Series::dictionary(Type::Binary, UInt32Array::from(vec![Some(0), None]), flat);
    let all = call("decode_image", &constant, vec![]).unwrap();
    assert_eq!(picture_at(&all, 2).unwrap().unwrap(), in_mode(ImageMode::RGB));
    let some = call("decode_image", &dictionary, vec![]).unwrap();
    assert!(picture_at(&some, 0).unwrap().is_some() && picture_at(&some, 1).unwrap().is_none());
    assert_eq!(call("decode_image", &one.slice(0, 0), vec![]).unwrap().len(), 0);
    let nulls = Series::nulls(Type::Image(None), 2);
    assert_eq!(picture_at(&call("resize", &nulls, vec![Expr::int(1), Expr::int(1)]).unwrap(), 1).unwrap(), None);

    let decode = registry().scalar("decode_image").unwrap();
    assert_eq!(decode.properties().weight, Weight::Heavy);
    let options = [Series::nulls(Type::String, 1), Series::nulls(Type::String, 1)];
    assert_eq!(decode.output_bytes(&[files(&[Some(bomb(640, 480))]), options[0].clone(), options[1].clone()]), 640 * 480 * 3);
    let size = |n| Series::constant(Type::Int64, &Value::Int(n), 1).unwrap();
    let image = Series::nulls(Type::Image(Some(ImageMode::RGB)), 1);
    assert_eq!(registry().scalar("resize").unwrap().output_bytes(&[image, size(224), size(100)]), 224 * 100 * 3);
    assert!(registry().scalars().all(|f| !f.info().examples.is_empty()));
}

#[test]
fn an_interrupted_query_stops_between_pictures() {
    let query = QueryContext::default();
    query.cancel.cancel();
    let function = registry().scalar("decode_image").unwrap();
    let none = Series::nulls(Type::String, 1);
    let raise = Series::constant(Type::String, &Value::string("raise"), 1).unwrap();
    let error = function.call(&[files(&[Some(file(ImageFormat::Png))]), none, raise], 1, &query).unwrap_err();
    assert_eq!(error.kind(), weft_core::ErrorKind::Cancelled);
}
