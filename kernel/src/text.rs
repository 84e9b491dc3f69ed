//! Cursor positions: the protocol counts code points, Rust counts bytes.

/// The byte offset of the code point `position` of `text`; the end if there are fewer.
pub(crate) fn byte_offset(text: &str, position: usize) -> usize {
    text.char_indices().nth(position).map_or(text.len(), |(offset, _)| offset)
}

/// How many code points stand before the byte `offset`. An offset within a character counts as
/// before it.
pub(crate) fn code_points(text: &str, offset: usize) -> usize {
    text[..text.floor_char_boundary(offset)].chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_are_neither_bytes_nor_utf16() {
        let text = "a\u{e9}\u{1f600}b";
        let offsets: Vec<usize> = (0..6).map(|position| byte_offset(text, position)).collect();
        assert_eq!(offsets, [0, 1, 3, 7, 8, 8]);
        let back: Vec<usize> = (0..10).map(|offset| code_points(text, offset)).collect();
        assert_eq!(back, [0, 1, 1, 2, 2, 2, 2, 3, 4, 4]);
    }
}
