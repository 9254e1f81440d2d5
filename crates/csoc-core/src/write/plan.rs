//! The plan: what each file's fate is, once all units are known.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::error::WriteError;
use super::index::Index;
use super::manifest::{Entry, Manifest, State};
use super::path::FilePath;
use super::report::{Kept, Reason, Report, Vanished};
use super::stat::Stat;
use super::survey::{Found, Known, Survey};
use super::unit::{UnitKey, UnitRecord};
use super::writer::{Options, Scope, is_damaged, is_forced};

/// A rendered file with what is to become of it, as far as it alone decides that.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) path: FilePath,
    pub(crate) entry: Entry,
    pub(crate) verdict: Verdict,
    /// What is on disk now.
    pub(crate) known: Option<Known>,
}

/// What is to become of a rendered file; with what the stage says of it, where it is staged.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is there.
    Unchanged,
    /// It goes where nothing is.
    Add(Option<Stat>),
    /// It goes in the place of an earlier one.
    Change(Option<Stat>),
    /// It goes in the place of one that a crash emptied.
    Repair(Option<Stat>),
    /// It does not go where it should.
    Keep(Reason),
    /// It does, if the file or directory of that path is on its way out.
    Await(Option<Stat>, Box<str>),
}

/// A unit as the writer took it.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) drafts: Vec<Draft>,
    pub(crate) record: UnitRecord,
}

/// Whose files may go.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ownership {
    /// The objects of the fleet. What one of them no longer renders is removed.
    pub(crate) objects: BTreeSet<String>,
    /// Objects that the fleet had, and gave up in so many words. Their files are removed.
    pub(crate) retired: BTreeSet<String>,
    /// Objects of which a backend renders nothing this time, since they are only observed. Their files stay as they are.
    pub(crate) unseen: BTreeSet<(String, &'static str)>,
    /// Objects whose files stay as the last render left them, whatever they would be now.
    pub(crate) held: BTreeSet<String>,
    /// Directories whose files stay, though nothing renders them any more; not what is in directories below them.
    pub(crate) leaving: BTreeSet<String>,
}

impl Ownership {
    /// Whether a file is of an object of which its backend renders nothing this time.
    fn is_unseen(&self, entry: &Entry) -> bool {
        let mut unseen = self.unseen.iter();
        unseen.any(|(object, backend)| *object == *entry.object && *backend == entry.backend)
    }
}

/// A staged file on its way into place.
#[derive(Debug)]
pub(crate) struct Move {
    pub(crate) path: FilePath,
    /// Its content and what it looks like on the stage; nothing where only a report is asked for.
    pub(crate) staged: Option<Known>,
}

/// All that is to be done to a root.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// What must be removed first, since it is where something moves to.
    pub(crate) clearances: Vec<FilePath>,
    /// What moves, sorted.
    pub(crate) moves: Vec<Move>,
    /// What is removed afterwards.
    pub(crate) removals: Vec<FilePath>,
    /// The manifest of what will be there.
    pub(crate) manifest: Manifest,
    /// Files that stay, as they look.
    pub(crate) known: BTreeMap<FilePath, Known>,
    /// Units whose files are all as rendered.
    pub(crate) units: BTreeMap<UnitKey, UnitRecord>,
    pub(crate) report: Report,
    /// The manifest's files and the known ones while they are collected; a map is built at once.
    listed: Vec<(FilePath, Entry)>,
    looked: Vec<(FilePath, Known)>,
}

/// What the plan is drawn from, besides the units.
struct Ground<'a> {
    manifest: &'a Manifest,
    index: &'a Index,
    survey: &'a Survey,
    options: &'a Options,
    ownership: &'a Ownership,
}

impl Plan {
    /// Decides about every rendered and every listed file.
    pub(crate) fn draw(
        batches: BTreeMap<UnitKey, Batch>,
        manifest: &Manifest,
        index: &Index,
        survey: &Survey,
        options: &Options,
        ownership: &Ownership,
    ) -> Result<Self, WriteError> {
        let ground = Ground {
            manifest,
            index,
            survey,
            options,
            ownership,
        };
        let mut plan = Self::default();
        let mut withheld = BTreeMap::new();
        let mut drafts = Vec::new();
        let mut records = BTreeMap::new();
        for (key, batch) in batches {
            for (path, entry) in &batch.record.withheld {
                if let Some((_, first)) =
                    withheld.insert(path.clone(), (entry.clone(), key.clone()))
                {
                    return Err(twice(path, &first, &key));
                }
            }
            drafts.extend(batch.drafts.into_iter().map(|draft| (draft, key.clone())));
            records.insert(key, batch.record);
        }
        drafts.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        check_paths(&drafts, &withheld)?;
        let leftovers = leftovers(manifest, &drafts, &withheld);
        plan.listed.reserve(drafts.len() + leftovers.len());
        plan.looked.reserve(drafts.len() + leftovers.len());
        plan.decide_leftovers(&ground, leftovers)?;
        for (draft, key) in drafts {
            if !plan.decide_draft(&ground, draft)? {
                records.remove(&key);
            }
        }
        for (path, (entry, _)) in withheld {
            plan.decide_withheld(&ground, path, entry)?;
        }
        let files = std::mem::take(&mut plan.listed).into_iter().collect();
        plan.manifest = Manifest {
            versions: options.versions.clone(),
            files,
        };
        plan.known = std::mem::take(&mut plan.looked).into_iter().collect();
        plan.units = records;
        if options.scope == Scope::Partial {
            plan.carry_over(index);
        }
        plan.sort();
        Ok(plan)
    }

    /// Decides about the listed files that no unit rendered.
    fn decide_leftovers(
        &mut self,
        ground: &Ground<'_>,
        leftovers: Vec<(&FilePath, &Entry)>,
    ) -> Result<(), WriteError> {
        if ground.options.scope == Scope::Partial {
            self.listed.extend(
                leftovers
                    .into_iter()
                    .map(|(path, entry)| (path.clone(), entry.clone())),
            );
            return Ok(());
        }
        let found: Vec<_> = leftovers
            .par_iter()
            .map(|(path, _)| ground.survey.find(path, ground.index))
            .collect();
        for ((path, entry), found) in leftovers.into_iter().zip(found) {
            let known = match found? {
                Found::Absent | Found::Directory | Found::Blocked(_) => continue,
                Found::File(known) => Some(known),
                Found::Other | Found::Linked(_) => None,
            };
            let object = &*entry.object;
            let is_forced = is_forced(&ground.options.force, path);
            let ownership = ground.ownership;
            let is_kept = ownership.held.contains(object) || ownership.is_unseen(entry);
            if (is_kept && !is_forced) || ownership.leaving.contains(path.directory()) {
                self.listed.push((path.clone(), entry.clone()));
                self.looked.extend(known.map(|known| (path.clone(), known)));
                continue;
            }
            let is_owned = is_forced
                || ground.ownership.objects.contains(object)
                || ground.ownership.retired.contains(object);
            let is_free = known.is_some_and(|known| {
                known.digest == entry.digest || is_damaged(Some(entry.digest), &known)
            }) || is_forced;
            if is_owned && known.is_some() && is_free {
                self.report.removed.push(path.to_path());
                self.removals.push(path.clone());
                continue;
            }
            if is_owned {
                let reason = if known.is_some() {
                    Reason::Edited
                } else {
                    Reason::Obstructed
                };
                self.report.kept.push(Kept {
                    path: path.to_path(),
                    reason,
                });
            } else {
                self.report.vanished.push(Vanished {
                    path: path.to_path(),
                    object: object.to_owned(),
                });
            }
            self.listed.push((path.clone(), entry.clone()));
            self.looked.extend(known.map(|known| (path.clone(), known)));
        }
        Ok(())
    }

    /// Decides about a rendered file, and says whether it will be on disk as rendered.
    fn decide_draft(&mut self, ground: &Ground<'_>, draft: Draft) -> Result<bool, WriteError> {
        let Draft {
            path,
            entry,
            verdict,
            known,
        } = draft;
        if entry.state == State::Pending {
            self.report.pending.push(path.to_path());
        }
        let verdict = match verdict {
            Verdict::Await(staged, by) if self.clear(ground, &by)? => Verdict::Add(staged),
            Verdict::Await(..) => Verdict::Keep(Reason::Obstructed),
            verdict => verdict,
        };
        let is_held = ground.ownership.held.contains(&*entry.object);
        if is_held && !matches!(verdict, Verdict::Unchanged) {
            self.looked.extend(known.map(|known| (path.clone(), known)));
            let listed = ground.manifest.entry(&path).cloned();
            self.listed.extend(listed.map(|listed| (path, listed)));
            return Ok(false);
        }
        let (list, staged) = match verdict {
            Verdict::Unchanged => {
                self.report.unchanged.push(path.to_path());
                self.looked.extend(known.map(|known| (path.clone(), known)));
                self.listed.push((path, entry));
                return Ok(true);
            }
            Verdict::Keep(reason) => {
                self.report.kept.push(Kept {
                    path: path.to_path(),
                    reason,
                });
                self.looked.extend(known.map(|known| (path.clone(), known)));
                self.listed.extend(
                    ground
                        .manifest
                        .entry(&path)
                        .map(|listed| (path, listed.clone())),
                );
                return Ok(false);
            }
            Verdict::Await(staged, _) | Verdict::Add(staged) => (&mut self.report.added, staged),
            Verdict::Change(staged) => (&mut self.report.changed, staged),
            Verdict::Repair(staged) => (&mut self.report.damaged, staged),
        };
        list.push(path.to_path());
        let staged = staged.map(|stat| Known {
            digest: entry.digest,
            stat,
        });
        self.moves.push(Move {
            path: path.clone(),
            staged,
        });
        self.listed.push((path, entry));
        Ok(true)
    }

    /// Whether the file or directory `by` goes, so that something else can have its place; and sees to it that it goes first.
    fn clear(&mut self, ground: &Ground<'_>, by: &str) -> Result<bool, WriteError> {
        let goes = |path: &str| {
            path == by
                || path
                    .strip_prefix(by)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        if self.clearances.iter().any(|path| goes(path.as_str())) {
            return Ok(true);
        }
        let going: BTreeSet<&str> = self
            .removals
            .iter()
            .map(FilePath::as_str)
            .filter(|path| goes(path))
            .collect();
        let is_free = going.contains(by)
            || (!going.is_empty() && ground.survey.holds_only(by, &|path| going.contains(path))?);
        if is_free {
            self.clearances
                .extend(self.removals.extract_if(.., |path| goes(path.as_str())));
        }
        Ok(is_free)
    }

    /// Decides about a file that waits for an output.
    fn decide_withheld(
        &mut self,
        ground: &Ground<'_>,
        path: FilePath,
        entry: Entry,
    ) -> Result<(), WriteError> {
        self.report.pending.push(path.to_path());
        let Some(listed) = ground.manifest.entry(&path) else {
            return Ok(());
        };
        let known = match ground.survey.find(&path, ground.index)? {
            Found::Absent | Found::Directory | Found::Blocked(_) => return Ok(()),
            Found::File(known) => Some(known),
            Found::Other | Found::Linked(_) => None,
        };
        self.looked.extend(known.map(|known| (path.clone(), known)));
        self.listed.push((
            path,
            Entry {
                digest: listed.digest,
                state: if ground.ownership.held.contains(&*entry.object) {
                    listed.state
                } else {
                    State::Pending
                },
                ..entry
            },
        ));
        Ok(())
    }

    /// Remembers what this render did not look at.
    fn carry_over(&mut self, index: &Index) {
        for (path, known) in &index.files {
            let is_moved = self
                .moves
                .binary_search_by(|staged| staged.path.cmp(path))
                .is_ok();
            if self.manifest.files.contains_key(path) && !is_moved {
                self.known.entry(path.clone()).or_insert(*known);
            }
        }
        for (key, unit) in &index.units {
            self.units
                .entry(key.clone())
                .or_insert_with(|| unit.clone());
        }
    }

    fn sort(&mut self) {
        self.report
            .kept
            .sort_unstable_by(|one, other| one.path.as_str().cmp(other.path.as_str()));
        let Report {
            added,
            changed,
            removed,
            unchanged,
            pending,
            damaged,
            ..
        } = &mut self.report;
        for list in [added, changed, removed, unchanged, pending, damaged] {
            list.sort_unstable_by(|one, other| one.as_str().cmp(other.as_str()));
        }
    }
}

/// The listed files that no unit rendered. Both lists are sorted, so they are walked through side by side.
fn leftovers<'a>(
    manifest: &'a Manifest,
    drafts: &[(Draft, UnitKey)],
    withheld: &BTreeMap<FilePath, (Entry, UnitKey)>,
) -> Vec<(&'a FilePath, &'a Entry)> {
    let mut drafts = drafts.iter().map(|(draft, _)| &draft.path).peekable();
    let mut is_left = |path: &FilePath| {
        while drafts.next_if(|drafted| *drafted < path).is_some() {}
        drafts.peek().is_none_or(|drafted| *drafted != path) && !withheld.contains_key(path)
    };
    manifest
        .files
        .iter()
        .filter(|(path, _)| is_left(path))
        .collect()
}

/// Whether the rendered files can all exist: no two of one path, none where another needs a directory.
fn check_paths(
    drafts: &[(Draft, UnitKey)],
    withheld: &BTreeMap<FilePath, (Entry, UnitKey)>,
) -> Result<(), WriteError> {
    let mut last = "";
    for (at, (draft, key)) in drafts.iter().enumerate() {
        let path = &draft.path;
        if let Some((_, first)) = at
            .checked_sub(1)
            .map(|at| &drafts[at])
            .filter(|(before, _)| before.path == *path)
        {
            return Err(twice(path, first.min(key), first.max(key)));
        }
        if let Some((_, other)) = withheld.get(path) {
            return Err(twice(path, key.min(other), key.max(other)));
        }
        if path.directory() == last {
            continue;
        }
        last = path.directory();
        for directory in path.directories() {
            let place = drafts.binary_search_by(|(draft, _)| draft.path.as_str().cmp(directory));
            if let Some((above, _)) = place.ok().map(|at| &drafts[at]) {
                return Err(WriteError::FileAndDirectory {
                    path: above.path.to_path(),
                    below: path.to_path(),
                });
            }
        }
    }
    Ok(())
}

fn twice(path: &FilePath, first: &UnitKey, second: &UnitKey) -> WriteError {
    WriteError::Twice {
        path: path.to_path(),
        first: first.to_string(),
        second: second.to_string(),
    }
}
