//! Rules about the groups that people of the hub are in, as their issuer names them.

use super::context::FleetContext;
use crate::contract::{SignInContract, sign_in};
use crate::diagnostic::Diagnostics;
use crate::model::hub::{IssuerName, SignInGroups};
use crate::span::Span;
use crate::value::Node;

/// The groups by what their members may do.
fn kinds(groups: &SignInGroups) -> [(&'static str, &[IssuerName]); 3] {
    [
        ("admins", &groups.admins),
        ("operators", &groups.operators),
        ("readers", &groups.readers),
    ]
}

/// Where a group is named.
fn place(context: &FleetContext<'_>, path: &[&str], at: usize) -> Option<Span> {
    let list = context.fleet.root.path(path);
    let item = list.and_then(|list| list.items().get(at));
    item.and_then(Node::span).or_else(|| context.place(path))
}

/// Groups are written as tokens name them: one that is in no token gives its members nothing.
///
/// The hub's own realm names a group without the path above it. Another realm of Keycloak names all of them with their
/// path, each with a leading `/`, or all without: its client's mapper decides.
pub(crate) fn hub_group_unmatched(context: &FleetContext<'_>, found: &mut Diagnostics) {
    let Some(sign_in) = sign_in(context.fleet) else {
        return;
    };
    let is_own = sign_in.spec.issuer.is_none();
    if !is_own && sign_in.keycloak().is_none() {
        return;
    }
    let with_path = first_with_path(&sign_in);
    for (kind, names) in kinds(&sign_in.spec.groups) {
        let path = ["hub", "signIn", "groups", kind];
        for (at, name) in names.iter().enumerate() {
            let name = name.as_str();
            let bare = name.rsplit('/').next().unwrap_or(name);
            let (message, help) = if is_own && name.contains('/') {
                (
                    format!(
                        "`{name}` is in no token: the hub's realm names a group without the path above it"
                    ),
                    format!("say `{bare}`"),
                )
            } else if let Some(other) = with_path.filter(|_| !is_own && !name.starts_with('/')) {
                (
                    format!(
                        "either `{name}` or `{other}` is in no token: a realm names all groups with their path, or none"
                    ),
                    format!(
                        "say `/{name}` where the mapper of the client's groups says \"full group path\", else `{}`",
                        other.rsplit('/').next().unwrap_or(other)
                    ),
                )
            } else {
                continue;
            };
            found.push(
                context
                    .finding(&path, message)
                    .help(help)
                    .label(place(context, &path, at), "its members may do nothing"),
            );
        }
    }
}

/// The first group that is written with its path.
fn first_with_path(sign_in: &SignInContract) -> Option<&str> {
    let all = kinds(&sign_in.spec.groups).into_iter();
    let mut names = all.flat_map(|(_, names)| names);
    names
        .find(|name| name.as_str().starts_with('/'))
        .map(IssuerName::as_str)
}
