//! The directories of Terraform in a tree, and which of them call which.

use std::collections::{BTreeMap, BTreeSet};

use camino::Utf8Path;

use crate::hcl::{Block, Body, Expression, module_directory};
use crate::tree::{Document, File};

/// The files of one directory.
pub(super) struct Module<'a> {
    path: &'a str,
    /// All files, also those that only set variables.
    pub(super) files: Vec<&'a File>,
    /// What they declare.
    pub(super) bodies: Vec<&'a Body>,
    /// Resources that an override file changes: what they are is not known from one place.
    overridden: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Module<'a> {
    fn new(path: &'a Utf8Path, files: &[&'a File]) -> Self {
        let mut module = Self {
            path: path.as_str(),
            files: files.to_vec(),
            bodies: Vec::new(),
            overridden: BTreeSet::new(),
        };
        for file in files {
            let Document::Hcl(body) = file.document() else {
                continue;
            };
            if !is_override(file) {
                module.bodies.push(body);
                continue;
            }
            for block in body.all_blocks() {
                if let Some(address) = block.label(0).zip(block.label(1)) {
                    module.overridden.insert(address);
                }
            }
        }
        module
    }

    /// The blocks of a kind at the outermost level.
    pub(super) fn blocks(&self, kind: &'static str) -> impl Iterator<Item = &'a Block> {
        self.bodies
            .iter()
            .flat_map(move |body| body.blocks_of(kind))
    }

    /// The resources and data sources whose meaning one block tells, by kind of block.
    pub(super) fn declared(&self, kind: &'static str) -> impl Iterator<Item = &'a Block> {
        self.blocks(kind).filter(|block| {
            let address = block.label(0).zip(block.label(1));
            address.is_none_or(|address| !self.overridden.contains(&address))
        })
    }

    /// The calls of modules: the name, the directory where it is one of the tree, the block.
    pub(super) fn calls(&self) -> impl Iterator<Item = (&'a str, Option<String>, &'a Block)> {
        self.blocks("module").filter_map(|block| {
            let source = block.body.get("source").and_then(Expression::as_str);
            let directory = source.and_then(|source| module_directory(self.path, source));
            Some((block.label(0)?, directory, block))
        })
    }
}

/// Whether a file changes what others declare.
fn is_override(file: &File) -> bool {
    let name = file.path().file_name().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

/// All directories, by path.
pub(super) struct Modules<'a> {
    all: BTreeMap<&'a str, Module<'a>>,
}

impl<'a> Modules<'a> {
    /// The modules that files make.
    pub(super) fn new(directories: &BTreeMap<&'a Utf8Path, Vec<&'a File>>) -> Self {
        let module = |(path, files): (&&'a Utf8Path, &Vec<&'a File>)| {
            (path.as_str(), Module::new(path, files))
        };
        Self {
            all: directories.iter().map(module).collect(),
        }
    }

    /// The module in a directory.
    pub(super) fn get(&self, directory: &str) -> Option<&Module<'a>> {
        self.all.get(directory)
    }

    /// Those that no other one calls, in order of path.
    pub(super) fn roots(&self) -> impl Iterator<Item = &Module<'a>> {
        let calls = self.all.values().flat_map(Module::calls);
        let called: BTreeSet<String> = calls.filter_map(|(_, directory, _)| directory).collect();
        self.all
            .values()
            .filter(move |module| !called.contains(module.path))
    }
}
