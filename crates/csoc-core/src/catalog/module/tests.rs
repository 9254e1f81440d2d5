use super::recorded::recorded;
use super::*;
use std::io::Read;
use std::path::Path;

use crate::catalog::embedded::EMBEDDED;
use crate::catalog::flat::{Header, encode};
use crate::span::{SourceFile, Sources};
use crate::value::{Node, json_read, yaml_read};

fn find(path: &str) -> ModuleFacts<'static> {
    let source = format!("git::https://github.com/uc-cdis/gen3-terraform.git//tf_files/aws/{path}");
    ModuleFacts::find(Catalogs::embedded(), &source, None).unwrap()
}

#[test]
fn the_recorded_modules_are_all_read() {
    let catalog = EMBEDDED
        .iter()
        .find(|it| it.kind == CatalogKind::Module)
        .unwrap()
        .open();
    let modules = catalog.root().get("modules").unwrap();
    assert_eq!(modules.len(), 83);
    let (mut variables, mut dead) = (0, 0);
    for (_, module) in modules.entries() {
        let module = ModuleFacts(module);
        variables += module.variables().count();
        dead += module
            .variables()
            .filter(|(name, _)| module.is_dead(name))
            .count();
    }
    assert_eq!((variables, dead), (1283, 109));
    assert!(
        find("commons")
            .variables()
            .any(|it| it == ("users_policy", true))
    );
    assert!(find("commons").is_dead("users_policy"));
    assert!(!find("commons").is_dead("vpc_name"));
}

#[test]
fn roots_that_no_provider_takes_are_known() {
    let says = |path: &str| find(path).errors().collect::<Vec<_>>().join("; ");
    assert!(says("eks").contains("`config_map_aws_auth`"));
    assert!(says("secrets_manager").contains("`aws_secretsmanager_secret`"));
    assert!(says("csoc_common_logging").contains("s3_configuration"));
    assert!(says("csoc_management-logs").contains("s3_configuration"));
    assert_eq!(says("commons"), "");
}

#[test]
fn sources_name_modules_in_every_form() {
    let found = |source: &str| ModuleFacts::find(Catalogs::embedded(), source, None).is_some();
    assert!(found(
        "git@github.com:uc-cdis/gen3-terraform.git//tf_files/aws/eks?ref=51c47bf9"
    ));
    assert!(found("github.com/uc-cdis/gen3-terraform//tf_files/aws/eks"));
    assert!(!found(
        "github.com/uc-cdis/gen3-terraform//tf_files/aws/eks?ref=00000000"
    ));
    assert!(!found(
        "github.com/uc-cdis/gen3-terraform//tf_files/aws/nothing"
    ));
    assert!(!found("terraform-aws-modules/vpc/aws"));
    assert!(!found(""));
}

/// What the catalog is made of: the recorded modules, and what is known of them.
fn upstream() -> Option<(Node, String)> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/gen3-terraform");
    let bytes = fs_err::read(shared.join("modules.json.gz")).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*bytes)
        .read_to_string(&mut text)
        .unwrap();
    let id = Sources::default().add(SourceFile::new("x", ""));
    let list = json_read::read_json(&text, id).0.unwrap();
    let known = include_str!("../data/module/gen3-terraform.yaml");
    let known = yaml_read::read(known, id, &yaml_read::Limits::default())
        .0
        .unwrap();
    Some((recorded(&list, &known), crate::catalog::digest(&bytes)))
}

#[test]
fn the_embedded_catalog_is_what_was_recorded() {
    let Some((tree, digest)) = upstream() else {
        println!("skipped: there are no recorded modules");
        return;
    };
    let embedded = EMBEDDED
        .iter()
        .find(|it| it.kind == CatalogKind::Module)
        .unwrap();
    if std::env::var_os("CSOC_UPDATE").is_some() {
        let header = Header {
            kind: CatalogKind::Module,
            name: embedded.name.to_owned(),
            version: embedded.version.to_owned(),
            source: "read from the repository, with what running the modules showed".to_owned(),
            digest,
            reader: READER,
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = path.join("src/catalog/data/module/gen3-terraform.catalog");
        fs_err::write(path, encode(&header, &tree).unwrap()).unwrap();
        return;
    }
    assert_eq!(embedded.open().root().to_node(), tree);
    assert_eq!(embedded.open().header().digest, digest);
}
