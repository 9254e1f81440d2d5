//! Roots in JSON: the same roots.

use std::collections::BTreeMap;

use super::{CONSORTIUM, QUICKSTART, compile, fleet};
use crate::backend::Backend;
use crate::backend::terraform::Terraform;
use crate::catalog::Catalogs;
use crate::catalog::provider::with_blocks;
use crate::graph::{Fact, close};
use crate::hcl;
use crate::span::{SourceFile, Sources};
use crate::tree::{BackendName, Document, File};
use crate::value::json_read;

/// The files of a fleet in JSON.
fn in_json(text: &str) -> Vec<File> {
    let text = format!("{text}\n").replacen("\nterraform:", "\nterraform:\n  syntax: json", 1);
    assert!(text.contains("syntax: json"));
    compile(&fleet(&text, &[]), true).files
}

/// What is read of a file of JSON.
fn read(file: &File) -> hcl::Body {
    let text = String::from_utf8(file.bytes().to_vec()).unwrap();
    let id = Sources::default().add(SourceFile::new("", ""));
    let node = json_read::read_json(&text, id).0.unwrap();
    with_blocks(hcl::read_json(&node), Catalogs::embedded())
}

fn facts(files: &[File]) -> Vec<Fact> {
    let mut directories: BTreeMap<_, Vec<&File>> = BTreeMap::new();
    for file in files {
        let directory = file.path().parent().unwrap_or(file.path());
        directories.entry(directory).or_default().push(file);
    }
    let mut facts = Vec::new();
    Terraform.observe_tree(&directories, &mut facts);
    facts
}

#[test]
fn every_root_in_json_reads_as_the_root_in_the_other_language() {
    for text in [QUICKSTART, CONSORTIUM] {
        let native = compile(&fleet(text, &[]), true).files;
        let written = in_json(text);
        let mut roots = 0;
        for file in &native {
            let Document::Hcl(meant) = file.document() else {
                continue;
            };
            let path = format!("{}.json", file.path());
            let json = written.iter().find(|file| file.path() == path.as_str());
            let json = json.unwrap_or_else(|| panic!("no {path}"));
            let read = read(json);
            assert_eq!(hcl::sorted(&read), hcl::sorted(meant), "{path}");
            roots += usize::from(path.ends_with("main.tf.json"));
        }
        assert!(roots > 5);
        assert!(
            !written
                .iter()
                .any(|file| file.path().extension() == Some("tf"))
        );
    }
}

#[test]
fn facts_do_not_depend_on_the_syntax() {
    for text in [QUICKSTART, CONSORTIUM] {
        let native = facts(&compile(&fleet(text, &[]), true).files);
        let written: Vec<File> = in_json(text)
            .into_iter()
            .map(|file| {
                if !file.path().as_str().ends_with(".tf.json") {
                    return file;
                }
                let body = read(&file);
                File::new(
                    file.path(),
                    file.object(),
                    BackendName::Terraform,
                    Document::Hcl(body),
                )
            })
            .collect();
        let written = close(facts(&written));
        let native = close(native);
        assert_eq!(native, written);
        assert!(!native.edges.is_empty());
    }
}
