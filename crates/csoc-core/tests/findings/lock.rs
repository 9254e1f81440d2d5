//! `csoc.lock`: what it pins, what is wrong with it, and how it moves.

use camino::{Utf8Path, Utf8PathBuf};

use crate::fixture::{DAY, base};
use csoc_core::{
    AddOptions, CatalogError, Catalogs, Context, Fleet, FleetError, LockMode, Report, SourceSet,
};

const REFS: &str = "1111111111111111111111111111111111111111\trefs/tags/1.0\n";

/// The base fleet in a directory of its own.
struct Place {
    _directory: tempfile::TempDir,
    path: Utf8PathBuf,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
        let place = Self {
            _directory: directory,
            path,
        };
        for (file, bytes) in base().iter() {
            place.write(file.as_str(), bytes);
        }
        place
    }

    fn write(&self, file: &str, bytes: &[u8]) {
        let path = self.path.join(file);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, bytes).unwrap();
    }

    fn lock(&self) -> String {
        fs_err::read_to_string(self.path.join("csoc.lock")).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.lock();
        assert!(text.contains(from), "{from} is not in {text}");
        self.write("csoc.lock", text.replace(from, to).as_bytes());
    }

    fn fleet(&self) -> Fleet {
        Fleet::load(&self.path, &Context::default()).unwrap()
    }

    fn update(&self, names: &[(&str, &str)]) -> csoc_core::CatalogUpdate {
        let names: Vec<(String, String)> = names
            .iter()
            .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned()))
            .collect();
        self.fleet().update_catalogs(&self.path, &names).unwrap()
    }

    /// The codes of what is found with that mode.
    fn codes(&self, mode: LockMode) -> Vec<String> {
        codes(&self.fleet().lock_report(mode))
    }
}

fn codes(report: &Report) -> Vec<String> {
    let mut codes: Vec<String> = report
        .iter()
        .map(|found| format!("{} {}", found.severity, found.code))
        .collect();
    codes.dedup();
    codes
}

#[test]
fn a_fleet_without_a_lock_is_served_by_what_is_carried() {
    let place = Place::new();
    assert!(place.codes(LockMode::Advisory).is_empty());
    assert_eq!(place.codes(LockMode::Required), ["error lock-missing"]);
    assert_eq!(place.fleet().catalogs().list(), Catalogs::embedded().list());
}

#[test]
fn an_update_pins_all_that_the_fleet_uses() {
    let place = Place::new();
    let update = place.update(&[]);
    assert!(update.moved.iter().all(|moved| moved.from.is_none()));
    assert!(update.missing.is_empty());
    assert!(place.codes(LockMode::Required).is_empty());
    let text = place.lock();
    for part in [
        "\"format\": 1",
        "\"edition\": \"2026.11\"",
        "hashicorp/aws",
        "\"5.100.0\"",
        "cluster-level-resources",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("hashicorp/google"), "{text}");
    let context = Context::default().as_of(DAY.parse().unwrap());
    let report = place.fleet().check(&context.lock(LockMode::Required));
    assert!(!report.unwrap().has_failures());
    let again = place.update(&[]);
    assert!(again.is_unchanged(), "{again:?}");
    assert_eq!(again.kept.len(), update.moved.len());
    assert_eq!(place.lock(), text);
}

#[test]
fn the_same_fleet_in_memory_uses_the_same_pins() {
    let place = Place::new();
    place.update(&[]);
    let fleet = place.fleet();
    let files: SourceSet = fleet
        .sources()
        .iter()
        .map(|(path, bytes)| (path.to_owned(), bytes.clone()))
        .collect();
    let again = Fleet::from_sources(files, &Context::default()).unwrap();
    assert_eq!(again.catalogs().list(), fleet.catalogs().list());
    assert!(
        again
            .lock_report(LockMode::Required)
            .diagnostics()
            .is_empty()
    );
}

#[test]
fn a_pin_moves_only_by_an_update() {
    let place = Place::new();
    place.update(&[]);
    // As if an earlier csoc had carried an earlier version: the same facts under another name of version.
    let schema =
        r#"{"provider_schemas":{"registry.terraform.io/hashicorp/aws":{"provider":{"block":{}}}}}"#;
    place.write("schema.json", schema.as_bytes());
    let options = AddOptions::default().version(Some("5.101.0".to_owned()));
    Catalogs::add(
        &place.path,
        "provider",
        place.path.join("schema.json"),
        &options,
    )
    .unwrap();
    let added = place
        .path
        .join("catalogs/provider/hashicorp/aws/5.101.0.catalog");
    assert!(added.is_file());
    assert!(place.codes(LockMode::Required).is_empty());
    // What somebody added stays.
    assert!(place.update(&[]).is_unchanged());
    assert!(place.lock().contains("5.101.0"));
    // What csoc carried moves.
    place.edit(
        "schema.json\",\"digest\"",
        "schema.json\",\"csoc\":\"0.0.1\",\"digest\"",
    );
    let update = place.update(&[]);
    assert_eq!(update.moved.len(), 1);
    let moved = &update.moved[0];
    let from = moved.from.as_ref().unwrap();
    assert_eq!((&*from.version, &*moved.to.version), ("5.101.0", "5.100.0"));
    assert_ne!(from.digest, moved.to.digest);
    assert!(!added.exists());
    assert!(place.codes(LockMode::Required).is_empty());
}

#[test]
fn what_is_named_is_pinned_alone() {
    let place = Place::new();
    let update = place.update(&[("provider", "hashicorp/google")]);
    assert_eq!(update.moved.len(), 1);
    assert_eq!(update.moved[0].to.name, "hashicorp/google");
    assert_eq!(place.codes(LockMode::Advisory), ["warning lock-outdated"]);
    assert_eq!(place.codes(LockMode::Required), ["error lock-outdated"]);
    let names = [("provider".to_owned(), "example/none".to_owned())];
    let error = place.fleet().update_catalogs(&place.path, &names);
    assert!(matches!(error, Err(CatalogError::NotCarried { .. })));
    let names = [("planet".to_owned(), "x".to_owned())];
    let error = place.fleet().update_catalogs(&place.path, &names);
    assert!(matches!(error, Err(CatalogError::Kind { .. })));
}

#[test]
fn versions_that_the_fleet_names_must_be_pinned() {
    let place = Place::new();
    place.update(&[]);
    let terraform = fs_err::read_to_string(place.path.join("terraform.yaml")).unwrap();
    let with = format!("{terraform}providers: {{ aws: \"~> 6.0\" }}\n");
    place.write("terraform.yaml", with.as_bytes());
    let report = place.fleet().lock_report(LockMode::Required);
    assert_eq!(codes(&report), ["error lock-outdated"]);
    assert!(report.diagnostics()[0].message.contains("`~> 6.0`"));
    assert_eq!(report.diagnostics()[0].labels[0].file, "terraform.yaml");
    place.update(&[]);
    assert!(place.codes(LockMode::Required).is_empty());
    place.write("terraform.yaml", with.replace("6.0", "7.0").as_bytes());
    let update = place.update(&[]);
    assert_eq!(update.missing, ["provider hashicorp/aws ~> 7.0"]);
    assert_eq!(place.codes(LockMode::Advisory), ["warning lock-outdated"]);
}

#[test]
fn an_edition_that_differs_is_said() {
    let place = Place::new();
    place.update(&[]);
    place.edit("2026.11", "2025.01");
    assert_eq!(place.codes(LockMode::Advisory), ["warning lock-outdated"]);
    assert_eq!(place.codes(LockMode::Required), ["error lock-outdated"]);
    let update = place.update(&[]);
    let edition = update.edition.unwrap();
    assert_eq!(edition.from.as_deref(), Some("2025.01"));
    assert!(place.codes(LockMode::Required).is_empty());
}

#[test]
fn an_update_mends_what_is_damaged_or_gone() {
    let place = Place::new();
    place.update(&[]);
    let catalog = "catalogs/provider/hashicorp/aws/5.100.0.catalog";
    let whole = fs_err::read(place.path.join(catalog)).unwrap();
    place.write(catalog, &whole[..whole.len() - 9]);
    assert_eq!(place.codes(LockMode::Advisory), ["error catalog-damaged"]);
    place.update(&[]);
    assert!(place.codes(LockMode::Required).is_empty());
    fs_err::remove_file(place.path.join(catalog)).unwrap();
    assert_eq!(place.codes(LockMode::Advisory), ["error catalog-missing"]);
    place.update(&[]);
    assert_eq!(fs_err::read(place.path.join(catalog)).unwrap(), whole);
}

#[test]
fn a_newer_lock_says_who_reads_it() {
    let place = Place::new();
    place.write(
        "csoc.lock",
        br#"{"format": 2, "csoc": "3.4.5", "catalogs": 7}"#,
    );
    let error = Fleet::load(&place.path, &Context::default()).unwrap_err();
    assert!(matches!(
        error,
        FleetError::Lock(CatalogError::LockNewer { found: 2, .. })
    ));
    assert!(error.to_string().contains("which csoc 3.4.5 reads"));
    let error = Catalogs::load(&place.path).unwrap_err();
    assert!(error.help().unwrap().contains("3.4.5"));
}

#[test]
fn any_text_in_place_of_the_lock_is_said_and_nothing_is_written() {
    let place = Place::new();
    place.update(&[]);
    let whole = place.lock();
    for text in [
        "",
        "{",
        "[]",
        "null",
        "7",
        "\"x\"",
        "{\"format\": 0}",
        "{\"format\": -1}",
        "{\"format\": \"1\"}",
        "{\"format\": 1, \"catalogs\": [7]}",
        "<<<<<<< ours\n{}\n=======\n",
        "{\"format\": 1, \"catalogs\": [{\"kind\": \"crd\"}]}",
    ] {
        place.write("csoc.lock", text.as_bytes());
        let found = place.codes(LockMode::Advisory);
        assert!(
            found.iter().any(|code| code == "error lock-invalid"),
            "{text}: {found:?}"
        );
        assert!(
            place.fleet().update_catalogs(&place.path, &[]).is_err(),
            "{text}"
        );
        assert_eq!(place.lock(), text);
        assert!(Catalogs::load(&place.path).is_err(), "{text}");
    }
    for end in (1..whole.len() - 2).step_by(37) {
        let Some(text) = whole.get(..end) else {
            continue;
        };
        place.write("csoc.lock", text.as_bytes());
        assert!(!place.codes(LockMode::Advisory).is_empty(), "{text}");
    }
}

#[test]
fn places_that_lead_out_of_the_fleet_are_refused() {
    let place = Place::new();
    place.write("refs.txt", REFS.as_bytes());
    let options = AddOptions::default()
        .name(Some("example.org/x".to_owned()))
        .version(Some("1.0".to_owned()));
    Catalogs::add(
        &place.path,
        "git-refs",
        place.path.join("refs.txt"),
        &options,
    )
    .unwrap();
    place.edit("example.org/x", "../../etc");
    let found = place.codes(LockMode::Advisory);
    assert!(
        found.contains(&"error lock-invalid".to_owned()),
        "{found:?}"
    );
    assert!(Catalogs::load(Utf8Path::new(&place.path)).is_err());
}
