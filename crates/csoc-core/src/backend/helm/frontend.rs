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
        custom(subject, values, Frontend::Portal, "portal/");
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
        custom(subject, values, Frontend::Gen3ff, "gen3ff");
    }
}

/// Content that a service clones at its start: from the repository that the model names, or from the GitOps repository.
fn custom(subject: &Subject<'_>, values: &mut Values, frontend: Frontend, written: &str) {
    let contract = &subject.input.contract;
    let (service, directory) = match frontend {
        Frontend::Gen3ff => ("frontend-framework", "gen3ff/"),
        _ => ("portal", "portal/"),
    };
    let mut set = |key: &str, value: crate::value::Node, rule, input: &str| {
        values.set(&[service, "customConfig", key], value, rule, &[input]);
    };
    if let Some(source) = &contract.spec.frontend_source
        && contract.spec.frontend == frontend
    {
        let rule = "content of another repository";
        let input = "frontendSource";
        set("enabled", true.into(), rule, input);
        set("repo", source.repository.as_str().into(), rule, input);
        set("branch", source.revision.as_str().into(), rule, input);
        if let Some(directory) = &source.directory {
            set("dir", directory.as_str().into(), rule, input);
        } else if frontend == Frontend::Portal {
            // Without this the chart would take an example's directory.
            set("dir", "".into(), rule, input);
        }
        return;
    }
    let Some(gitops) = subject
        .input
        .gitops
        .as_ref()
        .filter(|_| subject.contents.places(directory))
    else {
        return;
    };
    let place = format!("{}/values/{written}", layout::directory(contract));
    let rule = "content in the GitOps repository";
    set("enabled", true.into(), rule, "content");
    set(
        "repo",
        gitops.repository.as_str().into(),
        rule,
        "/gitops.repository",
    );
    set(
        "branch",
        gitops.revision.as_str().into(),
        rule,
        "/gitops.revision",
    );
    set(
        "dir",
        layout::in_repository(gitops, &place).into(),
        rule,
        "/gitops.path",
    );
}
