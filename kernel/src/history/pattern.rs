//! Patterns with `*` and `?`, matched against a whole text.

/// Whether all of `text` matches `pattern`. Linear in practice: a star goes back only to itself.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut seen) = (0, 0);
    // The last star, and how much of the text it had taken.
    let mut star: Option<(usize, usize)> = None;
    while seen < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, seen));
                at += 1;
            }
            Some(&wanted) if wanted == '?' || wanted == text[seen] => {
                at += 1;
                seen += 1;
            }
            _ => {
                let Some((place, taken)) = star else {
                    return false;
                };
                star = Some((place, taken + 1));
                at = place + 1;
                seen = taken + 1;
            }
        }
    }
    pattern[at..].iter().all(|&rest| rest == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_and_question_marks() {
        for pattern in ["*", "abc", "a*", "*c", "a?c", "*b*", "a**c", "???", "abc*"] {
            assert!(matches(pattern, "abc"), "{pattern}");
        }
        for pattern in ["", "a", "b*", "*b", "????", "ab?d", "abcd"] {
            assert!(!matches(pattern, "abc"), "{pattern}");
        }
        assert!(matches("*\n*", "two\nlines"));
        assert!(!matches("*a*a*a*a*b", &"a".repeat(2000)));
    }
}
