//! What nobody can guess.

use std::io;

use crate::digest::Digest;

/// 256 bits from the system, as 64 hexadecimal digits.
pub(crate) fn random() -> io::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(Digest::of(&bytes).to_string())
}
