//! Places: whose account and which region a directory is for.

use super::context::{Said, TerraformContext};
use super::values::{account_of, is_account, texts};
use crate::catalog::SharedAccounts;
use crate::diagnostic::Diagnostics;
use crate::hcl::Block;
use crate::value::Node;

/// What is foreign in a text, where it is.
fn foreign_thing(text: &str) -> Option<&'static str> {
    let hex = |text: &str| text.len() >= 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let account = account_of(text).or_else(|| Some(text).filter(|text| is_account(text)));
    if account.is_some_and(|account| !SharedAccounts::embedded().contains(account)) {
        return Some("an account");
    }
    let kinds = [
        ("vpc-", "a network"),
        ("rtb-", "a route table"),
        ("subnet-", "a subnet"),
        ("sg-", "a security group"),
        ("ami-", "an image"),
    ];
    let known = kinds
        .into_iter()
        .find(|(start, _)| text.strip_prefix(start).is_some_and(hex));
    known.map(|(_, what)| what)
}

/// A default is nobody's account.
pub(super) fn variable_default_foreign(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    for variable in context.module.blocks("variable") {
        let (Some(name), Some(default)) = (variable.label(0), variable.body.get("default")) else {
            continue;
        };
        if context.module.is_open(name) {
            continue;
        }
        let value = context.module.value(default);
        let foreign = texts(Some(&value))
            .find_map(|(text, at)| Some((text.to_owned(), at.origin, foreign_thing(text)?)));
        if let Some((text, origin, what)) = foreign {
            context.push(found, &format!("var.{name}"), origin, Said {
                message: format!("the variable `{name}` is `{text}` unless somebody sets it; a default must not name {what}"),
                label: "somebody's, and perhaps not yours",
                help: "take the default out, so that whoever applies must say it",
            });
        }
    }
}

/// A module is of no region.
pub(super) fn region_in_arn(context: &TerraformContext<'_>, found: &mut Diagnostics) {
    // Where the region is written down the root is of that one.
    let is_fixed = |block: &Block| {
        block
            .body
            .get("region")
            .is_some_and(|region| region.as_str().is_some())
    };
    if context.module.blocks("provider").any(is_fixed) {
        return;
    }
    for resource in context.module.resources() {
        let mut places = Vec::new();
        regional(&resource.values, &mut places);
        if let Some((arn, at)) = places.into_iter().next() {
            context.resource(found, resource, Some(at), Said {
                message: format!("`{arn}` names a region, and the provider's is not fixed; it must be that of the provider"),
                label: "wrong in every other region",
                help: "take the region from `data \"aws_region\"`",
            });
        }
    }
}

fn regional<'n>(node: &'n Node, places: &mut Vec<(&'n str, &'n Node)>) {
    if let Some(text) = node.text() {
        let region = text
            .strip_prefix("arn:")
            .and_then(|rest| rest.split(':').nth(2));
        let is_region = region.is_some_and(|region| {
            region.len() > 8
                && region.contains('-')
                && region.ends_with(|char: char| char.is_ascii_digit())
        });
        if is_region {
            places.push((text, node));
        }
        return;
    }
    node.items().iter().for_each(|item| regional(item, places));
    node.entries()
        .iter()
        .for_each(|entry| regional(&entry.node, places));
}
