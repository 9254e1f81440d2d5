//! What is not imported at all, and leaves nothing behind.

use camino::{Utf8Path, Utf8PathBuf};

use super::{import, import_files};
use crate::{ImportError, ImportOptions};

const FILES: &[(&str, &str)] = &[(
    "c/one.example.org/values/values.yaml",
    "global: { environment: one, hostname: one.example.org }\n",
)];

#[test]
fn a_directory_of_another_layout_is_refused() {
    let nothing = import(Utf8Path::new("/does/not/exist"), &ImportOptions::default());
    assert!(matches!(nothing, Err(ImportError::Missing { .. })));
    for files in [&[("README.md", "hello")][..], &[("main.tf", "")], &[]] {
        let error = import_files(files, &ImportOptions::default()).unwrap_err();
        assert!(matches!(error, ImportError::OtherLayout { .. }), "{error}");
        assert!(error.help().is_some());
    }
}

#[test]
fn a_mapping_that_cannot_be_read_is_refused() {
    let options = ImportOptions {
        mapping: Some((
            "mapping.yaml".to_owned(),
            "c/one.example.org: { tier: production }\n".to_owned(),
        )),
        ..ImportOptions::default()
    };
    let Err(ImportError::Mapping(report)) = import_files(FILES, &options) else {
        panic!("it was taken");
    };
    let found: Vec<&str> = report.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(found, ["import-mapping-invalid"]);
}

#[test]
fn a_list_that_is_none_is_refused() {
    for text in ["{\"kind\": \"Application\"}", "[", "{\"items\": 1}"] {
        let options = ImportOptions {
            live: Some(("live.json".to_owned(), text.to_owned())),
            ..ImportOptions::default()
        };
        let Err(ImportError::Live(report)) = import_files(FILES, &options) else {
            panic!("{text} was taken");
        };
        if text.starts_with('{') {
            let found: Vec<&str> = report.iter().map(|found| found.code.as_str()).collect();
            assert_eq!(found, ["import-live-invalid"]);
        }
    }
}

#[test]
fn a_code_that_nobody_can_mend_is_refused() {
    let options = ImportOptions {
        fix: vec!["web-acl-missing".to_owned()],
        ..ImportOptions::default()
    };
    let error = import_files(FILES, &options).unwrap_err();
    assert!(error.help().unwrap().contains("values-key-unknown"));
}

#[test]
fn it_is_written_whole_or_not_at_all() {
    let imported = import_files(FILES, &ImportOptions::default()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let root = Utf8Path::from_path(directory.path()).unwrap();
    let listed = |place: &Utf8Path| -> Vec<Utf8PathBuf> {
        let mut all: Vec<_> = place
            .read_dir_utf8()
            .unwrap()
            .map(|entry| entry.unwrap().path().to_owned())
            .collect();
        all.sort();
        all
    };
    // Not over anything.
    let used = root.join("used");
    std::fs::create_dir(&used).unwrap();
    std::fs::write(used.join("file"), "mine").unwrap();
    assert!(matches!(
        imported.write(&used),
        Err(ImportError::NotEmpty { .. })
    ));
    assert!(matches!(
        imported.write(&used.join("file")),
        Err(ImportError::NotEmpty { .. })
    ));
    assert_eq!(listed(&used), [used.join("file")]);
    // Below something that is no directory nothing is made.
    assert!(imported.write(&used.join("file/below")).is_err());
    assert_eq!(listed(root), [used]);
    // Where there is nothing, and where there is an empty directory.
    for name in ["new/deep", "empty"] {
        let out = root.join(name);
        if name == "empty" {
            std::fs::create_dir(&out).unwrap();
        }
        imported.write(&out).unwrap();
        assert!(out.join("fleet.yaml").is_file());
        assert!(out.join("import-report.json").is_file());
    }
    let left = listed(root);
    assert!(
        left.iter()
            .all(|path| !path.as_str().contains("csoc-stage")),
        "{left:?}"
    );
}
