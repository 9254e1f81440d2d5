//! The way of an import: read, group, read fields, name, overlay, raise, account, check.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use super::compiled::Compiled;
use super::dead::Dead;
use super::draft::Draft;
use super::error::ImportError;
use super::fix::{self, FIXABLE, Fixed};
use super::foreign::{Foreign, Layout};
use super::gitops::Gen3Gitops;
use super::group::{Place, places};
use super::imported::Import;
use super::kind::ImportKind;
use super::ledger::LedgerUnit;
use super::lines::lines;
use super::mapping::Mapping;
use super::names::object_name;
use super::note::{NoteKind, Notes};
use super::options::ImportOptions;
use super::report::{Comments, ImportReport};
use super::skeleton::skeleton;
use super::tally::{self, Account};
use super::{
    beside, comments, dead, kro, layers, live, manifest, moved, naming, observed, reading,
    remainder, terraform,
};
use crate::context::Context;
use crate::diagnostic::{Code, Diagnostics, Report, Root};
use crate::model::name::ObjectName;
use crate::rules::IMPORT_LIVE_INVALID;
use crate::source::SourceSet;
use crate::span::{SourceFile, Sources};
use crate::verify::{Taking, VerifyError, read_repository};

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
    let moved = |moved: Option<(Draft, Vec<LedgerUnit>)>, notes: Notes| {
        moved
            .map(|(draft, units)| moved::finish((kind, name), draft, units, notes, context))
            .transpose()
    };
    let layout: &dyn Layout = match kind {
        ImportKind::Gen3Gitops => &Gen3Gitops,
        ImportKind::Gen3Kro => {
            let mapping = mapping(options)?;
            return kro::import(files, &mut sources, name, &mapping, notes, context);
        }
        ImportKind::CdisManifest => {
            let mapping = mapping(options)?;
            let found = manifest::import(files, &mut sources, name, &mapping, &mut notes, context)?;
            return moved(found, notes);
        }
        ImportKind::Gen3Terraform => {
            let mapping = mapping(options)?;
            let found =
                terraform::import(files, &mut sources, name, &mapping, &mut notes, context)?;
            return moved(found, notes);
        }
    };
    let Some(mut foreign) = layout.read(files, &mut sources, &mut notes) else {
        return Ok(None);
    };
    only_named(&mut foreign, &mut notes);
    let places = grouped(&foreign, options, &mut notes)?;
    compare(&foreign, options, &mut sources, &mut notes)?;
    context.check()?;
    let found = dead::findings(&foreign, context.facts());
    let codes = fixable(options)?;
    let fixed = fix::apply(&mut foreign, &places, &found, &codes);
    let dead = dead::dead(&found);
    let run = Run {
        kind,
        foreign,
        places,
        sources,
        fixed,
        dead,
        context,
    };
    let drafted = run.draft(name, &mut notes)?;
    run.finish(files, name, drafted, notes).map(Some)
}

/// An import after everything was read.
struct Run<'a> {
    kind: ImportKind,
    foreign: Foreign,
    places: Vec<Place>,
    sources: Sources,
    fixed: Fixed,
    dead: Dead,
    context: &'a Context,
}

/// A fleet that compiles to what it came from.
struct Drafted {
    draft: Draft,
    compiled: Compiled,
    account: Account,
    comments: Comments,
    naming_rules: usize,
}

impl Run<'_> {
    fn compile(&self, draft: &Draft) -> Result<Compiled, ImportError> {
        self.context.check()?;
        Compiled::of(draft.sources(), self.context)
            .map_err(|error| ImportError::Draft(Box::new(error)))
    }

    fn draft(&self, name: &ObjectName, notes: &mut Notes) -> Result<Drafted, ImportError> {
        let (foreign, places) = (&self.foreign, self.places.as_slice());
        let mut draft = skeleton(foreign, places, name, notes);
        reading::read(&mut draft, foreign, places, notes);
        draft.record(self.kind, self.context.as_of.as_ref());
        beside::add(&mut draft, foreign, places, notes);
        let first = self.compile(&draft)?;
        let seen = observed::seen(foreign, places, first.fleet.contracts());
        let naming_rules = naming::infer(&mut draft, &seen);
        let base = self.compile(&draft)?;
        remainder::add(&mut draft, foreign, places, &base);
        let mut raised = draft.clone();
        layers::raise(&mut raised, foreign, places, &base);
        let drafted = self.settle(raised, naming_rules)?;
        if drafted.account.is_equal() {
            return Ok(drafted);
        }
        // Whatever moving values up has broken, exactness goes before brevity.
        self.settle(draft, naming_rules)
    }

    fn settle(&self, mut draft: Draft, naming_rules: usize) -> Result<Drafted, ImportError> {
        let (foreign, places) = (&self.foreign, self.places.as_slice());
        draft.order();
        let comments = comments::keep(&mut draft, foreign, places, &self.sources);
        let compiled = self.compile(&draft)?;
        let account = tally::account(
            foreign,
            places,
            &compiled,
            &self.sources,
            &self.fixed,
            &self.dead,
        );
        Ok(Drafted {
            draft,
            compiled,
            account,
            comments,
            naming_rules,
        })
    }

    fn finish(
        self,
        source: &SourceSet,
        name: &ObjectName,
        drafted: Drafted,
        notes: Notes,
    ) -> Result<Import, ImportError> {
        let checked = drafted.compiled.fleet.check(self.context)?;
        let mut findings: BTreeMap<String, usize> = BTreeMap::new();
        for finding in &checked {
            *findings.entry(finding.code.to_string()).or_default() += 1;
        }
        let account = drafted.account;
        let report = ImportReport {
            kind: self.kind,
            fleet: name.to_string(),
            values: account.values,
            applications: account.applications,
            clusters: account.clusters,
            naming_rules: drafted.naming_rules,
            share: account.leaves.share(),
            live_share: account.leaves.live_share(),
            leaves: account.leaves,
            lines: lines(source, &drafted.draft),
            comments: drafted.comments,
            findings,
            objects: account.objects,
            notes: notes.finish(),
            fixes: self.fixed.fixes,
            moved: Vec::new(),
            every: account.every,
        };
        let mut files = drafted.draft.sources();
        files.insert("baseline.yaml", checked.baseline().into_bytes());
        files.insert("import-report.md", report.to_markdown().into_bytes());
        files.insert("import-report.json", report.to_json().into_bytes());
        Ok(Import { files, report })
    }
}

/// Where each environment belongs.
fn grouped(
    foreign: &Foreign,
    options: &ImportOptions,
    notes: &mut Notes,
) -> Result<Vec<Place>, ImportError> {
    let mapping = mapping(options)?;
    for title in mapping.0.keys() {
        let known = foreign
            .environments
            .iter()
            .any(|environment| environment.title() == *title);
        if !known {
            let message = "the mapping file names an environment that is not there";
            notes.file(NoteKind::LeftOut, title, message);
        }
    }
    Ok(places(foreign, &mapping))
}

/// Notes what runs otherwise than the source says.
fn compare(
    foreign: &Foreign,
    options: &ImportOptions,
    sources: &mut Sources,
    notes: &mut Notes,
) -> Result<(), ImportError> {
    let Some((file, text)) = &options.live else {
        return Ok(());
    };
    let file = sources.add(SourceFile::new(file, text.as_str()));
    let mut found = Diagnostics::default();
    let Some(live) = live::read(text, file, IMPORT_LIVE_INVALID, &mut found) else {
        return Err(ImportError::Live(resolved(found, sources)));
    };
    live::compare(foreign, &live, sources, notes);
    Ok(())
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
        return Err(ImportError::Mapping(resolved(found, &sources)));
    }
    Ok(mapping)
}

fn resolved(found: Diagnostics, sources: &Sources) -> Report {
    let all = found.into_vec().into_iter();
    Report::new(
        all.map(|finding| finding.resolve(sources, Root::Tree))
            .collect(),
    )
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
