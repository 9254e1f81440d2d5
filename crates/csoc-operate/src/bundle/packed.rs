//! Plans in one file, to be carried to where they are applied.
//!
//! It is an archive that `tar` reads, of exactly what is expected in exactly that order: a list of the plans, and for each
//! what is in its bundle. Nothing in it says where it is unpacked to. It is as secret as the bundles are.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use tar::{Archive, Builder, Entries, EntryType, Header};

use super::{Bundle, BundleError, FACTS, FORMAT, Facts, LOCK, PLAN};
use crate::digest::Digest;

const INDEX: &str = "plans.json";

/// The largest that the list of plans may be, in bytes.
const LARGEST_INDEX: u64 = 4 << 20;

/// What a bundle is of, and the largest that each of it may be, in bytes.
const PARTS: [(&str, u64); 3] = [(FACTS, 64 << 20), (PLAN, 512 << 20), (LOCK, 4 << 20)];

/// Which plans there are.
#[derive(Serialize, Deserialize)]
struct Index {
    format: u32,
    bundles: Vec<Digest>,
}

/// A bundle as it came out of a file, whole.
struct Packed {
    digest: Digest,
    facts: Facts,
    text: Vec<u8>,
    plan: Vec<u8>,
    lock: Vec<u8>,
}

impl Bundle {
    /// Writes bundles into one file that only its owner may read, and that was not there before.
    pub fn pack(path: &Path, bundles: &[&Self]) -> Result<(), BundleError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => BundleError::Exists {
                path: path.to_owned(),
            },
            _ => BundleError::Io {
                path: path.to_owned(),
                source,
            },
        })?;
        write(file, bundles).map_err(|source| {
            // Half of it is of no use to anybody. That it cannot be taken away changes nothing of why.
            let _ = fs::remove_file(path);
            BundleError::Io {
                path: path.to_owned(),
                source,
            }
        })
    }

    /// What the bundles of a file are plans of, all of them whole.
    pub fn peek(path: &Path) -> Result<Vec<(Digest, Facts)>, BundleError> {
        let mut found = Vec::new();
        each(path, &mut |packed| {
            found.push((packed.digest, packed.facts));
            Ok(())
        })?;
        Ok(found)
    }

    /// Puts the bundles of a file below `all`: all of them, or none where one is not whole.
    pub fn unpack(path: &Path, all: &Path) -> Result<Vec<Self>, BundleError> {
        Self::peek(path)?;
        let mut bundles = Vec::new();
        each(path, &mut |packed| {
            let Packed {
                facts,
                text,
                plan,
                lock,
                ..
            } = packed;
            let bundle = Self::put(all, facts, &text, &plan, &lock)?;
            // One that was there before was not written again.
            bundles.push(Self::open(&bundle.directory)?);
            Ok(())
        })?;
        Ok(bundles)
    }
}

fn write(file: File, bundles: &[&Bundle]) -> io::Result<()> {
    let mut archive = Builder::new(file);
    let index = Index {
        format: FORMAT,
        bundles: bundles.iter().map(|bundle| bundle.digest).collect(),
    };
    let index = serde_json::to_vec(&index)?;
    archive.append(&header(INDEX, index.len() as u64)?, &*index)?;
    for bundle in bundles {
        for (part, _) in PARTS {
            let file = File::open(bundle.directory.join(part))?;
            let size = file.metadata()?.len();
            archive.append(&header(&name(bundle.digest, part), size)?, file)?;
        }
    }
    let mut file = archive.into_inner()?;
    file.flush()?;
    file.sync_all()
}

/// What stands before a file; nothing of this machine is in it.
fn header(name: &str, size: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o600);
    header.set_mtime(0);
    header.set_cksum();
    Ok(header)
}

fn name(bundle: Digest, part: &str) -> String {
    format!("{bundle}/{part}")
}

/// Reads the bundles of a file, one at a time.
fn each(
    path: &Path,
    take: &mut dyn FnMut(Packed) -> Result<(), BundleError>,
) -> Result<(), BundleError> {
    let io = |source| BundleError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        return Err(io(io::Error::other("it is no file")));
    }
    let mut archive = Archive::new(BufReader::new(file));
    let entries = archive.entries().map_err(io)?;
    let mut reader = Reader {
        path,
        // As they are: none of them names or describes another.
        entries: entries.raw(true),
    };
    let index = reader.next(INDEX, LARGEST_INDEX)?;
    let index: Index = serde_json::from_slice(&index).map_err(|_| reader.changed())?;
    reader.understands(index.format)?;
    for digest in index.bundles {
        take(reader.bundle(digest)?)?;
    }
    reader.end()
}

/// Reads what must come next, and nothing else.
struct Reader<'r> {
    path: &'r Path,
    entries: Entries<'r, BufReader<File>>,
}

impl Reader<'_> {
    fn bundle(&mut self, digest: Digest) -> Result<Packed, BundleError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let [text, plan, lock] = PARTS.map(|(part, largest)| (name(digest, part), largest));
        let text = self.next(&text.0, text.1)?;
        if Digest::of(&text) != digest {
            return Err(self.changed());
        }
        let format: Format = serde_json::from_slice(&text).map_err(|_| self.changed())?;
        self.understands(format.format)?;
        let facts: Facts = serde_json::from_slice(&text).map_err(|_| self.changed())?;
        let plan = self.next(&plan.0, plan.1)?;
        let lock = self.next(&lock.0, lock.1)?;
        if Digest::of(&plan) != facts.plan || Digest::of(&lock) != facts.lock {
            return Err(self.changed());
        }
        Ok(Packed {
            digest,
            facts,
            text,
            plan,
            lock,
        })
    }

    /// The content of the next file, if it is the one that must come.
    fn next(&mut self, name: &str, largest: u64) -> Result<Vec<u8>, BundleError> {
        let Some(Ok(entry)) = self.entries.next() else {
            return Err(self.changed());
        };
        let header = entry.header();
        let is_it =
            header.entry_type() == EntryType::Regular && *header.path_bytes() == *name.as_bytes();
        let size = header.size().ok().filter(|size| is_it && *size <= largest);
        let Some(size) = size else {
            return Err(self.changed());
        };
        let mut bytes = Vec::new();
        let read = entry.take(size).read_to_end(&mut bytes);
        read.map_err(|source| BundleError::Io {
            path: self.path.to_owned(),
            source,
        })?;
        if bytes.len() as u64 == size {
            Ok(bytes)
        } else {
            Err(self.changed())
        }
    }

    fn end(&mut self) -> Result<(), BundleError> {
        match self.entries.next() {
            None => Ok(()),
            Some(_) => Err(self.changed()),
        }
    }

    fn understands(&self, format: u32) -> Result<(), BundleError> {
        if format == FORMAT {
            return Ok(());
        }
        Err(BundleError::Newer {
            path: self.path.to_owned(),
            found: format,
        })
    }

    fn changed(&self) -> BundleError {
        BundleError::NoPlans {
            path: self.path.to_owned(),
        }
    }
}
