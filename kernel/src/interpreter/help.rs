//! Pages of the manual, as front ends show them.

use weft_core::{Error, Registry, Result, Settings};
use weft_lang::help::{Page, help};

use crate::mime::MimeBundle;

/// The page on a function, verb, setting or error code; the overview without a topic.
///
/// # Errors
/// If there is nothing of that name.
pub(super) fn page(registry: &Registry, settings: &Settings, topic: Option<&str>) -> Result<MimeBundle> {
    help(topic, registry, settings).map(|page| bundle(&page)).map_err(|near| {
        let error = Error::not_found(format!("no page on `{}`", topic.unwrap_or_default()));
        match near {
            Some(near) => error.with_help(format!("did you mean `help {near}`?")),
            None => error.with_help("`help` alone lists what there is"),
        }
    })
}

/// A page in all the forms that front ends take.
pub(super) fn bundle(page: &Page) -> MimeBundle {
    MimeBundle::plain(page.to_plain()).with("text/markdown", page.to_markdown()).with("text/html", page.to_html())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_has_a_page() {
        let session = weft_session::Session::new(".");
        let registry = session.registry();
        let functions = registry.infos().map(|info| info.name);
        let verbs = weft_lang::syntax::verbs::VERBS.iter().map(|(name, _)| *name);
        for topic in functions.chain(verbs) {
            let bundle = page(registry, &session.settings(), Some(topic)).unwrap();
            assert!(bundle.text().unwrap().contains(topic), "{topic}");
        }
        let overview = page(registry, &session.settings(), None).unwrap();
        assert!(overview.text().unwrap().contains("read_parquet"));
    }

    #[test]
    fn a_name_nearby_is_offered() {
        let session = weft_session::Session::new(".");
        let error = page(session.registry(), &session.settings(), Some("wher")).unwrap_err();
        assert_eq!(error.help(), Some("did you mean `help where`?"));
    }
}
