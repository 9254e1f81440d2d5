//! Rules about which gen3-terraform is called.

use super::subjects;
use crate::diagnostic::Diagnostics;
use crate::rules::context::FleetContext;

/// What is called is of a commit.
pub(super) fn commit_missing(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        if subject.cluster.spec.terraform.commit.is_some() {
            continue;
        }
        let path = ["clusters", subject.name, "terraform"];
        found.push(
            context
                .finding(
                    &path,
                    format!(
                        "gen3-terraform makes the cluster `{}`, and no commit says which; it must be pinned",
                        subject.name
                    ),
                )
                .help("set `commit` to the commit that you have read and tried: without one, each run takes what is newest")
                .label(context.place(&path), "called here"),
        );
    }
}

/// What the module takes at that commit is known.
pub(super) fn commit_unknown(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for subject in subjects(context) {
        let Some(commit) = &subject.cluster.spec.terraform.commit else {
            continue;
        };
        if subject.facts.is_some() {
            continue;
        }
        let path = ["clusters", subject.name, "terraform", "commit"];
        found.push(
            context
                .finding(
                    &path,
                    format!("what gen3-terraform takes at the commit `{commit}` is not known here, so that its variables are not checked"),
                )
                .help("add it with `csoc catalog add` from a checkout of that commit, or take one of `csoc catalog list`")
                .label(context.place(&path), "this commit"),
        );
    }
}

/// Settings of gen3-terraform are those of a cluster that it makes.
pub(super) fn settings_unread(context: &FleetContext<'_>, found: &mut Diagnostics) {
    for (name, cluster) in &context.fleet.clusters {
        let terraform = &cluster.spec.terraform;
        if terraform.is_one_root() {
            continue;
        }
        for (field, is_set) in [
            ("commit", terraform.commit.is_some()),
            ("variables", terraform.variables.is_some()),
        ] {
            if !is_set {
                continue;
            }
            let path = ["clusters", name.as_str(), "terraform", field];
            found.push(
                context
                    .finding(
                        &path,
                        format!("`{field}` is of gen3-terraform, which does not make the cluster `{name}`: nothing reads it"),
                    )
                    .help("say engine: gen3-terraform, or take it out")
                    .label(context.place(&path), "set here"),
            );
        }
    }
}
