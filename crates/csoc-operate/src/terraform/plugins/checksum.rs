//! The checksums of providers, as lock files have them.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::Path;

use sha2::{Digest as _, Sha256};

/// What lock files write in base64 behind `h1:`.
pub(super) type Checksum = [u8; 32];

/// The checksum of what is in a directory, as modules of Go have it: of a line for each file, in order.
pub(super) fn checksum(directory: &Path) -> io::Result<Checksum> {
    let mut files = Vec::new();
    gather(directory, "", &mut files)?;
    files.sort();
    let mut lines = Sha256::new();
    for name in files {
        let mut hasher = Sha256::new();
        io::copy(
            &mut File::open(directory.join(&name))?,
            &mut Hashing(&mut hasher),
        )?;
        let mut line = String::new();
        for byte in hasher.finalize() {
            let _ = write!(line, "{byte:02x}");
        }
        lines.update(format!("{line}  {name}\n"));
    }
    Ok(lines.finalize().into())
}

/// Takes what is written into a digest.
struct Hashing<'h>(&'h mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The files below a directory, by names relative to it.
fn gather(directory: &Path, below: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(directory.join(below))? {
        let entry = entry?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|_| io::Error::other("the name of a file is no text"))?;
        let name = match below {
            "" => name,
            below => format!("{below}/{name}"),
        };
        if entry.file_type()?.is_dir() {
            gather(directory, &name, files)?;
        } else {
            files.push(name);
        }
    }
    Ok(())
}

/// What is written in base64; none where it is no checksum.
pub(super) fn unencoded(text: &str) -> Option<Checksum> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count).ok()?);
            bits &= (1 << count) - 1;
        }
    }
    bytes.try_into().ok()
}
