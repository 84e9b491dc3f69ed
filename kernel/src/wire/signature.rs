//! Message signatures: HMAC over the four JSON frames, checked in constant time.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha224, Sha256, Sha384, Sha512};

/// Signs and verifies messages with the key of the connection file.
#[derive(Clone)]
pub struct Signer(Option<Keyed>);

#[derive(Clone)]
enum Keyed {
    Sha224(Hmac<Sha224>),
    Sha256(Hmac<Sha256>),
    Sha384(Hmac<Sha384>),
    Sha512(Hmac<Sha512>),
}

/// The signature scheme of a connection file is not one this kernel has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownScheme(pub String);

impl std::fmt::Display for UnknownScheme {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "signature scheme {:?} is not supported: use hmac-sha224, hmac-sha256, hmac-sha384 or hmac-sha512", self.0)
    }
}

impl std::error::Error for UnknownScheme {}

/// Runs `$body` with the keyed HMAC of whichever digest is in use.
macro_rules! each_digest {
    ($keyed:expr, $mac:ident => $body:expr) => {
        match $keyed {
            Keyed::Sha224($mac) => $body,
            Keyed::Sha256($mac) => $body,
            Keyed::Sha384($mac) => $body,
            Keyed::Sha512($mac) => $body,
        }
    };
}

impl Signer {
    /// A signer for `scheme` (such as `hmac-sha256`) and `key`. An empty key means that messages
    /// are not signed.
    ///
    /// # Errors
    /// If the scheme is unknown and there is a key.
    pub fn new(scheme: &str, key: &[u8]) -> Result<Self, UnknownScheme> {
        if key.is_empty() {
            return Ok(Self(None));
        }
        let unknown = || UnknownScheme(scheme.to_owned());
        let keyed = match scheme.to_ascii_lowercase().as_str() {
            "hmac-sha224" => Hmac::new_from_slice(key).map(Keyed::Sha224),
            "hmac-sha256" | "" => Hmac::new_from_slice(key).map(Keyed::Sha256),
            "hmac-sha384" => Hmac::new_from_slice(key).map(Keyed::Sha384),
            "hmac-sha512" => Hmac::new_from_slice(key).map(Keyed::Sha512),
            _ => return Err(unknown()),
        };
        keyed.map(|keyed| Self(Some(keyed))).map_err(|_| unknown())
    }

    /// The signature of `parts` in lower-case hexadecimal; empty without a key.
    pub fn sign<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>) -> String {
        let Some(keyed) = &self.0 else {
            return String::new();
        };
        each_digest!(keyed, mac => {
            let mut mac = mac.clone();
            parts.into_iter().for_each(|part| mac.update(part));
            hex(mac.finalize().into_bytes().as_slice())
        })
    }

    /// Whether `signature` (hexadecimal) belongs to `parts`. Everything does without a key.
    pub fn verify<'a>(&self, parts: impl IntoIterator<Item = &'a [u8]>, signature: &[u8]) -> bool {
        let Some(keyed) = &self.0 else {
            return true;
        };
        let Some(expected) = unhex(signature) else {
            return false;
        };
        each_digest!(keyed, mac => {
            let mut mac = mac.clone();
            parts.into_iter().for_each(|part| mac.update(part));
            // Compares in constant time.
            mac.verify_slice(&expected).is_ok()
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.chunks_exact(2).map(|pair| u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [&[u8]; 4] = [b"what do ya want ", b"for ", b"nothing", b"?"];

    #[test]
    fn agrees_with_rfc_4231_case_2() {
        let signer = Signer::new("hmac-sha256", b"Jefe").unwrap();
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signer.sign(PARTS), expected);
        assert!(signer.verify(PARTS, expected.as_bytes()));
        assert!(signer.verify(PARTS, expected.to_uppercase().as_bytes()));
    }

    #[test]
    fn other_digests_are_honoured() {
        let lengths = [("hmac-sha224", 56), ("hmac-sha384", 96), ("hmac-sha512", 128)];
        for (scheme, length) in lengths {
            let signer = Signer::new(scheme, b"key").unwrap();
            let signature = signer.sign(PARTS);
            assert_eq!(signature.len(), length, "{scheme}");
            assert!(signer.verify(PARTS, signature.as_bytes()), "{scheme}");
        }
        assert!(Signer::new("hmac-md5", b"key").is_err());
    }

    #[test]
    fn rejects_wrong_short_and_garbled_signatures() {
        let signer = Signer::new("hmac-sha256", b"Jefe").unwrap();
        let good = signer.sign(PARTS);
        assert!(!signer.verify([b"other".as_slice()], good.as_bytes()));
        for bad in ["", "00", &good[..62], &good[..63], "zz", "\u{e9}\u{e9}"] {
            assert!(!signer.verify(PARTS, bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn an_empty_key_means_no_signatures() {
        let signer = Signer::new("", b"").unwrap();
        assert_eq!(signer.sign(PARTS), "");
        assert!(signer.verify(PARTS, b"anything"));
    }
}
