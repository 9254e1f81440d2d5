//! Fleets made of fixtures: a base that has no findings, with the files of one fixture laid over it.

use std::path::{Path, PathBuf};

use csoc_core::{
    Context, Fleet, FleetError, GitRefs, HelmRendering, Limits, Report, SourceSet, VerifyOptions,
    read_directory, verify_directory, verify_gitops, verify_rendered,
};

/// The day of all tests.
pub(crate) const DAY: &str = "2026-11-24";

/// The directory of fixtures.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

/// The root of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Whether expected files are written instead of compared.
pub(crate) fn updates() -> bool {
    std::env::var_os("CSOC_UPDATE").is_some()
}

/// The files of the base fleet, which has no findings.
pub(crate) fn base() -> SourceSet {
    read_directory(&fixtures().join("base"), Limits::default()).unwrap()
}

/// The base with a directory laid over it, without the files that its `.removed` lists.
pub(crate) fn overlaid(directory: &Path) -> SourceSet {
    let mut set = if directory.is_dir() {
        read_directory(directory, Limits::default()).unwrap()
    } else {
        SourceSet::new()
    };
    let removed = fs_err::read_to_string(directory.join(".removed")).unwrap_or_default();
    for (path, bytes) in base().iter() {
        if set.get(path).is_none() && !removed.lines().any(|line| line == path) {
            set.insert(path, bytes.clone());
        }
    }
    set
}

/// All findings of a fleet of these files, whether it loads or not.
pub(crate) fn report(set: SourceSet, context: &Context) -> Report {
    match Fleet::from_sources(set, context) {
        Ok(fleet) => fleet.check(context).unwrap(),
        Err(FleetError::Invalid(report)) => report,
        Err(error) => panic!("{error}"),
    }
}

/// Compares a file with what it should be, or writes it where `CSOC_UPDATE` is set.
#[track_caller]
pub(crate) fn assert_file(path: &Path, expected: &str) {
    if updates() {
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, expected).unwrap();
        return;
    }
    let there = fs_err::read_to_string(path).unwrap_or_default();
    assert!(
        there == expected,
        "{} is not as it should be; look at the difference after running with CSOC_UPDATE=1.\n--- there\n{there}\n--- expected\n{expected}",
        path.display()
    );
}

/// The branches and tags that exist, in a fixture of a repository.
const GIT_REFS: &str = "git-refs.txt";

/// All findings of the base repository with a directory laid over it.
pub(crate) fn repository_report(directory: &Path, context: &Context) -> Report {
    let mut set = SourceSet::new();
    for root in [&fixtures().join("gitops-base"), directory] {
        files(root, root, &mut set);
    }
    let mut options = VerifyOptions::default();
    if let Ok(text) = fs_err::read_to_string(directory.join(GIT_REFS)) {
        options = options.git_refs(GitRefs::parse(&text).unwrap());
    }
    verify_gitops(&set, &options, context).unwrap()
}

/// All findings about what Helm made: `manifests.yaml`, and another time `again.yaml`.
pub(crate) fn rendered_report(directory: &Path, context: &Context) -> Report {
    let read = |name: &str| fs_err::read_to_string(directory.join(name));
    let manifests = read("manifests.yaml").map_err(|error| error.to_string());
    let rendering = HelmRendering::new("main/demo.example.org", manifests, read("again.yaml").ok());
    verify_rendered(&[rendering], context).unwrap()
}

/// All findings about a directory of Terraform.
pub(crate) fn terraform_report(directory: &Path, context: &Context) -> Report {
    let directory = camino::Utf8Path::from_path(directory).unwrap();
    verify_directory(directory, context).unwrap()
}

/// Adds every file below a directory, but for the list of branches.
fn files(directory: &Path, root: &Path, set: &mut SourceSet) {
    let Ok(entries) = fs_err::read_dir(directory) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, root, set);
        } else if !path.ends_with(GIT_REFS) {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            set.insert(name, fs_err::read(&path).unwrap());
        }
    }
}
