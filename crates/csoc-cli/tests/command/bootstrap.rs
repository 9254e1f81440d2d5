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

/// A repository in place of the one that a fleet names, and what the step that pushes to it needs.
struct Repository {
    place: Place,
}

impl Repository {
    fn new() -> Self {
        let place = Place::new();
        let outputs = Command::new("cp")
            .arg("-r")
            .arg(example("examples/quickstart/outputs"))
            .arg(place.path("fleet"))
            .status();
        assert!(outputs.unwrap().success());
        std::fs::create_dir(place.path("bin")).unwrap();
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_csoc"), place.path("bin/csoc")).unwrap();
        let repository = Self { place };
        repository.git("init -q --bare -b main bare");
        repository
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let search = std::env::var("PATH").unwrap();
        command
            .current_dir(self.place.path(""))
            .env(
                "PATH",
                format!("{}:{search}", self.place.path("bin").display()),
            )
            .env("FLEET", self.place.path("fleet"))
            .env("BUILD", self.place.path("build"))
            .env("GITOPS", self.place.path("gitops"))
            .env("HOME", self.place.path(""))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_COUNT", "3")
            .env(
                "GIT_CONFIG_KEY_0",
                format!("url.{}.insteadOf", self.place.path("bare").display()),
            )
            .env(
                "GIT_CONFIG_VALUE_0",
                "https://github.com/example/demo-gitops",
            )
            .env("GIT_CONFIG_KEY_1", "user.name")
            .env("GIT_CONFIG_VALUE_1", "somebody")
            .env("GIT_CONFIG_KEY_2", "user.email")
            .env("GIT_CONFIG_VALUE_2", "somebody@example.org");
        command
    }

    fn git(&self, arguments: &str) -> String {
        let output = self
            .command("git")
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        assert!(output.status.success(), "git {arguments}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What others have in it.
    fn foreign(&self, files: &[(&str, &str)]) {
        self.git("clone -q bare others");
        for (path, text) in files {
            self.place.write(&format!("others/{path}"), text);
        }
        self.git("-C others add -A");
        self.git("-C others commit -q -m others");
        self.git("-C others push -q origin HEAD:main");
    }

    /// Runs the step of the report, as it stands there, and says whether it came to its end.
    fn push(&self) -> bool {
        let report = self
            .place
            .run("report bootstrap fleet --format json")
            .json();
        let tracks = report["tracks"].as_array().unwrap();
        let mut steps = tracks
            .iter()
            .flat_map(|track| track["steps"].as_array().unwrap());
        let step = steps.find(|step| step["title"] == "Commit what Argo CD reads");
        let script = step.unwrap()["scripts"][0]["text"].as_str().unwrap();
        let output = self.command("sh").arg("-c").arg(script).output().unwrap();
        output.status.success()
    }

    /// The files of the branch that Argo CD reads.
    fn there(&self) -> Vec<String> {
        let files = self.git("-C bare ls-tree -r --name-only main");
        files.lines().map(ToOwned::to_owned).collect()
    }
}

#[test]
fn what_others_have_in_the_repository_stays_there() {
    let repository = Repository::new();
    repository.foreign(&[
        ("prod/data.example.org/values/values.yaml", "fence: {}\n"),
        ("prod/cluster-values/values.yaml", "{}\n"),
        (".gitignore", "demo/\n"),
    ]);
    let foreign = repository.there();
    for edit in [
        None,
        Some(("tier: dev", "tier: dev\n        lifecycle: retired")),
    ] {
        if let Some((from, to)) = edit {
            repository.place.edit("fleet/fleet.yaml", from, to);
        }
        // What nobody rendered there is not csoc's to push.
        if repository.place.path("gitops").exists() {
            repository.place.write("gitops/note.txt", "mine\n");
        }
        assert!(repository.push());
        let there = repository.there();
        assert!(foreign.iter().all(|path| there.contains(path)), "{there:?}");
        assert!(!there.contains(&"note.txt".to_owned()));
        let manifest = repository.git("-C bare show main:manifest.json");
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let ours: Vec<&String> = manifest["files"].as_object().unwrap().keys().collect();
        assert!(!ours.is_empty() && ours.iter().all(|path| there.contains(path)));
        // Every file is csoc's or was there before: what csoc removed is gone.
        let others = there
            .iter()
            .filter(|path| !ours.contains(path) && *path != "manifest.json");
        assert_eq!(others.count(), foreign.len(), "{there:?}");
    }
}

#[test]
fn an_empty_repository_is_begun_and_one_in_the_way_is_left() {
    let repository = Repository::new();
    assert!(repository.push());
    let first = repository.there();
    assert!(first.contains(&"manifest.json".to_owned()));
    assert!(repository.push(), "nothing to commit is no failure");
    assert_eq!(repository.there(), first);

    let other = Repository::new();
    other.foreign(&[("README.md", "read me\n")]);
    assert!(!other.push());
    assert_eq!(other.git("-C bare show main:README.md"), "read me\n");
    assert_eq!(other.there(), ["README.md"]);
}
