//! A fleet as it is in a git revision, read from the object store: nothing is checked out.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use csoc_core::{Limits, SourceSet};

use crate::failure::Failure;

/// Git, as a program to start. Arguments are given one by one, and never to a shell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Git<'a> {
    program: &'a Path,
}

/// A file of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    object: String,
    size: u64,
    kind: Kind,
}

/// What an entry of a revision is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl<'a> Git<'a> {
    pub(crate) const fn new(program: &'a Path) -> Self {
        Self { program }
    }

    /// The files of the fleet in a directory as they are in a revision.
    pub(crate) fn fleet(&self, directory: &Utf8Path, revision: &str) -> Result<SourceSet, Failure> {
        // What begins with a dash would be an option; no revision does.
        if revision.is_empty() || revision.starts_with('-') || revision.contains(['\0', '\n']) {
            return Err(Failure::unusable(format!(
                "`{revision}` is no name of a revision"
            )));
        }
        let prefix = self.prefix(directory)?;
        let commit = self.commit(directory, revision)?;
        let entries = self.list(directory, &commit, &prefix)?;
        if !entries.contains_key(Utf8Path::new("fleet.yaml")) {
            return Err(
                Failure::unusable(format!("`{revision}` has no `{prefix}fleet.yaml`"))
                    .help("the fleet was not there yet, or lay elsewhere".to_owned()),
            );
        }
        self.read(directory, revision, &entries)
    }

    /// The path of a directory below the root of its repository, with a slash at its end; empty for the root.
    fn prefix(&self, directory: &Utf8Path) -> Result<String, Failure> {
        let (text, error) = self.run(directory, &["rev-parse", "--show-prefix"])?;
        text.map(|text| text.trim_end_matches('\n').to_owned())
            .ok_or_else(|| {
                Failure::unusable(format!("`{directory}` is in no git repository: {error}"))
                    .help("name a directory to compare with: --against DIR".to_owned())
            })
    }

    fn commit(&self, directory: &Utf8Path, revision: &str) -> Result<String, Failure> {
        let wanted = format!("{revision}^{{commit}}");
        let (text, _) = self.run(
            directory,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &wanted,
            ],
        )?;
        text.map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .ok_or_else(|| {
                Failure::unusable(format!(
                    "`{revision}` is neither a directory nor a revision of this repository"
                ))
                .help(
                    "`git fetch` may bring it; a shallow clone has only its last commits"
                        .to_owned(),
                )
            })
    }

    /// What lies below the fleet's directory in a commit, by path below it.
    fn list(
        &self,
        directory: &Utf8Path,
        commit: &str,
        prefix: &str,
    ) -> Result<BTreeMap<Utf8PathBuf, Entry>, Failure> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
        if !prefix.is_empty() {
            arguments.extend(["--", prefix]);
        }
        let (text, error) = self.run(directory, &arguments)?;
        let text =
            text.ok_or_else(|| Failure::unusable(format!("git cannot list `{commit}`: {error}")))?;
        let mut entries = BTreeMap::new();
        for line in text.split('\0').filter(|line| !line.is_empty()) {
            let Some((facts, path)) = line.split_once('\t') else {
                continue;
            };
            let mut facts = facts.split_whitespace();
            let (mode, _, object, size) = (
                facts.next().unwrap_or_default(),
                facts.next(),
                facts.next().unwrap_or_default(),
                facts.next().unwrap_or_default(),
            );
            let Some(path) = path.strip_prefix(prefix) else {
                continue;
            };
            let kind = match mode {
                "120000" => Kind::Link,
                "160000" => Kind::Submodule,
                _ => Kind::File,
            };
            entries.insert(
                Utf8PathBuf::from(path),
                Entry {
                    object: object.to_owned(),
                    size: size.parse().unwrap_or(0),
                    kind,
                },
            );
        }
        Ok(entries)
    }

    fn read(
        &self,
        directory: &Utf8Path,
        revision: &str,
        entries: &BTreeMap<Utf8PathBuf, Entry>,
    ) -> Result<SourceSet, Failure> {
        let limits = Limits::default();
        let mut wanted: Vec<(Utf8PathBuf, Entry)> = Vec::new();
        let mut links: Vec<(Utf8PathBuf, Entry)> = Vec::new();
        for (path, entry) in entries {
            if entry.kind == Kind::Submodule && !path.as_str().starts_with('.') {
                return Err(Failure::unusable(format!("`{path}` is a submodule in `{revision}`: what is in it is in another repository"))
                    .help("compare with a directory that has it checked out: --against DIR".to_owned()));
            }
            let Some(limit) = limits
                .of(path)
                .or((entry.kind == Kind::Link).then_some(4096))
            else {
                continue;
            };
            if entry.size > limit {
                return Err(Failure::unusable(format!(
                    "`{path}` has {} bytes in `{revision}`; at most {limit} are read",
                    entry.size
                )));
            }
            if wanted.len() + links.len() >= limits.files {
                return Err(Failure::unusable(format!(
                    "`{revision}` has more than {} files; is it a fleet?",
                    limits.files
                )));
            }
            match entry.kind {
                Kind::Link if path.as_str().starts_with('.') => {}
                Kind::Link => links.push((path.clone(), entry.clone())),
                _ => wanted.push((path.clone(), entry.clone())),
            }
        }
        let targets = self.contents(directory, &links)?;
        for ((path, _), target) in links.iter().zip(targets) {
            let target = String::from_utf8_lossy(&target).into_owned();
            wanted.extend(
                follow(path, &target, entries, revision)?
                    .into_iter()
                    .filter(|(path, _)| limits.of(path).is_some()),
            );
        }
        let contents = self.contents(directory, &wanted)?;
        Ok(wanted
            .into_iter()
            .zip(contents)
            .map(|((path, _), bytes)| (path, bytes))
            .collect())
    }

    /// The bytes of objects, in their order, by one process.
    fn contents(
        &self,
        directory: &Utf8Path,
        wanted: &[(Utf8PathBuf, Entry)],
    ) -> Result<Vec<Vec<u8>>, Failure> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut child = self
            .command(directory, &["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| self.missing(&error))?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Failure::unusable("git has no streams"));
        };
        let asked = wanted.iter().fold(String::new(), |asked, (_, entry)| {
            asked
                + &entry.object
                + "
"
        });
        // Both pipes are short: what is asked goes in while answers come out.
        let writer = std::thread::spawn(move || input.write_all(asked.as_bytes()));
        let mut output = BufReader::new(output);
        let mut contents = Vec::with_capacity(wanted.len());
        let mut failed = None;
        for (path, entry) in wanted {
            match content(&mut output, entry.size) {
                Ok(bytes) => contents.push(bytes),
                Err(error) => {
                    failed = Some(Failure::unusable(format!(
                        "git cannot read `{path}`: {error}"
                    )));
                    break;
                }
            }
        }
        drop(output);
        let _ = writer.join();
        let _ = child.wait();
        failed.map_or(Ok(contents), Err)
    }

    /// What git printed if it succeeded, else what it complained of.
    fn run(
        &self,
        directory: &Utf8Path,
        arguments: &[&str],
    ) -> Result<(Option<String>, String), Failure> {
        let output = self
            .command(directory, arguments)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| self.missing(&error))?;
        let complaint = String::from_utf8_lossy(&output.stderr)
            .trim()
            .trim_start_matches("fatal: ")
            .to_owned();
        if !output.status.success() {
            return Ok((None, complaint));
        }
        let text = String::from_utf8(output.stdout)
            .map_err(|_| Failure::unusable("a path of that revision is no UTF-8"))?;
        Ok((Some(text), complaint))
    }

    fn command(&self, directory: &Utf8Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command
            .arg("-C")
            .arg(directory)
            .args(arguments)
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_NO_LAZY_FETCH", "1");
        command
    }

    fn missing(&self, error: &std::io::Error) -> Failure {
        Failure::unusable(format!(
            "`{}` does not start: {error}",
            self.program.display()
        ))
        .help(
            "install git or name it with `--git PROGRAM`; directories are compared without it"
                .to_owned(),
        )
    }
}

/// One answer of `cat-file --batch`: `OBJECT TYPE SIZE`, the bytes, a line break.
fn content(output: &mut impl BufRead, expected: u64) -> Result<Vec<u8>, String> {
    let mut head = String::new();
    output
        .read_line(&mut head)
        .map_err(|error| error.to_string())?;
    let size: u64 = match head.split_whitespace().collect::<Vec<_>>()[..] {
        [_, "blob", size] => size
            .parse()
            .map_err(|_| "an answer without a size".to_owned())?,
        [_, "missing"] => return Err("the object is not here; `git fetch` may bring it".to_owned()),
        _ => return Err(format!("an answer that is none: `{}`", head.trim())),
    };
    if size != expected {
        return Err("an object of another size than it was listed with".to_owned());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    output
        .take(size)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    let mut end = [0];
    output
        .read_exact(&mut end)
        .map_err(|error| error.to_string())?;
    if bytes.len() as u64 == size {
        Ok(bytes)
    } else {
        Err("an answer that ends early".to_owned())
    }
}

/// What a link stands for: a file, or all files of a directory, as far as it stays in the fleet.
fn follow(
    path: &Utf8Path,
    target: &str,
    entries: &BTreeMap<Utf8PathBuf, Entry>,
    revision: &str,
) -> Result<Vec<(Utf8PathBuf, Entry)>, Failure> {
    let leaves = || {
        Failure::unusable(format!("the link `{path}` leads out of the fleet in `{revision}`, to `{target}`"))
            .help("copy what it points at into the fleet: a fleet must be whole wherever it is checked out".to_owned())
    };
    let mut at: Vec<&str> = path
        .parent()
        .map(|parent| parent.components().map(|part| part.as_str()).collect())
        .unwrap_or_default();
    if target.starts_with('/') {
        return Err(leaves());
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                at.pop().ok_or_else(leaves)?;
            }
            part => at.push(part),
        }
    }
    let real = Utf8PathBuf::from(at.join("/"));
    if let Some(entry) = entries.get(&real).filter(|entry| entry.kind == Kind::File) {
        return Ok(vec![(path.to_owned(), entry.clone())]);
    }
    let below: Vec<(Utf8PathBuf, Entry)> = entries
        .iter()
        .filter(|(_, entry)| entry.kind == Kind::File)
        .filter_map(|(file, entry)| {
            Some((path.join(file.strip_prefix(&real).ok()?), entry.clone()))
        })
        .collect();
    if below.is_empty() {
        return Err(Failure::unusable(format!(
            "the link `{path}` leads nowhere in `{revision}`: `{target}`"
        )));
    }
    Ok(below)
}
