//! Arguments of table functions, read with messages that name the function and the option.

use weft_core::source::SourceSpec;
use weft_core::{Error, Function, Result, Value};

/// The arguments of one call, one per parameter.
pub(crate) struct Options<'a> {
    function: &'static Function,
    args: &'a [Value],
}

impl<'a> Options<'a> {
    pub(crate) fn new(function: &'static Function, args: &'a [Value]) -> Result<Self> {
        if args.len() != function.params.len() {
            let message = format!("`{}` got {} of its {} arguments", function.name, args.len(), function.params.len());
            return Err(Error::internal(message));
        }
        Ok(Options { function, args })
    }

    /// How the call is written down in a plan.
    pub(crate) fn spec(&self) -> SourceSpec {
        SourceSpec { function: self.function.name.to_string(), args: self.args.to_vec() }
    }

    /// The argument `name`; null where the function has no such parameter.
    pub(crate) fn value(&self, name: &str) -> &'a Value {
        let index = self.function.params.iter().position(|p| p.name == name);
        index.and_then(|i| self.args.get(i)).unwrap_or(&Value::Null)
    }

    /// An error about the argument `name`: what it wants, and what it got.
    pub(crate) fn refuse(&self, name: &str, wants: &str) -> Error {
        let got = self.value(name);
        Error::argument(format!("`{name}` of `{}` must be {wants}, not {got}", self.function.name))
            .with_help(format!("it is called as `{}`", self.function.signature()))
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'a str> {
        self.value(name).as_str().ok_or_else(|| self.refuse(name, "text"))
    }

    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<&'a str>> {
        if self.value(name).is_null() { Ok(None) } else { self.text(name).map(Some) }
    }

    pub(crate) fn bool(&self, name: &str) -> Result<bool> {
        self.value(name).as_bool().ok_or_else(|| self.refuse(name, "true or false"))
    }

    pub(crate) fn optional_int(&self, name: &str) -> Result<Option<i64>> {
        match self.value(name) {
            Value::Null => Ok(None),
            value => value.as_int().map(Some).ok_or_else(|| self.refuse(name, "a whole number")),
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self, name: &str) -> Result<u64> {
        let n = self.optional_int(name)?.unwrap_or(0);
        u64::try_from(n).map_err(|_| self.refuse(name, "a whole number from 0 up"))
    }

    /// One text, or a list of texts; nothing for null.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>> {
        let wants = "text or a list of texts";
        match self.value(name) {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(vec![text])),
            Value::List(items) => {
                let texts = items.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
                texts.map(Some).ok_or_else(|| self.refuse(name, wants))
            }
            _ => Err(self.refuse(name, wants)),
        }
    }
}
