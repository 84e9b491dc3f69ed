//! The engine's one error type.

use std::fmt;

use crate::origin::Origin;

/// What went wrong, as far as a caller may act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// A name (column, function, table, setting) that does not exist.
    NotFound,
    /// Types that do not fit.
    Type,
    /// A value that cannot be computed: overflow, a bad cast, a bad date.
    Value,
    /// An argument or option outside what is allowed.
    Argument,
    /// A file, folder or object that cannot be read or written.
    Io,
    /// A file whose content is not what its format says.
    Format,
    /// The memory budget is used up.
    Memory,
    /// The query was interrupted.
    Cancelled,
    /// A part that is not there yet; the message says so.
    Unsupported,
    /// A fault of the engine itself.
    Internal,
}

/// The result of anything in the engine.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error with the place in the cell it belongs to, where one is known.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    help: Option<String>,
    context: Vec<String>,
    origin: Origin,
}

impl Error {
    /// An error of a kind, with a message that says what was wrong with which thing.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { kind, message: message.into(), help: None, context: Vec::new(), origin: Origin::NONE }))
    }

    /// [`ErrorKind::Type`].
    pub fn type_mismatch(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Type, message)
    }

    /// [`ErrorKind::Value`].
    pub fn value(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Value, message)
    }

    /// [`ErrorKind::Argument`].
    pub fn argument(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Argument, message)
    }

    /// [`ErrorKind::NotFound`].
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    /// [`ErrorKind::Format`].
    pub fn format(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Format, message)
    }

    /// [`ErrorKind::Unsupported`].
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, message)
    }

    /// [`ErrorKind::Internal`].
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// [`ErrorKind::Cancelled`].
    pub fn cancelled() -> Self {
        Self::new(ErrorKind::Cancelled, "the query was interrupted")
    }

    /// An I/O error on a named file or folder.
    pub fn io(path: &str, error: &std::io::Error) -> Self {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("no file or folder `{path}`"),
            std::io::ErrorKind::PermissionDenied => format!("no permission to read `{path}`"),
            _ => format!("`{path}`: {error}"),
        };
        Self::new(ErrorKind::Io, message)
    }

    /// Adds a line that says what to do.
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Adds a line that says where it happened (file, row), innermost first.
    pub fn with_context(mut self, context: impl Into<String>) -> Self {
        self.0.context.push(context.into());
        self
    }

    /// Sets the place in the cell, unless a more precise one is already known.
    pub fn at(mut self, origin: Origin) -> Self {
        if self.0.origin.place().is_none() {
            self.0.origin = origin;
        }
        self
    }

    /// The kind.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The message alone.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The line that says what to do.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// Where it happened (file, row), innermost first.
    pub fn context(&self) -> &[String] {
        &self.0.context
    }

    /// The place in the cell.
    pub fn origin(&self) -> Origin {
        self.0.origin
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        for context in &self.0.context {
            write!(f, " ({context})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl From<arrow::error::ArrowError> for Error {
    fn from(error: arrow::error::ArrowError) -> Self {
        use arrow::error::ArrowError as A;
        match error {
            A::CastError(m) | A::ParseError(m) | A::ComputeError(m) | A::ArithmeticOverflow(m) => Error::value(m),
            A::DivideByZero => Error::value("division by zero"),
            A::NotYetImplemented(m) => Error::unsupported(m),
            A::IoError(m, _) => Error::new(ErrorKind::Io, m),
            A::IpcError(m) | A::CsvError(m) | A::JsonError(m) | A::ParquetError(m) | A::AvroError(m) => Error::format(m),
            other => Error::internal(other.to_string()),
        }
    }
}
