//! The command as people and scripts meet it: exit status, standard output, standard error.
#![expect(clippy::unwrap_used, reason = "a test fails by it")]

mod adopt;
#[cfg(feature = "aws")]
mod assumed;
#[cfg(feature = "aws")]
mod aws;
#[cfg(unix)]
mod bootstrap;
mod catalog;
mod check;
mod chosen;
mod cloud;
mod destroy;
mod diff;
#[cfg(unix)]
mod docker;
mod explain;
#[cfg(unix)]
mod faults;
mod graph;
#[cfg(unix)]
mod held;
mod import;
#[cfg(unix)]
mod interrupt;
#[cfg(all(feature = "kubernetes", unix))]
mod jobs;
mod lists;
mod lock;
mod moving;
mod operate;
mod pages;
mod promote;
mod render;
#[cfg(all(feature = "serve", unix))]
mod serve;
#[cfg(all(feature = "aws", unix))]
mod sessions;
#[cfg(feature = "kubernetes")]
mod status;
#[cfg(unix)]
mod together;
mod usage;
mod verify;
#[cfg(unix)]
mod wrong;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory of its own for one test, with a copy of the smallest fleet in `fleet`.
struct Place {
    directory: tempfile::TempDir,
}

/// What a run gave.
#[derive(Debug, PartialEq, Eq)]
struct Run {
    exit: i32,
    out: String,
    err: String,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/quickstart");
        let text = fs_err::read_to_string(example.join("fleet.yaml")).unwrap();
        place.write("fleet/fleet.yaml", &text);
        place
    }

    fn path(&self, path: &str) -> PathBuf {
        self.directory.path().join(path)
    }

    fn read(&self, path: &str) -> String {
        fs_err::read_to_string(self.path(path)).unwrap()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "{from} is not in {path}");
        self.write(path, &text.replacen(from, to, 1));
    }

    /// Runs the command here, its arguments parted by blanks.
    fn run(&self, arguments: &str) -> Run {
        self.run_with(arguments, |_| ())
    }

    fn run_with(&self, arguments: &str, change: impl FnOnce(&mut Command)) -> Run {
        let mut command = self.command(arguments);
        change(&mut command);
        Run::of(command.output().unwrap())
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_csoc"));
        command
            .args(arguments.split_whitespace())
            .current_dir(self.directory.path())
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE")
            .env("COLUMNS", "100")
            .stdin(Stdio::null());
        command
    }

    /// Every file below a directory with its bytes, but for the writer's own.
    fn files(&self, below: &str) -> Vec<(String, Vec<u8>)> {
        let root = self.path(below);
        let mut files = Vec::new();
        let mut pending = vec![root.clone()];
        while let Some(directory) = pending.pop() {
            for entry in fs_err::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.file_name().is_some_and(|name| name == ".csoc") {
                    continue;
                }
                if path.is_dir() {
                    pending.push(path);
                } else {
                    let name = path.strip_prefix(&root).unwrap().display().to_string();
                    files.push((name, fs_err::read(&path).unwrap()));
                }
            }
        }
        files.sort();
        files
    }
}

impl Run {
    fn of(output: Output) -> Self {
        Self {
            exit: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap()
    }
}
