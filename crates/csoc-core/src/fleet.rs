//! The fleet as embedders see it: load, check, look around.

mod pins;

use std::fmt::{self, Debug};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::catalog::{CatalogError, ReadLock};
use crate::context::{Context, Stopped};
use crate::contract::{self, Contracts};
use crate::diagnostic::{Diagnostic, Diagnostics, Report, Root};
use crate::model::name::ObjectName;
use crate::model::{Account, Cluster, Commons, Environment, FleetSpec};
use crate::resolve::{self, EnvironmentRef, ResolvedFleet};
use crate::rules;
use crate::source::{self, Limits, ReadError, SourceSet};
use pins::Pins;

/// A fleet that loaded: typed objects after all layers are merged, linked into contracts.
///
/// Cheap to clone. A function of its [`SourceSet`] alone.
#[derive(Clone)]
pub struct Fleet {
    inner: Arc<Inner>,
}

struct Inner {
    set: SourceSet,
    resolved: ResolvedFleet,
    contracts: Contracts,
    /// What loading and linking found; they left a fleet all the same.
    found: Vec<Diagnostic>,
    /// What `csoc.lock` says, where there is one.
    lock: Option<ReadLock>,
    /// What it pins, opened when somebody asks.
    pins: OnceLock<Pins>,
}

/// Why there is no fleet.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FleetError {
    /// The directory could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The files are not those of a fleet.
    #[error("the fleet has {} error{}", .0.summary().errors, if .0.summary().errors == 1 { "" } else { "s" })]
    Invalid(Report),
    /// A later version of csoc wrote `csoc.lock`.
    #[error(transparent)]
    Lock(#[from] CatalogError),
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Fleet {
    /// Loads a fleet directory, or the one that a given `fleet.yaml` is in.
    ///
    /// ```no_run
    /// use csoc_core::{Context, Fleet};
    ///
    /// let fleet = Fleet::load("fleet", &Context::default())?;
    /// println!("{} environments", fleet.environments().count());
    /// # Ok::<(), csoc_core::FleetError>(())
    /// ```
    pub fn load(path: impl AsRef<Path>, context: &Context) -> Result<Self, FleetError> {
        let path = path.as_ref();
        let set = context.run(|| source::read(path, Limits::default()))?;
        Self::from_sources(set, context)
    }

    /// The nearest fleet directory at or above a directory: the first that holds a `fleet.yaml`.
    pub fn find(start: impl AsRef<Path>) -> Option<PathBuf> {
        source::nearest(start.as_ref())
    }

    /// Makes a fleet of files that were read or made elsewhere.
    pub fn from_sources(set: SourceSet, context: &Context) -> Result<Self, FleetError> {
        context.run(|| {
            context.check()?;
            let (loaded, mut found) = source::load(&set);
            let lock = pins::read(&loaded)?;
            context.progress("parse", 1, 1);
            let sources = loaded.sources.clone();
            let resolved = if found.has_errors() {
                check_shape(&loaded, &mut found)
            } else {
                resolve::resolve(loaded, &mut found)
            };
            context.check()?;
            let Some(resolved) = resolved else {
                let all = set
                    .problems()
                    .iter()
                    .cloned()
                    .chain(diagnostics(found, &sources))
                    .collect();
                return Err(FleetError::Invalid(Report::new(all)));
            };
            context.progress("resolve", 1, 1);
            let contracts = contract::link(&resolved, &mut found);
            context.progress("link", 1, 1);
            let mut all: Vec<Diagnostic> = set.problems().to_vec();
            all.extend(diagnostics(found, &resolved.loaded.sources));
            Ok(Self {
                inner: Arc::new(Inner {
                    set,
                    resolved,
                    contracts,
                    found: all,
                    lock,
                    pins: OnceLock::new(),
                }),
            })
        })
    }

    /// Everything that is wrong with the fleet itself, without compiling it.
    pub(crate) fn check_model(&self, context: &Context) -> Vec<Diagnostic> {
        let mut found = rules::check(self.resolved(), self.contracts(), context);
        found.append(self.check_lock(context.lock));
        let mut all = self.inner.found.clone();
        all.extend(diagnostics(found, &self.resolved().loaded.sources));
        all
    }

    /// What loading and linking found: where it has errors, parts of the fleet are left out.
    pub fn load_report(&self) -> Report {
        Report::new(self.inner.found.clone())
    }

    /// The files it was made of.
    pub fn sources(&self) -> &SourceSet {
        &self.inner.set
    }

    /// The fleet's own fields.
    pub fn spec(&self) -> &FleetSpec {
        &self.resolved().spec
    }

    /// Cloud accounts by name, sorted; those that are retired, too.
    pub fn accounts(&self) -> impl Iterator<Item = (&ObjectName, &Account)> {
        self.resolved().written_accounts()
    }

    /// Kubernetes clusters by name, sorted; those that are retired, too.
    pub fn clusters(&self) -> impl Iterator<Item = (&ObjectName, &Cluster)> {
        self.resolved()
            .written_clusters()
            .map(|(name, cluster)| (name, &cluster.spec))
    }

    /// Data commons by name, sorted.
    pub fn commons(&self) -> impl Iterator<Item = (&ObjectName, &Commons)> {
        self.resolved().commons.iter()
    }

    /// Environments, each with its commons' name, its own and itself after all layers are merged; those that are retired, too.
    pub fn environments(&self) -> impl Iterator<Item = (&ObjectName, &ObjectName, &Environment)> {
        self.resolved()
            .written_environments()
            .map(|(at, environment)| (&at.commons, &at.environment, &environment.spec))
    }

    /// One environment; one that is retired, too.
    pub fn environment(&self, commons: &str, environment: &str) -> Option<&Environment> {
        let at = EnvironmentRef {
            commons: commons.parse().ok()?,
            environment: environment.parse().ok()?,
        };
        self.resolved()
            .written_environment(&at)
            .map(|environment| &environment.spec)
    }

    /// An object as data, as it is in effect: after all layers, with defaults, and with what its open fields hold.
    ///
    /// The path is empty for the fleet, else `accounts NAME`, `clusters NAME`,
    /// `commons NAME` or `commons NAME environments NAME`, a part each.
    pub fn data(&self, path: &[&str]) -> Option<impl Serialize + Debug + use<>> {
        self.resolved().data(path)
    }

    pub(crate) fn resolved(&self) -> &ResolvedFleet {
        &self.inner.resolved
    }

    pub(crate) fn contracts(&self) -> &Contracts {
        &self.inner.contracts
    }
}

impl fmt::Debug for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fleet")
            .field("name", &self.spec().name)
            .field("environments", &self.resolved().environments.len())
            .finish_non_exhaustive()
    }
}

impl PartialEq for Fleet {
    fn eq(&self, other: &Self) -> bool {
        self.inner.set == other.inner.set
    }
}

/// Says what the shape of those files is that could be parsed, beside what could not.
fn check_shape(loaded: &source::Loaded, found: &mut Diagnostics) -> Option<ResolvedFleet> {
    for part in &loaded.parts {
        resolve::Schemas::get().walk(part, &[], crate::value::walker::Presence::Ignore, found);
    }
    None
}

fn diagnostics(
    found: Diagnostics,
    sources: &crate::span::Sources,
) -> impl Iterator<Item = Diagnostic> {
    found
        .into_vec()
        .into_iter()
        .map(|finding| finding.resolve(sources, Root::Fleet))
}
