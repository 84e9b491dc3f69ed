//! One value alone.

use weft_core::types::Type;
use weft_core::{Result, Value};

use super::preview::Options;
use super::{html, picture, plain, text};
use crate::mime::MimeBundle;

/// A value that is no table: its text; a picture as a picture; nested and long values also as HTML,
/// where they unfold.
///
/// # Errors
/// If a picture's pixels are fewer than its size says.
pub fn scalar(ty: &Type, value: &Value) -> Result<MimeBundle> {
    if matches!(ty, Type::Image(_)) && !value.is_null() {
        return picture::picture(value);
    }
    let options = Options { chars: 2_000, ..Options::default() };
    let bundle = MimeBundle::plain(plain::value(ty, value, &options));
    Ok(if text::is_nested(ty) { bundle.with("text/html", html::value(ty, value, &options)) } else { bundle })
}

#[cfg(test)]
mod tests {
    use weft_core::types::ImageMode;

    use super::*;

    #[test]
    fn texts_keep_their_lines_and_nothing_else() {
        let bundle = scalar(&Type::String, &Value::string("a\x1b[2J\r\n\tb\u{202e}")).unwrap();
        assert_eq!(bundle.text().unwrap(), "a␛[2J\n⇥b⟨U+202E⟩");
        assert!(!bundle.data.contains_key("text/html"));
    }

    #[test]
    fn numbers_nulls_and_lists() {
        let text = |ty: &Type, value: Value| scalar(ty, &value).unwrap().text().unwrap().to_owned();
        assert_eq!(text(&Type::Int64, Value::Int(2)), "2");
        assert_eq!(text(&Type::Int64, Value::Null), "null");
        assert_eq!(text(&Type::list(Type::String), Value::List(vec![Value::string("x")])), "[\"x\"]");
    }

    #[test]
    fn a_picture_is_a_picture() {
        let bundle = scalar(&Type::Image(None), &picture::tests::plain_picture(ImageMode::RGB, 2, 2)).unwrap();
        assert!(bundle.data.contains_key("image/png"));
        let none = scalar(&Type::Image(None), &Value::Null).unwrap();
        assert_eq!(none.text().unwrap(), "null");
    }
}
