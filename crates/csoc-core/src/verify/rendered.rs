//! What Helm made of deployments, against the rules about it. Whoever may start processes runs Helm.

use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;

use super::error::VerifyError;
use super::gitops::{below, repository};
use crate::context::{Context, Stopped};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Finding, Report, Root};
use crate::gitops::Manifests;
use crate::rules;
use crate::span::{SourceFile, Sources};

/// A deployment does not render.
pub(crate) const RENDERING_FAILED: Code = Code::new("rendering-failed");

/// A value is of another kind than the chart's own.
pub(crate) const RENDERING_IGNORES: Code = Code::new("rendering-ignores-value");
/// Letters of what Helm says that are shown: it prints whole values.
const WARNING: usize = 160;

/// A deployment as Helm is to be called for it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HelmRelease {
    /// Its directory below the repository, which names it in findings.
    pub directory: String,
    /// The release's name.
    pub release: String,
    /// The namespace.
    pub namespace: String,
    /// The values files in order, each with the path that the repository was given as.
    pub values: Vec<Utf8PathBuf>,
}

/// What Helm made of a deployment.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HelmRendering {
    /// The deployment's directory below the repository.
    pub directory: String,
    /// The manifests, or what Helm said where it failed.
    pub manifests: Result<String, String>,
    /// The manifests of another run with the same input, where there was one.
    pub again: Option<String>,
    /// What Helm said beside the manifests.
    pub said: String,
}

impl HelmRendering {
    /// A rendering of a deployment.
    pub fn new(
        directory: impl Into<String>,
        manifests: Result<String, String>,
        again: Option<String>,
    ) -> Self {
        Self {
            directory: directory.into(),
            manifests,
            again,
            said: String::new(),
        }
    }

    /// The same with what Helm said beside the manifests.
    #[must_use]
    pub fn said(mut self, said: impl Into<String>) -> Self {
        self.said = said.into();
        self
    }
}

/// The deployments of a tree that Helm can render: a GitOps repository, ours or foreign.
pub fn helm_releases(
    path: impl AsRef<Utf8Path>,
    context: &Context,
) -> Result<Vec<HelmRelease>, VerifyError> {
    let path = path.as_ref();
    context.run(|| {
        let root = below(path);
        let repository = repository(&root)?;
        let releases = repository.deployed().map(|deployment| {
            let source = deployment
                .application()
                .and_then(|application| application.chart());
            let release = source
                .and_then(|source| source.release.as_deref())
                .unwrap_or("gen3");
            HelmRelease {
                directory: deployment.directory(),
                release: release.to_owned(),
                namespace: deployment.namespace().unwrap_or("default").to_owned(),
                values: deployment
                    .ordered()
                    .map(|file| root.join(&file.path))
                    .collect(),
            }
        });
        Ok(releases.collect())
    })
}

/// Everything that is wrong with what Helm made.
pub fn verify_rendered(renderings: &[HelmRendering], context: &Context) -> Result<Report, Stopped> {
    context.run(|| {
        let found: Result<Vec<Vec<Diagnostic>>, Stopped> = renderings
            .par_iter()
            .map(|rendering| {
                context.check()?;
                Ok(verify(rendering))
            })
            .collect();
        let found = found?.into_iter().flatten().collect();
        Ok(rules::apply_policy(
            None,
            context.as_of.as_ref(),
            rules::Extent::Whole,
            found,
        ))
    })
}

fn verify(rendering: &HelmRendering) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let mut found = Diagnostics::default();
    match &rendering.manifests {
        Err(reason) => {
            let reason = reason.trim();
            found.push(
                Finding::error(RENDERING_FAILED, format!("Helm renders nothing: {reason}"))
                    .help("look for the value that the message names")
                    .object(&rendering.directory),
            );
        }
        Ok(text) => {
            // Other things that Helm says are about itself.
            let ignored = |line: &&str| {
                line.contains("cannot overwrite table") || line.contains("Not a table")
            };
            for line in rendering.said.lines().filter(ignored) {
                let line: String = line.chars().take(WARNING).collect();
                found.push(
                    Finding::warning(RENDERING_IGNORES, format!("Helm ignores a value: {line}"))
                        .help("write a map where the chart has one, or take the key out")
                        .object(&rendering.directory),
                );
            }
            let mut read = |name: &str, text: &str| {
                let path = format!("rendered/{}/{name}", rendering.directory);
                let file = sources.add(SourceFile::new(path, text));
                Manifests::read(text, file, &mut found)
            };
            let manifests = read("manifests.yaml", text);
            let again = rendering
                .again
                .as_ref()
                .map(|text| read("again.yaml", text));
            let more = rules::check_rendered(&rendering.directory, &manifests, again.as_ref());
            found.append(more);
        }
    }
    found
        .into_vec()
        .into_iter()
        .map(|finding| finding.resolve(&sources, Root::Tree))
        .collect()
}
