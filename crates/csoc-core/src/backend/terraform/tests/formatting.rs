//! The text of the files: what `terraform fmt` leaves, and what reading gives back.

use std::path::PathBuf;
use std::process::Command;

use super::{QUICKSTART, bodies, compile, fleet, recorded};
use crate::span::{SourceFile, Sources};
use crate::tree::File;

#[test]
fn what_is_printed_reads_as_it_was() {
    for (file, body) in bodies(&compile(&recorded(), true).files) {
        let text = String::from_utf8(file.bytes().to_vec()).unwrap();
        let mut sources = Sources::default();
        let number = sources.add(SourceFile::new(file.path(), text.as_str()));
        let read = crate::hcl::parse(&text, number).unwrap();
        assert!(read == *body, "{}", file.path());
    }
}

/// Writes both fleets below `target/tmp/terraform`, where `tests/terraform_validate.py` can look at them.
#[test]
fn terraform_formats_it_the_same() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/tmp/terraform");
    if directory.exists() {
        fs_err::remove_dir_all(&directory).unwrap();
    }
    write(
        &directory.join("quickstart"),
        &compile(&fleet(QUICKSTART, &[]), true).files,
    );
    let consortium: Vec<File> = compile(&recorded(), true)
        .files
        .into_iter()
        .filter(|file| file.path().file_name() != Some(".terraform.lock.hcl"))
        .collect();
    write(&directory.join("consortium"), &consortium);
    let formatted = Command::new("terraform")
        .args(["fmt", "-check", "-recursive", "-diff"])
        .arg(&directory)
        .env("CHECKPOINT_DISABLE", "1")
        .output();
    let Ok(formatted) = formatted else {
        let is_needed =
            std::env::var_os("CSOC_NEED_TERRAFORM").is_some_and(|said| !said.is_empty());
        assert!(
            !is_needed,
            "CSOC_NEED_TERRAFORM is set, and there is no terraform"
        );
        println!("skipped: terraform is not on PATH");
        return;
    };
    assert!(
        formatted.status.success(),
        "{}{}",
        String::from_utf8_lossy(&formatted.stdout),
        String::from_utf8_lossy(&formatted.stderr)
    );
}

fn write(directory: &std::path::Path, files: &[File]) {
    for file in files {
        let path = directory.join(file.path());
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, file.bytes()).unwrap();
    }
}
