//! "Did you mean".

/// The candidate most like `word`, if one is like enough to be meant: a few letters off, or the same but for case.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = word.to_lowercase();
    let most = match word.chars().count() {
        0 => return None,
        1..=2 => 1,
        3..=5 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != word)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= most && *distance < candidate.chars().count())
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn nearest_name_wins() {
        assert_eq!(suggest("vendr", ["fare", "vendor", "vendors"]), Some("vendor"));
    }

    #[test]
    fn case_alone_is_near() {
        assert_eq!(suggest("WHERE", ["where", "unless"]), Some("where"));
    }

    #[test]
    fn nothing_near_gives_nothing() {
        assert_eq!(suggest("quantity", ["fare", "vendor"]), None);
        assert_eq!(suggest("", ["a"]), None);
        assert_eq!(suggest("x", ["y"]), None);
    }
}
