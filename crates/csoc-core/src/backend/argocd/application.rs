//! An environment's wrapper chart: `Chart.yaml` and the Application as its only template.

use super::input::{Destination, EnvironmentInput};
use super::policies::OBJECTS;
use super::{Files, map, object, source, sync};
use crate::backend::helm::finish::{omit_invalid, omitted_keys};
use crate::backend::helm::layout;
use crate::backend::helm::values::remove;
use crate::contract::ARGO_CD;
use crate::diagnostic::Diagnostics;
use crate::value::overlay::{Nulls, merge};
use crate::value::{Kind, Node, Scalar};

/// Deletes what an Application made when the Application goes.
const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";

pub(super) fn compile(
    input: &EnvironmentInput,
    object: &str,
    files: &mut Files<'_>,
    found: &mut Diagnostics,
) {
    check(input, object, found);
    let directory = format!("gitops/{}", input.directory);
    files.yaml(format!("{directory}/Chart.yaml"), wrapper(input));
    let mut template = application(input);
    escape(&mut template);
    files.yaml(format!("{directory}/templates/app.yaml"), template);
}

/// What cannot be left out is said.
pub(super) fn check(input: &EnvironmentInput, object: &str, found: &mut Diagnostics) {
    for omitted in &input.omit {
        if omitted_keys(omitted.as_str()).is_none() {
            found.push(omit_invalid(omitted.as_str(), object, "application.omit"));
        }
    }
}

fn wrapper(input: &EnvironmentInput) -> Node {
    let name = input.directory.rsplit('/').next().unwrap_or(&input.name);
    map([
        ("apiVersion", "v2".into()),
        ("name", name.into()),
        (
            "description",
            format!("The Argo CD application {}", input.name).into(),
        ),
        ("type", "application".into()),
        ("version", "0.1.0".into()),
        ("appVersion", "1.0".into()),
    ])
}

/// The Application of an environment, with what the environment says otherwise.
pub(super) fn application(input: &EnvironmentInput) -> Node {
    let mut metadata = map([
        ("name", input.name.as_str().into()),
        ("namespace", ARGO_CD.into()),
        ("annotations", sync::annotations(input)),
    ]);
    if input.cascades {
        metadata.insert("finalizers", Node::list([CASCADE.into()]));
    }
    let files = input.values_files.iter().map(|file| {
        let path = format!("{}/values/{file}", input.directory);
        source::values_file(&input.gitops, &path)
    });
    let helm = map([
        ("releaseName", input.release_name.as_str().into()),
        ("valueFiles", Node::list(files)),
    ]);
    let mut values = source::values(&input.gitops);
    if input.has_objects {
        let path = format!("{}/{OBJECTS}", input.directory);
        values.insert("path", layout::in_repository(&input.gitops, &path).into());
    }
    let sources = [source::chart(&input.chart, "gen3", helm), values];
    let mut spec = map([
        ("project", input.project.as_str().into()),
        ("sources", Node::list(sources)),
        (
            "destination",
            destination(&input.destination, &input.namespace),
        ),
        ("syncPolicy", sync::policy(input)),
    ]);
    if !input.random.is_empty() {
        spec.insert("ignoreDifferences", sync::ignored(input));
    }
    finish(object("Application", metadata, spec), input)
}

/// Takes out what `application.omit` names and merges `application.fields` on top.
fn finish(mut application: Node, input: &EnvironmentInput) -> Node {
    for omitted in &input.omit {
        if let Some(keys) = omitted_keys(omitted.as_str()) {
            remove(&mut application, &keys);
        }
    }
    match &input.fields {
        Some(fields) => merge(application, fields, Nulls::Data),
        None => application,
    }
}

/// A destination as Applications and projects write it.
pub(super) fn destination(to: &Destination, namespace: &str) -> Node {
    let place = match to {
        Destination::Here => ("server", "https://kubernetes.default.svc".into()),
        Destination::Named(name) => ("name", name.as_str().into()),
    };
    map([place, ("namespace", namespace.into())])
}

/// Makes every text one that Helm's templates print as it is.
fn escape(node: &mut Node) {
    match &mut node.kind {
        Kind::Scalar(scalar) if scalar.text.contains("{{") => {
            let text = scalar.text.replace("{{", "{{ \"{{\" }}");
            *scalar = Scalar::string(text);
        }
        Kind::List(items) => items.iter_mut().for_each(escape),
        Kind::Map(entries) => entries.iter_mut().for_each(|entry| escape(&mut entry.node)),
        Kind::Scalar(_) | Kind::Pending(_) => {}
    }
}
