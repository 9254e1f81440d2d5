//! What gen3-terraform's root `commons` is called with, where it makes a cluster.
//!
//! A variable is either said by a field of the model, or set so that the root works at all, or the fleet's own. Nothing
//! that the root declares and never reads is set.

mod variables;

use super::cluster::{DatabaseContract, SearchContract};
use super::eks::EksContract;
use super::store::StoreUse;
use crate::catalog::Catalogs;
use crate::catalog::module::{ModuleFacts, is_secret};
use crate::model::cloud::{AccountId, Region, Zone};
use crate::model::network::Cidr;
use crate::model::stack::OutputKind;
use crate::value::Node;

/// A cluster that gen3-terraform makes.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ModuleContract {
    /// What is called, with its commit.
    pub(crate) source: String,
    /// The variables that it is called with, in the order in which they are written.
    pub(crate) variables: Vec<ModuleVariable>,
    /// The database cluster that it makes: at most one.
    pub(crate) database: Option<StoreUse>,
    /// The search domain that it makes: at most one.
    pub(crate) search: Option<StoreUse>,
}

/// A variable of the module with its value.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct ModuleVariable {
    pub(crate) name: String,
    pub(crate) value: ModuleValue,
    pub(crate) said: Said,
}

/// The value of a variable.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) enum ModuleValue {
    /// Data.
    Data(Node),
    /// What another stack gives.
    Output(OutputKind),
}

/// Who says what a variable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Said {
    /// A field of the cluster, which is the only place to say it.
    Field(&'static str),
    /// Nobody: the root needs it, or its own default is somebody else's. The fleet may say otherwise.
    Default,
    /// The fleet, by the variable's name.
    Fleet,
}

/// What the linker knows of a cluster that the module makes.
#[derive(Debug)]
pub(super) struct ModuleSubject<'a> {
    pub(super) vpc: &'a str,
    pub(super) account: &'a AccountId,
    pub(super) partition: &'a str,
    pub(super) region: &'a Region,
    pub(super) zones: Vec<Zone>,
    pub(super) eks: &'a EksContract,
    pub(super) databases: &'a [DatabaseContract],
    pub(super) search: &'a [SearchContract],
    /// Who runs the fleet: the name of its organization, or its own.
    pub(super) organization: &'a str,
    /// The hub's account, or its own.
    pub(super) hub: &'a AccountId,
    /// The addresses of the hub's cluster, where it has others.
    pub(super) hub_network: Option<&'a Cidr>,
    /// The fleet's own variables.
    pub(super) own: Option<&'a Node>,
}

impl ModuleContract {
    /// The call for a cluster.
    pub(super) fn new(subject: &ModuleSubject<'_>) -> Self {
        let source = subject.eks.spec.terraform.source();
        let facts = ModuleFacts::find(Catalogs::embedded(), &source, None);
        let mut variables = subject.variables();
        let own = subject.own.map_or(&[][..], Node::entries);
        for entry in own {
            let name = entry.key.as_str();
            let is_dead = facts.is_some_and(|facts| facts.is_dead(name));
            let is_sensitive = facts.is_some_and(|facts| facts.is_sensitive(name));
            // A rule refuses secrets; they are written nowhere even so.
            if is_dead || is_sensitive || is_secret(name, &entry.node) {
                continue;
            }
            let own = ModuleVariable {
                name: name.to_owned(),
                value: ModuleValue::Data(entry.node.clone()),
                said: Said::Fleet,
            };
            match variables.iter_mut().find(|known| known.name == name) {
                Some(known) if known.said == Said::Default => *known = own,
                Some(_) => {}
                None => variables.push(own),
            }
        }
        Self {
            source,
            variables,
            database: subject.eks.databases.first().cloned(),
            search: subject.eks.search.first().cloned(),
        }
    }

    /// The data that a variable is given.
    pub(crate) fn value(&self, name: &str) -> Option<&Node> {
        let variable = self.variables.iter().find(|known| known.name == name)?;
        match &variable.value {
            ModuleValue::Data(node) => Some(node),
            ModuleValue::Output(_) => None,
        }
    }

    /// The field of the cluster that says what a variable is.
    pub(crate) fn field(&self, name: &str) -> Option<&'static str> {
        let variable = self.variables.iter().find(|known| known.name == name)?;
        match variable.said {
            Said::Field(field) => Some(field),
            Said::Default | Said::Fleet => None,
        }
    }

    /// The outputs of other stacks that the call takes.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = OutputKind> {
        self.variables
            .iter()
            .filter_map(|variable| match variable.value {
                ModuleValue::Output(kind) => Some(kind),
                ModuleValue::Data(_) => None,
            })
    }
}
