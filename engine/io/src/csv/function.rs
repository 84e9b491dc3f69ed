//! The table function and its options.

use std::sync::Arc;

use weft_core::function::{Default, Example, Family, Param};
use weft_core::source::{OpenContext, TableFunction, TableSource};
use weft_core::{Error, Function, Result, Type, Value};

use super::records::Dialect;
use super::source::CsvSource;
use crate::options::Options;
use crate::{local, type_text};

/// See the module.
pub(crate) struct ReadCsv;

static INFO: Function = Function {
    name: "read_csv",
    family: Family::Source,
    summary: "The rows of delimited text files, plain or packed with gzip or zstd; types are inferred from the first rows.",
    params: &[
        Param::required("path", "str or [str]", "a file, a folder, or a pattern with `* ? [] {} **`; or several of them"),
        Param::option("sep", "str", Default::Str(","), "the character between fields"),
        Param::option("header", "bool", Default::Bool(true), "whether the first record holds the names"),
        Param::option("quote", "str", Default::Str("\""), "the character around fields; \"\" for none"),
        Param::option("escape", "str", Default::Null, "the character before a quote inside quotes; left out, quotes are doubled"),
        Param::option("comment", "str", Default::Null, "lines that begin with this character are left out"),
        Param::option("null", "str or [str]", Default::Null, "texts that mean null; an empty field when left out"),
        Param::option("skip", "int", Default::Int(0), "lines left out at the beginning of each file"),
        Param::option("columns", "[str]", Default::Null, "names of the columns, instead of the header's"),
        Param::option("schema", "{name: type}", Default::Null, "types of columns that are not to be inferred"),
        Param::option("infer_rows", "int", Default::Int(1000), "rows that are looked at to find the types"),
        Param::choice(
            "ragged",
            &["error", "fill"],
            Default::Str("error"),
            "what records of another length get: nulls, extra fields dropped",
        ),
        Param::option("date_format", "str", Default::Null, "how dates are written, as in `%d.%m.%Y`"),
        Param::option("timestamp_format", "str", Default::Null, "how timestamps are written, as in `%d.%m.%Y %H:%M`"),
    ],
    variadic: false,
    operator: None,
    examples: &[Example { code: "read_csv(\"data/shops.csv\") | where country == \"Japan\" | select city", result: "Kyoto" }],
};

/// What was asked for.
#[derive(Debug)]
pub(super) struct CsvOptions {
    pub(super) dialect: Dialect,
    pub(super) header: bool,
    pub(super) nulls: Vec<Vec<u8>>,
    pub(super) skip: u64,
    pub(super) names: Option<Vec<String>>,
    pub(super) types: Vec<(String, Type)>,
    pub(super) infer_rows: usize,
    pub(super) fill: bool,
    pub(super) formats: Formats,
}

/// How dates and timestamps are written, where not by ISO 8601.
#[derive(Debug, Clone, std::default::Default)]
pub(super) struct Formats {
    pub(super) date: Option<String>,
    pub(super) timestamp: Option<String>,
}

impl TableFunction for ReadCsv {
    fn info(&self) -> &'static Function {
        &INFO
    }

    fn open(&self, args: &[Value], context: &OpenContext) -> Result<Arc<dyn TableSource>> {
        let options = Options::new(&INFO, args)?;
        let places = options.texts("path")?.ok_or_else(|| options.refuse("path", "text or a list of texts"))?;
        let extensions = [".csv", ".tsv", ".csv.gz", ".csv.zst", ".tsv.gz", ".tsv.zst"];
        let mut files = Vec::new();
        for place in &places {
            files.extend(local::find(place, &context.working_dir, &extensions, &context.cancel)?);
        }
        let csv = CsvOptions::read(&options)?;
        Ok(Arc::new(CsvSource::open(files, places.join(", "), csv, options.spec(), &context.cancel)?))
    }
}

impl CsvOptions {
    fn read(options: &Options<'_>) -> Result<Self> {
        let dialect = Dialect {
            separator: character(options, "sep")?.ok_or_else(|| options.refuse("sep", "one ASCII character"))?,
            quote: character(options, "quote")?,
            escape: character(options, "escape")?,
            comment: character(options, "comment")?,
        };
        dialect.check()?;
        let formats = Formats {
            date: options.optional_text("date_format")?.map(str::to_string),
            timestamp: options.optional_text("timestamp_format")?.map(str::to_string),
        };
        let names = options.texts("columns")?;
        Ok(CsvOptions {
            dialect,
            header: options.bool("header")?,
            nulls: options.texts("null")?.unwrap_or_else(|| vec![""]).iter().map(|t| t.as_bytes().to_vec()).collect(),
            skip: options.count("skip")?,
            names: names.map(|names| names.iter().map(|n| n.to_string()).collect()),
            types: types(options)?,
            infer_rows: usize::try_from(options.count("infer_rows")?).unwrap_or(usize::MAX).max(1),
            fill: options.text("ragged")? == "fill",
            formats,
        })
    }
}

/// One ASCII character; nothing for null or empty text.
fn character(options: &Options<'_>, name: &str) -> Result<Option<u8>> {
    match options.optional_text(name)?.map(str::as_bytes) {
        None | Some([]) => Ok(None),
        Some([byte]) if byte.is_ascii() && !matches!(byte, b'\n' | b'\r') => Ok(Some(*byte)),
        _ => Err(options.refuse(name, "one ASCII character")),
    }
}

/// `schema`: pairs of a name and a type's text, as a map, as a list of pairs, or as text `a: int, b: str`.
fn types(options: &Options<'_>) -> Result<Vec<(String, Type)>> {
    let wants = "names and types, like `{a: \"int\", b: \"str\"}`";
    let pair = |name: &Value, ty: &Value| match (name.as_str(), ty.as_str()) {
        (Some(name), Some(ty)) => Ok((name.to_string(), type_text::parse(ty)?)),
        _ => Err(options.refuse("schema", wants)),
    };
    match options.value("schema") {
        Value::Null => Ok(Vec::new()),
        Value::Map(entries) => entries.iter().map(|(name, ty)| pair(name, ty)).collect(),
        Value::List(pairs) => pairs
            .iter()
            .map(|p| match p {
                Value::List(two) | Value::Struct(two) if two.len() == 2 => pair(&two[0], &two[1]),
                _ => Err(options.refuse("schema", wants)),
            })
            .collect(),
        Value::String(text) => type_text::parse_members(text),
        _ => Err(options.refuse("schema", wants)),
    }
}

impl Dialect {
    fn check(&self) -> Result<()> {
        let used = [Some(self.separator), self.quote, self.escape.filter(|e| Some(*e) != self.quote), self.comment];
        let used: Vec<u8> = used.into_iter().flatten().collect();
        let twice = used.iter().enumerate().find(|(i, c)| used[..*i].contains(c));
        match twice {
            Some((_, &c)) => Err(Error::argument(format!("`{}` cannot stand for two things in `read_csv`", c as char))),
            None => Ok(()),
        }
    }
}
