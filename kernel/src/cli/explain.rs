//! `weft explain`: a page of the manual.

use clap::Args;

use crate::interpreter::Interpreter;

/// Options of `weft explain`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// An error code such as E0201, a verb, a function, a setting; all that there is without one
    #[arg(value_name = "TOPIC")]
    topic: Option<String>,
}

/// The page.
///
/// # Errors
/// If there is none.
pub(super) fn run(options: &Options) -> Result<String, String> {
    let page = Interpreter::open()?.page(options.topic.as_deref()).map_err(|error| match error.help() {
        Some(help) => format!("{error}; {}", help.replace("`help ", "`weft explain ").replace("`help`", "`weft explain`")),
        None => error.to_string(),
    })?;
    Ok(page.text().unwrap_or_default().to_owned())
}
