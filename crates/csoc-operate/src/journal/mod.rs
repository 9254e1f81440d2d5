//! What was done: lines of JSON that are only ever added, each with the digest of the one before.
//!
//! A line is on disk before what it announces begins, so that after a crash the last line says what may be half done.
//! Who changes or takes out a line breaks the chain, and [`Journal::verify`] says where; of the last lines a file beside
//! the journal tells. A line that a crash cut off stays, and the next one names its digest.

mod anchor;
mod entry;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

pub use entry::{Approval, Entry, Outcome, Phase, Record, SecretStep};

use anchor::Anchor;

use crate::digest::Digest;
use crate::stack::StackId;

/// What is wrong with the first line that is not there.
const MISSING: &str = "is missing: there were more lines, as is said beside the journal";

/// A journal on disk. Several processes may write to one: each takes the file's lock for a line.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// How far it was read.
    end: End,
    /// What its lines say, as far as it was read.
    known: Known,
}

/// What lines say of stacks.
#[derive(Debug, Default)]
struct Known {
    /// The stacks whose last apply did not come to its end.
    open: BTreeMap<StackId, OpenApply>,
    /// How the last apply of a stack ended that came to an end.
    ended: BTreeMap<StackId, EndedApply>,
    /// The digests of all lines about applies.
    applies: BTreeSet<Digest>,
}

/// An apply that did not come to its end, as far as a journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenApply {
    /// The run that began it.
    pub run: Box<str>,
    /// The bundle.
    pub bundle: Digest,
    /// When it began.
    pub at: Timestamp,
    /// The digest of the line that says so.
    pub line: Digest,
}

/// An apply that came to an end, as a journal says.
#[derive(Debug, Clone)]
pub(crate) struct EndedApply {
    /// The digest of the line that says that it began.
    pub(crate) began: Digest,
    /// The digest of the line that says how it ended.
    pub(crate) line: Digest,
    /// What that line says.
    pub(crate) record: Record,
}

/// Where a journal ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct End {
    /// In bytes.
    length: u64,
    /// How many lines there are.
    count: u64,
    /// The digest of the last line.
    head: Option<Digest>,
    /// The digest of what a crash left behind the last line.
    torn: Option<Digest>,
    /// Whether what stands last does not end its line.
    is_open: bool,
}

/// A line that is about to be written.
struct Line {
    record: Record,
    /// As it is written: with the end of what a crash left before it, and with its own.
    text: Vec<u8>,
    digest: Digest,
    /// Where the journal ends behind it.
    end: End,
}

impl Line {
    /// The line that continues a journal which ends there.
    fn new(record: Record, end: End) -> std::io::Result<Self> {
        let entry = Entry {
            format: entry::FORMAT,
            number: end.count + 1,
            previous: end.head,
            torn: end.torn,
            record,
        };
        let mut text = serde_json::to_vec(&entry)?;
        let digest = Digest::of(&text);
        text.push(b'\n');
        if end.is_open {
            text.insert(0, b'\n');
        }
        Ok(Self {
            end: End {
                length: end.length + text.len() as u64,
                count: entry.number,
                head: Some(digest),
                torn: None,
                is_open: false,
            },
            record: entry.record,
            text,
            digest,
        })
    }
}

/// Why a journal cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The file cannot be read, written or brought to disk.
    #[error("the journal `{path}` cannot be used")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// What something is to be recorded under is no stack.
    #[error("`{layer}` is no stack to record anything under")]
    Layer {
        /// What it is.
        layer: String,
    },
    /// The chain is broken: nothing is added behind it.
    #[error("the journal `{path}` is not whole: {broken}")]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where and how.
        broken: Broken,
    },
}

/// Where the chain of a journal is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {problem}")]
#[non_exhaustive]
pub struct Broken {
    /// From 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Journal {
    /// Opens a journal, or begins one; only its owner may read it.
    pub fn open(path: &Path) -> Result<Self, JournalError> {
        let io = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(io)?;
        let mut journal = Self {
            path: path.to_owned(),
            file,
            end: End::default(),
            known: Known::default(),
        };
        journal.file.lock().map_err(io)?;
        let caught_up = journal.catch_up(&mut |_| {});
        journal.file.unlock().map_err(io)?;
        caught_up?;
        Ok(journal)
    }

    /// Adds a line, and returns once it is on disk: its digest is the journal's new head.
    pub fn append(&mut self, record: Record) -> Result<Digest, JournalError> {
        self.locked(|journal| {
            let line = Line::new(record, journal.end).map_err(|source| journal.io(source))?;
            let head = line.digest;
            journal.write(&[line])?;
            Ok(head)
        })
    }

    /// Adds lines, and returns once all of them are on disk: that takes no longer than for one.
    pub(crate) fn append_all(&mut self, records: Vec<Record>) -> Result<(), JournalError> {
        self.locked(|journal| {
            let mut lines = Vec::new();
            let mut end = journal.end;
            for record in records {
                let line = Line::new(record, end).map_err(|source| journal.io(source))?;
                end = line.end;
                lines.push(line);
            }
            journal.write(&lines)
        })
    }

    /// Does something while no other process writes, knowing all that was written.
    fn locked<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        self.file.lock().map_err(|source| self.io(source))?;
        let done = self.catch_up(&mut |_| {}).and_then(|()| work(self));
        let unlocked = self.file.unlock().map_err(|source| self.io(source));
        let done = done?;
        unlocked?;
        Ok(done)
    }

    /// Writes lines that continue the chain, brings them to disk, and says beside the journal how far it is.
    fn write(&mut self, lines: &[Line]) -> Result<(), JournalError> {
        let Some(last) = lines.last() else {
            return Ok(());
        };
        // Who is killed here has said nothing beside a new journal: that may be so of one line, and of no more.
        if self.end.count == 0 && lines.len() > 1 {
            let (first, others) = lines.split_at(1);
            self.write(first)?;
            return self.write(others);
        }
        let text: Vec<u8> = lines.iter().flat_map(|line| &line.text).copied().collect();
        let written = self
            .file
            .write_all(&text)
            .and_then(|()| self.file.sync_data());
        let anchored =
            written.and_then(|()| Anchor::write(&self.path, last.end.count, last.digest));
        anchored.map_err(|source| self.io(source))?;
        for line in lines {
            self.known.note(&line.record, line.digest);
        }
        self.end = last.end;
        Ok(())
    }

    /// A stack's last apply, if that did not come to its end as far as the journal says now.
    pub fn open_apply(&mut self, stack: &StackId) -> Result<Option<OpenApply>, JournalError> {
        self.refresh()?;
        Ok(self.known.open.get(stack).cloned())
    }

    /// All applies that did not come to their end, by stack.
    pub fn open_applies(&mut self) -> Result<BTreeMap<StackId, OpenApply>, JournalError> {
        self.refresh()?;
        Ok(self.known.open.clone())
    }

    /// How the last apply of a stack ended that came to an end.
    pub(crate) fn ended(&mut self, stack: &StackId) -> Result<Option<EndedApply>, JournalError> {
        self.refresh()?;
        Ok(self.known.ended.get(stack).cloned())
    }

    /// Whether a line about an apply is of this journal.
    pub(crate) fn has(&mut self, line: Digest) -> Result<bool, JournalError> {
        self.refresh()?;
        Ok(self.known.applies.contains(&line))
    }

    /// Reads what other processes added since.
    fn refresh(&mut self) -> Result<(), JournalError> {
        self.locked(|_| Ok(()))
    }

    /// The digest of the last line: who knows it can tell whether the journal was changed.
    pub fn head(&self) -> Option<Digest> {
        self.end.head
    }

    /// Reads a journal from its first line, and checks the chain. Where there never was one, it has no lines.
    pub fn verify(path: &Path) -> Result<Vec<Entry>, JournalError> {
        let io = |source| JournalError::Io {
            path: path.to_owned(),
            source,
        };
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return match Anchor::read(path).map_err(io)? {
                    Anchor::None => Ok(Vec::new()),
                    _ => Err(JournalError::Broken {
                        path: path.to_owned(),
                        broken: Broken {
                            line: 1,
                            problem: MISSING,
                        },
                    }),
                };
            }
            Err(error) => return Err(io(error)),
        };
        let mut entries = Vec::new();
        let mut journal = Self {
            path: path.to_owned(),
            file,
            end: End::default(),
            known: Known::default(),
        };
        // Nobody adds a line between what is beside the journal and what is in it.
        journal.file.lock_shared().map_err(io)?;
        let caught_up = journal.catch_up(&mut |entry| entries.push(entry));
        journal.file.unlock().map_err(io)?;
        caught_up?;
        Ok(entries)
    }

    /// Reads what others added since.
    fn catch_up(&mut self, each: &mut dyn FnMut(Entry)) -> Result<(), JournalError> {
        let anchor = Anchor::read(&self.path).map_err(|source| self.io(source))?;
        let start = self.end.length;
        let mut text = Vec::new();
        let read = self
            .file
            .seek(SeekFrom::Start(start))
            .and_then(|_| self.file.read_to_end(&mut text));
        read.map_err(|source| self.io(source))?;
        let mut end = self.end;
        let known = &mut self.known;
        let mut each = |entry: Entry, line: Digest| {
            known.note(&entry.record, line);
            each(entry);
        };
        let broken = |line, problem| JournalError::Broken {
            path: self.path.clone(),
            broken: Broken { line, problem },
        };
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            end.take(line, &mut each)
                .map_err(|problem| broken(end.count + 1, problem))?;
            end.hold_to(anchor)
                .map_err(|problem| broken(end.count, problem))?;
        }
        end.hold_to(anchor)
            .map_err(|problem| broken(end.count, problem))?;
        if anchor.number() > end.count {
            return Err(broken(end.count + 1, MISSING));
        }
        self.end = end;
        Ok(())
    }

    fn io(&self, source: std::io::Error) -> JournalError {
        JournalError::Io {
            path: self.path.clone(),
            source,
        }
    }
}

impl Known {
    /// Notes what a line says.
    fn note(&mut self, record: &Record, line: Digest) {
        match &record.phase {
            Phase::ApplyStarted { bundle } => {
                let apply = OpenApply {
                    run: record.run.clone(),
                    bundle: *bundle,
                    at: record.at,
                    line,
                };
                self.open.insert(record.stack.clone(), apply);
                self.applies.insert(line);
            }
            Phase::ApplyEnded { .. } => {
                if let Some(open) = self.open.remove(&record.stack) {
                    let ended = EndedApply {
                        began: open.line,
                        line,
                        record: record.clone(),
                    };
                    self.ended.insert(record.stack.clone(), ended);
                }
                self.applies.insert(line);
            }
            _ => {}
        }
    }
}

impl End {
    /// Compares the last line with what is said beside the journal.
    fn hold_to(&self, anchor: Anchor) -> Result<(), &'static str> {
        match anchor {
            Anchor::At { number, line } if number == self.count && self.head != Some(line) => {
                Err("is not the one that was written, as is said beside the journal")
            }
            // Whoever was killed behind the first line had not said so yet.
            Anchor::None if self.count > 1 => {
                Err("has nothing beside the journal that says what was last")
            }
            Anchor::Unreadable => Err("cannot be compared: what is beside the journal is no head"),
            _ => Ok(()),
        }
    }

    /// Takes a line, with what ends it if anything does, if it continues the chain.
    fn take(
        &mut self,
        line: &[u8],
        each: &mut dyn FnMut(Entry, Digest),
    ) -> Result<(), &'static str> {
        let was_open = self.is_open;
        self.length += line.len() as u64;
        self.is_open = !line.ends_with(b"\n");
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        // It ends what a crash cut off, and what was read before.
        if line.is_empty() && was_open {
            return Ok(());
        }
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else {
            if self.torn.is_some() {
                return Err("is no entry, and neither is the one before");
            }
            // It may be one that a crash cut off: then the next line names it.
            self.torn = Some(Digest::of(line));
            return Ok(());
        };
        if entry.format > entry::FORMAT {
            return Err("is of a newer format: take a newer csoc");
        }
        if entry.number != self.count + 1 {
            return Err("has another number: lines are missing, or stand twice");
        }
        if entry.previous != self.head {
            return Err("does not continue the one before: one of them was changed");
        }
        if entry.torn != self.torn {
            return Err("is not what was written behind a line that a crash cut off");
        }
        let digest = Digest::of(line);
        self.count += 1;
        self.head = Some(digest);
        self.torn = None;
        each(entry, digest);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
