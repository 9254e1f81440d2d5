//! One folder per kind of output: each turns complete, hashable inputs into files.

mod acme;
pub(crate) mod argocd;
mod digest;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod helm;
pub(crate) mod kro;
pub(crate) mod terraform;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use camino::Utf8Path;
use serde::Serialize;

use self::argocd::Component;
use crate::contract::Contracts;
use crate::diagnostic::Diagnostics;
use crate::graph::Fact;
use crate::model::Mode;
use crate::resolve::ResolvedFleet;
use crate::tree::{BackendName, File};

pub(crate) use digest::InputDigest;

/// All that backends may look at when they cut the fleet into units.
pub(crate) struct FleetView<'a> {
    pub(crate) fleet: &'a ResolvedFleet,
    pub(crate) contracts: &'a Contracts,
    /// Objects that are only observed are rendered too.
    include_observed: bool,
    /// Charts of others in clusters, once somebody asked for them: making them is much of the work of cutting.
    components: OnceLock<Vec<Arc<Component>>>,
}

impl<'a> FleetView<'a> {
    /// A fleet, and whether objects that are only observed are rendered too.
    pub(crate) const fn new(
        fleet: &'a ResolvedFleet,
        contracts: &'a Contracts,
        include_observed: bool,
    ) -> Self {
        Self {
            fleet,
            contracts,
            include_observed,
            components: OnceLock::new(),
        }
    }

    /// Charts of others in clusters, made once.
    pub(crate) fn components(&self) -> &[Arc<Component>] {
        self.components.get_or_init(|| argocd::components(self))
    }

    /// Whether an aspect that is managed so is rendered.
    pub(crate) const fn renders(&self, mode: Mode) -> bool {
        match mode {
            Mode::Managed | Mode::Adopt => true,
            Mode::Observed => self.include_observed,
            Mode::External => false,
        }
    }
}

/// One unit of work: all that its files depend on.
#[derive(Serialize)]
pub(crate) struct Unit<I> {
    /// Its name, unique in the backend: `commons.midrc.environments.prod`.
    pub(crate) id: String,
    /// The fleet object that its files come from.
    pub(crate) object: String,
    /// The input. Its serialized form is hashed: whatever reaches a file must be in it.
    pub(crate) input: I,
}

/// What a unit gave.
#[derive(Debug, Default)]
pub(crate) struct Compiled {
    pub(crate) files: Vec<File>,
    pub(crate) found: Diagnostics,
}

/// What becomes of a unit that somebody acts on, such as Argo CD, while its object waits for the cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holding {
    /// It stays away: what it points at is not there.
    WhileItsObjectWaits,
    /// It is there: only people read it.
    Never,
}

/// One kind of output.
pub(crate) trait Backend: Sync {
    /// All that a unit may read.
    type Input: Serialize + Send + Sync;

    /// Its name.
    fn name(&self) -> BackendName;

    /// Cuts the fleet into units, in a fixed order.
    fn units(&self, view: &FleetView<'_>) -> Vec<Unit<Self::Input>>;

    /// The files of a unit; gets nothing but the unit.
    fn compile(&self, unit: &Unit<Self::Input>) -> Compiled;

    /// Objects that parts of a unit are of: while one waits for the cloud, the unit goes without its part.
    fn parts(&self, _unit: &Unit<Self::Input>) -> Vec<String> {
        Vec::new()
    }

    /// Whether a unit stays away while its object waits for the cloud.
    fn holding(&self, _unit: &Unit<Self::Input>) -> Holding {
        Holding::WhileItsObjectWaits
    }

    /// The files of a unit without the parts of these objects.
    fn compile_without(&self, unit: &Unit<Self::Input>, _absent: &BTreeSet<String>) -> Compiled {
        self.compile(unit)
    }

    /// The facts that a file shows, ours or foreign.
    fn observe(&self, file: &File, facts: &mut Vec<Fact>);

    /// The facts that the files of one directory show together: a Terraform root is more than its files one by one.
    fn observe_directory(&self, files: &[&File], facts: &mut Vec<Fact>) {
        for file in files {
            self.observe(file, facts);
        }
    }

    /// The facts that the directories of a tree show together: a root may call modules in others.
    fn observe_tree(&self, directories: &BTreeMap<&Utf8Path, Vec<&File>>, facts: &mut Vec<Fact>) {
        for files in directories.values() {
            self.observe_directory(files, facts);
        }
    }
}

/// Compiles a unit without the parts of some objects.
type Run<'a> = dyn Fn(&BTreeSet<String>) -> Compiled + Send + Sync + 'a;

/// A unit of any backend, ready to run.
pub(crate) struct Task<'a> {
    pub(crate) backend: BackendName,
    pub(crate) id: String,
    /// The fleet object that its files come from.
    pub(crate) object: String,
    pub(crate) digest: InputDigest,
    /// Objects that parts of it are of.
    pub(crate) parts: Vec<String>,
    /// Whether it stays away while its object waits.
    pub(crate) holding: Holding,
    run: Box<Run<'a>>,
}

impl Task<'_> {
    /// Compiles the unit.
    pub(crate) fn run(&self) -> Compiled {
        self.run_without(&BTreeSet::new())
    }

    /// Compiles the unit without the parts of these objects.
    pub(crate) fn run_without(&self, absent: &BTreeSet<String>) -> Compiled {
        (self.run)(absent)
    }
}

/// A backend whose inputs nobody else needs to name.
pub(crate) trait AnyBackend: Sync {
    /// Its name.
    fn name(&self) -> BackendName;

    /// Its units as tasks.
    fn tasks<'a>(&'a self, view: &FleetView<'a>) -> Vec<Task<'a>>;

    /// The facts that the files of one directory show together.
    fn observe_directory(&self, files: &[&File], facts: &mut Vec<Fact>);

    /// The facts that the directories of a tree show together.
    fn observe_tree(&self, directories: &BTreeMap<&Utf8Path, Vec<&File>>, facts: &mut Vec<Fact>);
}

impl<B: Backend> AnyBackend for B {
    fn name(&self) -> BackendName {
        Backend::name(self)
    }

    fn tasks<'a>(&'a self, view: &FleetView<'a>) -> Vec<Task<'a>> {
        use rayon::prelude::*;
        self.units(view)
            .into_par_iter()
            .map(|unit| Task {
                backend: Backend::name(self),
                id: unit.id.clone(),
                object: unit.object.clone(),
                digest: InputDigest::of(&(&unit.object, &unit.input)),
                parts: self.parts(&unit),
                holding: self.holding(&unit),
                run: Box::new(move |absent| {
                    if absent.is_empty() {
                        self.compile(&unit)
                    } else {
                        self.compile_without(&unit, absent)
                    }
                }),
            })
            .collect()
    }

    fn observe_directory(&self, files: &[&File], facts: &mut Vec<Fact>) {
        Backend::observe_directory(self, files, facts);
    }

    fn observe_tree(&self, directories: &BTreeMap<&Utf8Path, Vec<&File>>, facts: &mut Vec<Fact>) {
        Backend::observe_tree(self, directories, facts);
    }
}

/// Every backend there is. A new one is a folder and a line here.
pub(crate) fn registry() -> [&'static dyn AnyBackend; 4] {
    [
        &terraform::Terraform,
        &helm::Helm,
        &argocd::ArgoCd,
        &kro::Kro,
    ]
}
