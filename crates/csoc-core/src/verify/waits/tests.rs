//! What waits in small trees and in every fleet of this repository.

use std::sync::Arc;

use camino::Utf8Path;

use super::check;
use crate::backend::fixture::{compile, repository, sources};
use crate::source::SourceSet;
use crate::tree::{BackendName, File};
use crate::verify::read_file;
use crate::{Limits, read_directory};

/// A root of one cluster, and an Application of a directory in it.
const ROOT: (&str, &str) = (
    "gitops/one/argocd/root.yaml",
    "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: one-root, namespace: argocd}, \
     spec: {project: platform, source: {repoURL: r, path: tree/one, directory: {recurse: true, include: \
     '{argocd/*.yaml,*/templates/app.yaml}'}}, destination: {server: s, namespace: argocd}, syncPolicy: {automated: {}}}}",
);

fn application(name: &str, wave: i8, policy: &str) -> (String, String) {
    let text = format!(
        "{{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {{name: {name}, namespace: argocd, annotations: \
         {{argocd.argoproj.io/sync-wave: '{wave}'}}}}, spec: {{project: platform, sources: [{{chart: {name}, repoURL: c, helm: \
         {{valueFiles: [$values/tree/one/platform/{name}/values.yaml]}}}}, {{repoURL: r, ref: values, path: \
         tree/one/platform/{name}/objects}}], destination: {{server: s, namespace: space-{name}}}, syncPolicy: {policy}}}}}"
    );
    (format!("gitops/one/argocd/{name}.yaml"), text)
}

fn object(place: &str, kind: &str, rest: &str) -> (String, String) {
    let version = match kind {
        "ServiceAccount" => "v1",
        "NetworkPolicy" => "networking.k8s.io/v1",
        _ => "external-secrets.io/v1",
    };
    let name = place.rsplit('/').next().unwrap();
    (
        format!("gitops/one/{place}.yaml"),
        format!("{{apiVersion: {version}, kind: {kind}, {rest}}}")
            .replace("NAME", name.trim_end_matches(".yaml")),
    )
}

fn found(files: &[(String, String)]) -> Vec<String> {
    let root = (ROOT.0.to_owned(), ROOT.1.to_owned());
    let files: Vec<File> = files
        .iter()
        .chain([&root])
        .map(|(path, text)| {
            let bytes: Arc<[u8]> = text.as_bytes().into();
            read_file(Utf8Path::new(path), "fleet", BackendName::Argocd, &bytes)
        })
        .collect();
    let found = check(&files);
    let all = found.into_iter();
    all.map(|found| {
        assert_eq!(found.code.as_str(), "waits-for-later");
        found.message
    })
    .collect()
}

const AUTOMATED: &str = "{automated: {}, syncOptions: [CreateNamespace=true]}";

#[test]
fn a_reader_before_its_store_waits_and_one_after_it_does_not() {
    let tree = |wave| {
        [
            application("reader", -6, AUTOMATED),
            application("store", wave, AUTOMATED),
            object(
                "platform/reader/objects/secret",
                "ExternalSecret",
                "metadata: {name: NAME}, spec: {secretStoreRef: {kind: ClusterSecretStore, name: store}, target: {name: made}}",
            ),
            object(
                "platform/store/objects/store",
                "ClusterSecretStore",
                "metadata: {name: NAME}, spec: {}",
            ),
        ]
    };
    assert_eq!(
        found(&tree(-5)),
        [
            "`gitops/one/platform/reader/objects/secret.yaml` waits for the store of secrets `store`, which \
             `gitops/one/platform/store/objects/store.yaml` brings too late: `gitops/one/argocd/reader.yaml` is in wave -6, and \
             `gitops/one/argocd/store.yaml` comes in wave -5"
        ]
    );
    for wave in [-6, -7] {
        assert_eq!(found(&tree(wave)), Vec::<String>::new(), "{wave}");
    }
}

#[test]
fn a_store_waits_for_its_account_and_a_chart_for_the_secret_that_its_values_name() {
    let store = "metadata: {name: NAME, annotations: {argocd.argoproj.io/sync-wave: '-8'}}, spec: {provider: {aws: {auth: {jwt: \
                 {serviceAccountRef: {name: account, namespace: argocd}}}}}}";
    let secret = "metadata: {name: NAME, namespace: space-reader}, spec: {secretStoreRef: {kind: ClusterSecretStore, name: \
                  store}}";
    let values = (
        "gitops/one/platform/reader/values.yaml".to_owned(),
        "env: [{valueFrom: {secretKeyRef: {name: secret, key: k}}}]".to_owned(),
    );
    let found = found(&[
        object("argocd/store", "ClusterSecretStore", store),
        object(
            "argocd/account",
            "ServiceAccount",
            "metadata: {name: NAME, namespace: argocd}",
        ),
        object("argocd/secret", "ExternalSecret", secret),
        application("reader", -5, AUTOMATED),
        values,
    ]);
    let [account, secret] = &found[..] else {
        panic!("{found:#?}");
    };
    assert!(
        secret.contains("the service account `account` of `argocd`"),
        "{secret}"
    );
    assert!(
        account.contains("the secret `secret` of `space-reader`"),
        "{account}"
    );
}

#[test]
fn an_object_waits_for_its_namespace_and_for_who_makes_that_by_hand() {
    let policy = |place: &str| {
        object(
            place,
            "NetworkPolicy",
            "metadata: {name: NAME, namespace: space-late}",
        )
    };
    let tree = |wave, policies: &str| {
        let beside = policy("platform/early/objects/policy");
        [
            application("early", -5, AUTOMATED),
            application("late", wave, policies),
            beside,
        ]
    };
    let endless = "{automated: {}, retry: {limit: -1}, syncOptions: [CreateNamespace=true]}";
    let by_hand = "{syncOptions: [CreateNamespace=true]}";
    for (wave, policies, why) in [
        (10, AUTOMATED, "comes in wave 10"),
        (-5, endless, "are both in wave -5, and nothing tries again"),
        (-6, by_hand, "a person syncs `gitops/one/argocd/late.yaml`"),
    ] {
        let found = found(&tree(wave, policies));
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].ends_with(why), "{}", found[0]);
    }
    assert_eq!(found(&tree(-6, AUTOMATED)), Vec::<String>::new());
    // What makes the namespace may hold it.
    let own = [
        application("late", 10, by_hand),
        policy("platform/late/objects/policy"),
    ];
    assert_eq!(found(&own), Vec::<String>::new());
}

/// Every fleet of this repository that compiles by itself, and variants that showed something.
fn fleets() -> Vec<(String, SourceSet)> {
    let example = |name: &str| {
        let place = repository().join("examples").join(name);
        read_directory(&place, Limits::default()).unwrap()
    };
    let mut all: Vec<(String, SourceSet)> = ["consortium", "hub-push", "quickstart"]
        .into_iter()
        .map(|name| (name.to_owned(), example(name)))
        .collect();
    for name in [
        "blue-green",
        "midrcprod",
        "profiles",
        "pushed",
        "two-accounts",
    ] {
        all.push((name.to_owned(), sources(name)));
    }
    let with = |name: &str, set: &SourceSet, from: &str, to: &str| {
        let changed = set.iter().map(|(path, bytes)| {
            let text = String::from_utf8_lossy(bytes);
            let bytes: Arc<[u8]> = match path.as_str() {
                "fleet.yaml" => {
                    assert!(text.contains(from), "{name}: {from}");
                    text.replace(from, to).into_bytes().into()
                }
                _ => bytes.clone(),
            };
            (path.to_owned(), bytes)
        });
        (name.to_owned(), changed.collect::<SourceSet>())
    };
    let pushed = sources("pushed");
    all.push(with(
        "auto",
        &pushed,
        "    account: hub\n    version: \"1.35\"\n",
        "    account: hub\n    version: \"1.35\"\n    nodes: { provisioner: auto }\n",
    ));
    let policies = "\ndefaults:\n  networkPolicies: true\n";
    let pushing = example("hub-push");
    all.push(with("policies", &pushing, "\ndefaults:\n", policies));
    all
}

#[test]
fn nothing_waits_in_any_fleet() {
    for (name, set) in fleets() {
        let (tree, _) = compile(set);
        let files: Vec<&File> = tree.iter().collect();
        let found: Vec<String> = check(files).into_iter().map(|it| it.message).collect();
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}
