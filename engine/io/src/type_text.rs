//! Flat types as options write them: `int`, `decimal(15, 2)`, `timestamp("us", "UTC")`.

use weft_core::{Error, Result, TimeUnit, Type};

/// The type that `text` names; the names are those that schemas show, and the sized ones (`int64`, `float64`).
pub(crate) fn parse(text: &str) -> Result<Type> {
    let text = text.trim();
    let (name, args) = match text.split_once('(') {
        Some((name, rest)) => (name.trim(), rest.strip_suffix(')').ok_or_else(|| unknown(text))?),
        None => (text, ""),
    };
    let args: Vec<&str> = args.split(',').map(|a| a.trim().trim_matches('"')).filter(|a| !a.is_empty()).collect();
    flat(name, &args).ok_or_else(|| unknown(text))
}

fn flat(name: &str, args: &[&str]) -> Option<Type> {
    Some(match (name, args) {
        ("bool", []) => Type::Bool,
        ("int8", []) => Type::Int8,
        ("int16", []) => Type::Int16,
        ("int32", []) => Type::Int32,
        ("int" | "int64", []) => Type::Int64,
        ("uint8", []) => Type::UInt8,
        ("uint16", []) => Type::UInt16,
        ("uint32", []) => Type::UInt32,
        ("uint64", []) => Type::UInt64,
        ("float32", []) => Type::Float32,
        ("float" | "float64", []) => Type::Float64,
        ("str", []) => Type::String,
        ("date", []) => Type::Date,
        ("time", []) => Type::Time(TimeUnit::Microsecond),
        ("timestamp", []) => Type::timestamp(),
        ("timestamp", [unit]) => Type::Timestamp(time_unit(unit)?, None),
        ("timestamp", [unit, zone]) => Type::Timestamp(time_unit(unit)?, Some((*zone).into())),
        ("decimal", [precision, scale]) => {
            let (precision, scale) = (precision.parse().ok()?, scale.parse::<i8>().ok()?);
            let valid = (1..=38).contains(&precision) && (0..=precision as i8).contains(&scale);
            return valid.then_some(Type::Decimal { precision, scale });
        }
        _ => return None,
    })
}

fn time_unit(text: &str) -> Option<TimeUnit> {
    Some(match text {
        "s" => TimeUnit::Second,
        "ms" => TimeUnit::Millisecond,
        "us" => TimeUnit::Microsecond,
        "ns" => TimeUnit::Nanosecond,
        _ => return None,
    })
}

fn unknown(text: &str) -> Error {
    Error::argument(format!("`{text}` is no type that a text column can have"))
        .with_help("types are bool, int, int8 … int64, uint8 … uint64, float, float32, decimal(p, s), str, date, time, timestamp")
}

/// `a: int, b: str`, braces around it or not.
pub(crate) fn parse_members(text: &str) -> Result<Vec<(String, Type)>> {
    let inner = text.trim().trim_start_matches('{').trim_end_matches('}');
    let mut members = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (i, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                members.extend(member(&inner[start..i])?);
                start = i + 1;
            }
            _ => {}
        }
    }
    Ok(members)
}

fn member(text: &str) -> Result<Option<(String, Type)>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (name, ty) = text.split_once(':').ok_or_else(|| Error::argument(format!("`{text}` must be a name, `:` and a type")))?;
    Ok(Some((name.trim().trim_matches(['`', '"']).to_string(), parse(ty.trim().trim_matches('"'))?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_as_they_are_shown() {
        for text in ["int", "uint8", "decimal(15, 2)", "timestamp(\"ms\", \"UTC\")", "timestamp", "str", "float"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for text in ["decimal(5, 9)", "decimal(99, 2)", "strin", "int(3)", "decimal(3"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let members = parse_members("{a: decimal(9, 2), `b`: \"str\"}").unwrap();
        assert_eq!(members, [("a".into(), Type::Decimal { precision: 9, scale: 2 }), ("b".into(), Type::String)]);
    }
}
