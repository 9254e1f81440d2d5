use std::path::Path;

use super::*;
use crate::catalog::Catalogs;
use crate::catalog::embedded::EMBEDDED;
use crate::catalog::flat::{Catalog, CatalogKind, Header, encode};
use crate::span::{SourceFile, Sources};
use crate::value::yaml_read;

fn list(text: &str) -> Result<SupportList, String> {
    let id = Sources::default().add(SourceFile::new("x", ""));
    let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
    assert!(found.is_empty());
    read(&node.unwrap())
}

#[test]
fn the_embedded_catalog_is_what_its_list_says() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/catalog/data/support");
    let bytes = fs_err::read(data.join("aws.yaml")).unwrap();
    let facts = list(std::str::from_utf8(&bytes).unwrap()).unwrap();
    let header = Header {
        kind: CatalogKind::Support,
        name: facts.name.unwrap(),
        version: facts.version.unwrap(),
        source: "endoflife.date a70eca33, from the pages that each product names".to_owned(),
        digest: crate::catalog::digest(&bytes),
        reader: READER,
    };
    let path = data.join("aws.catalog");
    if std::env::var_os("CSOC_UPDATE").is_some() {
        fs_err::write(&path, encode(&header, &facts.tree).unwrap()).unwrap();
        return;
    }
    let there = Catalog::open(&fs_err::read(&path).unwrap()).unwrap();
    assert_eq!(there.header(), &header, "run with CSOC_UPDATE=1");
    assert_eq!(there.root().to_node(), facts.tree, "run with CSOC_UPDATE=1");
    let embedded = EMBEDDED.iter().find(|it| it.kind == CatalogKind::Support);
    assert_eq!(embedded.unwrap().version, header.version);
}

#[rstest::rstest]
#[case("eks", "1.34", "2026-12-02", Support::Open)]
#[case("eks", "1.34", "2026-12-03", Support::Extended("2026-12-02"))]
#[case("eks", "1.34", "2027-12-03", Support::Ended("2027-12-02"))]
#[case("eks", "1.20", "2026-12-03", Support::Ended("2022-11-01"))]
#[case("eks", "1.9", "2026-12-03", Support::Forgotten)]
#[case("eks", "1.99", "2030-12-03", Support::Open)]
#[case("eks", "latest", "2030-12-03", Support::Open)]
#[case("lambda", "python3.9", "2025-12-15", Support::Open)]
#[case("lambda", "python3.9", "2025-12-16", Support::Ended("2025-12-15"))]
#[case("lambda", "python4.0", "2025-12-16", Support::Open)]
#[case("postgresql", "9", "2026-12-03", Support::Forgotten)]
#[case("postgresql", "13", "2026-12-03", Support::Extended("2026-02-28"))]
fn a_version_is_supported_until_its_last_day(
    #[case] product: &str,
    #[case] version: &str,
    #[case] day: &str,
    #[case] expected: Support<'_>,
) {
    let product = Catalogs::embedded().product("aws", product).unwrap();
    assert_eq!(product.support(version, &day.parse().unwrap()), expected);
}

#[test]
fn names_of_images_hold_what_is_listed() {
    let images = Catalogs::embedded().product("aws", "images").unwrap();
    let day: Date = "2026-11-24".parse().unwrap();
    let of = |name: &str| images.support_within(name, &day);
    assert_eq!(
        of("ubuntu/images/hvm-ssd/ubuntu-xenial-16.04-amd64-server-*"),
        Support::Ended("2021-04-02")
    );
    assert_eq!(of("amazon-eks-node-1.30-v*"), Support::Ended("2025-11-26"));
    assert_eq!(
        of("amazon-eks-node-al2023-x86_64-standard-1.34-*"),
        Support::Open
    );
    assert_eq!(of("amzn2-ami-hvm-*"), Support::Ended("2026-06-30"));
    assert_eq!(of("our-own-image"), Support::Open);
}

#[test]
fn the_oldest_version_that_is_supported_is_known() {
    let product = |name: &str| Catalogs::embedded().product("aws", name).unwrap();
    let oldest = |name: &str, day: &str| product(name).oldest(&day.parse().unwrap());
    assert_eq!(oldest("eks", "2026-11-24"), Some("1.34"));
    assert_eq!(oldest("eks", "2026-12-24"), Some("1.35"));
    assert_eq!(oldest("eks", "2099-01-01"), None);
    assert_eq!(oldest("postgresql", "2026-11-24"), Some("14"));
    assert_eq!(oldest("lambda", "2026-11-24"), None);
    assert!(Catalogs::embedded().product("aws", "none").is_none());
    assert!(Catalogs::embedded().product("nobody", "eks").is_none());
}

#[rstest::rstest]
#[case("a: 1", "no `products`")]
#[case("products: 7", "no `products`")]
#[case("products: { x: {} }", "has no `versions`")]
#[case("products: { x: { versions: { \"1\": {} } } }", "has no `ends`")]
#[case(
    "products: { x: { versions: { \"1\": { ends: \"2026-02-30\" } } } }",
    "is no day"
)]
#[case(
    "products: { x: { versions: { \"1\": { ends: \"2026-02-03\", extended: soon } } } }",
    "is no day"
)]
fn lists_that_are_none_are_refused(#[case] text: &str, #[case] says: &str) {
    assert!(list(text).unwrap_err().contains(says));
}
