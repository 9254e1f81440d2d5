//! Taking an aspect of an object into management: one edit of a fleet file, what it makes, and records of what Terraform
//! must import.

mod edit;
mod error;
mod matching;
mod records;
mod request;
mod resources;
#[cfg(test)]
mod tests;

pub use error::AdoptError;
pub use request::{Adoption, AdoptionImports, Aspect, Resources};

use camino::Utf8PathBuf;

use crate::context::Context;
use crate::fleet::{Fleet, FleetError};
use crate::model::{Management, Mode};
use crate::render::CompileOptions;
use crate::resolve::EnvironmentRef;
use crate::source::SourceSet;
use crate::tree::Tree;
use crate::value::suggestion::closest;
use resources::Known;

impl Fleet {
    /// What it takes to bring an aspect of an object into management, and what that makes.
    ///
    /// Nothing is written. Where the aspect is Terraform, resources that a state or
    /// a list names are matched with those that the object's roots make, by the
    /// names that both give them, and recorded in the fleet: while the object is
    /// being taken over, its roots then import them.
    pub fn adopt(
        &self,
        object: &str,
        aspect: Aspect,
        to: Option<Mode>,
        resources: Option<&Resources>,
        context: &Context,
    ) -> Result<Adoption, AdoptError> {
        let now = aspect.of(self.management(object)?);
        let to = to.unwrap_or(match aspect {
            Aspect::Terraform => Mode::Adopt,
            Aspect::Values | Aspect::Applications => Mode::Managed,
        });
        if !matches!(to, Mode::Adopt | Mode::Managed) {
            return Err(AdoptError::Direction { to });
        }
        let known = resources.map(Known::read).transpose()?;
        // While it is being taken over, more of it may be found.
        let finds_more =
            now == to && to == Mode::Adopt && aspect == Aspect::Terraform && known.is_some();
        if (now == to && !finds_more) || now == Mode::Managed {
            return Err(AdoptError::Already {
                object: object.to_owned(),
                aspect,
                mode: now,
            });
        }
        let edit = edit::edit(self, object, aspect, to)?;
        let mut set = self.sources().clone();
        set.insert(edit.file.clone(), edit.after.clone().into_bytes());
        let mut after = loaded(set.clone(), context)?;
        let options = CompileOptions::default();
        let (old, _) = self.compile(&options, context)?;
        let (mut new, mut report) = after.compile(&options, context)?;
        let mut imports = Vec::new();
        if let Some(known) = known.filter(|_| aspect == Aspect::Terraform) {
            imports = records::find(&after, &new, object, &known);
            for found in imports
                .iter()
                .filter(|found| to == Mode::Adopt && found.imported > 0)
            {
                set.insert(found.record.clone(), found.recorded.clone().into_bytes());
            }
            after = loaded(set, context)?;
            (new, report) = after.compile(&options, context)?;
        }
        let (added, changed) = difference(&old, &new);
        Ok(Adoption {
            object: object.to_owned(),
            aspect,
            from: now,
            to,
            diff: edit.diff(),
            file: edit.file,
            text: edit.after,
            added,
            changed,
            imports,
            report,
            before: self.sources().clone(),
            after: after.sources().clone(),
        })
    }

    /// Who owns what of an object.
    fn management(&self, object: &str) -> Result<Management, AdoptError> {
        let fleet = self.resolved();
        let found = match object.split('.').collect::<Vec<_>>()[..] {
            ["accounts", name] => fleet.account(name).map(|account| account.management),
            ["clusters", name] => fleet.cluster(name).map(|cluster| cluster.spec.management),
            ["commons", commons, "environments", environment] => commons
                .parse()
                .ok()
                .zip(environment.parse().ok())
                .map(|(commons, environment)| EnvironmentRef {
                    commons,
                    environment,
                })
                .and_then(|at| fleet.environments.get(&at))
                .map(|environment| environment.spec.management),
            _ => None,
        };
        found.ok_or_else(|| {
            let accounts = fleet.accounts.keys().map(|name| format!("accounts.{name}"));
            let clusters = fleet.clusters.keys().map(|name| format!("clusters.{name}"));
            let environments = fleet.environments.keys().map(ToString::to_string);
            let all: Vec<String> = accounts.chain(clusters).chain(environments).collect();
            AdoptError::NoObject {
                object: object.to_owned(),
                suggestion: closest(object, all.iter().map(String::as_str)).map(str::to_owned),
            }
        })
    }
}

/// Files that are new, and files that say something else.
fn difference(old: &Tree, new: &Tree) -> (Vec<Utf8PathBuf>, Vec<Utf8PathBuf>) {
    let mut added = Vec::new();
    let mut changed = Vec::new();
    for file in new.iter() {
        match old.get(file.path()) {
            None => added.push(file.path().to_owned()),
            Some(before) if before.text() != file.text() => changed.push(file.path().to_owned()),
            Some(_) => {}
        }
    }
    (added, changed)
}

fn loaded(set: SourceSet, context: &Context) -> Result<Fleet, AdoptError> {
    Fleet::from_sources(set, context).map_err(|error| match error {
        FleetError::Stopped(stopped) => AdoptError::Stopped(stopped),
        other => AdoptError::Fleet(Box::new(other)),
    })
}
