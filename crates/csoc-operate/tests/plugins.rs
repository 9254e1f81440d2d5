//! What a program is told of where providers are, by a home without settings and by one with them.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use csoc_operate::{Ambient, Home, Interrupt, Operator, Program, Stacks};
use jiff::Timestamp;

/// Says where it was told that providers are, each time that it fetches them, and then works for nobody.
const PROGRAM: &str = r#"#!/bin/sh
case "$1" in
  version) echo '{"terraform_version":"1.11.4"}' ;;
  init) echo "<$TF_PLUGIN_CACHE_DIR>" >>"${0%/*}/told" ;;
  *) exit 1 ;;
esac
"#;

const LOCK: &str = "provider \"registry.terraform.io/hashicorp/null\" {\n  version = \"3.2.3\"\n  hashes = [\n    \"h1:JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZujY=\",\n  ]\n}\n";

/// In which directory a process is that was started by one of these tests.
const WITHIN: &str = "CSOC_TEST_PLUGINS";

/// What a program is told in a process with these variables, of which `HOME` is a directory with these files.
fn told(files: &[(&str, &str)], variables: &[(&str, &str)]) -> (String, String) {
    let directory = tempfile::tempdir().expect("there is room");
    let at = |name: &str| directory.path().join(name);
    let write = |path: &Path, text: &str| {
        fs_err::create_dir_all(path.parent().expect("it has one")).expect("it is made");
        fs_err::write(path, text).expect("it is written");
    };
    write(&at("terraform"), PROGRAM);
    let mode = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(at("terraform"), mode).expect("it is ours");
    let stack = serde_json::json!({
        "id": "v1/111122223333/us-east-1/waf/cluster/main", "path": "a", "object": "clusters.main", "kind": "waf",
        "account": "111122223333", "region": "us-east-1", "depends_on": [], "inputs": [], "status": "ready",
    });
    let listing = serde_json::json!({ "format": 1, "stacks": [stack] });
    write(&at("tree/stacks.json"), &listing.to_string());
    write(&at("tree/a/main.tf"), "");
    write(&at("tree/a/.terraform.lock.hcl"), LOCK);
    fs_err::create_dir(at("person")).expect("it is made");
    for (name, text) in files {
        write(&at("person").join(name), text);
    }
    let mut command = Command::new(std::env::current_exe().expect("it is known"));
    command
        .args(["--exact", "the_process_that_is_looked_at"])
        .env(WITHIN, directory.path())
        .env("HOME", at("person"));
    for name in [
        "TF_PLUGIN_CACHE_DIR",
        "TF_CLI_CONFIG_FILE",
        "TERRAFORM_CONFIG",
        "XDG_CONFIG_HOME",
    ] {
        command.env_remove(name);
    }
    let output = command.envs(variables.iter().copied()).output();
    let output = output.expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let ours = format!("<{}>\n", at("home/plugins").display());
    (
        fs_err::read_to_string(at("told")).expect("it is there"),
        ours,
    )
}

/// What each of the others starts; by itself it does nothing.
#[test]
fn the_process_that_is_looked_at() {
    let Some(directory) = std::env::var_os(WITHIN) else {
        return;
    };
    let directory = Path::new(&directory);
    let interrupt = Interrupt::default();
    let program = Program::find(&directory.join("terraform"), &interrupt).expect("it answers");
    let stacks = Stacks::load(&directory.join("tree")).expect("they are read");
    let home = Home::open(&directory.join("home")).expect("it opens");
    let clock = Timestamp::now;
    let operator = Operator::new(&stacks, &program, &home, &Ambient, &interrupt, "r1", &clock);
    let operator = operator.expect("it opens");
    let stack = stacks.iter().next().expect("there is one");
    let read = operator.outputs(stack, &mut |_| {});
    assert!(read.is_err(), "it works for nobody");
}

#[test]
fn without_settings_it_is_told_of_ours() {
    let (told, ours) = told(&[], &[]);
    assert_eq!(told, ours);
}

#[test]
fn what_a_variable_says_stays() {
    let (told, _) = told(&[], &[("TF_PLUGIN_CACHE_DIR", "/nowhere/of/mine")]);
    assert_eq!(told, "</nowhere/of/mine>\n");
}

#[test]
fn settings_of_somebody_are_not_spoken_against() {
    for name in [".terraformrc", ".tofurc", ".terraform.d/mirror.tfrc"] {
        let (told, _) = told(&[(name, "provider_installation {}\n")], &[]);
        assert_eq!(told, "<>\n", "{name}");
    }
    let (told, _) = told(&[], &[("TF_CLI_CONFIG_FILE", "/nowhere")]);
    assert_eq!(told, "<>\n");
}
