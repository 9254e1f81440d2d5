//! Applications and projects of the fleets in `tests/fleets`.

use std::process::Command;
use std::sync::Arc;

use crate::Tree;
use crate::backend::fixture::{compile, shared, sources, yaml};
use crate::diagnostic::Diagnostics;
use crate::span::{SourceFile, Sources};
use crate::tree::{BackendName, Document};
use crate::value::parsers::Parsers;
use crate::value::path::ModelPath;
use crate::value::schema::{Dialect, Schema};
use crate::value::walker::{Presence, walk};
use crate::value::{Node, json_read};

#[test]
fn applications_name_every_values_file_and_only_those() {
    for fleet in ["profiles", "midrcprod"] {
        let (tree, _) = compile(sources(fleet));
        let mut seen = 0;
        for file in tree
            .iter()
            .filter(|file| file.path().ends_with("templates/app.yaml"))
        {
            let directory = file.path().parent().unwrap().parent().unwrap();
            let application = yaml(&tree, file.path().as_str());
            let sources = application.path(&["spec", "sources"]).unwrap().items();
            let named = sources[0].path(&["helm", "valueFiles"]).unwrap().items();
            let mut named: Vec<String> = named
                .iter()
                .map(|name| name.text().unwrap().replace("$values/", "gitops/"))
                .collect();
            assert!(named.last().unwrap().ends_with("/values.yaml"));
            named.sort();
            let rendered: Vec<String> = tree
                .iter()
                .filter(|file| file.path().parent() == Some(&directory.join("values")))
                .map(|file| file.path().to_string())
                .collect();
            // Production's content comes from elsewhere and is not in this fleet.
            if fleet == "profiles" {
                assert_eq!(named, rendered);
            }
            seen += 1;
        }
        assert!(seen >= 2, "{fleet}");
    }
}

#[test]
fn production_has_no_finalizer_and_others_do() {
    let (tree, _) = compile(sources("midrcprod"));
    let finalizers = |host: &str| {
        let path = format!("gitops/midrcprod/{host}/templates/app.yaml");
        yaml(&tree, &path)
            .path(&["metadata", "finalizers"])
            .cloned()
    };
    assert_eq!(finalizers("data.midrc.org"), None);
    assert!(finalizers("staging.midrc.org").is_some());
}

#[test]
fn objects_are_what_argo_cds_schemas_allow() {
    let kinds = ["Application", "ApplicationSet", "AppProject"];
    let mut schemas = Vec::new();
    for kind in kinds {
        let name = kind.to_lowercase();
        let Some(path) = shared(&format!("data/crds/argocd-{name}.json.gz")) else {
            println!("skipped: no ../shared/data/crds");
            return;
        };
        let unzipped = Command::new("gzip").arg("-dc").arg(path).output().unwrap();
        let text = String::from_utf8(unzipped.stdout).unwrap();
        let id = Sources::default().add(SourceFile::new(kind, text.as_str()));
        let document = json_read::read_json(&text, id).0.unwrap();
        let schema = document.path(&["versions", "v1alpha1"]).unwrap();
        schemas.push((kind, Schema::compile(schema, Dialect::Kubernetes).unwrap()));
    }
    let mut walked = 0;
    for fleet in ["profiles", "midrcprod", "pushed"] {
        let (tree, _) = compile(sources(fleet));
        for file in tree
            .iter()
            .filter(|file| file.backend() == BackendName::Argocd)
        {
            let Document::Yaml(node) = file.document() else {
                continue;
            };
            let kind = node.get("kind").and_then(Node::text).unwrap_or_default();
            let Some((_, schema)) = schemas.iter().find(|(known, _)| *known == kind) else {
                continue;
            };
            let mut found = Diagnostics::default();
            let mut at = ModelPath::new();
            walk(
                node,
                schema.view(),
                Presence::Require,
                &Parsers::new(),
                &mut found,
                &mut at,
            );
            let found: Vec<_> = found.iter().map(|one| one.message.clone()).collect();
            assert!(found.is_empty(), "{}: {found:#?}", file.path());
            walked += 1;
        }
    }
    println!("{walked} objects are what Argo CD's schemas allow");
    assert!(walked >= 20);
}

#[test]
fn a_template_prints_braces_as_they_are() {
    let (tree, _) = compile(sources("profiles"));
    for file in tree
        .iter()
        .filter(|file| file.path().ends_with("templates/app.yaml"))
    {
        let bytes = file.bytes();
        assert!(!std::str::from_utf8(&bytes).unwrap().contains("{{"));
    }
}

#[test]
fn clusters_that_pull_have_projects_of_their_own_whoever_owns_their_root() {
    let fleet = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-1 }
clusters:
  one: { account: demo, management: { applications: external } }
  two: { account: demo, management: { applications: external } }
commons:
  demo:
    dictionary: https://example.org/dictionary/v1/schema.json
    environments:
      prod: { cluster: one, hostname: demo.example.org, tier: prod, release: "2026.07" }
      staging: { cluster: two, hostname: staging.example.org, tier: staging, release: "2026.07" }
"#;
    let set = crate::source::SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())]);
    let (tree, _) = crate::backend::fixture::compile(set);
    for cluster in ["one", "two"] {
        let project = format!("gitops/{cluster}/argocd/project-demo.yaml");
        assert!(tree.get(&project).is_some(), "{project}");
        let root = format!("gitops/{cluster}/argocd/root.yaml");
        assert!(tree.get(&root).is_none(), "{root}");
    }
}

/// A fleet of `tests/fleets` with another text in its `fleet.yaml`.
fn changed(fleet: &str, from: &str, to: &str) -> Tree {
    let set = sources(fleet);
    let files = set.iter().map(|(path, bytes)| {
        let text = String::from_utf8_lossy(bytes);
        assert!(path != "fleet.yaml" || text.contains(from), "{from}");
        let bytes: Arc<[u8]> = match path.as_str() {
            "fleet.yaml" => text.replace(from, to).into_bytes().into(),
            _ => bytes.clone(),
        };
        (path.to_owned(), bytes)
    });
    compile(files.collect()).0
}

#[test]
fn a_cluster_in_auto_mode_has_a_class_of_volumes() {
    let class = |from: &str, more: &str| {
        let tree = changed("pushed", from, &format!("{from}{more}"));
        let mut files = tree.iter();
        let file = files.find(|file| file.path().ends_with("storage-class-auto-ebs.yaml"))?;
        let text = String::from_utf8(file.bytes().to_vec()).unwrap();
        Some((file.path().to_string(), text))
    };
    let pulled = "    account: hub\n    version: \"1.35\"\n";
    let auto = "    nodes: { provisioner: auto }\n";
    let (path, text) = class(pulled, auto).unwrap();
    let name = "storage-class-auto-ebs.yaml";
    let place = "gitops/csoc/cluster-values/custom-objects";
    assert_eq!(path, format!("{place}/{name}"));
    insta::assert_snapshot!("storage-class", text);
    let (path, _) = class("    delivery: hub-push\n", auto).unwrap();
    let place = "gitops/member/platform/custom-objects";
    assert_eq!(path, format!("{place}/{name}"));
    // Another brings its own, and elsewhere EKS's add-on does.
    let driver = format!("{auto}    addons: {{ ebs-csi-driver: {{}} }}\n");
    assert_eq!(class(pulled, &driver), None);
    assert_eq!(class(pulled, ""), None);
}

#[test]
fn policies_of_an_environment_are_applied_by_its_own_application() {
    let on = "\ndefaults:\n  networkPolicies: true\n";
    let tree = changed("profiles", "\ndefaults:\n", on);
    let mut seen = 0;
    for file in tree.iter() {
        let path = file.path().as_str();
        assert!(!path.contains("custom-objects/network-policy"), "{path}");
        let Some((directory, _)) = path.split_once("/objects/network-policy-") else {
            continue;
        };
        let application = yaml(&tree, &format!("{directory}/templates/app.yaml"));
        let sources = application.path(&["spec", "sources"]).unwrap().items();
        let applied = sources[1].get("path").and_then(Node::text).unwrap();
        assert_eq!(format!("gitops/{applied}"), format!("{directory}/objects"));
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn a_credential_comes_out_of_the_secret_manager() {
    let fleet = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
gitops: { repository: "git@github.com:example/demo-gitops", revision: main, credential: ssh-key }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
  clusterLevelResources: { repository: https://helm.gen3.org, revision: 0.6.49 }
accounts:
  demo: { provider: aws, id: "111122223333", region: us-east-1 }
clusters:
  one: { account: demo, network: { cidr: 10.1.0.0/16 } }
  two: { account: demo, network: { cidr: 10.2.0.0/16 }, management: { terraform: external } }
commons: {}
"#;
    let set = crate::source::SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())]);
    let (tree, _) = crate::backend::fixture::compile(set);
    // No environment is on it yet, and its Argo CD has a root all the same.
    let root = yaml(&tree, "gitops/one/argocd/root.yaml");
    let name = root.path(&["metadata", "name"]).and_then(Node::text);
    assert_eq!(name, Some("one-root"));
    for name in ["repository-account", "repository-store", "repository"] {
        let path = format!("gitops/one/argocd/{name}.yaml");
        let text = String::from_utf8(tree.get(&path).unwrap().bytes().to_vec()).unwrap();
        insta::assert_snapshot!(format!("credential__{name}"), text);
        assert!(tree.get(path.replace("one", "two")).is_none());
    }
}
