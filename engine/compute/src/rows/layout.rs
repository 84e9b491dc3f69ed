//! Where each part of a row stands.

use weft_core::memory::PAGE_BYTES;
use weft_core::states::STATE_ALIGN;
use weft_core::{Result, Type};

use super::column::{Codec, Kind};

/// Where one column stands in a row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The value, or the length and prefix of bytes.
    pub(crate) at: usize,
    /// The rest of short bytes, or the place of long ones in the heap.
    pub(crate) rest: usize,
    /// Byte and bit of the validity: 1 for a value.
    pub(crate) valid: (usize, u8),
}

/// What a row may hold besides its columns.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extras {
    /// The address of the next row with the same key.
    pub(crate) next: bool,
    /// Task and row of the first appearance.
    pub(crate) position: bool,
    /// A byte that says whether a probe met the row.
    pub(crate) mark: bool,
}

/// The layout of all rows of a store:
/// `hash | next? | position? | keys | key validity | heap halves of keys | payload | validity, mark | states`.
///
/// The key's words but for the heap halves are equal exactly when the keys are equal up to what stands in the heap,
/// so that keys are compared word by word whatever their types.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) keys: Vec<(Codec, Place)>,
    pub(crate) payload: Vec<(Codec, Place)>,
    /// Where the payload begins and ends, its heap halves included.
    pub(crate) payload_span: (usize, usize),
    /// Offset and bytes of each aggregate's state.
    pub(crate) states: Vec<(usize, usize)>,
    pub(crate) next: Option<usize>,
    pub(crate) position: Option<usize>,
    pub(crate) mark: Option<usize>,
    /// Where the key begins: a multiple of 8.
    pub(crate) key_at: usize,
    /// Words of the key that are compared as they are.
    pub(crate) exact_words: usize,
    /// Words of the key in all, heap halves included.
    pub(crate) key_words: usize,
    /// Bytes of a row: a multiple of 8.
    pub(crate) width: usize,
    /// log₂ of the greatest page, which holds at least one row.
    pub(crate) page_shift: u32,
}

impl Layout {
    /// A layout for keys, payload and states of these bytes.
    pub(crate) fn new(keys: &[Type], payload: &[Type], state_bytes: &[usize], extras: Extras) -> Result<Self> {
        let mut end = 8;
        let mut take = |wanted: bool, bytes: usize| {
            let at = end;
            end += if wanted { bytes } else { 0 };
            wanted.then_some(at)
        };
        let (next, position) = (take(extras.next, 8), take(extras.position, 16));
        let key_at = end;
        let mut keys = places(keys, true, &mut end)?;
        let exact_words = (end - key_at) / 8;
        for (codec, place) in &mut keys {
            if codec.kind == Kind::Bytes {
                place.rest = end;
                end += 8;
            }
        }
        let key_words = (end - key_at) / 8;
        let payload_at = end;
        let mut payload = places(payload, false, &mut end)?;
        for (codec, place) in &mut payload {
            if codec.kind == Kind::Bytes {
                place.rest = end;
                end += 8;
            }
        }
        let payload_span = (payload_at, end);
        let mark = extras.mark.then_some(end);
        end += if extras.mark { 8 } else { 0 };
        let mut states = Vec::with_capacity(state_bytes.len());
        for &bytes in state_bytes {
            states.push((end, bytes));
            end += bytes.next_multiple_of(STATE_ALIGN);
        }
        let page_shift = PAGE_BYTES.max(end.next_power_of_two()).ilog2();
        Ok(Layout {
            keys,
            payload,
            payload_span,
            states,
            next,
            position,
            mark,
            key_at,
            exact_words,
            key_words,
            width: end,
            page_shift,
        })
    }
}

impl Layout {
    /// Columns of keys and payload that may refer to the heap.
    pub(crate) fn bytes_columns(&self) -> impl Iterator<Item = &(Codec, Place)> {
        self.keys.iter().chain(&self.payload).filter(|(codec, _)| codec.kind == Kind::Bytes)
    }
}

/// Places for columns from `end` on, the widest first so that all are aligned, then their validity, up to a whole word.
fn places(types: &[Type], canonical: bool, end: &mut usize) -> Result<Vec<(Codec, Place)>> {
    let codecs = types.iter().map(|t| Codec::new(t, canonical)).collect::<Result<Vec<_>>>()?;
    let mut places = vec![Place { at: 0, rest: 0, valid: (0, 0) }; codecs.len()];
    for width in [16, 8, 4, 2, 1] {
        for (codec, place) in codecs.iter().zip(&mut places) {
            let own = match codec.kind {
                Kind::Null => continue,
                Kind::Fixed(own) => own,
                Kind::Bytes => 8,
            };
            if own == width {
                place.at = *end;
                *end += width;
            }
        }
    }
    for (i, place) in places.iter_mut().enumerate() {
        place.valid = (*end + i / 8, 1 << (i % 8));
    }
    *end = (*end + places.len().div_ceil(8)).next_multiple_of(8);
    Ok(codecs.into_iter().zip(places).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_keys_share_words_and_everything_is_aligned() {
        let states = [8, 12];
        let layout = Layout::new(&[Type::Int32, Type::Bool], &[], &states, Extras::default()).unwrap();
        assert_eq!((layout.key_at, layout.exact_words, layout.key_words), (8, 1, 1));
        assert_eq!((layout.states.clone(), layout.width), (vec![(16, 8), (24, 12)], 40));
        let extras = Extras { next: true, position: true, mark: true };
        let layout = Layout::new(&[Type::String, Type::Int8], &[Type::Decimal { precision: 38, scale: 0 }], &[], extras).unwrap();
        assert_eq!((layout.key_at, layout.exact_words, layout.key_words), (32, 2, 3));
        assert_eq!(layout.keys[0].1.rest, 48);
        assert_eq!(layout.payload[0].1.at % 8, 0);
        assert_eq!(layout.width % 8, 0);
    }
}
