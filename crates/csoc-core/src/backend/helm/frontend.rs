//! What users see first, and where its content comes from.

use super::Subject;
use super::layout;
use super::values::Values;
use crate::model::environment::Frontend;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    if contract.runs("portal") {
        values.set(
            &["global", "portalApp"],
            "gitops",
            "the portal is configured by content",
            &["frontend"],
        );
        custom(subject, values, "portal", "portal/", "portal/");
    }
    if contract.runs("frontend-framework") {
        if contract.spec.frontend == Frontend::Gen3ff {
            values.set(
                &["global", "frontendRoot"],
                "gen3ff",
                "what users see first",
                &["frontend"],
            );
        }
        custom(subject, values, "frontend-framework", "gen3ff/", "gen3ff");
    }
}

/// Content that a service clones from the GitOps repository at its start.
fn custom(
    subject: &Subject<'_>,
    values: &mut Values,
    service: &str,
    directory: &str,
    written: &str,
) {
    let Some(gitops) = subject
        .input
        .gitops
        .as_ref()
        .filter(|_| subject.contents.places(directory))
    else {
        return;
    };
    let place = format!(
        "{}/values/{written}",
        layout::directory(&subject.input.contract)
    );
    let rule = "content in the GitOps repository";
    let mut set = |key: &str, value: crate::value::Node, input: &str| {
        values.set(&[service, "customConfig", key], value, rule, &[input]);
    };
    set("enabled", true.into(), "content");
    set(
        "repo",
        gitops.repository.as_str().into(),
        "/gitops.repository",
    );
    set(
        "branch",
        gitops.revision.as_str().into(),
        "/gitops.revision",
    );
    set(
        "dir",
        layout::in_repository(gitops, &place).into(),
        "/gitops.path",
    );
}
