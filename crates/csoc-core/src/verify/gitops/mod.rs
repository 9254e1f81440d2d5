//! GitOps repositories, ours and foreign, against the rules about them.

mod directory;
mod observed;
mod values;

use camino::{Utf8Path, Utf8PathBuf};

use super::directory::{MANIFEST, TreeFiles};
use super::document::no_duplicates;
use super::error::VerifyError;
use super::options::VerifyOptions;
use super::resources;
use crate::context::{Context, Stopped};
use crate::diagnostic::{Diagnostic, Diagnostics, Report, Root};
use crate::gitops::{self, Deployment, Repository};
use crate::rules;
use crate::source::SourceSet;
use crate::span::Sources;
use crate::tree::{BackendName, Document, File};
pub(crate) use directory::{Taking, read as read_repository};

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
        let mut sources = Sources::default();
        let (_, found) = verify(files, options, context, &mut sources);
        let found = with_problems(files, found, &sources);
        Ok(rules::apply_policy(
            None,
            context.as_of.as_ref(),
            rules::Extent::Whole,
            found,
        ))
    })
}

/// Adds the findings of a repository on disk, and what of it can be closed; gives what could not be taken in.
pub(super) fn verify_path(
    path: &Utf8Path,
    options: &VerifyOptions,
    context: &Context,
    tree: &mut TreeFiles,
) -> Result<Vec<Diagnostic>, VerifyError> {
    let files = directory::read(path, Taking::Checked)?;
    let (repository, found) = verify(&files, options, context, &mut tree.sources);
    tree.found.append(found);
    observed::add(&repository, tree);
    Ok(files.problems().to_vec())
}

/// What the rules and the charts say of a repository, ours or foreign, and the schema of what its sets make.
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
    let made: Vec<File> = repository
        .applications()
        .filter_map(|(_, application)| {
            let set = application.set.as_deref()?;
            let document = Document::Yaml(application.node.clone());
            Some(File::new(
                application.path.clone(),
                set,
                BackendName::Argocd,
                document,
            ))
        })
        .collect();
    found.append(resources::check(made.iter(), context.facts()));
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
    let files = directory::read(root, Taking::Checked)?;
    let mut sources = Sources::default();
    Ok(gitops::read(
        &files,
        &mut sources,
        &mut Diagnostics::default(),
    ))
}

/// A repository, and the findings in it.
fn verify(
    files: &SourceSet,
    options: &VerifyOptions,
    context: &Context,
    sources: &mut Sources,
) -> (Repository, Diagnostics) {
    let mut found = Diagnostics::default();
    let repository = gitops::read(files, sources, &mut found);
    let values = repository.all().flat_map(Deployment::nodes);
    let written = repository
        .applications()
        .filter(|(_, application)| application.set.is_none())
        .map(|(_, application)| &application.node);
    let sets = repository.sets().map(|(set, _)| &set.node);
    for node in values.chain(written).chain(sets) {
        no_duplicates(node, &mut found);
    }
    for values in repository
        .clusters()
        .filter_map(|cluster| cluster.values.as_ref())
    {
        no_duplicates(&values.node, &mut found);
    }
    found.append(check(&repository, options, context));
    (repository, found)
}

/// The findings with their places, behind what could not be taken in.
fn with_problems(files: &SourceSet, found: Diagnostics, sources: &Sources) -> Vec<Diagnostic> {
    let problems = files.problems().iter().cloned();
    problems
        .chain(
            found
                .into_vec()
                .into_iter()
                .map(|finding| finding.resolve(sources, Root::Tree)),
        )
        .collect()
}
