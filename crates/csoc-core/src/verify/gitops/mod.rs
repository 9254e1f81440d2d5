//! GitOps repositories, ours and foreign, against the rules about them.

mod directory;
mod values;

use camino::{Utf8Path, Utf8PathBuf};

use super::directory::MANIFEST;
use super::document::no_duplicates;
use super::error::VerifyError;
use super::options::VerifyOptions;
use crate::context::{Context, Stopped};
use crate::diagnostic::{Diagnostic, Diagnostics, Report, Root};
use crate::gitops::{self, Repository};
use crate::rules;
use crate::source::SourceSet;
use crate::span::Sources;

/// Everything that is wrong with a GitOps repository, given as its files.
///
/// The layout is that of uc-cdis/gen3-gitops. Only values, Applications and the
/// values of clusters are read; of all other files it only matters that they
/// are there, so that they may be given without their bytes.
pub fn verify_gitops(
    files: &SourceSet,
    options: &VerifyOptions,
    context: &Context,
) -> Result<Report, Stopped> {
    context.run(|| {
        context.check()?;
        let found = verify(files, options, context);
        Ok(rules::apply_policy(None, context.as_of.as_ref(), found))
    })
}

/// The findings of a repository on disk.
pub(super) fn verify_path(
    path: &Utf8Path,
    options: &VerifyOptions,
    context: &Context,
) -> Result<Vec<Diagnostic>, VerifyError> {
    Ok(verify(&directory::read(path)?, options, context))
}

/// What the rules and the charts say of a repository, ours or foreign.
pub(super) fn check(
    repository: &Repository,
    options: &VerifyOptions,
    context: &Context,
) -> Diagnostics {
    let (mut found, of_values) = rayon::join(
        || rules::check_gitops(repository, options.git_refs.as_ref()),
        || values::check(repository, context.facts()),
    );
    found.append(of_values);
    found
}

/// The directory of the repository itself: ours lies in a directory of a rendered tree.
pub(super) fn below(path: &Utf8Path) -> Utf8PathBuf {
    let ours = path.join("gitops");
    if !path.join(MANIFEST).is_file() && ours.join(MANIFEST).is_file() {
        ours
    } else {
        path.to_owned()
    }
}

/// A repository on disk, whatever is wrong with it.
pub(super) fn repository(root: &Utf8Path) -> Result<Repository, VerifyError> {
    let files = directory::read(root)?;
    let mut sources = Sources::default();
    Ok(gitops::read(
        &files,
        &mut sources,
        &mut Diagnostics::default(),
    ))
}

/// The findings of a repository.
fn verify(files: &SourceSet, options: &VerifyOptions, context: &Context) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    let mut found = Diagnostics::default();
    let repository = gitops::read(files, &mut sources, &mut found);
    for deployment in repository.all() {
        let values = deployment
            .files
            .iter()
            .filter_map(|file| file.node.as_ref());
        let applications = deployment
            .applications
            .iter()
            .map(|application| &application.node);
        for node in values.chain(applications) {
            no_duplicates(node, &mut found);
        }
    }
    for values in repository
        .clusters()
        .filter_map(|cluster| cluster.values.as_ref())
    {
        no_duplicates(&values.node, &mut found);
    }
    found.append(check(&repository, options, context));
    let problems = files.problems().iter().cloned();
    problems
        .chain(
            found
                .into_vec()
                .into_iter()
                .map(|finding| finding.resolve(&sources, Root::Tree)),
        )
        .collect()
}
