//! The facts that a fleet uses: what its `csoc.lock` pins, and whether that is all that it names.

use std::sync::Arc;

use camino::Utf8Path;

use super::{Fleet, diagnostics};
use crate::catalog::{
    CatalogError, CatalogKind, CatalogUpdate, Catalogs, LOCK_NAME, Lock, Problem, ReadLock, Wanted,
    WantedVersion, carried_names,
};
use crate::context::{Context, LockMode};
use crate::diagnostic::{Diagnostics, Finding, Report, Severity};
use crate::model::Provider;
use crate::rules::{LOCK_MISSING, LOCK_OUTDATED, place_of};
use crate::source::Loaded;
use crate::span::Span;

/// What a lock pins, opened.
#[derive(Debug)]
pub(super) struct Pins {
    catalogs: Arc<Catalogs>,
    problems: Vec<Problem>,
}

/// The lock of the files of a fleet; nothing where there is none.
pub(super) fn read(loaded: &Loaded) -> Result<Option<ReadLock>, CatalogError> {
    let Some(id) = loaded.pins else {
        return Ok(None);
    };
    let text = loaded.sources.file(id).text();
    Lock::parse(text, id, Utf8Path::new(LOCK_NAME)).map(Some)
}

impl Fleet {
    /// The facts about the outside world that the fleet uses: what its `csoc.lock` pins, and beside that what this
    /// version carries.
    ///
    /// Calls of the fleet use them unless their [`Context`] says others.
    pub fn catalogs(&self) -> Arc<Catalogs> {
        self.pins().catalogs.clone()
    }

    /// What is wrong with `csoc.lock`, and what the fleet names that it does not pin.
    pub fn lock_report(&self, mode: LockMode) -> Report {
        let found = self.check_lock(mode);
        Report::new(diagnostics(found, &self.resolved().loaded.sources).collect())
    }

    /// Moves the pins of the fleet in a directory to what this version of csoc carries, and pins what the fleet uses
    /// and nothing pins. Without a `csoc.lock` it makes one.
    ///
    /// With names, each a kind and a name, only those catalogs. What somebody
    /// added with `csoc catalog add` stays unless it is named.
    pub fn update_catalogs(
        &self,
        directory: impl AsRef<Utf8Path>,
        names: &[(String, String)],
    ) -> Result<CatalogUpdate, CatalogError> {
        let edition = self.spec().edition.as_str();
        Catalogs::update(directory.as_ref(), edition, &self.wanted(), names)
    }

    /// The same context with the fleet's own facts, where it says no others.
    pub(crate) fn facts(&self, context: &Context) -> Context {
        let mut context = context.clone();
        if context.catalogs.is_none() {
            context.catalogs = Some(self.catalogs());
        }
        context
    }

    fn pins(&self) -> &Pins {
        self.inner.pins.get_or_init(|| {
            let Some(read) = &self.inner.lock else {
                return Pins {
                    catalogs: Arc::new(Catalogs::default()),
                    problems: Vec::new(),
                };
            };
            let files = &self.resolved().loaded.catalogs;
            let (catalogs, problems) = Catalogs::open(&read.lock, Utf8Path::new(""), |place| {
                let missing = || std::io::Error::from(std::io::ErrorKind::NotFound);
                files.get(place).cloned().ok_or_else(missing)
            });
            Pins {
                catalogs: Arc::new(catalogs),
                problems,
            }
        })
    }

    /// What the fleet uses facts about.
    fn wanted(&self) -> Vec<Wanted> {
        let spec = self.spec();
        let charts = &spec.charts;
        let mut wanted = Vec::new();
        for (name, path, chart) in [
            (
                "cluster-level-resources",
                "charts.clusterLevelResources.revision",
                &charts.cluster_level_resources,
            ),
            ("gen3", "charts.gen3.revision", &charts.gen3),
        ] {
            if let Some(chart) = chart {
                let version = WantedVersion::Exact(chart.revision.to_string());
                wanted.push(Wanted::named(CatalogKind::Chart, name, version, Some(path)));
            }
        }
        let has_aws = self
            .accounts()
            .any(|(_, account)| account.provider == Provider::Aws);
        let versions = spec.terraform.aws_versions();
        if has_aws && let Ok(range) = versions.parse() {
            let version = WantedVersion::Range(range, versions.to_owned());
            let is_said = spec.terraform.providers.contains_key("aws");
            let path = is_said.then_some("terraform.providers.aws");
            let name = "hashicorp/aws";
            wanted.push(Wanted::named(CatalogKind::Provider, name, version, path));
        }
        for kind in [CatalogKind::Crd, CatalogKind::Module, CatalogKind::Support] {
            wanted.extend(carried_names(kind).map(|name| Wanted::any(kind, name)));
        }
        wanted
    }

    /// What is wrong with the lock, with what it pins, and with what it does not.
    pub(super) fn check_lock(&self, mode: LockMode) -> Diagnostics {
        let mut found = Diagnostics::default();
        let severity = match mode {
            LockMode::Advisory => Severity::Warning,
            LockMode::Required => Severity::Error,
        };
        let Some(read) = &self.inner.lock else {
            if mode == LockMode::Required {
                found.push(
                    Finding::error(
                        LOCK_MISSING,
                        "the fleet has no `csoc.lock`; it must pin the facts that it uses",
                    )
                    .help("make one with `csoc catalog update`, and commit it with `catalogs/`")
                    .label(self.place("name"), "a fleet without a lock")
                    .object("fleet"),
                );
            }
            return found;
        };
        let problems = read.problems.iter().chain(&self.pins().problems);
        found.extend(problems.map(Problem::finding));
        let start = self.resolved().loaded.pins.map(Span::file_start);
        let edition = self.spec().edition.as_str();
        let is_whole = read.problems.is_empty();
        let of_lock = read.lock.edition.as_deref();
        if is_whole && of_lock != Some(edition) {
            let message = match of_lock {
                Some(other) => {
                    format!(
                        "`csoc.lock` was made for the edition `{other}`, and the fleet has `{edition}`"
                    )
                }
                None => format!("`csoc.lock` names no edition, and the fleet has `{edition}`"),
            };
            found.push(
                outdated(severity, message)
                    .label(start, "this lock")
                    .label(self.place("edition"), "the fleet's edition"),
            );
        }
        let is_pinned = |want: &Wanted| {
            let mut pins = read.lock.pins.iter();
            pins.any(|pin| want.is_covered_by(&pin.header))
        };
        let mut unpinned: Vec<Wanted> = self.wanted();
        unpinned.retain(|want| is_whole && !is_pinned(want));
        let (said, others): (Vec<_>, Vec<_>) = unpinned
            .iter()
            .partition(|want| want.version != WantedVersion::Any);
        for want in said {
            let named = want.path.and_then(|path| self.place(path));
            let what = want.quoted();
            found.push(
                outdated(
                    severity,
                    format!("`csoc.lock` does not pin {what}, which the fleet uses"),
                )
                .label(named, "named here")
                .label(start, "this lock"),
            );
        }
        if !others.is_empty() {
            let all: Vec<String> = others.into_iter().map(Wanted::quoted).collect();
            let all = all.join(", ");
            found.push(
                outdated(
                    severity,
                    format!("`csoc.lock` does not pin {all}, which checks use"),
                )
                .label(start, "this lock"),
            );
        }
        found
    }

    fn place(&self, path: &str) -> Option<Span> {
        place_of(self.resolved(), path)
    }
}

fn outdated(severity: Severity, message: String) -> Finding {
    Finding::new(LOCK_OUTDATED, severity, message)
        .help("run `csoc catalog update`; what this csoc does not carry is added with `csoc catalog add`")
        .object("fleet")
        .path("csoc.lock")
}
