//! An environment's wrapper chart: `Chart.yaml` and the Application as its only template.

use super::input::{Destination, EnvironmentInput};
use super::{Files, map, object, source};
use crate::backend::helm::finish::{omit_invalid, omitted_keys};
use crate::backend::helm::values::remove;
use crate::contract::ARGO_CD;
use crate::diagnostic::Diagnostics;
use crate::model::environment::SyncMode;
use crate::value::overlay::{Nulls, merge};
use crate::value::{Kind, Node, Scalar};

/// Deletes what an Application made when the Application goes.
const CASCADE: &str = "resources-finalizer.argocd.argoproj.io";
/// Secrets of the chart that hold other random text at each rendering.
const RANDOM_SECRETS: [&str; 2] = ["fence-creds", "gen3-certs"];

pub(super) fn compile(
    input: &EnvironmentInput,
    object: &str,
    files: &mut Files<'_>,
    found: &mut Diagnostics,
) {
    for omitted in &input.omit {
        if omitted_keys(omitted.as_str()).is_none() {
            found.push(omit_invalid(omitted.as_str(), object, "application.omit"));
        }
    }
    let application = application(input);
    match &input.destination {
        Destination::Here => {
            let directory = format!("gitops/{}", input.directory);
            files.yaml(format!("{directory}/Chart.yaml"), wrapper(input));
            let mut template = application;
            escape(&mut template);
            files.yaml(format!("{directory}/templates/app.yaml"), template);
        }
        Destination::Named(_) => {
            let path = format!("gitops/hub/{}/{}.yaml", input.cluster, input.name);
            files.yaml(path, application);
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

fn application(input: &EnvironmentInput) -> Node {
    let mut metadata = map([
        ("name", input.name.as_str().into()),
        ("namespace", ARGO_CD.into()),
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
    let sources = [
        source::chart(&input.chart, "gen3", helm),
        source::values(&input.gitops),
    ];
    let spec = map([
        ("project", input.project.as_str().into()),
        ("sources", Node::list(sources)),
        (
            "destination",
            destination(&input.destination, &input.namespace),
        ),
        ("syncPolicy", sync_policy(input)),
        (
            "ignoreDifferences",
            Node::list(RANDOM_SECRETS.map(random_secret)),
        ),
    ]);
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

fn sync_policy(input: &EnvironmentInput) -> Node {
    let mut policy = Node::map();
    let automated = match input.sync.mode {
        SyncMode::SelfHeal => Some(map([("selfHeal", true.into())])),
        SyncMode::Automated => Some(Node::map()),
        SyncMode::Manual => None,
    };
    if let Some(mut automated) = automated {
        if input.sync.prune {
            automated.insert("prune", true.into());
        }
        policy.insert("automated", automated);
    }
    policy.insert(
        "managedNamespaceMetadata",
        map([("labels", map([("role", "gen3".into())]))]),
    );
    let options = [
        "CreateNamespace=true",
        "RespectIgnoreDifferences=true",
        "ServerSideApply=true",
    ];
    policy.insert("syncOptions", Node::list(options.map(Node::from)));
    policy
}

fn random_secret(name: &str) -> Node {
    map([
        ("group", "".into()),
        ("kind", "Secret".into()),
        ("name", name.into()),
        ("jsonPointers", Node::list(["/data".into()])),
    ])
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
