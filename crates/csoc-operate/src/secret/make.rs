//! What is made: random texts and keys, by the random numbers of AWS-LC.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use secrecy::zeroize::Zeroizing;

use super::value::{Value, buffer};
use super::wanted::MadeOf;

/// Letters and digits, of which none is written otherwise in JSON, YAML, SQL, a shell or a URL.
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// There are no random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this machine gives no random numbers")]
pub struct NoRandomness;

/// Makes something.
pub(super) fn make(of: MadeOf) -> Result<Value, NoRandomness> {
    match of {
        MadeOf::Letters => letters(32),
        MadeOf::Bytes => {
            let mut bytes = Zeroizing::new([0_u8; 32]);
            fill(&mut *bytes)?;
            let mut text = buffer();
            base64(&mut text, &*bytes, Alphabet::Url);
            Ok(Value::new(text.to_string()))
        }
        MadeOf::Rsa => rsa(),
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| NoRandomness)
}

fn letters(count: usize) -> Result<Value, NoRandomness> {
    let mut text = Zeroizing::new(String::with_capacity(count));
    let mut bytes = Zeroizing::new([0_u8; 64]);
    while text.len() < count {
        fill(&mut *bytes)?;
        // Two of 64 stand for no letter and are passed over: a remainder would make some letters likelier than others.
        let fair = bytes.iter().map(|byte| byte & 0x3f);
        let found = fair.filter_map(|byte| LETTERS.get(usize::from(byte)));
        let missing = count.saturating_sub(text.len());
        for letter in found.take(missing) {
            text.push(char::from(*letter));
        }
    }
    Ok(Value::new(text.to_string()))
}

fn rsa() -> Result<Value, NoRandomness> {
    let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| NoRandomness)?;
    let der = pair.as_der().map_err(|_| NoRandomness)?;
    let mut body = buffer();
    base64(&mut body, der.as_ref(), Alphabet::Standard);
    let mut text = buffer();
    text.push_str("-----BEGIN PRIVATE KEY-----\n");
    let mut width = 0;
    for character in body.chars() {
        if width == 64 {
            text.push('\n');
            width = 0;
        }
        text.push(character);
        width += 1;
    }
    text.push_str("\n-----END PRIVATE KEY-----\n");
    Ok(Value::new(text.to_string()))
}

/// Which letters stand for 62 and 63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alphabet {
    Standard,
    Url,
}

/// Writes bytes in base64, with padding.
pub(super) fn base64(out: &mut String, bytes: &[u8], alphabet: Alphabet) {
    let letter = |six: u32| {
        let six = u8::try_from(six & 0x3f).unwrap_or(0);
        match (six, alphabet) {
            (0..=61, _) => LETTERS.get(usize::from(six)).copied().unwrap_or(b'A'),
            (62, Alphabet::Standard) => b'+',
            (62, Alphabet::Url) => b'-',
            (_, Alphabet::Standard) => b'/',
            (_, Alphabet::Url) => b'_',
        }
    };
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = (at(0) << 16) | (at(1) << 8) | at(2);
        for (index, shift) in [18_u32, 12, 6, 0].into_iter().enumerate() {
            let is_padding = index > chunk.len();
            out.push(if is_padding {
                '='
            } else {
                char::from(letter(bits >> shift))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_base64() {
        let encoded = |bytes: &[u8], alphabet| {
            let mut text = String::new();
            base64(&mut text, bytes, alphabet);
            text
        };
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xfb\xff\xfe", "+//+"),
        ] {
            assert_eq!(encoded(bytes, Alphabet::Standard), text);
        }
        assert_eq!(encoded(b"\xfb\xff\xfe", Alphabet::Url), "-__-");
    }

    #[test]
    fn what_is_made_has_its_form_and_is_another_each_time() {
        for of in [MadeOf::Letters, MadeOf::Bytes] {
            let (one, other) = (make(of).expect("made"), make(of).expect("made"));
            assert_ne!(one.expose(), other.expose());
        }
        let letters = make(MadeOf::Letters).expect("made");
        assert_eq!(letters.expose().len(), 32);
        assert!(
            letters
                .expose()
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric())
        );
        let bytes = make(MadeOf::Bytes).expect("made");
        assert_eq!(bytes.expose().len(), 44);
        assert!(bytes.expose().ends_with('='));
        let key = make(MadeOf::Rsa).expect("made");
        assert!(key.expose().starts_with("-----BEGIN PRIVATE KEY-----\nMII"));
        assert!(key.expose().lines().all(|line| line.len() <= 64));
    }
}
