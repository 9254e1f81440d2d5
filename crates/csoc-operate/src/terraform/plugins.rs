//! A directory of ours into which the stacks of a home fetch their providers: each of them once.
//!
//! Terraform links a provider that is there where the lock file of a root has its checksum, and otherwise writes it anew, also
//! while another stack runs it. So the directory is shown to roots alone for which nothing is written over: those with a lock
//! file whose checksums are of what is there, or of what is not there yet.

mod checksum;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use checksum::{Checksum, checksum, unencoded};

use super::workspace::{make_private, write_private};
use crate::removal::remove_directory;

/// The lock by which those who fetch take turns.
const TURN: &str = ".csoc.lock";

/// What is being fetched: not whole where it is noted and nobody has the turn.
const FETCHED: &str = ".csoc.fetched";

/// Where a working copy has its providers, or links to them.
const FETCHED_BY_COPY: &str = ".terraform/providers";

/// The directory, and the checksums of what is in it, as far as they were needed.
#[derive(Debug)]
pub(crate) struct Plugins {
    directory: PathBuf,
    known: Mutex<BTreeMap<PathBuf, Checksum>>,
}

/// How a root comes to its providers.
#[derive(Debug)]
pub(crate) enum Share<'p> {
    /// All of them are there, and are linked.
    Linked,
    /// Some of them are not there yet: they are fetched for all, by one at a time.
    Fetched(Fetched<'p>),
    /// It fetches its own.
    Own,
}

/// What is being fetched into the directory.
#[derive(Debug)]
pub(crate) struct Fetched<'p>(&'p Plugins);

/// A provider, as a lock file has it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Locked {
    /// Where it is among all: `registry.terraform.io/hashicorp/aws/5.100.0`.
    place: String,
    /// Its checksums, of whichever platforms, of those kinds that can be compared with what is unpacked.
    checksums: Vec<Checksum>,
}

impl Plugins {
    /// The directory of that path, which need not be there.
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            known: Mutex::default(),
        }
    }

    /// Where it is.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Makes the directory.
    pub(crate) fn make(&self) -> io::Result<()> {
        make_private(&self.directory)
    }

    /// How a root with that lock file comes to its providers in a working copy, for whoever has the turn.
    pub(crate) fn share(&self, lock: &Path, copy: &Path) -> io::Result<Share<'_>> {
        self.clear()?;
        let locked = locked(&fs::read_to_string(lock)?);
        let Some(locked) = locked.filter(|all| all.iter().all(|one| !one.checksums.is_empty()))
        else {
            return Ok(Share::Own);
        };
        let mut missing = Vec::new();
        for provider in &locked {
            let platforms = platforms(&self.directory.join(&provider.place))?;
            for platform in &platforms {
                if !provider.checksums.contains(&self.checksum(platform)?) {
                    return Ok(Share::Own);
                }
            }
            if platforms.is_empty() {
                // Where it has one, Terraform takes that, and fetches nothing for all.
                if !platforms_of_copy(copy, &provider.place)?.is_empty() {
                    return Ok(Share::Own);
                }
                missing.push(&*provider.place);
            }
        }
        if missing.is_empty() {
            return Ok(Share::Linked);
        }
        write_private(&self.directory.join(FETCHED), missing.join("\n").as_bytes())?;
        Ok(Share::Fetched(Fetched(self)))
    }

    /// Takes away what somebody began to fetch, and who went away before it was whole.
    fn clear(&self) -> io::Result<()> {
        let note = self.directory.join(FETCHED);
        let text = match fs::read_to_string(&note) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        for place in text.lines().filter(|place| is_place(place)) {
            remove_directory(&self.directory.join(place))?;
        }
        fs::remove_file(note)
    }

    /// The checksum of an unpacked provider, as lock files have it.
    fn checksum(&self, unpacked: &Path) -> io::Result<Checksum> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(checksum) = known().get(unpacked) {
            return Ok(*checksum);
        }
        let checksum = checksum(unpacked)?;
        known().insert(unpacked.to_owned(), checksum);
        Ok(checksum)
    }

    /// Takes links into the directory out of a working copy whose providers are fetched into that: they would be written
    /// through, and where a container works they lead nowhere.
    pub(crate) fn unlink(directory: &Path, copy: &Path) -> io::Result<()> {
        let ours = fs::canonicalize(directory).ok();
        let is_ours = |link: &Path| match (fs::canonicalize(link), &ours) {
            (Ok(to), Some(ours)) => to.starts_with(ours),
            // It leads nowhere, and is in the way of what is fetched.
            (Err(error), _) => error.kind() == io::ErrorKind::NotFound,
            _ => false,
        };
        let mut level = vec![copy.join(FETCHED_BY_COPY)];
        // Host, namespace, name and version; the platforms are below them.
        for _ in 0..4 {
            let mut next = Vec::new();
            for above in level {
                next.extend(children(&above)?);
            }
            level = next;
        }
        for version in level {
            for platform in children(&version)? {
                let is_link = fs::symlink_metadata(&platform)?.is_symlink();
                if is_link && is_ours(&platform) {
                    fs::remove_file(platform)?;
                }
            }
        }
        Ok(())
    }
}

impl Fetched<'_> {
    /// Says that all of it is there.
    pub(crate) fn end(self) -> io::Result<()> {
        fs::remove_file(self.0.directory.join(FETCHED))
    }
}

/// Whose turn it is to fetch into a directory.
#[derive(Debug)]
pub(crate) enum Turn {
    /// Ours, for as long as this is there.
    Ours(#[expect(dead_code, reason = "it is held and not looked at")] File),
    /// Somebody else's.
    Theirs,
    /// Nobody's: nothing can be locked there.
    Free,
}

impl Turn {
    /// Asks for it.
    pub(crate) fn ask(directory: &Path) -> Self {
        let path = directory.join(TURN);
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        // Somebody else's may be read, which is enough.
        let Ok(file) = options.open(&path).or_else(|_| File::open(&path)) else {
            return Self::Free;
        };
        match file.try_lock() {
            Ok(()) => Self::Ours(file),
            Err(TryLockError::WouldBlock) => Self::Theirs,
            Err(TryLockError::Error(_)) => Self::Free,
        }
    }
}

/// The providers of a lock file; none where it is another kind of file than those that Terraform writes.
fn locked(text: &str) -> Option<Vec<Locked>> {
    let mut all = Vec::new();
    let mut provider = None;
    for line in text.lines().map(str::trim) {
        let quoted = || line.split('"').nth(1);
        if line.starts_with("provider ") {
            provider = Some(Locked {
                place: quoted()?.to_owned(),
                checksums: Vec::new(),
            });
        } else if line == "}" {
            let one: Locked = provider.take()?;
            all.push(Some(one).filter(|one| is_place(&one.place))?);
        } else if let Some(provider) = &mut provider {
            if line.starts_with("version ") {
                provider.place = format!("{}/{}", provider.place, quoted()?);
            } else if let Some(checksum) = quoted().and_then(|text| text.strip_prefix("h1:")) {
                provider.checksums.push(unencoded(checksum)?);
            }
        }
    }
    Some(all).filter(|all| !all.is_empty() && provider.is_none())
}

/// Whether text names a host, a namespace, a provider and its version, and leads nowhere else.
fn is_place(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+:".contains(&byte);
    let is_part = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.bytes().all(is_plain)
    };
    text.split('/').count() == 4 && text.split('/').all(is_part)
}

/// What of a version of a provider is there, by platforms.
fn platforms(version: &Path) -> io::Result<Vec<PathBuf>> {
    let mut platforms = children(version)?;
    platforms.retain(|platform| platform.is_dir());
    Ok(platforms)
}

/// The same of a version that a working copy fetched for itself.
fn platforms_of_copy(copy: &Path, place: &str) -> io::Result<Vec<PathBuf>> {
    platforms(&copy.join(FETCHED_BY_COPY).join(place))
}

/// What is in a directory; nothing where it is none.
fn children(directory: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(directory) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(Vec::new()),
            _ => Err(error),
        },
    }
}

#[cfg(test)]
mod tests;
