//! Terraform roots, ours or anyone's, against the schemas of their providers and against themselves.
//!
//! Everything that text decides is decided here, without the provider: types,
//! arguments, blocks, references. What only a provider's own code knows (which
//! arguments exclude each other, which regions there are) is not; and what
//! cannot be decided from text is counted and not reported.

mod body;
mod calls;
mod checker;
mod codes;
mod discover;
mod dynamic;
mod expressions;
mod functions;
mod graph;
mod json_body;
mod literal;
mod meta;
mod module;
mod reference;
mod sensitive;
mod settings;
mod shape;
mod steps;
#[cfg(test)]
mod tests;
mod things;
mod variables;
mod walk;

pub(super) use discover::verify_roots;

use std::collections::{BTreeMap, BTreeSet};

use camino::{Utf8Path, Utf8PathBuf};

use crate::context::Context;
use crate::diagnostic::{Diagnostics, Finding};
use crate::hcl::{self, Body};
use crate::rules::{self, TerraformFile, TerraformModule};
use crate::tree::{Document, File};
use crate::value::Node;
use checker::Checker;
use module::{Module, ModuleFile, Syntax, VariablesFile};

/// The files of one directory, as they were read.
#[derive(Debug, Default)]
pub(crate) struct Directory<'a> {
    native: Vec<&'a Body>,
    json: Vec<Body>,
    variables: Vec<VariablesFile>,
}

/// The directories of a tree, by path.
pub(crate) type Directories<'a> = BTreeMap<Utf8PathBuf, Directory<'a>>;

/// A document that may be a part of a Terraform root.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part<'a> {
    /// Terraform's own language.
    Native(&'a Body),
    /// JSON.
    Json(&'a Node),
}

/// Adds a file to its directory, where its name says that Terraform reads it.
pub(crate) fn add<'a>(directories: &mut Directories<'a>, path: &Utf8Path, part: Part<'a>) {
    let name = path.file_name().unwrap_or_default();
    // Files that override others change declarations; what they make is not looked at.
    let stem = name.split('.').next().unwrap_or_default();
    if stem == "override" || stem.ends_with("_override") {
        return;
    }
    let directory = || {
        path.parent()
            .map_or_else(Utf8PathBuf::new, ToOwned::to_owned)
    };
    match part {
        Part::Native(body) if has_end(name, ".tf") || has_end(name, ".tf.json") => {
            directories
                .entry(directory())
                .or_default()
                .native
                .push(body);
        }
        Part::Native(body) if has_end(name, ".tfvars") => {
            let file = VariablesFile::of_body(body);
            directories
                .entry(directory())
                .or_default()
                .variables
                .push(file);
        }
        Part::Json(node) if has_end(name, ".tf.json") => {
            let body = hcl::read_json(node);
            directories.entry(directory()).or_default().json.push(body);
        }
        Part::Json(node) if has_end(name, ".tfvars.json") => {
            let file = VariablesFile::of_node(node);
            directories
                .entry(directory())
                .or_default()
                .variables
                .push(file);
        }
        Part::Native(_) | Part::Json(_) => {}
    }
}

/// Whether a file name ends so; Terraform tells upper case from lower.
fn has_end(name: &str, end: &str) -> bool {
    name.strip_suffix(end).is_some_and(|stem| !stem.is_empty())
}

/// What is wrong in the Terraform among files.
pub(crate) fn check_files<'f>(
    files: impl Iterator<Item = &'f File>,
    context: &Context,
) -> Diagnostics {
    let mut directories = Directories::new();
    for file in files {
        match file.document() {
            Document::Hcl(body) => add(&mut directories, file.path(), Part::Native(body)),
            Document::Json(node) => add(&mut directories, file.path(), Part::Json(node)),
            Document::Yaml(_) | Document::Bytes(_) => {}
        }
    }
    check(&directories, context).0
}

/// What is wrong in the directories, each finding with the directory it is about, and how often nothing could be said.
pub(crate) fn check(directories: &Directories<'_>, context: &Context) -> (Diagnostics, usize) {
    let catalogs = context.facts();
    let mut found = Diagnostics::default();
    let mut undecided = 0;
    let mut modules = BTreeMap::new();
    for (path, directory) in directories {
        let native = directory.native.iter().copied();
        let native = native.map(|body| (body, Syntax::Native));
        let json = directory.json.iter().map(|body| (body, Syntax::Json));
        let files: Vec<ModuleFile<'_>> = native
            .chain(json)
            .map(|(body, syntax)| ModuleFile { body, syntax })
            .collect();
        if files.is_empty() {
            continue;
        }
        let mut about = Diagnostics::default();
        modules.insert(path.as_str(), Module::read(path, &files, &mut about));
        found.extend(
            about
                .into_vec()
                .into_iter()
                .map(|finding| named(finding, path)),
        );
    }
    let called: BTreeSet<String> = modules.values().flat_map(calls::directories).collect();
    let policies = policies(directories, &modules, &called);
    found.append(rules::check_terraform(&policies, context));
    for (path, module) in &modules {
        let mut checker = Checker::new(module, &modules, catalogs);
        checker.is_called = called.contains(*path);
        checker.outermost();
        checker.declarations();
        checker.provider_blocks();
        checker.things();
        checker.calls();
        checker.unused();
        if let Some(directory) = directories.get(Utf8Path::new(path)) {
            for file in &directory.variables {
                checker.variables_file(file);
            }
        }
        let cycles = std::mem::take(&mut checker.edges).cycles(module);
        checker.found.extend(cycles);
        undecided += checker.undecided.get();
        let about = checker.found.into_vec().into_iter();
        found.extend(about.map(|finding| named(finding, Utf8Path::new(path))));
    }
    (found, undecided)
}

/// The modules as the rules about what they make see them.
fn policies<'a>(
    directories: &'a Directories<'_>,
    modules: &BTreeMap<&'a str, Module<'_>>,
    called: &BTreeSet<String>,
) -> Vec<TerraformModule<'a>> {
    let set: BTreeMap<String, BTreeSet<&str>> = modules.values().flat_map(calls::arguments).fold(
        BTreeMap::new(),
        |mut all, (directory, names)| {
            all.entry(directory)
                .or_insert_with(BTreeSet::new)
                .extend(names);
            all
        },
    );
    let module = |(path, directory): (&'a Utf8PathBuf, &'a Directory<'_>)| {
        let native = directory.native.iter().copied();
        let files: Vec<_> = native
            .chain(&directory.json)
            .map(|body| TerraformFile { body })
            .collect();
        let values = directory.variables.iter().flat_map(|file| {
            let values = file.values.iter();
            values.map(|(name, _, value)| (name.as_str(), value))
        });
        // What callers set is theirs to answer for, and not known here.
        let foreign = set.get(path.as_str()).into_iter().flatten().copied();
        TerraformModule::new(
            path.as_str(),
            &files,
            values,
            foreign,
            called.contains(path.as_str()),
        )
    };
    directories
        .iter()
        .filter(|(_, directory)| !directory.native.is_empty() || !directory.json.is_empty())
        .map(module)
        .collect()
}

/// The finding, about the directory.
fn named(finding: Finding, path: &Utf8Path) -> Finding {
    if finding.object.is_some() {
        return finding;
    }
    let path = if path.as_str().is_empty() {
        "."
    } else {
        path.as_str()
    };
    finding.object(path)
}
