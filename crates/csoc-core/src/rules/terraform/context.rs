//! What rules about Terraform look at, with short ways to say where something stands.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::rule::Rule;
use super::module::{Resource, TerraformModule};
use super::policy::{Policy, Statement};
use crate::catalog::Product;
use crate::context::Context;
use crate::diagnostic::{Diagnostics, Finding};
use crate::model::version::Date;
use crate::value::{Node, Origin};

/// A directory as a rule sees it.
pub(crate) struct TerraformContext<'a> {
    /// The rule that runs.
    pub(super) rule: &'static Rule,
    /// The directory.
    pub(super) module: &'a TerraformModule<'a>,
    /// The directories of the same tree.
    pub(super) tree: &'a [TerraformModule<'a>],
    /// The facts and the day of the call.
    pub(super) call: &'a Context,
    /// How many versions could not be dated, since there is no day.
    pub(super) undated: &'a AtomicUsize,
}

/// What is said of something that is found.
pub(super) struct Said<'t> {
    /// What it is and what it must be.
    pub(super) message: String,
    /// What stands at its place.
    pub(super) label: &'t str,
    /// How to mend it.
    pub(super) help: &'t str,
}

impl<'a> TerraformContext<'a> {
    /// A product of AWS and the day to look at it; nothing where no facts are known or the call has no day.
    pub(super) fn dated(&self, product: &str) -> Option<(Product<'a>, &'a Date)> {
        let product = self.call.facts().product("aws", product)?;
        let Some(day) = &self.call.as_of else {
            self.undated.fetch_add(1, Ordering::Relaxed);
            return None;
        };
        Some((product, day))
    }

    /// Adds a finding at a place.
    pub(super) fn push(
        &self,
        found: &mut Diagnostics,
        address: &str,
        origin: Origin,
        said: Said<'_>,
    ) {
        let directory = match self.module.path {
            "" => ".",
            path => path,
        };
        let severity = match self.module.tier {
            Some(tier) => self.rule.severity.of(Some(tier)),
            None => self.rule.severity.unknown,
        };
        found.push(
            Finding::new(self.rule.code, severity, said.message)
                .help(said.help)
                .label(origin.span(), said.label)
                .object(directory)
                .path(address),
        );
    }

    /// Adds a finding about a resource: at the value, or where there is none at the resource.
    pub(super) fn resource(
        &self,
        found: &mut Diagnostics,
        resource: &Resource<'_>,
        at: Option<&Node>,
        said: Said<'_>,
    ) {
        let origin = at
            .map(|node| node.origin)
            .filter(|origin| origin.span().is_some())
            .unwrap_or(resource.block.origin);
        self.push(found, &resource.address(), origin, said);
    }

    /// Adds a finding about a statement of a policy: at the value, or where it has no place at the statement.
    pub(super) fn statement(
        &self,
        found: &mut Diagnostics,
        policy: &Policy<'a>,
        statement: &Statement,
        at: Option<&Node>,
        said: Said<'_>,
    ) {
        let Some(owner) = policy.owner(self.module) else {
            return;
        };
        let at = at.filter(|node| node.span().is_some());
        self.resource(found, owner, at.or(Some(&statement.0)), said);
    }
}
