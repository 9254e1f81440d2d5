//! Certificates are for the hosts that they prove.

use std::collections::BTreeMap;

use super::edges::Edges;
use crate::diagnostic::{Code, Finding};
use crate::graph::{Relation, Target};
use crate::value::Origin;

/// No certificate of the account and region covers a host.
pub(crate) const CERTIFICATE_HOST_UNCOVERED: Code = Code::new("certificate-host-uncovered");

/// Certificates that are shown beside a host.
const SHOWN: usize = 3;

/// Values name a certificate by a number that only the cloud gives. So a host
/// is compared with all certificates that the tree makes where it is served, and
/// only if one of them is for a host of the same domain.
pub(super) fn check(edges: &Edges<'_>, found: &mut Vec<Finding>) {
    let mut by_place: BTreeMap<&str, Vec<(&Target, Origin)>> = BTreeMap::new();
    for (made, target, origin) in edges.all(Relation::Covers) {
        by_place
            .entry(&made.scope)
            .or_default()
            .push((target, origin));
    }
    for (host, certificate, origin) in edges.exact(Relation::CertifiedBy) {
        let Some(there) = by_place.get(&*certificate.scope) else {
            continue;
        };
        let may_cover = there.iter().any(|(target, _)| match target {
            Target::Pattern(pattern) => covers(pattern, &host.name),
            Target::Exact(_) | Target::Undecidable(_) => true,
        });
        let near: Vec<(&str, Origin)> = there
            .iter()
            .filter_map(|(target, said)| match target {
                Target::Pattern(pattern) if domain(pattern) == domain(&host.name) => {
                    Some((&**pattern, *said))
                }
                _ => None,
            })
            .collect();
        if may_cover || near.is_empty() {
            continue;
        }
        let names: Vec<String> = near.iter().map(|(name, _)| format!("`{name}`")).collect();
        let mut finding = Finding::warning(
            CERTIFICATE_HOST_UNCOVERED,
            format!(
                "no certificate that the tree makes in {} covers `{}`: they are for {}",
                certificate.scope,
                host.name,
                names.join(", ")
            ),
        )
        .help("add the host to `subject_alternative_names`; a star stands for one label, so that `*.example.org` covers neither `example.org` nor `a.b.example.org`")
        .label(origin.span(), "served with a certificate")
        .path(host);
        for (_, said) in near.iter().take(SHOWN) {
            finding = finding.label(said.span(), "for other hosts");
        }
        found.push(finding);
    }
}

/// Whether a name of a certificate is that of a host; a star stands for one label.
fn covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    match pattern.strip_prefix("*.") {
        Some(parent) => host
            .split_once('.')
            .is_some_and(|(label, rest)| !label.is_empty() && rest == parent),
        None => pattern == host,
    }
}

/// The last two labels of a host.
fn domain(host: &str) -> String {
    let mut labels: Vec<&str> = host.rsplit('.').take(2).collect();
    labels.reverse();
    labels.join(".").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_label() {
        for (pattern, host, expected) in [
            ("data.example.org", "data.example.org", true),
            ("Data.Example.org", "data.example.org", true),
            ("*.example.org", "data.example.org", true),
            ("*.example.org", "example.org", false),
            ("*.example.org", "a.b.example.org", false),
            ("*.example.org", "data.example.com", false),
        ] {
            assert_eq!(covers(pattern, host), expected, "{pattern} {host}");
        }
    }
}
