//! What Terraform 1.11.4 printed, and what no Terraform prints.

use proptest::prelude::*;
use rstest::rstest;

use super::{Change, Event, Level, Totals};

fn change(action: &str, seconds: Option<u64>) -> Change {
    Change {
        address: "terraform_data.a".into(),
        action: action.into(),
        reason: None,
        seconds,
    }
}

const RESOURCE: &str = r#""resource":{"addr":"terraform_data.a","module":"","resource":"terraform_data.a","implied_provider":"terraform","resource_type":"terraform_data","resource_name":"a","resource_key":null}"#;

fn line(of: &str, rest: &str) -> String {
    format!(
        r#"{{"@level":"info","@message":"said","@module":"terraform.ui","@timestamp":"2026-11-26T10:34:36.646Z","type":"{of}",{rest}}}"#
    )
}

#[rstest]
#[case("version", r#""terraform":"1.11.4","ui":"1.2""#.to_owned(), Event::Version { program: "1.11.4".into(), interface: "1.2".into() })]
#[case("version", r#""tofu":"1.11.1","ui":"1.2""#.to_owned(), Event::Version { program: "1.11.1".into(), interface: "1.2".into() })]
#[case("log", r#""x":1"#.to_owned(), Event::Log { level: Level::Info, message: "said".into() })]
#[case("init_output", r#""message_code":"initializing_backend_message""#.to_owned(), Event::Log { level: Level::Info, message: "said".into() })]
#[case("planned_change", format!(r#""change":{{{RESOURCE},"action":"create"}}"#), Event::Planned(change("create", None)))]
#[case("resource_drift", format!(r#""change":{{{RESOURCE},"action":"update"}}"#), Event::Drifted(change("update", None)))]
#[case("change_summary", r#""changes":{"add":2,"change":0,"import":1,"remove":3,"operation":"plan"}"#.to_owned(), Event::Summary(Totals { add: 2, change: 0, import: 1, remove: 3 }))]
#[case("apply_start", format!(r#""hook":{{{RESOURCE},"action":"create"}}"#), Event::Started(change("create", None)))]
#[case("apply_progress", format!(r#""hook":{{{RESOURCE},"action":"create","elapsed_seconds":20}}"#), Event::Progress { address: "terraform_data.a".into(), seconds: 20 })]
#[case("apply_complete", format!(r#""hook":{{{RESOURCE},"action":"create","id_key":"id","id_value":"x","elapsed_seconds":7}}"#), Event::Completed(change("create", Some(7))))]
#[case("apply_errored", format!(r#""hook":{{{RESOURCE},"action":"delete","elapsed_seconds":1}}"#), Event::Failed(change("delete", Some(1))))]
#[case("refresh_start", format!(r#""hook":{{{RESOURCE},"id_key":"id","id_value":"x"}}"#), Event::Reading { address: "terraform_data.a".into() })]
#[case("apply_later", r#""hook":7"#.to_owned(), Event::Text { line: Box::default() })]
#[case("telepathy", r#""mind":"open""#.to_owned(), Event::Unknown { of: "telepathy".into(), message: "said".into() })]
#[case("apply_start", r#""other":1"#.to_owned(), Event::Unknown { of: "apply_start".into(), message: "said".into() })]
fn a_line_is_an_event(#[case] of: &str, #[case] rest: String, #[case] event: Event) {
    let line = line(of, &rest);
    match event {
        Event::Text { .. } => assert_eq!(
            Event::read(&line),
            Event::Text {
                line: line.as_str().into()
            }
        ),
        event => assert_eq!(Event::read(&line), event),
    }
}

#[test]
fn values_of_outputs_are_not_kept() {
    let event = Event::read(&line(
        "outputs",
        r#""outputs":{"hidden":{"sensitive":true},"it":{"sensitive":false,"type":"string","value":"planted"}}"#,
    ));
    assert_eq!(
        event,
        Event::Outputs {
            names: vec!["hidden".into(), "it".into()]
        }
    );
    assert!(!format!("{event:?}").contains("planted"));
}

#[test]
fn a_diagnostic_has_its_place() {
    let event = Event::read(&line(
        "diagnostic",
        r#""diagnostic":{"severity":"error","summary":"Unsupported argument","detail":"No.","address":"terraform_data.a","range":{"filename":"main.tf","start":{"line":2,"column":3,"byte":40},"end":{"line":2,"column":8,"byte":45}},"snippet":{"context":"x","code":"y"}}"#,
    ));
    let Event::Diagnostic(diagnostic) = event else {
        panic!("{event:?}")
    };
    assert_eq!(
        (
            &*diagnostic.severity,
            &*diagnostic.summary,
            &*diagnostic.detail
        ),
        ("error", "Unsupported argument", "No.")
    );
    let range = diagnostic.range.expect("it has one");
    assert_eq!(
        (&*range.filename, range.start.line, range.start.column),
        ("main.tf", 2, 3)
    );
}

#[test]
fn another_interface_is_seen() {
    let of = |interface: &str| {
        Event::Version {
            program: "9".into(),
            interface: interface.into(),
        }
        .is_foreign()
    };
    assert!(of("2.0") && of("10.1") && !of("1.2") && !of("1.99"));
}

proptest! {
    #[test]
    fn no_line_is_lost(line in ".{0,120}") {
        let is_kept = match Event::read(&line) {
            Event::Text { line: kept } => *kept == *line,
            _ => true,
        };
        prop_assert!(is_kept);
    }
}

#[test]
fn what_a_command_printed_is_not_taken_from_an_error() {
    let said = |summary: &str| {
        let rest = format!(
            r#""diagnostic":{{"severity":"error","summary":"{summary}","detail":"Output: planted","address":"terraform_data.a"}}"#
        );
        match Event::read(&line("diagnostic", &rest)) {
            Event::Diagnostic(diagnostic) => diagnostic.detail,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(&*said("local-exec provisioner error"), "");
    assert_eq!(&*said("creating a thing"), "Output: planted");
}
