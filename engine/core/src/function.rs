//! What a function is: data (name, parameters, docs, examples), facts for the optimizer, and a kernel.

use futures::future::BoxFuture;

use crate::cancel::CancelToken;
use crate::error::{Error, Result};
use crate::expr::Expr;
use crate::series::Series;
use crate::subquery::Answers;
use crate::types::Type;
use crate::value::Value;

/// What completion, inspection, the reference page and the example tests read of a function.
#[derive(Debug)]
pub struct Function {
    /// The name in the language.
    pub name: &'static str,
    /// The family it is listed under.
    pub family: Family,
    /// One sentence.
    pub summary: &'static str,
    /// Parameters in order. Options come last and have defaults.
    pub params: &'static [Param],
    /// Whether the last parameter may be repeated.
    pub variadic: bool,
    /// The infix or prefix operator that calls it.
    pub operator: Option<&'static str>,
    /// Each is run by the tests.
    pub examples: &'static [Example],
}

/// A group of functions on the reference page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Family {
    Operator,
    Numeric,
    String,
    Time,
    List,
    Struct,
    Json,
    Hash,
    Binary,
    Image,
    File,
    Embedding,
    Aggregate,
    Window,
    Source,
    Misc,
}

/// One parameter.
#[derive(Debug)]
pub struct Param {
    /// The name for `name: value`.
    pub name: &'static str,
    /// What it takes, as the reference shows it: `str`, `number`, `any`, ….
    pub takes: &'static str,
    /// One clause.
    pub doc: &'static str,
    /// The value when it is left out; nothing for what must be given.
    pub default: Option<Default>,
    /// The fixed choices of a text option.
    pub choices: &'static [&'static str],
}

impl Param {
    /// A parameter that must be given.
    pub const fn required(name: &'static str, takes: &'static str, doc: &'static str) -> Self {
        Param { name, takes, doc, default: None, choices: &[] }
    }

    /// An option with a default.
    pub const fn option(name: &'static str, takes: &'static str, default: Default, doc: &'static str) -> Self {
        Param { name, takes, doc, default: Some(default), choices: &[] }
    }

    /// A text option with fixed choices.
    pub const fn choice(name: &'static str, choices: &'static [&'static str], default: Default, doc: &'static str) -> Self {
        Param { name, takes: "str", doc, default: Some(default), choices }
    }
}

/// The value of an option that was left out.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(missing_docs)]
pub enum Default {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(&'static str),
}

impl Default {
    /// As a literal.
    pub fn to_expr(self) -> Expr {
        match self {
            Default::Null => Expr::literal(Type::Null, Value::Null),
            Default::Bool(b) => Expr::bool(b),
            Default::Int(n) => Expr::int(n),
            Default::Float(x) => Expr::literal(Type::Float64, Value::Float(x)),
            Default::Str(text) => Expr::string(text),
        }
    }
}

/// Code and what it shows.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// An expression of the language; for an aggregate or a source a pipeline.
    pub code: &'static str,
    /// What it gives, as `weft run` prints a scalar.
    pub result: &'static str,
}

impl Function {
    /// `name(a, b, option: default)`.
    pub fn signature(&self) -> String {
        let mut params: Vec<String> = Vec::with_capacity(self.params.len());
        for param in self.params {
            params.push(match param.default {
                None => param.name.to_string(),
                Some(default) => format!("{}: {}", param.name, default.to_expr()),
            });
        }
        if self.variadic
            && let Some(last) = params.last_mut()
        {
            last.push_str(", …");
        }
        format!("{}({})", self.name, params.join(", "))
    }

    /// How many of `args` must be written: defaults at the end say nothing.
    pub fn written(&self, args: &[Expr]) -> usize {
        let is_default = |(i, arg): (usize, &Expr)| {
            let default = self.params.get(i).and_then(|p| p.default).map(Default::to_expr);
            default.is_some_and(|d| d.as_literal() == arg.as_literal())
        };
        let mut written = args.len();
        while written > 0 && is_default((written - 1, &args[written - 1])) {
            written -= 1;
        }
        written
    }

    /// Appends the defaults of parameters that `args` leaves out.
    pub fn fill_defaults(&self, args: &mut Vec<Expr>) -> Result<()> {
        if args.len() > self.params.len() && !self.variadic {
            let message = format!("`{}` takes at most {} arguments, not {}", self.name, self.params.len(), args.len());
            return Err(Error::argument(message).with_help(format!("it is called as `{}`", self.signature())));
        }
        for param in self.params.iter().skip(args.len()) {
            match param.default {
                Some(default) => args.push(default.to_expr()),
                None => {
                    let message = format!("`{}` needs its argument `{}`", self.name, param.name);
                    return Err(Error::argument(message).with_help(format!("it is called as `{}`", self.signature())));
                }
            }
        }
        Ok(())
    }
}

/// An argument as resolution sees it.
#[derive(Debug, Clone, Copy)]
pub struct ArgType<'a> {
    /// Its type.
    pub ty: &'a Type,
    /// Whether it can be null.
    pub nullable: bool,
    /// Its value, where it is a literal.
    pub value: Option<&'a Value>,
}

/// The types a call has after resolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// What each argument is cast to.
    pub args: Vec<Type>,
    /// The result.
    pub output: Type,
}

/// What a function does with nulls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Null exactly where an argument is.
    Propagate,
    /// Never null.
    Never,
    /// Decides itself.
    Handles,
}

/// When a function gives the same result for the same arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    /// Always.
    Pure,
    /// Within one query (`now()`), or while outside things stay as they are (`download`).
    Stable,
    /// Never to be relied on (`random()`).
    Volatile,
}

/// What a call costs, and so where it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nanoseconds a row: fused with its neighbours.
    Cheap,
    /// A row may cost milliseconds or MiB: its own operator, cut to size.
    Heavy,
    /// Waits for something outside: an asynchronous stage.
    Waits,
    /// Runs in another process.
    External,
}

/// How the result moves with the first argument, all others constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Monotonicity {
    Increasing,
    Decreasing,
    Unknown,
}

/// Facts that the optimizer and execution ask for; the defaults claim nothing.
#[derive(Debug, Clone, Copy)]
pub struct Properties {
    /// See [`Nulls`].
    pub nulls: Nulls,
    /// See [`Volatility`].
    pub volatility: Volatility,
    /// Whether it can fail on some values of the right types.
    pub fallible: bool,
    /// See [`Weight`].
    pub weight: Weight,
    /// See [`Monotonicity`].
    pub monotonicity: Monotonicity,
}

impl Properties {
    /// Cheap, pure, cannot fail, null exactly where an argument is.
    pub const SIMPLE: Properties = Properties {
        nulls: Nulls::Propagate,
        volatility: Volatility::Pure,
        fallible: false,
        weight: Weight::Cheap,
        monotonicity: Monotonicity::Unknown,
    };

    /// Nothing claimed: may fail, handles nulls, stable within a query.
    pub const CAUTIOUS: Properties = Properties {
        nulls: Nulls::Handles,
        volatility: Volatility::Stable,
        fallible: true,
        weight: Weight::Cheap,
        monotonicity: Monotonicity::Unknown,
    };

    /// The same, but may fail.
    pub const fn fallible(mut self) -> Self {
        self.fallible = true;
        self
    }

    /// The same with another way with nulls.
    pub const fn nulls(mut self, nulls: Nulls) -> Self {
        self.nulls = nulls;
        self
    }

    /// The same with another weight.
    pub const fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// The same with another volatility.
    pub const fn volatility(mut self, volatility: Volatility) -> Self {
        self.volatility = volatility;
        self
    }

    /// The same, moving with its first argument.
    pub const fn monotonic(mut self, monotonicity: Monotonicity) -> Self {
        self.monotonicity = monotonicity;
        self
    }
}

/// What is the same for all calls of one query.
#[derive(Debug, Clone)]
pub struct QueryContext {
    /// `now()` in nanoseconds since 1970-01-01 UTC, read once.
    pub now: i64,
    /// The session's time zone name.
    pub time_zone: std::sync::Arc<str>,
    /// Whether integer `//` and `%` by zero give null (else an error).
    pub divide_by_zero_is_null: bool,
    /// Connections a waiting function may hold at once.
    pub connections: usize,
    /// The query's token.
    pub cancel: CancelToken,
    /// What its sub-pipelines gave.
    pub answers: Answers,
}

impl std::default::Default for QueryContext {
    fn default() -> Self {
        QueryContext {
            now: 0,
            time_zone: "UTC".into(),
            divide_by_zero_is_null: true,
            connections: 32,
            cancel: CancelToken::new(),
            answers: Answers::default(),
        }
    }
}

/// A function of the values of one row.
pub trait ScalarFunction: Send + Sync {
    /// Name, parameters, docs.
    fn info(&self) -> &'static Function;

    /// Facts; claims nothing unless overridden.
    fn properties(&self) -> Properties {
        Properties::CAUTIOUS
    }

    /// The types for these arguments (one per parameter, defaults filled in), or why they do not fit.
    fn resolve(&self, args: &[ArgType<'_>]) -> Result<Signature>;

    /// The result for `rows` rows; `args` have the resolved types, any encoding, and `rows` rows each.
    ///
    /// A kernel may return any encoding. Errors show the operands.
    fn call(&self, args: &[Series], rows: usize, query: &QueryContext) -> Result<Series>;

    /// For [`Weight::Waits`]: the same without holding a thread.
    fn call_waiting(&self, args: Vec<Series>, rows: usize, query: QueryContext) -> BoxFuture<'static, Result<Series>> {
        let result = self.call(&args, rows, &query);
        Box::pin(async move { result })
    }

    /// For heavy functions: an estimate of the bytes that the result takes for one row of these arguments.
    fn output_bytes(&self, _args: &[Series]) -> usize {
        16
    }
}
