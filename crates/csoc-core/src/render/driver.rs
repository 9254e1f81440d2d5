//! One render: tasks from many threads, kept or compiled, into the two output roots.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::OBJECT_VANISHED;
use super::observed;
use super::options::{Filter, RenderOptions, Tidy};
use super::pending::{decode, encode, pending_finding};
use super::rendering::{PendingFile, RenderError, Rendering};
use super::standing::{Leaving, Standing};
use crate::backend::terraform::STACKS;
use crate::backend::{Compiled, FleetView, Holding, InputDigest, Task, registry};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::fleet::Fleet;
use crate::tree::BackendName;
use crate::verify;
use crate::write::{
    self, Digest, Durability, Kept, Rendered, Scope, State, Unit, UnitKey, Withheld, Writer,
};

/// One render.
pub(super) struct Driver<'a> {
    pub(super) fleet: &'a Fleet,
    pub(super) options: &'a RenderOptions,
    pub(super) context: &'a Context,
}

/// An output root: the first part of its files' paths, where it is, its writer.
struct OutputRoot {
    name: &'static str,
    writer: Writer,
}

/// What compiling adds up to, from many threads.
#[derive(Default)]
struct Gathered {
    found: Vec<Diagnostic>,
    pending: Vec<PendingFile>,
    objects: BTreeMap<String, BTreeMap<BackendName, usize>>,
    /// Objects that have a file that waits.
    waiting: BTreeSet<String>,
    /// Stacks that are not rendered any more and stay until they are destroyed.
    leaving: Vec<Leaving>,
}

impl Gathered {
    /// Counts files of a unit.
    fn count(&mut self, task: &Task<'_>, files: usize) {
        let of_object = self.objects.entry(task.object.clone()).or_default();
        *of_object.entry(task.backend).or_default() += files;
    }

    /// Takes what is known of a unit that is not compiled anew.
    fn remember(&mut self, task: &Task<'_>, record: &write::UnitRecord) {
        self.count(task, record.files.len());
        for pending in decode(&record.findings, &task.object) {
            self.waiting.insert(task.object.clone());
            self.pending.push(pending);
        }
    }
}

impl Driver<'_> {
    pub(super) fn run(&self) -> Result<Rendering, RenderError> {
        self.context.check()?;
        let view = self.fleet.view(&self.options.compile);
        // Nothing of these needs another: what is wrong, what there is to do, where it goes.
        let (mut all, (roots, sets)) = rayon::join(
            || self.fleet.check_model(self.context),
            || rayon::join(|| self.open_all(), || self.tasks(&view)),
        );
        let roots = roots?;
        let writers = roots.iter().map(|root| (root.name, &root.writer));
        let standing = Standing::of(self.fleet.resolved(), writers, &self.terraform());
        let units = verify::UnitCheck::new(&view, self.context);
        let gathered = Mutex::new(Gathered::default());
        let total = sets.iter().map(Vec::len).sum();
        let mut done = 0;
        self.context.progress("prepare", 1, 1);
        // One backend after the other: an application waits if the values of its object do.
        for tasks in sets {
            let waiting = lock(&gathered).waiting.clone();
            done += tasks.len();
            // Each task goes as soon as it is done, by the thread that did it.
            tasks.into_par_iter().try_for_each(|task| {
                self.context.check()?;
                self.task(&task, &units, &waiting, (&roots, &standing), &gathered)
            })?;
            self.context.progress("compile", done, total);
        }
        let mut gathered = gathered
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        all.append(&mut gathered.found);
        let mut taken = BTreeMap::new();
        for root in &roots {
            let below = |(object, path)| (object, Utf8Path::new(root.name).join(path));
            taken.extend(
                root.writer
                    .taken(&standing.ownership)
                    .into_iter()
                    .map(below),
            );
        }
        let mut stops_nobody = BTreeSet::new();
        for (finding, stops_all) in standing.findings(self.fleet, &taken) {
            if !stops_all {
                stops_nobody.extend(finding.object.as_deref().map(ToOwned::to_owned));
            }
            all.push(finding);
        }
        all.extend(self.fleet.leave(standing.leaving(&gathered.leaving)));
        gathered.pending.sort();
        let mut rendering = Rendering {
            pending: gathered.pending,
            objects: gathered.objects,
            report: self
                .fleet
                .report(all, self.fleet.extent(&self.options.compile), self.context),
            ..Rendering::default()
        };
        let stops = |found: &Diagnostic| {
            let object = found.object.as_deref().unwrap_or_default();
            found.code != OBJECT_VANISHED || !stops_nobody.contains(object)
        };
        if rendering.report.failures().any(stops) {
            return Ok(rendering);
        }
        self.context.check()?;
        let leaving = gathered.leaving.into_iter().map(|stack| stack.path);
        let leaving: BTreeSet<String> = leaving.collect();
        for root in roots {
            let own = root.name == home(BackendName::Terraform);
            let mut ownership = standing.ownership.clone();
            if !self.options.compile.include_observed {
                ownership.unseen = observed::unseen(self.fleet);
            }
            if own {
                ownership.leaving.clone_from(&leaving);
            } else if !ownership.held.is_empty() {
                // Beside roots the fleet itself has what tells of them; elsewhere, what others depend on.
                ownership.held.insert("fleet".to_owned());
            }
            let report = root.writer.finish(&ownership)?;
            let below = |paths: Vec<Utf8PathBuf>| {
                paths
                    .into_iter()
                    .map(|path| Utf8Path::new(root.name).join(path))
            };
            rendering.added.extend(below(report.added));
            rendering.changed.extend(below(report.changed));
            rendering.changed.extend(below(report.damaged));
            rendering.removed.extend(below(report.removed));
            rendering.unchanged += report.unchanged.len();
            rendering
                .kept
                .extend(report.kept.into_iter().map(|Kept { path, reason }| {
                    (Utf8Path::new(root.name).join(path), describe(reason))
                }));
        }
        self.context.progress("write", 1, 1);
        rendering.written = !self.options.dry_run;
        Ok(rendering)
    }

    /// The output roots, left in reverse, so that a render that comes to nothing takes the directory back that both are in.
    fn open_all(&self) -> Result<Vec<OutputRoot>, RenderError> {
        let terraform = self.open("terraform", self.options.terraform.as_deref())?;
        let gitops = self.open("gitops", self.options.gitops.as_deref())?;
        let mut roots = vec![gitops, terraform];
        // Nobody else has a directory of it: only a fleet with spokes, or one that had some.
        let fleet = self.fleet.resolved();
        let has_spokes =
            fleet.spec.kro.is_some() || fleet.clusters.values().any(|one| one.spec.kro.is_some());
        if has_spokes || self.options.out.join("kro/manifest.json").exists() {
            roots.insert(0, self.open("kro", None)?);
        }
        Ok(roots)
    }

    /// What there is to do, backend by backend.
    fn tasks<'v>(&self, view: &FleetView<'v>) -> Vec<Vec<Task<'v>>> {
        let filter = Filter::new(&self.options.compile);
        registry()
            .into_par_iter()
            .filter(|backend| filter.backend(backend.name()))
            .map(|backend| {
                backend
                    .tasks(view)
                    .into_iter()
                    .filter(|task| filter.object(&task.object))
                    .collect()
            })
            .collect()
    }

    fn open(&self, name: &'static str, own: Option<&Utf8Path>) -> Result<OutputRoot, RenderError> {
        let path = own.map_or_else(|| self.options.out.join(name), Utf8Path::to_owned);
        let filter = Filter::new(&self.options.compile);
        let is_whole = |backend: BackendName| home(backend) != name || filter.backend(backend);
        let is_full = match self.options.tidy {
            Tidy::WholeRenders => filter.is_full(),
            Tidy::WholeBackends => {
                self.options.compile.only.is_empty()
                    && registry().iter().all(|backend| is_whole(backend.name()))
            }
        };
        let options = write::Options {
            scope: if is_full { Scope::Full } else { Scope::Partial },
            mode: if self.options.dry_run {
                write::Mode::Compare
            } else {
                write::Mode::Write
            },
            durability: if self.options.durable {
                Durability::Power
            } else {
                Durability::Process
            },
            force: self
                .options
                .force
                .iter()
                .filter_map(|path| path.strip_prefix(name).ok())
                .map(Utf8Path::to_owned)
                .collect(),
            versions: BTreeMap::from([("csoc".to_owned(), env!("CARGO_PKG_VERSION").to_owned())]),
        };
        let waits = |lock: &Utf8Path, holder: &str| self.context.waits(lock, holder);
        match Writer::open(&path, options, &waits) {
            Ok(writer) => Ok(OutputRoot { name, writer }),
            Err(error) => {
                // Who was told to stop while somebody else had the lock was stopped, and not refused.
                self.context.check()?;
                Err(error.into())
            }
        }
    }

    /// Where the roots of Terraform are.
    fn terraform(&self) -> Utf8PathBuf {
        let own = self.options.terraform.as_deref();
        own.map_or_else(|| self.options.out.join("terraform"), Utf8Path::to_owned)
    }

    fn task(
        &self,
        task: &Task<'_>,
        units: &verify::UnitCheck<'_>,
        waiting: &BTreeSet<String>,
        (roots, standing): (&[OutputRoot], &Standing),
        gathered: &Mutex<Gathered>,
    ) -> Result<(), RenderError> {
        let (held_back, absent) = held_back(task, waiting);
        let digest = InputDigest::of(&(
            task.digest,
            held_back,
            &absent,
            self.options.compile.allow_pending,
            units.facts(task.backend),
        ));
        let digest = Digest::from_bytes(digest.0);
        let key = UnitKey::new(format!("{}:{}", task.backend, task.id));
        let Some(root) = roots.iter().find(|root| root.name == home(task.backend)) else {
            return Ok(());
        };
        // What the list of stacks says is of the tree, too: it is made each time.
        let is_list = task.backend == BackendName::Terraform && task.id == STACKS;
        let kept = if is_list {
            None
        } else {
            root.writer.keep(&key, &digest)?
        };
        if let Some(record) = kept {
            lock(gathered).remember(task, record);
            return Ok(());
        }
        let Compiled {
            mut files,
            mut found,
        } = task.run_without(&absent);
        if is_list {
            let leaving = standing.complete(&mut files, self.fleet.resolved(), &root.writer);
            lock(gathered).leaving.extend(leaving);
        }
        units.check(task.backend, &task.object, &files, &mut found);
        let is_clean = found.is_empty() && !is_list;
        let mut unit = Unit {
            key,
            // A unit that found something is compiled each time, so that it is said each time.
            digest: if is_clean {
                digest
            } else {
                Digest::of(b"not clean")
            },
            files: Vec::with_capacity(files.len()),
            withheld: Vec::new(),
            findings: Vec::new(),
        };
        let mut pending = Vec::new();
        let mut marked = Diagnostics::default();
        let count = files.len();
        for file in files {
            let outputs = file.pending_outputs();
            let waits = held_back || !outputs.is_empty();
            if waits {
                pending.push(PendingFile {
                    path: file.path().to_owned(),
                    object: task.object.clone(),
                    outputs,
                });
            }
            let path = file
                .path()
                .strip_prefix(root.name)
                .unwrap_or(file.path())
                .to_owned();
            let object: Arc<str> = file.object().into();
            let backend = file.backend().as_str();
            if held_back || (waits && !self.options.compile.allow_pending) {
                unit.withheld.push(Withheld {
                    path,
                    object,
                    backend,
                });
                continue;
            }
            if waits {
                marked.push(pending_finding(&file));
            }
            let state = if waits { State::Pending } else { State::Ready };
            unit.files.push(Rendered {
                path,
                bytes: file.text().into_owned(),
                object,
                backend,
                state,
            });
        }
        unit.findings = encode(&pending);
        root.writer.add(unit)?;
        let mut gathered = lock(gathered);
        gathered.found.extend(self.fleet.leave(found.into_vec()));
        gathered.found.extend(self.fleet.leave(marked.into_vec()));
        gathered.count(task, count);
        if !pending.is_empty() {
            gathered.waiting.insert(task.object.clone());
            gathered.pending.extend(pending);
        }
        Ok(())
    }
}

/// Whether a task waits as a whole, and else what it goes without: parts of objects that wait for outputs.
fn held_back(task: &Task<'_>, waiting: &BTreeSet<String>) -> (bool, BTreeSet<String>) {
    let parts = task.parts.iter();
    let absent: BTreeSet<String> = parts
        .filter(|object| waiting.contains(*object))
        .cloned()
        .collect();
    // What has parts stays as it was while all of them wait.
    let all_wait = !absent.is_empty() && absent.len() == task.parts.len();
    let waits = all_wait || waiting.contains(&task.object);
    let is_held = task.backend == BackendName::Argocd && task.holding != Holding::Never;
    if is_held && waits {
        (true, BTreeSet::new())
    } else {
        (false, absent)
    }
}

fn lock(gathered: &Mutex<Gathered>) -> std::sync::MutexGuard<'_, Gathered> {
    gathered.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The output root of a backend.
const fn home(backend: BackendName) -> &'static str {
    match backend {
        BackendName::Terraform => "terraform",
        BackendName::Helm | BackendName::Argocd => "gitops",
        BackendName::Kro => "kro",
    }
}

fn describe(reason: write::Reason) -> &'static str {
    match reason {
        write::Reason::Edited => "edited",
        write::Reason::Unlisted => "not ours",
        write::Reason::Obstructed => "in the way",
    }
}
