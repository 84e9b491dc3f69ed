//! Texts that stand for bytes: `utf-8`, `hex`, `base64`.

use weft_core::{Error, Result};

/// The codecs that `encode` and `decode` know.
pub(super) const NAMES: &[&str] = &["utf-8", "hex", "base64"];

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A codec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Utf8,
    Hex,
    Base64,
}

impl Codec {
    /// The codec called `name`.
    pub(super) fn parse(name: &str) -> Result<Self> {
        match name {
            "utf-8" => Ok(Codec::Utf8),
            "hex" => Ok(Codec::Hex),
            "base64" => Ok(Codec::Base64),
            _ => Err(Error::argument(format!("no codec `{name}`")).with_help(format!("codecs are {}", NAMES.join(", ")))),
        }
    }

    /// Writes `bytes` as text.
    pub(super) fn encode(self, bytes: &[u8], out: &mut String) -> Result<()> {
        match self {
            Codec::Utf8 => out.push_str(
                std::str::from_utf8(bytes)
                    .map_err(|e| Error::value(format!("the binary is no text: byte {} is not UTF-8", e.valid_up_to())))?,
            ),
            Codec::Hex => out.extend(bytes.iter().flat_map(|b| [hex_digit(b >> 4), hex_digit(b & 15)])),
            Codec::Base64 => bytes.chunks(3).for_each(|triple| encode_triple(triple, out)),
        }
        Ok(())
    }

    /// Writes the bytes that `text` stands for.
    pub(super) fn decode(self, text: &str, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Codec::Utf8 => out.extend_from_slice(text.as_bytes()),
            Codec::Hex => {
                let bad = || Error::value(format!("{} is not hexadecimal", shown(text)));
                if text.len() % 2 == 1 {
                    return Err(bad());
                }
                for pair in text.as_bytes().chunks_exact(2) {
                    let digit = |b: u8| char::from(b).to_digit(16).ok_or_else(bad);
                    out.push((digit(pair[0])? * 16 + digit(pair[1])?) as u8);
                }
            }
            Codec::Base64 => decode_base64(text, out).ok_or_else(|| Error::value(format!("{} is not base64", shown(text))))?,
        }
        Ok(())
    }
}

fn hex_digit(n: u8) -> char {
    char::from_digit(n.into(), 16).unwrap_or('0')
}

fn encode_triple(triple: &[u8], out: &mut String) {
    let byte = |i: usize| u32::from(triple.get(i).copied().unwrap_or(0));
    let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
    for i in 0..4 {
        let digit = BASE64[(bits >> (18 - 6 * i) & 63) as usize];
        out.push(if i <= triple.len() { char::from(digit) } else { '=' });
    }
}

/// Padding may be left out; the URL alphabet (`-`, `_`) is read as well.
fn decode_base64(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let digits = text.trim_end_matches('=').as_bytes();
    if digits.len() % 4 == 1 || text.len() - digits.len() > 2 {
        return None;
    }
    for chunk in digits.chunks(4) {
        let mut bits = 0;
        for &digit in chunk {
            let value = match digit {
                b'-' => 62,
                b'_' => 63,
                digit => BASE64.iter().position(|&d| d == digit)? as u32,
            };
            bits = bits << 6 | value;
        }
        bits <<= 6 * (4 - chunk.len());
        out.extend_from_slice(&bits.to_be_bytes()[1..chunk.len()]);
    }
    Some(())
}

/// The start of a text, for messages.
fn shown(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    format!("{start:?}{}", if start.len() < text.len() { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_survives_both_ways() {
        for text in ["", "f", "fo", "foo", "foob", "straße"] {
            for codec in [Codec::Utf8, Codec::Hex, Codec::Base64] {
                let (mut encoded, mut bytes) = (String::new(), Vec::new());
                codec.encode(text.as_bytes(), &mut encoded).unwrap();
                codec.decode(&encoded, &mut bytes).unwrap();
                assert_eq!(bytes, text.as_bytes(), "{codec:?} {encoded}");
            }
        }
        let mut out = String::new();
        Codec::Base64.encode(b"foob", &mut out).unwrap();
        assert_eq!(out, "Zm9vYg==");
        for bad in ["Z", "Zm9=vYg", "####"] {
            assert!(Codec::Base64.decode(bad, &mut Vec::new()).is_err(), "{bad}");
        }
    }
}
