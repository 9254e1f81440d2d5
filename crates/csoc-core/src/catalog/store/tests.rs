use camino::Utf8PathBuf;

use super::*;

const SCHEMA: &str = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/example/demo":{
  "provider":{"block":{}},
  "resource_schemas":{"demo_thing":{"version":0,"block":{"attributes":{"name":{"type":"string","required":true,"description":"x"}}}}}}}}"#;

struct Place {
    _directory: tempfile::TempDir,
    path: Utf8PathBuf,
}

fn fleet() -> Place {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    fs_err::write(path.join("fleet.yaml"), "").unwrap();
    fs_err::write(path.join("schema.json"), SCHEMA).unwrap();
    Place {
        _directory: directory,
        path,
    }
}

fn options(version: &str) -> AddOptions {
    AddOptions::default().version(Some(version.to_owned()))
}

#[test]
fn what_is_added_is_pinned_and_found() {
    let fleet = fleet();
    let file = fleet.path.join("schema.json");
    let entry = Catalogs::add(&fleet.path, "provider", &file, &options("1.2.0")).unwrap();
    assert_eq!(
        (&*entry.name, &*entry.version, entry.pinned),
        ("example/demo", "1.2.0", true)
    );
    Catalogs::add(&fleet.path, "provider", &file, &options("1.10.0")).unwrap();
    let catalogs = Catalogs::load(&fleet.path).unwrap();
    let list = catalogs.list();
    assert_eq!(list.iter().filter(|entry| entry.pinned).count(), 2);
    assert!(list.len() > 10);
    let newest = catalogs
        .show(
            "provider",
            "example/demo",
            None,
            Some("resources.demo_thing"),
        )
        .unwrap();
    assert_eq!(newest.entry.version, "1.10.0");
    assert_eq!(newest.counts["resources"], 1);
    assert!(newest.text().unwrap().contains("\"required\": true"));
    let choice = |text: &str| catalogs.provider("example/demo", Some(&text.parse().unwrap()));
    assert!(matches!(choice("~> 1.2.0"), ProviderChoice::Found(it) if it.version() == "1.2.0"));
    assert!(matches!(choice("~> 2.0"), ProviderChoice::NoVersion(it) if it == ["1.10.0", "1.2.0"]));
    assert!(matches!(
        catalogs.provider("nobody/none", None),
        ProviderChoice::Unknown
    ));
    let aws = catalogs.provider("hashicorp/aws", Some(&"~> 5.0".parse().unwrap()));
    assert!(matches!(aws, ProviderChoice::Found(it) if it.version() == "5.100.0"));
}

#[test]
fn a_pinned_catalog_goes_before_the_embedded_one() {
    let fleet = fleet();
    let schema = SCHEMA.replace("example/demo", "hashicorp/aws");
    let file = fleet.path.join("schema.json");
    fs_err::write(&file, schema).unwrap();
    Catalogs::add(&fleet.path, "provider", &file, &options("6.25.0")).unwrap();
    let catalogs = Catalogs::load(&fleet.path).unwrap();
    let ProviderChoice::Found(aws) = catalogs.provider("hashicorp/aws", None) else {
        panic!("it is there");
    };
    assert_eq!(
        aws.types(crate::catalog::provider::SchemaKind::Resource)
            .count(),
        1
    );
    let of_version =
        |entry: &&CatalogEntry| entry.name == "hashicorp/aws" && entry.version == "6.25.0";
    assert_eq!(catalogs.list().iter().filter(of_version).count(), 1);
}

#[test]
fn references_of_a_repository_are_added() {
    let fleet = fleet();
    let file = fleet.path.join("refs.txt");
    fs_err::write(&file, format!("{}\trefs/tags/1.0\n", "a".repeat(40))).unwrap();
    let mut named = options("2026-11-24");
    let error = Catalogs::add(&fleet.path, "git-refs", &file, &named).unwrap_err();
    assert!(error.help().unwrap().contains("--name"));
    named.name = Some("github.com/uc-cdis/gen3-helm".to_owned());
    Catalogs::add(&fleet.path, "git-refs", &file, &named).unwrap();
    let catalogs = Catalogs::load(&fleet.path).unwrap();
    let shown = catalogs
        .show(
            "git-refs",
            "github.com/uc-cdis/gen3-helm",
            None,
            Some("refs.refs/tags/1.0"),
        )
        .unwrap();
    assert!(shown.text().unwrap().contains("aaaa"));
}

#[test]
fn what_cannot_be_added_leaves_nothing() {
    let fleet = fleet();
    let file = fleet.path.join("schema.json");
    let add = |kind: &str, options: &AddOptions| {
        Catalogs::add(&fleet.path, kind, &file, options)
            .unwrap_err()
            .to_string()
    };
    assert!(add("provider", &AddOptions::default()).contains("a version is not said"));
    assert!(add("provider", &options("../1")).contains("cannot be the name or version"));
    assert!(add("nonsense", &options("1")).contains("no kind of catalog"));
    fs_err::write(&file, "{").unwrap();
    assert!(add("provider", &options("1")).contains("is not the output of"));
    fs_err::write(&file, "{}").unwrap();
    assert!(add("provider", &options("1")).contains("no `provider_schemas`"));
    fs_err::write(&file, [0x1f, 0x8b, 1, 2, 3]).unwrap();
    assert!(add("provider", &options("1")).contains("does not inflate"));
    assert!(!fleet.path.join("csoc.lock").exists() && !fleet.path.join("catalogs").exists());
    let elsewhere = Catalogs::add(fleet.path.join("x"), "provider", &file, &options("1"));
    assert!(matches!(elsewhere, Err(CatalogError::NoFleet { .. })));
}

#[test]
fn locks_and_catalogs_that_are_wrong_are_errors() {
    let fleet = fleet();
    let file = fleet.path.join("schema.json");
    Catalogs::add(&fleet.path, "provider", &file, &options("1.0.0")).unwrap();
    let lock = fleet.path.join("csoc.lock");
    let text = fs_err::read_to_string(&lock).unwrap();
    let load = |text: &str| {
        fs_err::write(&lock, text).unwrap();
        Catalogs::load(&fleet.path).unwrap_err()
    };
    let newer = load("{\"format\": 7, \"catalogs\": 3}");
    assert!(matches!(newer, CatalogError::LockNewer { found: 7, .. }));
    assert!(matches!(load("[]"), CatalogError::Lock { .. }));
    assert!(matches!(
        load(&text.replace("1.0.0", "9")),
        CatalogError::Read { .. }
    ));
    assert!(matches!(
        load(&text.replace("1.0.0", "../9")),
        CatalogError::Name { .. }
    ));
    assert!(matches!(
        load(&text.replace("schema.json", "other")),
        CatalogError::NotPinned { .. }
    ));
    fs_err::write(&lock, &text).unwrap();
    let catalog = fleet
        .path
        .join("catalogs/provider/example/demo/1.0.0.catalog");
    let bytes = fs_err::read(&catalog).unwrap();
    fs_err::write(&catalog, &bytes[..bytes.len() - 3]).unwrap();
    assert!(matches!(
        Catalogs::load(&fleet.path),
        Err(CatalogError::Damaged { .. })
    ));
}
