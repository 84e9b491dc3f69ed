//! `-p name=value`: what is bound before the first cell.

use std::str::FromStr;

use weft_core::{Type, Value};

use crate::interpreter::Interpreter;

/// A name and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameter {
    name: String,
    ty: Type,
    value: Value,
}

impl Parameter {
    /// Makes it known to the cells that follow.
    pub(super) fn bind(&self, interpreter: &Interpreter) {
        interpreter.bind(&self.name, self.ty.clone(), self.value.clone());
    }
}

impl FromStr for Parameter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("it is written NAME=VALUE")?;
        let mut chars = name.chars();
        let starts = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_');
        if !starts || !chars.all(|c| c.is_alphanumeric() || c == '_') {
            return Err(format!("`{name}` is no name"));
        }
        let (ty, value) = typed(value);
        Ok(Parameter { name: name.to_owned(), ty, value })
    }
}

/// Whole numbers, numbers with a point or exponent, `true`, `false`; all else is text.
fn typed(text: &str) -> (Type, Value) {
    let digits = text.trim_start_matches('-');
    // 007 is no number but a code, as it is for read_csv; digits that no integer holds are not rounded silently.
    let is_code = digits.len() > 1
        && digits.chars().all(|c| c.is_ascii_digit())
        && (digits.starts_with('0') || text.parse::<i64>().is_err());
    let is_number = !is_code && text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
    if let (true, Ok(n)) = (is_number, text.parse()) {
        return (Type::Int64, Value::Int(n));
    }
    if let (true, Ok(x)) = (is_number, text.parse()) {
        return (Type::Float64, Value::Float(x));
    }
    match text {
        "true" | "false" => (Type::Bool, Value::Bool(text == "true")),
        _ => (Type::String, Value::string(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        text.parse::<Parameter>().unwrap().value
    }

    #[test]
    fn values_have_the_types_they_look_like() {
        assert_eq!(value("n=-20"), Value::Int(-20));
        assert_eq!(value("x=1e-3"), Value::Float(1e-3));
        assert_eq!(value("z=0"), Value::Int(0));
        assert_eq!(value("h=0.5"), Value::Float(0.5));
        assert_eq!(value("b=true"), Value::Bool(true));
        for text in ["inf", "NaN", "1 2", "", "a=b", "2024-01-31", "-inf ", "007", "-01", "99999999999999999999999"] {
            assert_eq!(value(&format!("s={text}")), Value::string(text));
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["n", "=1", "1n=2", "a b=1", "a-b=1"] {
            assert!(text.parse::<Parameter>().is_err(), "{text}");
        }
    }
}
