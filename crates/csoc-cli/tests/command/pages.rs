//! What pages show of a command is what it prints: of each that only reads an example.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::Run;

/// Commands that read a fleet and nothing else.
const READERS: [&str; 3] = ["explain", "graph", "network"];

/// A command on a page, and what the page says that it prints.
struct Shown {
    arguments: String,
    output: Vec<String>,
}

impl Shown {
    /// All of a page, of those that only read an example.
    fn of(text: &str) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        let mut fence = None;
        for line in text.lines() {
            match (fence, line.strip_prefix("```")) {
                (None, Some(language)) => fence = Some(language == "text" || language == "console"),
                (Some(_), Some(_)) => fence = None,
                (Some(true), None) => match (line.strip_prefix("$ csoc "), all.last_mut()) {
                    (Some(arguments), _) => all.push(Self {
                        arguments: arguments.to_owned(),
                        output: Vec::new(),
                    }),
                    (None, Some(shown)) if !line.starts_with('$') => {
                        shown.output.push(line.to_owned());
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        all.retain(|shown| shown.only_reads() && !shown.output.is_empty());
        all
    }

    fn only_reads(&self) -> bool {
        let mut words = self.arguments.split(' ');
        let is_reader = words.next().is_some_and(|first| READERS.contains(&first));
        let names_example = words.any(|word| word.starts_with("examples/"));
        is_reader && names_example
    }

    /// Whether it prints that; a line with an ellipsis stands for any lines.
    fn is(&self, printed: &str) -> bool {
        let mut rest = printed.to_owned();
        let parts: Vec<String> = self
            .output
            .split(|line| line == "…")
            .map(|lines| lines.join("\n") + if lines.is_empty() { "" } else { "\n" })
            .collect();
        for (index, part) in parts.iter().enumerate() {
            match rest.find(part.as_str()) {
                Some(0) => {}
                Some(_) if index > 0 => {}
                _ => return false,
            }
            let at = rest.find(part.as_str()).unwrap() + part.len();
            rest = rest.split_off(at);
        }
        rest.is_empty() || parts.last().is_some_and(String::is_empty)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pages() -> Vec<PathBuf> {
    let docs = fs_err::read_dir(root().join("docs")).unwrap();
    let pages = docs.map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> = pages
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    pages.push(root().join("README.md"));
    pages.sort();
    pages
}

#[test]
fn what_pages_show_of_a_command_is_what_it_prints() {
    let mut seen = 0;
    let mut wrong = Vec::new();
    for page in pages() {
        let mut text = fs_err::read_to_string(&page).unwrap();
        for shown in Shown::of(&text) {
            let mut command = Command::new(env!("CARGO_BIN_EXE_csoc"));
            let words = shown.arguments.split(' ');
            command
                .args(words)
                .current_dir(root())
                .env_remove("CLICOLOR_FORCE");
            let run = Run::of(command.output().unwrap());
            assert_eq!(run.exit, 0, "{}: {}", shown.arguments, run.err);
            seen += 1;
            if shown.is(&run.out) {
                continue;
            }
            let old = format!("$ csoc {}\n{}\n", shown.arguments, shown.output.join("\n"));
            let new = format!("$ csoc {}\n{}", shown.arguments, run.out);
            if std::env::var_os("CSOC_UPDATE").is_some() && !old.contains("\n…\n") {
                text = text.replace(&old, &new);
                fs_err::write(&page, &text).unwrap();
            } else {
                wrong.push(format!("{}:\n{new}", page.display()));
            }
        }
    }
    assert!(seen >= 4, "{seen} commands were found");
    assert!(
        wrong.is_empty(),
        "renew them with CSOC_UPDATE=1:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn an_ellipsis_stands_for_any_lines_and_nothing_else_does() {
    let page = "```console\n$ csoc graph examples/a\none\n…\nthree\n```\n";
    let [shown] = &Shown::of(page)[..] else {
        panic!("one is shown")
    };
    assert!(shown.is("one\ntwo\nthree\n") && shown.is("one\nthree\n"));
    for other in ["one\ntwo\n", "zero\none\nthree\n", "one\nthree\nfour\n"] {
        assert!(!shown.is(other), "{other}");
    }
    assert!(Shown::of("```sh\n$ csoc graph examples/a\none\n```\n").is_empty());
    assert!(Shown::of("```text\n$ csoc status examples/a\none\n```\n").is_empty());
}
