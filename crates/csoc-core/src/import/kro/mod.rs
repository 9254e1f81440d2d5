//! The layout of gen3-kro: spokes become clusters, their commons environments, and both render back to what they came from.

mod fields;
mod read;
#[cfg(test)]
mod tests;

use super::comments;
use super::compiled::Compiled;
use super::dead::Dead;
use super::draft::Draft;
use super::error::ImportError;
use super::fix::Fixed;
use super::foreign::{Foreign, ForeignCluster, ForeignEnvironment};
use super::group::places;
use super::imported::Import;
use super::kind::ImportKind;
use super::ledger::{LedgerUnit, Outcome, each_leaf};
use super::mapping::Mapping;
use super::moved;
use super::naming;
use super::note::{NoteKind, Notes};
use super::observed;
use super::reading;
use super::remainder::{self, Remainder};
use super::report::{ImportedObject, Tally};
use super::skeleton::skeleton;
use super::tally;
use crate::context::Context;
use crate::model::name::ObjectName;
use crate::source::SourceSet;
use crate::span::Sources;
use crate::tree::Document;
use crate::value::{Kind, Node};
use read::{Part, Repository};

/// Where the backend writes the hub's variables.
const VARIABLES: &str = "kro/config/shared.auto.tfvars.json";

/// Imports a repository; nothing where it has no spokes.
pub(super) fn import(
    files: &SourceSet,
    sources: &mut Sources,
    name: &ObjectName,
    mapping: &Mapping,
    mut notes: Notes,
    context: &Context,
) -> Result<Option<Import>, ImportError> {
    let Some(mut repository) = read::read(files, sources, &mut notes) else {
        return Ok(None);
    };
    repository.spokes.retain(|spoke| {
        let name = spoke.alias.parse::<ObjectName>();
        let holds = name.is_ok_and(|name| name.as_str() != "hub");
        if !holds {
            let message = format!("`{}` cannot be the name of a cluster: 1 to 32 lower-case letters, digits and dashes", spoke.alias);
            notes.file(NoteKind::Unreadable, &spoke.infrastructure.path, message);
        }
        holds
    });
    let foreign = foreign(&repository);
    let places = places(&foreign, mapping);
    // What is guessed there is known here, from the hub's variables.
    let mut draft = skeleton(&foreign, &places, name, &mut Notes::default());
    fields::add(&mut draft, &repository, &mut notes);
    reading::read(&mut draft, &foreign, &places, &mut notes);
    let compile = |draft: &Draft| {
        Compiled::of(draft.sources(), context).map_err(|error| ImportError::Draft(Box::new(error)))
    };
    context.check()?;
    let first = compile(&draft)?;
    let seen = observed::seen(&foreign, &places, first.fleet.contracts());
    let naming_rules = naming::infer(&mut draft, &seen);
    let base = compile(&draft)?;
    remainder::add(&mut draft, &foreign, &places, &base);
    overlays(&mut draft, &repository, &base);
    draft.order();
    let comments = comments::keep(&mut draft, &foreign, &places, sources);
    context.check()?;
    let compiled = compile(&draft)?;
    let mut account = tally::account(
        &foreign,
        &places,
        &compiled,
        sources,
        &Fixed::default(),
        &Dead::default(),
    );
    for document in documents(&repository) {
        let mut unit = LedgerUnit::new(document.part.path.as_str(), document.object());
        claim(&document, &base, sources, &mut unit);
        let equal = document.find(&compiled) == Some(&document.part.node);
        if !equal {
            let message = "it is not rendered back as it was";
            notes.file(NoteKind::Odd, &document.part.path, message);
        }
        let mut leaves = Tally::default();
        for leaf in &unit.every {
            leaves.count(leaf.fate, 1);
        }
        account.objects.push(ImportedObject {
            object: unit.object,
            source: unit.source,
            document: document.name,
            equal,
            share: leaves.share(),
            leaves,
        });
        account.every.append(&mut unit.every);
    }
    let mut rest = LedgerUnit::new("repository", "");
    for (path, reason) in &repository.rest {
        rest.file(path, Outcome::Unmapped, "", *reason);
    }
    account.every.append(&mut rest.every);
    moved::assemble(
        (ImportKind::Gen3Kro, name),
        (&draft, &compiled, naming_rules),
        account,
        comments,
        Vec::new(),
        notes,
        context,
    )
    .map(Some)
}

fn foreign(repository: &Repository) -> Foreign {
    let mut foreign = Foreign::default();
    for spoke in &repository.spokes {
        foreign.clusters.push(ForeignCluster {
            directory: spoke.alias.clone(),
            values: spoke.cluster.as_ref().map(|part| part.node.clone()),
            beside: Vec::new(),
        });
        for (host, file) in &spoke.hosts {
            foreign.environments.push(ForeignEnvironment {
                cluster: spoke.alias.clone(),
                directory: host.clone(),
                values: Some(file.node.clone().unwrap_or_else(Node::map)),
                files: vec![file.clone()],
                application: None,
                beside: Vec::new(),
            });
        }
    }
    foreign
}

/// A document that only this backend writes.
struct Spoken<'a> {
    part: &'a Part,
    /// The spoke; none for the hub's variables.
    alias: Option<&'a str>,
    name: &'static str,
}

impl Spoken<'_> {
    fn object(&self) -> String {
        match self.alias {
            Some(alias) => format!("clusters.{alias}"),
            None => "fleet".to_owned(),
        }
    }

    fn find<'c>(&self, compiled: &'c Compiled) -> Option<&'c Node> {
        let path = match self.alias {
            Some(alias) => format!("kro/argocd/spokes/{alias}/infrastructure-values.yaml"),
            None => VARIABLES.to_owned(),
        };
        match compiled.files.get(&path)?.document() {
            Document::Yaml(node) | Document::Json(node) => Some(node),
            _ => None,
        }
    }
}

fn documents(repository: &Repository) -> Vec<Spoken<'_>> {
    let spokes = repository.spokes.iter().map(|spoke| Spoken {
        part: &spoke.infrastructure,
        alias: Some(&spoke.alias),
        name: "infrastructure",
    });
    let variables = repository.variables.iter().map(|part| Spoken {
        part,
        alias: None,
        name: "variables",
    });
    spokes.chain(variables).collect()
}

/// What the model does not make of these documents, as raw values.
fn overlays(draft: &mut Draft, repository: &Repository, base: &Compiled) {
    for document in documents(repository) {
        let Some(made) = document.find(base) else {
            continue;
        };
        let remainder = Remainder::of(made, &document.part.node);
        let node = match document.alias {
            Some(alias) => alias
                .parse::<ObjectName>()
                .ok()
                .and_then(|name| draft.clusters.get_mut(&name)),
            None => Some(&mut draft.fleet),
        };
        if let Some(node) = node {
            remainder.put(node, &["kro", "values"], &["kro", "omit"]);
        }
    }
}

/// Says of every leaf of a document whether the model makes it or a raw value.
fn claim(document: &Spoken<'_>, base: &Compiled, sources: &Sources, unit: &mut LedgerUnit) {
    let mut claims = super::ledger::Claims::new(&document.part.path);
    let made = document.find(base);
    let raw = format!("{}.kro.values", document.object());
    each_leaf(&document.part.node, &mut Vec::new(), &mut |path, _| {
        let same = made
            .and_then(|made| at(made, path))
            .is_some_and(|made| Some(made) == at(&document.part.node, path));
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        if same {
            claims.claim(&steps, Outcome::Mapped, "", "");
        } else {
            claims.claim(&steps, Outcome::Overlaid, raw.as_str(), "");
        }
    });
    claims.settle(&document.part.node, sources, "", unit);
}

/// The value at steps as [`each_leaf`] names them.
fn at<'n>(node: &'n Node, path: &[String]) -> Option<&'n Node> {
    path.iter().try_fold(node, |node, step| match &node.kind {
        Kind::Map(_) => node.get(step),
        Kind::List(items) => {
            let number = step.trim_start_matches('[').trim_end_matches(']');
            items.get(number.parse::<usize>().ok()?)
        }
        Kind::Scalar(_) | Kind::Pending(_) => None,
    })
}
