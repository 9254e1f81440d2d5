//! What the rendered GitOps tree is, for whoever opens it.

use std::sync::LazyLock;

use tera::{Context, Tera};

use super::Files;
use super::cutover;
use super::input::SharedInput;
use crate::tree::Document;

const NAME: &str = "README.md";

pub(super) fn compile(input: &SharedInput, files: &mut Files<'_>) {
    static TEMPLATES: LazyLock<Tera> = LazyLock::new(|| {
        let mut templates = Tera::default();
        templates
            .add_raw_template(NAME, include_str!("readme.md.tera"))
            .expect("a test renders the same template");
        templates
    });
    let mut context = Context::new();
    context.insert("fleet", &input.fleet);
    context.insert("repository", input.gitops.repository.as_str());
    context.insert("revision", input.gitops.revision.as_str());
    context.insert("path", &input.gitops.path.clone().unwrap_or_default());
    let clusters: Vec<(&String, &Vec<String>)> = input.clusters.iter().collect();
    context.insert("clusters", &clusters);
    let (installed, others): (Vec<&String>, Vec<&String>) = input
        .clusters
        .keys()
        .partition(|cluster| input.installed.contains(*cluster));
    context.insert("installed", &installed);
    let hub = input.hub.as_ref();
    context.insert("hub", &hub.map(|(cluster, _)| cluster));
    let pushed: Vec<(&String, &Vec<String>)> =
        hub.into_iter().flat_map(|(_, pushed)| pushed).collect();
    context.insert("pushed", &pushed);
    context.insert("others", &others);
    context.insert("by_hand", &input.by_hand);
    context.insert("runbook", &input.has_runbooks.then_some(cutover::NAME));
    let text = TEMPLATES
        .render(NAME, &context)
        .expect("a test renders the same template");
    files.add(
        format!("gitops/{NAME}"),
        Document::Bytes(text.into_bytes().into()),
    );
}
