//! What is rendered, where and how.

use std::collections::BTreeSet;

use camino::Utf8PathBuf;

use crate::pattern::Wildcard;
use crate::tree::BackendName;

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
    /// Which renders remove what is no longer rendered.
    pub tidy: Tidy,
}

/// Which renders remove what is no longer rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Tidy {
    /// Those of the whole fleet by all backends.
    #[default]
    WholeRenders,
    /// Those of the whole fleet, in directories that all backends were asked for which write there: for a tree of which
    /// nobody wants more.
    WholeBackends,
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
            tidy: Tidy::default(),
        }
    }
}

/// What of the fleet is rendered.
pub(super) struct Filter<'a> {
    options: &'a CompileOptions,
    only: Vec<Wildcard>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(options: &'a CompileOptions) -> Self {
        Self {
            options,
            only: options
                .only
                .iter()
                .map(|text| Wildcard::new(text))
                .collect(),
        }
    }

    pub(super) fn backend(&self, name: BackendName) -> bool {
        self.options.backends.is_empty() || self.options.backends.contains(&name)
    }

    pub(super) fn object(&self, object: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|pattern| pattern.matches(object))
    }

    pub(super) fn is_full(&self) -> bool {
        self.options.backends.is_empty() && self.only.is_empty()
    }
}
