use super::*;
use crate::diagnostic::Diagnostics;
use crate::span::{SourceFile, Sources};
use crate::value::parsers::Parsers;
use crate::value::path::ModelPath;
use crate::value::walker::{Presence, walk};
use crate::value::yaml_read;

fn node(text: &str) -> Node {
    let id = Sources::default().add(SourceFile::new("x.yaml", ""));
    yaml_read::read(text, id, &yaml_read::Limits::default())
        .0
        .unwrap()
}

fn findings(text: &str) -> Vec<String> {
    let node = node(text);
    let word = |key: &str| node.get(key).and_then(Node::text).unwrap();
    let schema = schema(Catalogs::embedded(), word("apiVersion"), word("kind")).unwrap();
    let mut found = Diagnostics::default();
    let parsers = Parsers::new();
    walk(
        &node,
        &schema,
        Presence::Require,
        &parsers,
        &mut found,
        &mut ModelPath::new(),
    );
    let found = found.into_vec().into_iter();
    found
        .map(|finding| format!("{} {}", finding.code, finding.path.unwrap_or_default()))
        .collect()
}

#[test]
fn applications_are_checked() {
    let good = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: { name: x, labels: { a: b } }\nspec:\n  project: default\n  source: { repoURL: https://example.org, path: x, targetRevision: main }\n  destination: { name: in-cluster, namespace: x }\n";
    assert_eq!(findings(good), Vec::<String>::new());
    let bad = good
        .replace("targetRevision", "targetRevison")
        .replace("  project: default\n", "");
    assert_eq!(
        findings(&bad),
        [
            "unknown-key spec.source.targetRevison",
            "missing-field spec.project"
        ]
    );
    for kind in ["ApplicationSet", "AppProject"] {
        assert!(schema(Catalogs::embedded(), "argoproj.io/v1alpha1", kind).is_some());
    }
    assert!(schema(Catalogs::embedded(), "example.org/v1", "Thing").is_none());
}

#[test]
fn manifests_are_read_without_their_prose() {
    let facts = read(&node("kind: CustomResourceDefinition\nspec:\n  group: example.org\n  names: { kind: Thing }\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        description: a thing\n        type: object\n        properties: { description: { type: string, description: prose } }\n")).unwrap();
    assert_eq!(
        (&*facts.name, facts.version.as_deref()),
        ("example.org/Thing", Some("v1"))
    );
    let schema = facts.tree.path(&["versions", "v1"]).unwrap();
    assert!(schema.get("description").is_none());
    let property = schema.path(&["properties", "description"]).unwrap();
    assert!(property.get("type").is_some() && property.get("description").is_none());
    assert!(read(&node("kind: Deployment")).is_none());
    assert!(read(&node("kind: CustomResourceDefinition")).is_none());
}

#[test]
fn embedded_catalogs_are_what_was_recorded() {
    use std::io::Read;
    use std::path::Path;

    use crate::catalog::embedded::EMBEDDED;
    use crate::catalog::flat::{Header, encode};
    use crate::value::json_read;

    for kind in ["AppProject", "Application", "ApplicationSet"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let file = format!("argocd-{}.json.gz", kind.to_ascii_lowercase());
        let Ok(bytes) = fs_err::read(root.join("../../../shared/data/crds").join(file)) else {
            println!("skipped: there is no recorded {kind}");
            return;
        };
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*bytes)
            .read_to_string(&mut text)
            .unwrap();
        let id = Sources::default().add(SourceFile::new("x", ""));
        let facts = read(&json_read::read_json(&text, id).0.unwrap()).unwrap();
        let version = facts.version.unwrap();
        let embedded = EMBEDDED.iter().find(|it| it.name == facts.name).unwrap();
        assert_eq!(embedded.version, version);
        if std::env::var_os("CSOC_UPDATE").is_some() {
            let header = Header {
                kind: CatalogKind::Crd,
                name: facts.name,
                version: version.clone(),
                source: "manifests of Argo CD".to_owned(),
                digest: crate::catalog::digest(&bytes),
                reader: READER,
            };
            let path = root.join(format!("src/catalog/data/crd/{kind}-{version}.catalog"));
            fs_err::write(path, encode(&header, &facts.tree).unwrap()).unwrap();
            continue;
        }
        assert_eq!(embedded.open().root().to_node(), facts.tree);
    }
}
