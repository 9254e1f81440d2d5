//! The writer: takes units as they are compiled, in any order and from many threads.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::digest::Digest;
use super::disk::{Disk, Durability};
use super::error::WriteError;
use super::home::Home;
use super::index::Index;
use super::landing;
use super::lock::{self, Lock, Waits};
use super::manifest::{Entry, Manifest, State};
use super::path::FilePath;
use super::plan::{Batch, Draft, Ownership, Plan, Verdict};
use super::recovery;
use super::report::{Reason, Report, Vanished};
use super::stage::Stage;
use super::survey::{Found, Known, Survey};
use super::unit::{Rendered, Unit, UnitKey, UnitRecord, Withheld};

/// How a root is written.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Whether what is missing is to go.
    pub(crate) scope: Scope,
    /// Whether anything is done.
    pub(crate) mode: Mode,
    /// What the tree must outlive.
    pub(crate) durability: Durability,
    /// Files that are written or removed whoever made them, or directories of such files; relative to the root.
    pub(crate) force: BTreeSet<Utf8PathBuf>,
    /// The versions for the manifest's header: `csoc` and each catalog.
    pub(crate) versions: BTreeMap<String, String>,
}

/// How much of the fleet is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Scope {
    /// All of it: what is no longer rendered is removed.
    #[default]
    Full,
    /// Some of it: nothing is removed.
    Partial,
}

/// Whether anything is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Mode {
    /// The tree is written.
    #[default]
    Write,
    /// The report says what would be done; nothing is created, locked or recovered.
    Compare,
}

/// Writes one output root.
///
/// Open, then [`keep`](Self::keep) or [`add`](Self::add) each unit, then
/// [`finish`](Self::finish). Files are staged as units come in, so that their
/// bytes can be let go. Dropped before it is finished, it leaves the old tree as it was.
#[derive(Debug)]
pub(crate) struct Writer {
    disk: Disk,
    home: Home,
    options: Options,
    manifest: Manifest,
    index: Index,
    survey: Survey,
    batches: Mutex<BTreeMap<UnitKey, Batch>>,
    /// Before the lock, so that it is dropped under it.
    stage: Option<Stage>,
    lock: Option<Lock>,
}

impl Writer {
    /// Takes the root: locks it, finishes what a killed render began, and reads what is there.
    ///
    /// Where somebody else has the lock, `waits` says whether it is looked at again.
    pub(crate) fn open(
        root: &Utf8Path,
        options: Options,
        waits: &Waits<'_>,
    ) -> Result<Self, WriteError> {
        Self::open_on(Disk::new(options.durability), root, options, waits)
    }

    /// The same with that disk.
    pub(crate) fn open_on(
        disk: Disk,
        root: &Utf8Path,
        options: Options,
        waits: &Waits<'_>,
    ) -> Result<Self, WriteError> {
        let home = Home::new(root);
        let (lock, stage) = match options.mode {
            Mode::Compare => {
                home.exists()?;
                (None, None)
            }
            Mode::Write => {
                let (created, lock) = lock::take(&disk, &home, waits)?;
                let stage = Stage::new(&disk, &home, created)?;
                home.ignore(&disk)?;
                (Some(lock), Some(stage))
            }
        };
        let (manifest, index) = rayon::join(
            || recovery::load(&disk, &home, options.mode),
            || Index::load(&home),
        );
        let manifest = manifest?;
        let survey = Survey::new(home.root());
        Ok(Self {
            disk,
            home,
            options,
            manifest,
            index,
            survey,
            batches: Mutex::default(),
            stage,
            lock,
        })
    }

    /// What is known of that unit, if it was compiled from the same input, and each
    /// of its files is listed and on disk as it was rendered then.
    #[cfg_attr(not(test), expect(dead_code, reason = "tests ask it"))]
    pub(crate) fn current(
        &self,
        key: &UnitKey,
        digest: &Digest,
    ) -> Result<Option<&UnitRecord>, WriteError> {
        Ok(self.inspect(key, digest)?.map(|(unit, _)| unit))
    }

    /// Files that the manifest lists for objects that are neither there nor retired, and that nobody lets go of by `force`.
    pub(crate) fn vanished(&self, ownership: &Ownership) -> Vec<Vanished> {
        let is_known =
            |object: &str| ownership.objects.contains(object) || ownership.retired.contains(object);
        let unknown = self.manifest.files.iter().filter(|(path, entry)| {
            !is_known(&entry.object) && !is_forced(&self.options.force, path)
        });
        unknown
            .map(|(path, entry)| Vanished {
                path: path.as_str().into(),
                object: entry.object.to_string(),
            })
            .collect()
    }

    /// Whether the manifest lists a file in a directory.
    pub(crate) fn lists_in(&self, directory: &str) -> bool {
        let mut files = self.manifest.files.keys();
        files.any(|path| path.directory() == directory)
    }

    /// Of each object that is neither there nor retired, a file of it whose place another object's would take.
    pub(crate) fn taken(&self, ownership: &Ownership) -> BTreeMap<String, Utf8PathBuf> {
        let batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        let drafts = batches.values().flat_map(|batch| {
            let drafts = batch.drafts.iter().map(|draft| &draft.path);
            drafts.chain(batch.record.withheld.iter().map(|(path, _)| path))
        });
        let mut taken = BTreeMap::new();
        for path in drafts {
            let Some(listed) = self.manifest.entry(path) else {
                continue;
            };
            let object = &*listed.object;
            let is_known = ownership.objects.contains(object) || ownership.retired.contains(object);
            if !is_known {
                taken
                    .entry(object.to_owned())
                    .or_insert_with(|| path.to_path());
            }
        }
        taken
    }

    /// Whether `force` names exactly that path: a directory may be in another that is.
    pub(crate) fn is_named(&self, path: &str) -> bool {
        self.options.force.contains(Utf8Path::new(path))
    }

    /// Adds a unit without compiling it, if it is [`current`](Self::current); what it gives has its findings.
    pub(crate) fn keep(
        &self,
        key: &UnitKey,
        digest: &Digest,
    ) -> Result<Option<&UnitRecord>, WriteError> {
        let Some((unit, known)) = self.inspect(key, digest)? else {
            return Ok(None);
        };
        let drafts = unit
            .files
            .iter()
            .zip(known)
            .map(|((path, entry), known)| Draft {
                path: path.clone(),
                entry: entry.clone(),
                verdict: Verdict::Unchanged,
                known: Some(known),
            });
        let batch = Batch {
            drafts: drafts.collect(),
            record: unit.clone(),
        };
        self.enter(key.clone(), batch)?;
        Ok(Some(unit))
    }

    fn inspect(
        &self,
        key: &UnitKey,
        digest: &Digest,
    ) -> Result<Option<(&UnitRecord, Vec<Known>)>, WriteError> {
        let Some(unit) = self.index.unit(key).filter(|unit| unit.digest == *digest) else {
            return Ok(None);
        };
        let mut known = Vec::with_capacity(unit.files.len());
        for (path, entry) in &unit.files {
            let is_listed = self
                .manifest
                .entry(path)
                .is_some_and(|listed| listed.digest == entry.digest);
            if !is_listed {
                return Ok(None);
            }
            match self.survey.find(path, &self.index)? {
                Found::File(file) if file.digest == entry.digest => known.push(file),
                _ => return Ok(None),
            }
        }
        Ok(Some((unit, known)))
    }

    /// Adds a unit as it was compiled: those of its files that differ from what is on disk are staged.
    pub(crate) fn add(&self, unit: Unit) -> Result<(), WriteError> {
        let drafts: Vec<_> = unit
            .files
            .into_par_iter()
            .with_min_len(8)
            .map(|file| self.draft(file))
            .collect();
        let drafts = drafts.into_iter().collect::<Result<Vec<_>, _>>()?;
        let withheld = unit
            .withheld
            .into_iter()
            .map(withheld_entry)
            .collect::<Result<_, _>>()?;
        let files = drafts
            .iter()
            .map(|draft| (draft.path.clone(), draft.entry.clone()))
            .collect();
        let record = UnitRecord {
            digest: unit.digest,
            files,
            withheld,
            findings: unit.findings,
        };
        self.enter(unit.key, Batch { drafts, record })
    }

    fn enter(&self, key: UnitKey, batch: Batch) -> Result<(), WriteError> {
        let mut batches = self.batches.lock().unwrap_or_else(PoisonError::into_inner);
        match batches.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(batch);
                Ok(())
            }
            std::collections::btree_map::Entry::Occupied(taken) => Err(WriteError::UnitTwice {
                unit: taken.key().to_string(),
            }),
        }
    }

    fn draft(&self, file: Rendered) -> Result<Draft, WriteError> {
        let path = located(&file.path)?;
        let entry = Entry {
            digest: Digest::of(&file.bytes),
            object: file.object,
            backend: Cow::Borrowed(file.backend),
            state: file.state,
        };
        let listed = self.manifest.entry(&path).map(|entry| entry.digest);
        let force = is_forced(&self.options.force, &path);
        let stage = || match &self.stage {
            Some(stage) => stage.write(&path, &file.bytes),
            None => Ok(None),
        };
        let mut known = None;
        let verdict = match self.survey.find(&path, &self.index)? {
            Found::Absent => Verdict::Add(stage()?),
            Found::File(found) => {
                known = Some(found);
                if found.digest == entry.digest {
                    Verdict::Unchanged
                } else if is_damaged(listed, &found) {
                    Verdict::Repair(stage()?)
                } else if force || listed == Some(found.digest) {
                    Verdict::Change(stage()?)
                } else {
                    Verdict::Keep(if listed.is_some() {
                        Reason::Edited
                    } else {
                        Reason::Unlisted
                    })
                }
            }
            Found::Other if force => Verdict::Change(stage()?),
            Found::Other => Verdict::Keep(Reason::Obstructed),
            Found::Directory => Verdict::Await(stage()?, path.as_str().into()),
            Found::Blocked(by) => Verdict::Await(stage()?, by),
            Found::Linked(by) => {
                return Err(WriteError::Symlink {
                    path: self.home.root().join(&*by),
                });
            }
        };
        Ok(Draft {
            path,
            entry,
            verdict,
            known,
        })
    }

    /// Moves the new tree into place, removes what is to go, and says what was done.
    ///
    /// An error before the first move leaves the old tree. One after it leaves
    /// each file old or new, and the next render goes on from there.
    pub(crate) fn finish(self, ownership: &Ownership) -> Result<Report, WriteError> {
        let Self {
            lock,
            disk,
            home,
            options,
            manifest,
            index,
            survey,
            batches,
            stage,
        } = self;
        let batches = batches.into_inner().unwrap_or_else(PoisonError::into_inner);
        let plan = Plan::draw(batches, &manifest, &index, &survey, &options, ownership)?;
        match (lock, stage) {
            (Some(lock), Some(stage)) => {
                landing::land(&disk, &home, &lock, stage, plan, &manifest, &index)
            }
            _ => Ok(plan.report),
        }
    }
}

/// The path of a rendered file, if it can be one.
fn located(path: &Utf8Path) -> Result<FilePath, WriteError> {
    FilePath::parse(path.as_str()).map_err(|source| WriteError::Path {
        path: path.to_string(),
        source,
    })
}

fn withheld_entry(file: Withheld) -> Result<(FilePath, Entry), WriteError> {
    let entry = Entry {
        digest: Digest::from_bytes([0; 32]),
        object: file.object,
        backend: Cow::Borrowed(file.backend),
        state: State::Pending,
    };
    Ok((located(&file.path)?, entry))
}

/// Whether `force` names that file or a directory that it is in.
pub(crate) fn is_forced(force: &BTreeSet<Utf8PathBuf>, path: &FilePath) -> bool {
    !force.is_empty()
        && Utf8Path::new(path.as_str())
            .ancestors()
            .any(|path| force.contains(path))
}

/// Whether a listed file is empty that was not written so: the machine crashed before its content was on disk.
pub(crate) fn is_damaged(listed: Option<Digest>, found: &Known) -> bool {
    found.stat.size == 0 && listed.is_some_and(|listed| listed != found.digest)
}
