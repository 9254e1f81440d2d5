//! `config/shared.auto.tfvars.json`: the variables of the hub, with its spokes.

use super::finish;
use super::input::{FleetInput, SpokeRow};
use crate::value::Node;

pub(super) fn values(input: &FleetInput) -> Node {
    let mut values = Node::map();
    values.insert("spokes", Node::list(input.spokes.iter().map(row)));
    finish(values, &input.omit, input.overlay.as_ref())
}

fn row(spoke: &SpokeRow) -> Node {
    let mut provider = Node::map();
    provider.insert("name", "aws".into());
    if let Some(profile) = &spoke.profile {
        provider.insert("aws_profile", Node::string(profile.as_str()));
    }
    provider.insert("region", Node::string(spoke.region.as_str()));
    provider.insert("account_id", Node::string(spoke.account_id.as_str()));
    let mut row = Node::map();
    row.insert("alias", Node::string(spoke.alias.as_str()));
    row.insert("enabled", spoke.enabled.into());
    row.insert("provider", provider);
    row
}
