//! The checksums of providers, as lock files have them.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::digest::Digest;

/// What lock files write in base64 behind `h1:`.
pub(super) type Checksum = [u8; 32];

/// The checksum of what is in a directory, as modules of Go have it: of a line for each file, in order.
pub(super) fn checksum(directory: &Path) -> io::Result<Checksum> {
    let mut files = Vec::new();
    gather(directory, "", &mut files)?;
    files.sort();
    let mut lines = Sha256::new();
    for name in files {
        let digest = Digest::of_all_read(File::open(directory.join(&name))?)?;
        lines.update(format!("{digest}  {name}\n"));
    }
    Ok(lines.finalize().into())
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
    STANDARD.decode(text).ok()?.try_into().ok()
}
