//! Moving a new tree into place, so that a process killed at any moment leaves each file old or new.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;
use rayon::prelude::*;

use super::disk::{Disk, Durability};
use super::error::WriteError;
use super::home::Home;
use super::index::Index;
use super::lock::Lock;
use super::manifest::{Manifest, Pending};
use super::path::FilePath;
use super::plan::{Move, Plan};
use super::report::Report;
use super::stage::Stage;
use super::stat::{Moment, Stat};
use super::survey::{Directory, Known, Survey};

/// Carries out a plan: record, clear, move, remove, manifest; then the index.
pub(crate) fn land(
    disk: &Disk,
    home: &Home,
    lock: &Lock,
    mut stage: Stage,
    plan: Plan,
    manifest: &Manifest,
    index: &Index,
) -> Result<Report, WriteError> {
    let Plan {
        clearances,
        moves,
        removals,
        manifest: new,
        mut known,
        units,
        report,
        ..
    } = plan;
    known.retain(|_, known| known.stat.modified < lock.taken());
    if !moves.is_empty() || !removals.is_empty() || !clearances.is_empty() || new != *manifest {
        stage.sync()?;
        let text = new.to_text();
        let all = [&removals[..], &clearances].concat();
        let begun = home.replace(disk, &home.pending(), &Pending::text(&text, &all))?;
        disk.sync_directory(&home.own())?;
        stage.settle();

        remove(disk, home, &clearances)?;
        known.extend(place(disk, home, &moves, begun.modified)?);
        remove(disk, home, &removals)?;
        if disk.durability() == Durability::Power {
            sync(
                disk,
                home,
                moves.iter().map(|moved| &moved.path).chain(&all),
            )?;
        }

        home.replace(disk, &home.manifest(), &text)?;
        disk.sync_directory(home.root())?;
        disk.remove_file(&home.pending())?;
    }
    let renewed = Index::new(known, units);
    if !renewed.agrees(index) {
        // The tree is written. Without an index the next render takes longer, and that is all.
        let _ = home.replace(disk, &home.index(), &renewed.to_text());
        stage.settle();
    }
    Ok(report)
}

/// Moves staged files to where they belong, and gives those whose looks will tell a later change.
fn place(
    disk: &Disk,
    home: &Home,
    moves: &[Move],
    begun: Moment,
) -> Result<Vec<(FilePath, Known)>, WriteError> {
    let survey = Survey::new(home.root());
    let (mut trees, mut singles) = (BTreeSet::new(), Vec::new());
    let mut known = Vec::with_capacity(moves.len());
    for moved in moves {
        match highest_absent(&survey, &moved.path)? {
            Some(directory) => {
                trees.insert(directory);
                known.extend(moved.staged.map(|staged| (moved.path.clone(), staged)));
            }
            None => singles.push(moved),
        }
    }
    let stage = home.stage();
    let done: Vec<_> = trees
        .par_iter()
        .map(|path| disk.rename(&stage.join(path), &home.root().join(path)))
        .collect();
    done.into_iter().collect::<Result<(), _>>()?;
    let done: Vec<_> = singles
        .into_par_iter()
        .map(|Move { path, staged }| {
            let place = path.below(home.root());
            disk.rename(&path.below(&stage), &place)?;
            // A rename changes one of the times, so the file is looked at again. That it is still
            // the same is certain only if all the rest is as it was on the stage.
            let stat = place
                .symlink_metadata()
                .ok()
                .map(|metadata| Stat::of(&metadata));
            let known = staged
                .zip(stat)
                .filter(|(staged, stat)| stat.is_moved(&staged.stat));
            Ok(known.map(|(staged, stat)| (path.clone(), Known { stat, ..staged })))
        })
        .collect();
    let done: Vec<_> = done.into_iter().collect::<Result<_, WriteError>>()?;
    known.extend(done.into_iter().flatten());
    known.retain(|(_, known)| known.stat.modified < begun);
    Ok(known)
}

/// The highest directory of that file that does not exist; it can be moved as a whole, since nothing is below it.
fn highest_absent<'a>(survey: &Survey, path: &'a FilePath) -> Result<Option<&'a str>, WriteError> {
    for directory in path.directories() {
        match survey.directory(directory)? {
            Directory::Present => {}
            Directory::Absent => return Ok(Some(directory)),
            Directory::Blocked(by) => {
                return Err(WriteError::NotADirectory {
                    path: survey.root().join(&*by),
                });
            }
            Directory::Linked(by) => {
                return Err(WriteError::Symlink {
                    path: survey.root().join(&*by),
                });
            }
        }
    }
    Ok(None)
}

/// Removes files, and directories that this leaves empty.
fn remove(disk: &Disk, home: &Home, paths: &[FilePath]) -> Result<(), WriteError> {
    let mut directories = BTreeSet::new();
    for path in paths {
        disk.remove_file(&path.below(home.root()))?;
        directories.extend(path.directories());
    }
    // Longer paths come first, so that a directory follows those in it.
    for directory in directories.into_iter().rev() {
        disk.remove_empty_directory(&home.root().join(directory))?;
    }
    Ok(())
}

/// Flushes the names in the directories of those files.
fn sync<'a>(
    disk: &Disk,
    home: &Home,
    paths: impl Iterator<Item = &'a FilePath>,
) -> Result<(), WriteError> {
    let directories: BTreeSet<Utf8PathBuf> = paths
        .flat_map(|path| path.directories().chain([""]))
        .map(|path| home.root().join(path))
        .collect();
    for directory in directories {
        if directory.is_dir() {
            disk.sync_directory(&directory)?;
        }
    }
    Ok(())
}
