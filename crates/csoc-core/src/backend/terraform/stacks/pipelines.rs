//! Examples of pipelines that run the stacks with plain Terraform.

use std::sync::LazyLock;

use tera::Tera;

use super::Runner;
use crate::model::terraform::Program;

/// The branch whose roots are applied.
const BRANCH: &str = "main";

/// Writes the roots that changed into `roots`, in their order.
const CHANGED: &str = include_str!("changed.sh");
/// Plans each root of `roots`, and applies it where it is asked to.
const RUN: &str = include_str!("run.sh");

/// Each template by the path of what it makes.
const TEMPLATES: [(&str, &str); 2] = [
    (
        "pipelines/github-actions.yaml",
        include_str!("github-actions.yaml.tera"),
    ),
    (
        "pipelines/gitlab-ci.yaml",
        include_str!("gitlab-ci.yaml.tera"),
    ),
];

static TERA: LazyLock<Tera> = LazyLock::new(|| {
    let mut tera = Tera::new();
    tera.add_raw_templates(TEMPLATES)
        .expect("templates of ours");
    tera
});

/// The files by their path beside `stacks.json`.
pub(super) fn texts(runner: &Runner, object: &str) -> Vec<(&'static str, String)> {
    let mut context = tera::Context::new();
    context.insert("object", object);
    context.insert("branch", BRANCH);
    context.insert("controller", runner.controller.as_str());
    context.insert("region", runner.region.as_str());
    context.insert("terraform", &runner.terraform);
    context.insert("is_tofu", &(runner.program == Program::Tofu));
    context.insert("title", runner.program.title());
    context.insert("changed", CHANGED.trim_end());
    let run = RUN.trim_end();
    let run = match runner.program {
        Program::Terraform => run.to_owned(),
        Program::Tofu => run.replace("terraform -chdir", "tofu -chdir"),
    };
    context.insert("run", &run);
    TEMPLATES
        .iter()
        .map(|(path, _)| {
            let text = TERA.render(path, &context);
            (*path, text.expect("a template of ours with its variables"))
        })
        .collect()
}
