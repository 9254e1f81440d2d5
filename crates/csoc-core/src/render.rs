//! The one driver: check, compile, verify, write.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use serde::Serialize;

use crate::backend::{Compiled, FleetView, InputDigest, Task, registry};
use crate::context::{Context, Stopped};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Finding, Report, Root};
use crate::fleet::Fleet;
use crate::model::Lifecycle;
use crate::pattern::Wildcard;
use crate::rules;
use crate::tree::{BackendName, File, Tree};
use crate::verify;
use crate::write::{
    self, Digest, Durability, Kept, Rendered, Scope, State, Unit, UnitKey, Withheld, Writer,
};

/// A file that an object of the fleet once rendered, and that object is no longer there.
pub(crate) const OBJECT_VANISHED: Code = Code::new("object-vanished");
/// What is compiled.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CompileOptions {
    /// Only these backends; all where none is named.
    pub backends: BTreeSet<BackendName>,
    /// Only objects whose model path one of these patterns matches (`*` stands for anything); all where none is given.
    pub only: Vec<String>,
    /// Objects that are only observed are rendered too.
    pub include_observed: bool,
    /// Values that wait for outputs are written as a marker, instead of their files being withheld.
    pub allow_pending: bool,
}

/// Where and how a fleet is rendered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RenderOptions {
    /// What is compiled.
    pub compile: CompileOptions,
    /// The directory that `terraform/` and `gitops/` are in.
    pub out: Utf8PathBuf,
    /// A repository of its own for the Terraform roots, in place of `OUT/terraform`.
    pub terraform: Option<Utf8PathBuf>,
    /// A repository of its own for the Argo CD tree, in place of `OUT/gitops`.
    pub gitops: Option<Utf8PathBuf>,
    /// Files and directories below the output directory that are overwritten whoever made or edited them.
    pub force: BTreeSet<Utf8PathBuf>,
    /// Whether the result must survive a power loss.
    pub durable: bool,
    /// Whether only the report is wanted.
    pub dry_run: bool,
}

impl RenderOptions {
    /// A full render into a directory.
    pub fn into_directory(out: impl Into<Utf8PathBuf>) -> Self {
        Self {
            compile: CompileOptions::default(),
            out: out.into(),
            terraform: None,
            gitops: None,
            force: BTreeSet::new(),
            durable: false,
            dry_run: false,
        }
    }
}

/// What a render did, by what happened to each file. Paths are below the output directory, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rendering {
    /// Whether anything was written: no finding was a new error.
    pub written: bool,
    /// Files that were not there.
    pub added: Vec<Utf8PathBuf>,
    /// Files whose content is new.
    pub changed: Vec<Utf8PathBuf>,
    /// Files that are no longer rendered.
    pub removed: Vec<Utf8PathBuf>,
    /// How many files were there already, byte for byte.
    pub unchanged: usize,
    /// Files that were left alone since someone edited them or put them there, with the reason.
    pub kept: Vec<(Utf8PathBuf, &'static str)>,
    /// Files that wait for outputs.
    pub pending: Vec<PendingFile>,
    /// How many files each object renders, by backend.
    pub objects: BTreeMap<String, BTreeMap<BackendName, usize>>,
    /// Everything that was found.
    #[serde(skip)]
    pub report: Report,
}

/// A file that waits for outputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct PendingFile {
    /// The file.
    pub path: Utf8PathBuf,
    /// The object it is of.
    pub object: String,
    /// The outputs it waits for, each as `STACK#OUTPUT`; none where it waits with another file of its object.
    pub outputs: Vec<String>,
}

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The output cannot be written.
    #[error("{0}")]
    Write(#[source] Box<dyn std::error::Error + Send + Sync>, String),
    /// The call was told to stop; nothing was written.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl From<write::WriteError> for RenderError {
    fn from(error: write::WriteError) -> Self {
        let text = error.to_string();
        Self::Write(Box::new(error), text)
    }
}

impl Fleet {
    /// Everything that `render` would find, without writing anything. Observed objects are included.
    pub fn check(&self, context: &Context) -> Result<Report, Stopped> {
        context.run(|| {
            let mut all = self.check_model(context);
            let options = CompileOptions {
                include_observed: true,
                ..CompileOptions::default()
            };
            self.compile_into(&options, context, &mut all)?;
            all.extend(self.overlays(&options));
            Ok(self.report(all, context))
        })
    }

    /// The tree that `render` would write, in memory, with what was found.
    ///
    /// Files that wait for outputs are in it, and say so.
    pub fn compile(
        &self,
        options: &CompileOptions,
        context: &Context,
    ) -> Result<(Tree, Report), Stopped> {
        context.run(|| {
            let mut all = self.check_model(context);
            let tree = self.compile_into(options, context, &mut all)?;
            Ok((tree, self.report(all, context)))
        })
    }

    /// Checks, compiles, verifies and writes. Nothing is written where a finding is both an error and new.
    pub fn render(
        &self,
        options: &RenderOptions,
        context: &Context,
    ) -> Result<Rendering, RenderError> {
        context.run(|| {
            Driver {
                fleet: self,
                options,
                context,
            }
            .run()
        })
    }

    fn compile_into(
        &self,
        options: &CompileOptions,
        context: &Context,
        all: &mut Vec<Diagnostic>,
    ) -> Result<Tree, Stopped> {
        let view = self.view(options);
        let mut tree = Tree::default();
        let filter = Filter::new(options);
        for backend in registry() {
            if !filter.backend(backend.name()) {
                continue;
            }
            let tasks: Vec<Task<'_>> = backend
                .tasks(&view)
                .into_iter()
                .filter(|task| filter.object(&task.object))
                .collect();
            let done: Vec<Result<Compiled, Stopped>> = tasks
                .par_iter()
                .map(|task| {
                    context.check()?;
                    Ok(task.run())
                })
                .collect();
            for compiled in done {
                let compiled = compiled?;
                all.extend(self.leave(compiled.found));
                compiled
                    .files
                    .into_iter()
                    .for_each(|file| tree.insert(file));
            }
        }
        Ok(tree)
    }

    /// Where raw values undo what is derived.
    fn overlays(&self, options: &CompileOptions) -> Vec<Diagnostic> {
        let found = verify::overlays(&self.view(options));
        let leave =
            |finding: Finding| finding.resolve(&self.resolved().loaded.sources, Root::Fleet);
        found.into_iter().map(leave).collect()
    }

    fn view(&self, options: &CompileOptions) -> FleetView<'_> {
        FleetView {
            fleet: self.resolved(),
            contracts: self.contracts(),
            include_observed: options.include_observed,
        }
    }

    /// The findings with their places as lines and columns.
    fn leave(&self, found: Diagnostics) -> impl Iterator<Item = Diagnostic> + '_ {
        found
            .into_vec()
            .into_iter()
            .map(|finding| finding.resolve(&self.resolved().loaded.sources, Root::Fleet))
    }

    fn report(&self, all: Vec<Diagnostic>, context: &Context) -> Report {
        rules::apply_policy(Some(self.resolved()), context.as_of.as_ref(), all)
    }
}

/// What of the fleet is rendered.
struct Filter<'a> {
    options: &'a CompileOptions,
    only: Vec<Wildcard>,
}

impl<'a> Filter<'a> {
    fn new(options: &'a CompileOptions) -> Self {
        Self {
            options,
            only: options
                .only
                .iter()
                .map(|text| Wildcard::new(text))
                .collect(),
        }
    }

    fn backend(&self, name: BackendName) -> bool {
        self.options.backends.is_empty() || self.options.backends.contains(&name)
    }

    fn object(&self, object: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(object))
    }

    fn is_full(&self) -> bool {
        self.options.backends.is_empty() && self.only.is_empty()
    }
}

/// One render.
struct Driver<'a> {
    fleet: &'a Fleet,
    options: &'a RenderOptions,
    context: &'a Context,
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
}

impl Driver<'_> {
    fn run(&self) -> Result<Rendering, RenderError> {
        self.context.check()?;
        let view = self.fleet.view(&self.options.compile);
        // Nothing of these needs another: what is wrong, what there is to do, where it goes.
        let (mut all, (roots, sets)) = rayon::join(
            || self.fleet.check_model(self.context),
            || rayon::join(|| self.open_all(), || self.tasks(&view)),
        );
        let roots = roots?;
        let ownership = self.ownership();
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
                self.task(&task, &waiting, &roots, &gathered)
            })?;
            self.context.progress("compile", done, total);
        }
        let mut gathered = gathered
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        all.append(&mut gathered.found);
        for root in &roots {
            all.extend(
                root.writer
                    .vanished(&ownership)
                    .into_iter()
                    .map(|vanished| self.vanished(root.name, &vanished)),
            );
        }
        all.extend(self.fleet.overlays(&self.options.compile));
        gathered.pending.sort();
        let mut rendering = Rendering {
            pending: gathered.pending,
            objects: gathered.objects,
            report: self.fleet.report(all, self.context),
            ..Rendering::default()
        };
        if rendering.report.has_failures() {
            return Ok(rendering);
        }
        self.context.check()?;
        for root in roots {
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
    fn open_all(&self) -> Result<[OutputRoot; 2], RenderError> {
        let terraform = self.open("terraform", self.options.terraform.as_deref())?;
        let gitops = self.open("gitops", self.options.gitops.as_deref())?;
        Ok([gitops, terraform])
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
        let options = write::Options {
            scope: if filter.is_full() {
                Scope::Full
            } else {
                Scope::Partial
            },
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
        Ok(OutputRoot {
            name,
            writer: Writer::open(&path, options)?,
        })
    }

    fn ownership(&self) -> write::Ownership {
        let fleet = self.fleet.resolved();
        let mut objects = BTreeSet::from(["fleet".to_owned()]);
        let mut retired = BTreeSet::new();
        objects.extend(fleet.accounts.keys().map(|name| format!("accounts.{name}")));
        objects.extend(fleet.clusters.keys().map(|name| format!("clusters.{name}")));
        for (at, environment) in &fleet.environments {
            match environment.spec.lifecycle {
                Lifecycle::Retired => retired.insert(at.to_string()),
                _ => objects.insert(at.to_string()),
            };
        }
        write::Ownership { objects, retired }
    }

    fn task(
        &self,
        task: &Task<'_>,
        waiting: &BTreeSet<String>,
        roots: &[OutputRoot],
        gathered: &Mutex<Gathered>,
    ) -> Result<(), RenderError> {
        let held_back = task.backend == BackendName::Argocd && waiting.contains(&task.object);
        let digest = InputDigest::of(&(task.digest, held_back, self.options.compile.allow_pending));
        let digest = Digest::from_bytes(digest.0);
        let key = UnitKey::new(format!("{}:{}", task.backend, task.id));
        let Some(root) = roots.iter().find(|root| root.name == home(task.backend)) else {
            return Ok(());
        };
        if let Some(record) = root.writer.keep(&key, &digest)? {
            let mut gathered = lock(gathered);
            *gathered
                .objects
                .entry(task.object.clone())
                .or_default()
                .entry(task.backend)
                .or_default() += record.files.len();
            for pending in decode(&record.findings, &task.object) {
                gathered.waiting.insert(task.object.clone());
                gathered.pending.push(pending);
            }
            return Ok(());
        }
        let Compiled { files, found } = task.run();
        let is_clean = found.is_empty();
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
        gathered.found.extend(self.fleet.leave(found));
        gathered.found.extend(self.fleet.leave(marked));
        *gathered
            .objects
            .entry(task.object.clone())
            .or_default()
            .entry(task.backend)
            .or_default() += count;
        if !pending.is_empty() {
            gathered.waiting.insert(task.object.clone());
            gathered.pending.extend(pending);
        }
        Ok(())
    }

    fn vanished(&self, root: &str, vanished: &write::Vanished) -> Diagnostic {
        Finding::error(
            OBJECT_VANISHED,
            format!("`{root}/{}` was rendered for `{}`, which the fleet no longer has", vanished.path, vanished.object),
        )
        .help("put the object back and set `lifecycle: retired`, or restore its file; nothing is deleted because a file went away")
        .object(&vanished.object)
        .path(format!("{root}/{}", vanished.path))
        .resolve(&self.fleet.resolved().loaded.sources, Root::Fleet)
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
    }
}

fn describe(reason: write::Reason) -> &'static str {
    match reason {
        write::Reason::Edited => "edited",
        write::Reason::Unlisted => "not ours",
        write::Reason::Obstructed => "in the way",
    }
}

fn pending_finding(file: &File) -> Finding {
    Finding::warning(
        verify::VALUE_PENDING,
        format!(
            "`{}` is written with markers in place of values",
            file.path()
        ),
    )
    .help(format!(
        "apply the stacks that give them and record their outputs: {}",
        file.pending_outputs().join(", ")
    ))
    .object(file.object())
    .path(file.path())
}

/// Pending files as the index keeps them: a line a file, fields between tabs.
fn encode(pending: &[PendingFile]) -> Vec<u8> {
    let lines: Vec<String> = pending
        .iter()
        .map(|file| format!("{}\t{}", file.path, file.outputs.join("\t")))
        .collect();
    lines.join("\n").into_bytes()
}

fn decode(bytes: &[u8], object: &str) -> Vec<PendingFile> {
    String::from_utf8_lossy(bytes)
        .lines()
        .map(|line| {
            let mut fields = line.split('\t');
            PendingFile {
                path: fields.next().unwrap_or_default().into(),
                object: object.to_owned(),
                outputs: fields
                    .filter(|field| !field.is_empty())
                    .map(str::to_owned)
                    .collect(),
            }
        })
        .collect()
}
