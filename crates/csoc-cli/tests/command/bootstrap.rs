//! `csoc report bootstrap`: somebody who follows only the page comes to its end, as far as a machine without a cloud goes.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::Place;

/// Terraform as far as the page needs it: it applies nothing, and gives what the example has recorded of a stack.
const TERRAFORM: &str = r#"#!/bin/sh
case "$1" in
  output) cat "$RECORDED/$STACK.json" ;;
  plan) : > plan ;;
  init | apply) ;;
  *) exit 1 ;;
esac
"#;

fn example(path: &str) -> std::path::PathBuf {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.join(path).canonicalize().unwrap()
}

/// The blocks that no person must run, in order, each with what it needs.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```sh ") else {
            continue;
        };
        let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        found.push((kind, text.join("\n")));
    }
    found
}

/// Whether the stack of a root can be planned by now.
fn is_ready(place: &Place, path: &str) -> bool {
    let stacks: serde_json::Value =
        serde_json::from_str(&place.read("build/terraform/stacks.json")).unwrap();
    let stacks = stacks["stacks"].as_array().unwrap();
    let stack = stacks.iter().find(|stack| stack["path"] == path).unwrap();
    stack["status"] == "ready"
}

#[test]
fn the_page_leads_from_nothing_to_its_end() {
    let page = std::fs::read_to_string(example("docs/bootstrap.md")).unwrap();
    let place = Place::new();
    let source = example("examples/consortium");
    let copy = Command::new("cp")
        .arg("-r")
        .arg(&source)
        .arg(place.path("walk"))
        .status();
    assert!(copy.unwrap().success());
    std::fs::remove_dir_all(place.path("walk/outputs")).unwrap();
    place.write("bin/terraform", TERRAFORM);
    let terraform = place.path("bin/terraform");
    std::fs::set_permissions(&terraform, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_csoc"), place.path("bin/csoc")).unwrap();
    let search = format!(
        "{}:{}",
        place.path("bin").display(),
        std::env::var("PATH").unwrap()
    );
    let mut directory = place.path("");
    let mut planned = 0;
    let blocks = blocks(&page);
    let last = blocks.len() - 1;
    for (at, (kind, text)) in blocks.into_iter().enumerate() {
        if let Some(rest) = text.strip_prefix("cd \"$BUILD/terraform/") {
            let path = rest.split('"').next().unwrap();
            assert!(
                is_ready(&place, path),
                "{path} is blocked when its step comes"
            );
            directory = place.path("build/terraform").join(path);
            planned += 1;
        }
        // Rendering after every record shows the same as rendering before the next plan; the page's reader does both.
        let run = Command::new("/bin/sh")
            .args(["-eu", "-c", &text])
            .current_dir(&directory)
            .env("PATH", &search)
            .env("FLEET", place.path("walk"))
            .env("BUILD", place.path("build"))
            .env("RECORDED", source.join("outputs"))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{kind}: {text}\n{error}");
        if at == last {
            assert_eq!(kind, "csoc");
        }
    }
    assert!(planned > 25, "{planned} stacks");
    let pending = place.run("outputs list walk --format json").json();
    let of_ours = |output: &&serde_json::Value| {
        let stack = output["stack"].as_str().unwrap();
        output["value"].is_null() && stack.contains("/atlas/staging")
    };
    let outputs = pending["outputs"].as_array().unwrap();
    assert_eq!(outputs.iter().filter(of_ours).count(), 0);
}

#[test]
fn a_report_is_text_data_and_a_page() {
    let place = Place::new();
    let text = place.run("report bootstrap fleet");
    assert_eq!(text.exit, 0, "{}", text.err);
    assert!(
        text.out
            .starts_with("From nothing to a first commons: demo"),
        "{}",
        text.out
    );
    let json = place.run("report bootstrap fleet --format json").json();
    assert_eq!(json["tracks"][0]["steps"][0]["number"], 1);
    let page = place.run("report bootstrap fleet --format markdown");
    assert!(page.out.contains("```sh terraform\n"));
    let wrong = place.run("report bootstrap fleet --environment demo/prd");
    assert_eq!(wrong.exit, 2);
    assert!(
        wrong
            .err
            .contains("the fleet has no environment `demo/prd`"),
        "{}",
        wrong.err
    );
}
