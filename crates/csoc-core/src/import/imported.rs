//! The whole of an import: from a directory to a fleet in memory, and from there to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use super::beside;
use super::compiled::Compiled;
use super::draft::Draft;
use super::fix::{self, FIXABLE};
use super::foreign::{Foreign, Layout};
use super::gitops::Gen3Gitops;
use super::group::places;
use super::kind::ImportKind;
use super::mapping::Mapping;
use super::names::object_name;
use super::note::{NoteKind, Notes};
use super::remainder;
use super::report::{ImportReport, OwnedLines};
use super::skeleton::skeleton;
use super::tally;
use super::{comments, dead, layers, naming, observed, reading};
use crate::context::{Context, Stopped};
use crate::diagnostic::{Code, Diagnostics, Report, Root};
use crate::fleet::FleetError;
use crate::gitops::Role;
use crate::model::name::ObjectName;
use crate::source::SourceSet;
use crate::span::{SourceFile, Sources};
use crate::verify::{Taking, VerifyError, read_repository};
use crate::write::{FreshError, write_fresh};

/// What an import may be told.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ImportOptions {
    /// The fleet's name. Default: made of the directory's.
    pub name: Option<ObjectName>,
    /// The name and text of a mapping file: which environment is of which commons.
    pub mapping: Option<(String, String)>,
    /// Codes of findings that are mended on the way.
    pub fix: Vec<String>,
}

/// Why there is no import.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// There is nothing at that path.
    #[error("there is no directory at `{path}`")]
    Missing {
        /// The path.
        path: Utf8PathBuf,
    },
    /// The directory is not of the kind.
    #[error("`{path}` is not laid out as {kind}")]
    OtherLayout {
        /// The path.
        path: Utf8PathBuf,
        /// The kind that was asked for.
        kind: ImportKind,
    },
    /// Reading failed.
    #[error("failed to read `{path}`")]
    Read {
        /// What was read.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The mapping file cannot be used.
    #[error("the mapping file cannot be used")]
    Mapping(Report),
    /// A code whose findings nobody can mend but a person.
    #[error("`{code}` cannot be fixed by an import")]
    Unfixable {
        /// The code.
        code: String,
    },
    /// What was drafted is no fleet: a defect of the importer.
    #[error("the imported fleet does not load")]
    Draft(#[source] Box<FleetError>),
    /// The target directory holds something.
    #[error("`{path}` is not empty")]
    NotEmpty {
        /// The path.
        path: Utf8PathBuf,
    },
    /// Writing failed; nothing is left of it.
    #[error("failed to write `{path}`")]
    Write {
        /// What was written.
        path: Utf8PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The call was told to stop.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl ImportError {
    /// How to mend it, where that is known.
    pub fn help(&self) -> Option<String> {
        match self {
            Self::Missing { .. } => Some("name the directory that holds the repository".to_owned()),
            Self::OtherLayout { kind, .. } => Some(match kind {
                ImportKind::Gen3Gitops => "name the root of the repository: below it lie `CLUSTER/cluster-values/` and `CLUSTER/HOSTNAME/values/`".to_owned(),
            }),
            Self::Unfixable { .. } => {
                let codes: Vec<&str> = FIXABLE.iter().map(|code| code.as_str()).collect();
                Some(format!("use one of {}", codes.join(", ")))
            }
            Self::NotEmpty { .. } => {
                Some("name a directory that is not there yet; an import never writes over anything".to_owned())
            }
            _ => None,
        }
    }
}

impl From<FreshError> for ImportError {
    fn from(error: FreshError) -> Self {
        match error {
            FreshError::NotEmpty { path } => Self::NotEmpty { path },
            FreshError::Io { path, source } => Self::Write { path, source },
        }
    }
}

/// An imported fleet, in memory.
#[derive(Debug)]
pub struct Import {
    files: SourceSet,
    report: ImportReport,
}

impl Import {
    /// The files of the fleet, the report among them.
    pub fn sources(&self) -> &SourceSet {
        &self.files
    }

    /// What became of everything.
    pub fn report(&self) -> &ImportReport {
        &self.report
    }

    /// Writes the fleet into a directory that is empty or not there: all of it or nothing.
    pub fn write(&self, out: &Utf8Path) -> Result<(), ImportError> {
        Ok(write_fresh(out, self.files.iter())?)
    }
}

/// Imports a directory of a kind.
pub fn import_directory(
    kind: ImportKind,
    source: &Utf8Path,
    options: &ImportOptions,
    context: &Context,
) -> Result<Import, ImportError> {
    if !source.is_dir() {
        return Err(ImportError::Missing {
            path: source.to_owned(),
        });
    }
    context.run(|| {
        context.check()?;
        let files = read_repository(source, Taking::Everything).map_err(|error| match error {
            VerifyError::Read { path, source } => ImportError::Read { path, source },
            VerifyError::Stopped(stopped) => stopped.into(),
            _ => ImportError::Missing {
                path: source.to_owned(),
            },
        })?;
        let name = options.name.clone().unwrap_or_else(|| {
            let canonical = source
                .canonicalize_utf8()
                .unwrap_or_else(|_| source.to_owned());
            object_name(canonical.file_name().unwrap_or("fleet"))
        });
        import(kind, &files, &name, options, context)?.ok_or_else(|| ImportError::OtherLayout {
            path: source.to_owned(),
            kind,
        })
    })
}

/// Imports files of a kind; nothing where they are not of it.
fn import(
    kind: ImportKind,
    files: &SourceSet,
    name: &ObjectName,
    options: &ImportOptions,
    context: &Context,
) -> Result<Option<Import>, ImportError> {
    let mut sources = Sources::default();
    let mut notes = Notes::default();
    for problem in files.problems() {
        let file = problem.path.clone().unwrap_or_default();
        notes.file(NoteKind::Unreadable, file, problem.message.clone());
    }
    let layout: &dyn Layout = match kind {
        ImportKind::Gen3Gitops => &Gen3Gitops,
    };
    let Some(mut foreign) = layout.read(files, &mut sources, &mut notes) else {
        return Ok(None);
    };
    only_named(&mut foreign, &mut notes);
    let mapping = mapping(options)?;
    for title in mapping.0.keys() {
        if !foreign
            .environments
            .iter()
            .any(|environment| environment.title() == *title)
        {
            let message = "the mapping file names an environment that is not there";
            notes.file(NoteKind::LeftOut, title, message);
        }
    }
    let places = places(&foreign, &mapping);
    context.check()?;
    let found = dead::findings(&foreign, context.facts());
    let codes = fixable(options)?;
    let fixed = fix::apply(&mut foreign, &places, &found, &codes);
    let dead = dead::dead(&found);
    let mut draft = skeleton(&foreign, &places, name, &mut notes);
    reading::read(&mut draft, &foreign, &places);
    draft.record(kind, context.as_of.as_ref());
    beside::add(&mut draft, &foreign, &places, &mut notes);
    let compile = |draft: &Draft| {
        Compiled::of(draft.sources(), context).map_err(|error| ImportError::Draft(Box::new(error)))
    };
    let first = compile(&draft)?;
    let seen = observed::seen(&foreign, &places, first.fleet.contracts());
    let naming_rules = naming::infer(&mut draft, &seen);
    context.check()?;
    let base = compile(&draft)?;
    remainder::add(&mut draft, &foreign, &places, &base);
    let mut raised = draft.clone();
    draft.order();
    layers::raise(&mut raised, &foreign, &places, &base);
    raised.order();
    let mut comments = comments::keep(&mut raised, &foreign, &places, &sources);
    let mut compiled = compile(&raised)?;
    let mut account = tally::account(&foreign, &places, &compiled, &sources, &fixed, &dead);
    if account.is_equal() {
        draft = raised;
    } else {
        // Whatever moving values up has broken, exactness goes before brevity.
        comments = comments::keep(&mut draft, &foreign, &places, &sources);
        compiled = compile(&draft)?;
        account = tally::account(&foreign, &places, &compiled, &sources, &fixed, &dead);
    }
    let checked = compiled.fleet.check(context)?;
    let mut findings: BTreeMap<String, usize> = BTreeMap::new();
    for finding in &checked {
        *findings.entry(finding.code.to_string()).or_default() += 1;
    }
    let report = ImportReport {
        kind,
        fleet: name.to_string(),
        values: account.values,
        applications: account.applications,
        clusters: account.clusters,
        naming_rules,
        share: account.leaves.share(),
        live_share: account.leaves.live_share(),
        leaves: account.leaves,
        lines: lines(files, &draft),
        comments,
        findings,
        objects: account.objects,
        notes: notes.finish(),
        fixes: fixed.fixes,
        every: account.every,
    };
    let mut files = draft.sources();
    files.insert("baseline.yaml", checked.baseline().into_bytes());
    files.insert("import-report.md", report.to_markdown().into_bytes());
    let mut json = serde_json::to_vec_pretty(&report).unwrap_or_default();
    json.push(b'\n');
    files.insert("import-report.json", json);
    Ok(Some(Import { files, report }))
}

/// Lines that a person owns, before and after.
fn lines(files: &SourceSet, draft: &Draft) -> OwnedLines {
    let written = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        text.lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .count()
    };
    let before = files
        .iter()
        .filter(|(path, _)| Role::of(path) != Role::Other)
        .map(|(_, bytes)| written(bytes))
        .sum();
    let set = draft.sources();
    let (mut after, mut content) = (0, 0);
    for (path, bytes) in set.iter() {
        if path.starts_with("content") {
            let placed = path.as_str().contains("/portal/") || path.starts_with("content/clusters");
            content += if placed { 0 } else { written(bytes) };
        } else if !path.starts_with("outputs") {
            after += written(bytes);
        }
    }
    OwnedLines {
        before,
        after,
        content,
    }
}

/// The codes to mend.
fn fixable(options: &ImportOptions) -> Result<BTreeSet<Code>, ImportError> {
    options
        .fix
        .iter()
        .map(|text| {
            let code = FIXABLE.into_iter().find(|code| code.as_str() == text);
            code.ok_or_else(|| ImportError::Unfixable { code: text.clone() })
        })
        .collect()
}

fn mapping(options: &ImportOptions) -> Result<Mapping, ImportError> {
    let Some((name, text)) = &options.mapping else {
        return Ok(Mapping::default());
    };
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new(name, text.as_str()));
    let mut found = Diagnostics::default();
    let mapping = Mapping::read(text, file, &mut found);
    if found.has_errors() {
        let all = found.into_vec().into_iter();
        let all = all
            .map(|finding| finding.resolve(&sources, Root::Tree))
            .collect();
        return Err(ImportError::Mapping(Report::new(all)));
    }
    Ok(mapping)
}

/// Leaves out clusters whose directory cannot be the name of one.
fn only_named(foreign: &mut Foreign, notes: &mut Notes) {
    let is_name = |directory: &str| {
        let name = directory.parse::<ObjectName>();
        name.is_ok_and(|name| name.as_str() != "hub")
    };
    foreign.clusters.retain(|cluster| {
        let holds = is_name(&cluster.directory);
        if !holds {
            let message = format!("`{}` cannot be the name of a cluster: 1 to 32 lower-case letters, digits and dashes", cluster.directory);
            notes.file(NoteKind::Unreadable, &cluster.directory, message);
        }
        holds
    });
    foreign
        .environments
        .retain(|environment| is_name(&environment.cluster));
}
