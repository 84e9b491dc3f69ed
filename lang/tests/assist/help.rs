//! Pages of `help`.

use weft_lang::help::help;
use weft_lang::resolve::Environment;

use super::Session;

fn page(topic: &str) -> Result<String, Option<String>> {
    let session = Session::new();
    help(Some(topic), session.registry(), &session.settings()).map(|page| page.to_plain())
}

#[test]
fn every_name_has_a_page() {
    let session = Session::new();
    let functions = session.registry().infos().map(|info| info.name);
    let verbs = weft_lang::syntax::verbs::VERBS.iter().map(|(name, _)| *name);
    let codes = weft_lang::diagnostics::CODES.iter().map(|code| code.id);
    let settings = weft_core::settings::SETTINGS.iter().map(|setting| setting.name);
    for topic in functions.chain(verbs).chain(codes).chain(settings) {
        assert!(page(topic).unwrap().contains(topic), "{topic}");
    }
}

#[test]
fn the_overview_lists_what_there_is() {
    let session = Session::new();
    let text = help(None, session.registry(), &session.settings()).unwrap().to_plain();
    for part in ["where condition", "upper", "read_parquet", "let name"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(!text.contains("plot"), "only what works is listed");
}

#[test]
fn set_lists_the_settings() {
    let text = page("set").unwrap();
    assert!(text.contains("chunk_rows") && text.contains("16384"), "{text}");
}

#[test]
fn over_lists_parts_and_functions() {
    let text = page("over").unwrap();
    assert!(text.contains("range a..b") && text.contains("dense_rank()"), "{text}");
    assert!(page("lag").unwrap().contains("(window function)"));
}

#[test]
fn in_has_a_page_that_also_says_what_pipelines_in_expressions_are() {
    let text = page("in").unwrap();
    assert!(text.contains("x in (table | …)") && text.contains("at most one row"), "{text}");
}

#[test]
fn words_of_other_languages_lead_here() {
    assert!(page("filter").unwrap().contains("`filter` of other languages is called `where` here."));
    assert_eq!(page("wher"), Err(Some("where".to_owned())));
    assert_eq!(page("qqqqqqqq"), Err(None));
}
