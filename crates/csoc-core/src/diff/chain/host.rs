//! What a host name takes along: certificate, DNS, cookies, callbacks, web ACL, children.

use std::collections::BTreeSet;

use super::super::change::Change;
use super::Known;

/// All that must follow another host name.
pub(super) fn host(change: &mut Change, old: Known<'_>, new: Known<'_>) {
    if change.object.starts_with("accounts.") {
        return;
    }
    let host = change.new.clone().unwrap_or_default();
    let before = change.old.clone().unwrap_or_default();
    let more = &mut change.consequences;
    more.push(format!(
        "certificate: one for `{host}` must be issued and validated"
    ));
    more.push(format!(
        "DNS: a record for `{host}`; `{before}` should redirect"
    ));
    more.push("cookies: everybody signs in again, and links that were shared break".to_owned());
    more.push(format!(
        "sign-in: each identity provider must list `https://{host}/user/login/…` as a callback"
    ));
    for side in [old, new] {
        let Some(contract) = side.contract(&change.object) else {
            continue;
        };
        if let Some(fleet) = side.fleet {
            let guarded = fleet
                .contracts()
                .clusters
                .get(&contract.cluster)
                .into_iter()
                .flat_map(|cluster| &cluster.load_balancers);
            let lists = guarded
                .filter_map(|balancer| balancer.web_acl.as_ref())
                .any(|acl| {
                    acl.allow_lists
                        .iter()
                        .any(|list| list.guarded.environment() == Some(&contract.at))
                });
            if lists {
                more.push(
                    "web ACL: its allow-list is bound to the host name, and must be applied first"
                        .to_owned(),
                );
            }
        }
        for child in &contract.children {
            more.push(format!(
                "`{child}` signs in here: its origin and callback follow"
            ));
        }
        break;
    }
    dedup(more);
}

fn dedup(lines: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    lines.retain(|line| seen.insert(line.clone()));
}
