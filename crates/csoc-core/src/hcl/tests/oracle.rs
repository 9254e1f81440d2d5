//! `terraform fmt` as the judge, where it is installed.

use std::io::Write as _;
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::generated;
use crate::hcl::{Body, Item, print};

/// What `terraform fmt` makes of a file; nothing if there is no terraform.
fn terraform_fmt(text: &str) -> Option<Result<String, String>> {
    let mut terraform = Command::new("terraform")
        .args(["fmt", "-no-color", "-"])
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    terraform.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let output = terraform.wait_with_output().ok()?;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Some(if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stderr))
    })
}

/// One process formats many bodies: `terraform` takes long to start.
#[test]
fn terraform_fmt_changes_nothing() {
    let mut runner = TestRunner::deterministic();
    let strategy = generated::body();
    let bodies: Vec<Body> = (0..400)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    for chunk in bodies.chunks(100) {
        // Names may repeat: `terraform fmt` checks syntax alone, but attributes must differ, so each body gets a block.
        let texts = chunk.iter().map(|body| {
            let block = crate::hcl::Block::new("body", ["x"]).body(body.clone());
            print(&Body {
                items: vec![Item::Block(block)],
                ..Body::default()
            })
        });
        let text = texts.collect::<Vec<_>>().join("\n");
        match terraform_fmt(&text) {
            None => {
                println!("skipped: terraform is not installed");
                return;
            }
            Some(Err(message)) => panic!("{message}\n{text}"),
            Some(Ok(formatted)) => assert_same(&text, &formatted),
        }
    }
}

fn assert_same(text: &str, formatted: &str) {
    for (at, (ours, theirs)) in text.lines().zip(formatted.lines()).enumerate() {
        if ours != theirs {
            let context: Vec<_> = text.lines().skip(at.saturating_sub(8)).take(16).collect();
            panic!(
                "line {}\n ours: {ours}\n fmt:  {theirs}\n{}",
                at + 1,
                context.join("\n")
            );
        }
    }
    assert_eq!(text.len(), formatted.len());
}
