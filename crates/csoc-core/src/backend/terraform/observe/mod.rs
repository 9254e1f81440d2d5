//! What the roots of a tree say about roles, buckets, queues, secrets, keys, certificates and web ACLs.
//!
//! A root is read with the modules of the tree that it calls, each with the
//! arguments of its call: a module by itself says nothing. A variable of ours
//! stands for the output that its description names in backticks. So an
//! account's key and a cluster's issuer are known although their ARNs are not.

mod arn;
mod attachments;
mod attributes;
mod certificates;
mod events;
mod instance;
mod module;
mod observer;
mod output;
mod place;
mod policies;
mod policy;
mod resource;
mod statement;

use std::collections::BTreeMap;

use camino::Utf8Path;

use crate::graph::Fact;
use crate::tree::File;
use crate::value::Origin;
use instance::Builder;
use module::Modules;
use policies::Policies;

/// Adds the facts that the roots in some directories show, each with the modules that it calls.
pub(super) fn directories(directories: &BTreeMap<&Utf8Path, Vec<&File>>, facts: &mut Vec<Fact>) {
    let modules = Modules::new(directories);
    for root in modules.roots() {
        let Some(instance) = Builder::new(&modules).root(root) else {
            let reason = "a root calls more modules than are read";
            facts.push(Fact::Undecided(reason.into(), Origin::Unknown));
            continue;
        };
        let policies = Policies::of(&instance);
        instance.observe(&policies, facts);
    }
}
