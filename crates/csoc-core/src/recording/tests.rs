//! Recording: what is kept, what is left out, what is refused.

use super::{Given, RecordError, RecordedFrom};
use crate::context::Context;
use crate::fleet::Fleet;
use crate::source::SourceSet;

const DNS: &str = "v1/111122223333/us-east-1/dns/environment/demo/dev";
const WAF: &str = "v1/111122223333/us-east-1/waf/cluster/demo";

fn fleet() -> Fleet {
    let mut set = SourceSet::new();
    set.insert(
        "fleet.yaml",
        include_bytes!("../../../../examples/quickstart/fleet.yaml").to_vec(),
    );
    Fleet::from_sources(set, &Context::default()).unwrap()
}

fn printed(text: &str) -> Given {
    Given::Printed {
        name: "outputs.json".to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn what_terraform_prints_is_recorded_as_far_as_the_stack_gives_it() {
    let given = printed(
        r#"{
            "certificate_arn": {"sensitive": false, "type": "string", "value": "arn:aws:acm:us-east-1:111122223333:certificate/1"},
            "certificat_arn": {"sensitive": false, "type": "string", "value": "x"},
            "password": {"sensitive": true, "type": "string", "value": "hunter2"}
        }"#,
    );
    let recording = fleet()
        .record_outputs(DNS, &given, None, &Context::default())
        .unwrap();
    assert_eq!(recording.file, format!("outputs/{DNS}.json"));
    assert_eq!(recording.recorded, ["certificate_arn"]);
    let left_out: Vec<&str> = recording.left_out.iter().map(|it| &*it.output).collect();
    assert_eq!(left_out, ["certificat_arn", "password"]);
    assert!(
        recording.left_out[0]
            .reason
            .contains("did you mean `certificate_arn`?")
    );
    assert!(!recording.text.contains("hunter2"));
    insta::assert_snapshot!(recording.text);
}

#[test]
fn values_by_name_are_added_to_what_is_recorded() {
    let context = Context::default();
    let values = |name: &str, value: &str| Given::Values(vec![(name.to_owned(), value.to_owned())]);
    let from = RecordedFrom {
        source: "the network team".to_owned(),
        date: "2026-11-26".to_owned(),
    };
    let fleet = fleet();
    let arn = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/demo/1";
    let first = fleet
        .record_outputs(
            WAF,
            &values("web_acl_arns.public", arn),
            Some(&from),
            &context,
        )
        .unwrap();
    let mut set = fleet.sources().clone();
    set.insert(first.file.clone(), first.text.into_bytes());
    let fleet = Fleet::from_sources(set, &context).unwrap();
    let again = fleet
        .record_outputs(WAF, &Given::Values(Vec::new()), None, &context)
        .unwrap();
    assert!(again.text.contains(arn) && again.text.contains("the network team"));
    assert!(again.missing.is_empty());
    let error = fleet.record_outputs(WAF, &values("web_acl_arns", arn), None, &context);
    let help = error.unwrap_err().help().unwrap();
    assert_eq!(help, "it gives `web_acl_arns.NAME`");
}

#[test]
fn what_does_not_fit_is_refused() {
    let record = |stack: &str, text: &str| {
        let context = Context::default();
        fleet()
            .record_outputs(stack, &printed(text), None, &context)
            .unwrap_err()
    };
    let foreign =
        r#"{"certificate_arn": {"value": "arn:aws:acm:us-east-1:999988887777:certificate/1"}}"#;
    let RecordError::Wrong(report) = record(DNS, foreign) else {
        panic!("another account");
    };
    assert_eq!(
        report.iter().next().unwrap().code.as_str(),
        "output-place-foreign"
    );
    let list = r#"{"certificate_arn": {"value": ["a"]}}"#;
    let RecordError::Wrong(report) = record(DNS, list) else {
        panic!("another type");
    };
    assert_eq!(
        report.iter().next().unwrap().code.as_str(),
        "output-wrong-type"
    );
    for text in ["", "[]", "{", r#"{"certificate_arn": "arn"}"#] {
        assert!(
            matches!(record(DNS, text), RecordError::Unreadable { .. }),
            "{text}"
        );
    }
    let error = record("v1/111122223333/us-east-1/dns/environment/demo/prod", "{}");
    assert_eq!(error.help().unwrap(), format!("did you mean `{DNS}`?"));
    assert!(matches!(
        record("outputs.json", "{}"),
        RecordError::NoStack { .. }
    ));
}
