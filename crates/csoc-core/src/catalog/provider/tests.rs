use std::io::Read;
use std::path::{Path, PathBuf};

use super::super::flat::Catalog;
use super::*;
use crate::catalog::embedded::of_kind;
use crate::catalog::flat::{CatalogKind, FlatValue, Header, encode};
use crate::span::{SourceFile, Sources};
use crate::value::{Kind, Node, json_read};

/// Each embedded catalog with the file it is made of: in the directory that `CSOC_PROVIDER_SCHEMAS` names,
/// below the recorded schemas, or beside the catalogs.
///
/// The one of a real provider is what `terraform providers schema -json` prints. Its recorded form
/// will not do: it was freed of descriptions, and with them of every argument of that name.
const FILES: [(&str, &str); 11] = [
    ("terraform-1.11.4", "terraform.json"),
    ("aws-6.25.0", "aws.json.gz"),
    ("aws-5.100.0", "aws-5.100.0.json"),
    ("azurerm-4.55.0", "azurerm.json.gz"),
    ("google-6.50.0", "google.json.gz"),
    ("helm-3.1.1", "helm.json.gz"),
    ("kubernetes-2.38.0", "kubernetes.json.gz"),
    ("null-3.2.4", "null.json.gz"),
    ("random-3.7.2", "random.json.gz"),
    ("time-0.13.1", "time.json.gz"),
    ("tls-4.1.0", "tls.json.gz"),
];

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data/provider")
}

fn upstream(file: &str) -> Option<Vec<u8>> {
    if file == "terraform.json" {
        return Some(fs_err::read(data().join(file)).unwrap());
    }
    if let Some(directory) = std::env::var_os("CSOC_PROVIDER_SCHEMAS")
        && let Ok(bytes) = fs_err::read(Path::new(&directory).join(file))
    {
        return Some(bytes);
    }
    let shared =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/provider-schemas");
    fs_err::read(shared.join(file)).ok()
}

/// What an upstream file says of its one provider.
fn facts(file: &str, bytes: &[u8]) -> ProviderFacts {
    let mut text = String::new();
    if Path::new(file)
        .extension()
        .is_some_and(|extension| extension == "gz")
    {
        flate2::read::GzDecoder::new(bytes)
            .read_to_string(&mut text)
            .unwrap();
    } else {
        text = String::from_utf8(bytes.to_vec()).unwrap();
    }
    let id = Sources::default().add(SourceFile::new(file, ""));
    let (node, found) = json_read::read_json(&text, id);
    assert!(found.is_empty());
    let mut providers = read(&node.unwrap());
    assert_eq!(providers.len(), 1);
    providers.remove(0)
}

/// Who the catalog of an upstream file is.
fn header(name: &str, file: &str, bytes: &[u8], facts: &ProviderFacts) -> Header {
    let (_, version) = name.split_once('-').unwrap();
    if let Some(said) = &facts.version {
        assert_eq!(said, version);
    }
    let source = match file {
        "terraform.json" => "written by hand after Terraform's own documentation",
        "aws-5.100.0.json" => "terraform providers schema -json",
        _ => "derived from the provider's published bindings",
    };
    Header {
        kind: CatalogKind::Provider,
        name: facts.name.clone(),
        version: version.to_owned(),
        source: source.to_owned(),
        digest: crate::catalog::digest(bytes),
        reader: READER,
    }
}

#[test]
fn embedded_catalogs_are_what_their_upstream_says() {
    for (name, file) in FILES {
        let path = data().join(format!("{name}.catalog"));
        let Some(bytes) = upstream(file) else {
            println!("skipped: there is no {file}");
            continue;
        };
        let facts = facts(file, &bytes);
        let header = header(name, file, &bytes, &facts);
        if std::env::var_os("CSOC_UPDATE").is_some() {
            let made = encode(&header, &facts.tree).unwrap();
            println!("{name}: {} bytes", made.len());
            fs_err::write(&path, &made).unwrap();
            continue;
        }
        // Compressed bytes may change with the compressor; what they say may not.
        let there = Catalog::open(&fs_err::read(&path).unwrap()).unwrap();
        assert_eq!(there.header(), &header, "{name}: run with CSOC_UPDATE=1");
        assert!(
            same(there.root(), &facts.tree),
            "{name}: run with CSOC_UPDATE=1"
        );
    }
}

/// Whether a catalog says what a tree says.
fn same(there: FlatValue<'_>, tree: &Node) -> bool {
    match &tree.kind {
        Kind::Map(entries) => {
            there.is_map()
                && there.len() == entries.len()
                && entries.iter().all(|entry| {
                    let inner = there.get(entry.key.as_str());
                    inner.is_some_and(|inner| same(inner, &entry.node))
                })
        }
        Kind::List(items) => {
            there.len() == items.len()
                && there
                    .items()
                    .zip(items)
                    .all(|(there, item)| same(there, item))
        }
        _ => there.to_node() == *tree,
    }
}

#[test]
fn embedded_catalogs_are_small_and_open() {
    let total: usize = of_kind(CatalogKind::Provider)
        .map(|embedded| embedded.bytes.len())
        .sum();
    assert!(total <= 900_000, "{total}");
    for embedded in of_kind(CatalogKind::Provider) {
        let provider = Provider::new(embedded.open()).unwrap();
        assert_eq!(provider.name(), embedded.name);
        assert_eq!(provider.version(), embedded.version);
        assert!(provider.configuration().is_some());
        assert!(embedded.version.parse::<ProviderVersion>().is_ok());
    }
    let names: Vec<_> = of_kind(CatalogKind::Provider)
        .map(|embedded| embedded.name)
        .collect();
    assert!(names.is_sorted());
}

#[test]
fn schemas_say_what_upstream_says() {
    let aws = |version: &str| {
        let found = of_kind(CatalogKind::Provider)
            .find(|embedded| embedded.name == "hashicorp/aws" && embedded.version == version);
        Provider::new(found.unwrap().open()).unwrap()
    };
    for version in ["6.25.0", "5.100.0"] {
        let queue = aws(version)
            .schema(SchemaKind::Resource, "aws_sqs_queue")
            .unwrap();
        let arn = queue.attribute("arn").unwrap();
        assert!(arn.is_computed() && !arn.is_settable() && !arn.is_required());
        assert!(matches!(arn.of(), TypeSchema::String));
        assert!(
            matches!(queue.attribute("tags").unwrap().of(), TypeSchema::Map(of) if of.str() == Some("string"))
        );
        let cluster = aws(version)
            .schema(SchemaKind::Resource, "aws_eks_cluster")
            .unwrap();
        let network = cluster.block("vpc_config").unwrap();
        assert_eq!((network.least(), network.most()), (1, Some(1)));
        assert_eq!(network.nesting(), Nesting::List);
        let subnets = network.schema().unwrap().attribute("subnet_ids").unwrap();
        assert!(subnets.is_required());
        assert!(
            aws(version)
                .types(SchemaKind::DataSource)
                .any(|name| name == "aws_iam_policy_document")
        );
    }
    assert_eq!(aws("6.25.0").types(SchemaKind::Resource).count(), 1581);
    let deprecated = aws("5.100.0")
        .schema(SchemaKind::Resource, "aws_opsworks_stack")
        .unwrap();
    assert!(
        deprecated
            .attributes()
            .any(|(_, attribute)| attribute.is_sensitive())
            || deprecated.is_deprecated()
    );
}

#[test]
fn the_real_provider_has_what_was_recorded_of_it() {
    /// Whether a tree has every key of another, but for what is called `description`.
    fn has(real: FlatValue<'_>, recorded: &Node, at: &str) {
        for entry in recorded.entries() {
            let key = entry.key.as_str();
            let inner = real.get(key).unwrap_or_else(|| panic!("{at} has no {key}"));
            has(inner, &entry.node, key);
        }
        let more = real.keys().filter(|key| recorded.get(key).is_none());
        let new = ["description", "ephemeral_resources", "functions"];
        assert!(
            more.clone().all(|key| new.contains(&key)),
            "{at}: {:?}",
            more.collect::<Vec<_>>()
        );
    }
    let Some(bytes) = upstream("real/aws-5.100.0.json.gz") else {
        println!("skipped: there is no recorded schema of aws 5.100.0");
        return;
    };
    let recorded = facts("aws-5.100.0.json.gz", &bytes).tree;
    let real = of_kind(CatalogKind::Provider)
        .find(|it| it.version == "5.100.0")
        .unwrap();
    has(real.open().root(), &recorded, "aws");
}

/// Every attribute name of a block and of what is nested in it.
fn names(block: BlockSchema<'_>, all: &mut usize) {
    *all += block.attributes().count();
    for (_, nested) in block.blocks() {
        names(nested.schema().unwrap(), all);
    }
}

#[test]
fn every_type_of_every_provider_is_walked() {
    let mut all = 0;
    for embedded in of_kind(CatalogKind::Provider) {
        let provider = Provider::new(embedded.open()).unwrap();
        for kind in [
            SchemaKind::Resource,
            SchemaKind::DataSource,
            SchemaKind::Ephemeral,
        ] {
            for name in provider.types(kind) {
                names(provider.schema(kind, name).unwrap(), &mut all);
            }
        }
    }
    assert!(all > 100_000, "{all}");
}

#[test]
fn text_that_is_no_schema_has_no_providers() {
    let id = Sources::default().add(SourceFile::new("x", ""));
    for text in [
        "{}",
        "[]",
        "1",
        "{\"provider_schemas\":[]}",
        "{\"provider_schemas\":{\"a/b\":1}}",
    ] {
        let node = json_read::read_json(text, id).0.unwrap();
        for facts in read(&node) {
            assert_eq!(facts.tree, Node::map());
        }
    }
    assert!(
        FlatValue::str(
            Catalog::open(of_kind(CatalogKind::Crd).next().unwrap().bytes)
                .unwrap()
                .root()
        )
        .is_none()
    );
}
