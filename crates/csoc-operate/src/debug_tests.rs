//! What is secret stands in no `Debug` and no message: a secret is planted in each type that could hold one, and looked
//! for in all that the type prints.

use std::error::Error;
use std::fmt::Debug;
use std::process::ExitStatus;

use serde_json::json;

use crate::bundle::{Bundle, BundleError, Facts};
use crate::digest::Digest;
use crate::event::Event;
use crate::handle::{Happened, Moment};
use crate::page::PlanPage;
use crate::plan::{Aim, PlanError, PlanSummary};
use crate::run::{Ending, Planned, StackError, StackOutputs, Step, Variables};
use crate::stack::{StackId, Stacks};
use crate::terraform::{Complaints, Finished};
use crate::told::with_causes;

/// What must not be seen.
pub(crate) const PLANTED: &str = "pl4nted-s3cret";

const STACK: &str = "v1/111122223333/us-east-1/waf/cluster/main";

/// Fails where a text has what was planted: as it is, or as its bytes.
pub(crate) fn assert_hidden(what: &str, shown: &str) {
    let bytes: Vec<String> = PLANTED.bytes().map(|byte| byte.to_string()).collect();
    let close: String = shown.split_whitespace().collect();
    let is_shown = shown.contains(PLANTED) || close.contains(&bytes.join(","));
    assert!(!is_shown, "{what} shows a secret: {shown}");
}

/// Fails where a value shows what was planted to programmers.
pub(crate) fn assert_silent(value: &impl Debug) {
    let what = std::any::type_name_of_val(value);
    assert_hidden(what, &format!("{value:?}"));
    assert_hidden(what, &format!("{value:#?}"));
}

/// Fails where an error, or what led to it, shows what was planted to anybody.
pub(crate) fn assert_unsaid(error: &(impl Error + 'static)) {
    assert_silent(error);
    assert_hidden("its message", &with_causes(error));
}

/// What `terraform show -json` prints of a plan that is full of secrets.
fn plan() -> PlanSummary {
    let value = json!({ "password": PLANTED, "of": [PLANTED] });
    let change = json!({
        "actions": ["delete", "create"], "before": value, "after": value, "after_unknown": value,
        "before_sensitive": value, "after_sensitive": value, "replace_paths": [["tags", [PLANTED]], ["of", { "a": PLANTED }]],
    });
    let resource = json!({ "address": "aws_db_instance.main", "mode": "managed", "type": "aws_db_instance", "change": change });
    let document = json!({
        "format_version": "1.2", "terraform_version": "1.11.4", "variables": { "password": { "value": PLANTED } },
        "resource_changes": [resource], "resource_drift": [resource], "planned_values": value, "prior_state": value,
        "output_changes": { "password": { "actions": ["update"], "before": PLANTED, "after": PLANTED } },
        "configuration": value,
    });
    PlanSummary::read(document.to_string().as_bytes()).expect("it is a plan")
}

fn facts() -> Facts {
    let facts = json!({
        "format": 0, "stack": STACK, "root": Digest::of(b"root"), "plan": Digest::of(b"plan"),
        "lock": Digest::of(b"lock"), "program": { "flavor": "terraform", "number": "1.11.4" }, "state": null,
        "run": "r1", "actor": "ada", "created": "2026-11-26T12:00:00Z", "expires": "2026-11-27T12:00:00Z",
        "summary": plan(),
    });
    serde_json::from_value(facts).expect("they are some")
}

/// A program that ended, and wrote secrets where errors go.
fn finished() -> Finished {
    let lines = [
        PLANTED.to_owned(),
        format!("{PLANTED} is what a provider says"),
    ];
    Finished {
        status: ExitStatus::default(),
        complaints: Complaints::from(lines.map(Into::into).to_vec()),
        was_interrupted: false,
    }
}

#[test]
#[should_panic(expected = "shows a secret")]
fn a_text_that_is_shown_is_seen() {
    assert_silent(&Some(PLANTED));
}

#[test]
#[should_panic(expected = "shows a secret")]
fn bytes_that_are_shown_are_seen() {
    assert_silent(&PLANTED.as_bytes());
}

#[test]
fn variables_of_a_child_show_names_alone() {
    let mut variables = Variables::default();
    variables.set("AWS_SECRET_ACCESS_KEY", PLANTED);
    variables.set("TF_VAR_password", PLANTED);
    assert_silent(&variables);
    assert_silent(&Some(variables.clone()));
    assert_eq!(
        variables.pairs()[0].1,
        Some(PLANTED),
        "it was planted at all"
    );
}

#[test]
fn outputs_show_nothing() {
    let outputs = StackOutputs(json!({ "password": { "value": PLANTED } }).to_string());
    assert_silent(&outputs);
    assert!(outputs.expose().contains(PLANTED), "it was planted at all");
}

#[test]
fn a_plan_shows_addresses_and_no_value() {
    assert_silent(&plan());
    let planted = PLANTED.as_bytes();
    let invalid = PlanSummary::read(planted).expect_err("it is none");
    assert!(matches!(invalid, PlanError::Invalid { .. }));
    assert_unsaid(&invalid);
    let wrong = json!({ "format_version": "1.2", "resource_changes": PLANTED }).to_string();
    assert_unsaid(&PlanSummary::read(wrong.as_bytes()).expect_err("it is none"));
}

#[test]
fn a_bundle_shows_facts_and_neither_plan_nor_what_was_changed_in_it() {
    let all = tempfile::tempdir().expect("there is room");
    let bundle = Bundle::write(all.path(), facts(), PLANTED.as_bytes(), PLANTED.as_bytes())
        .expect("it is written");
    assert_silent(&bundle);
    assert_silent(bundle.facts());
    assert_silent(&Planned::Changes(Box::new(bundle.clone())));
    let directory = all.path().join(bundle.digest().to_string());
    let read = fs_err::read(directory.join("plan.tfplan")).expect("it is there");
    assert_eq!(read, PLANTED.as_bytes(), "it was planted at all");
    for text in [PLANTED.to_owned(), json!({ "format": PLANTED }).to_string()] {
        fs_err::write(directory.join("bundle.json"), text).expect("it is written");
        let error = Bundle::open(&directory).expect_err("it was changed");
        assert!(matches!(error, BundleError::Changed { .. }), "{error:?}");
        assert_unsaid(&error);
        assert_unsaid(&StackError::Bundle(error));
    }
}

#[test]
fn a_page_of_plans_shows_no_value() {
    let all = tempfile::tempdir().expect("there is room");
    let listing = json!({ "format": 1, "stacks": [{
        "id": STACK, "path": "waf", "object": "clusters.main", "kind": "waf", "account": "111122223333",
        "region": "us-east-1", "depends_on": [], "inputs": [], "status": "ready",
    }] });
    fs_err::write(all.path().join("stacks.json"), listing.to_string()).expect("it is written");
    let stacks = Stacks::load(all.path()).expect("they are some");
    let stack = stacks.iter().next().expect("there is one");
    let bundle = Bundle::write(all.path(), facts(), PLANTED.as_bytes(), b"# locked");
    let changes = Planned::Changes(Box::new(bundle.expect("it is written")));
    for ending in [Ending::Done(changes), Ending::Failed(failed())] {
        let page = PlanPage::new("r1", &vec![(stack, ending)]);
        assert_silent(&page);
        for text in [page.to_markdown(), page.to_html()] {
            assert_hidden("a page", &text);
        }
    }
    assert_silent(&Aim::Change);
}

/// A step that failed, with what a provider wrote where errors go.
fn failed() -> StackError {
    StackError::Failed {
        step: Step::Apply,
        diagnostics: Vec::new(),
        complaints: finished().complaints,
    }
}

#[test]
fn what_a_program_complained_of_is_in_no_error() {
    let finished = finished();
    assert_eq!(
        &*finished.complaints.lines()[0],
        PLANTED,
        "it was planted at all"
    );
    assert_silent(&finished);
    assert_silent(&finished.complaints);
    assert_unsaid(&failed());
    let ending: Ending<Planned, StackError> = Ending::Failed(failed());
    assert_silent(&ending);
    assert_hidden(
        "an ending",
        &format!("{:?}", crate::told::Told::undone(&ending)),
    );
}

#[test]
fn what_a_provider_prints_and_what_outputs_are_is_in_no_event() {
    let hook = json!({ "resource": { "addr": "a.b" }, "action": "create", "id_value": PLANTED });
    let lines = [
        PLANTED.to_owned(),
        json!({ "@level": "info", "@message": PLANTED, "type": "log" }).to_string(),
        json!({ "@level": "info", "@message": PLANTED, "type": "something_new" }).to_string(),
        json!({ "@message": PLANTED, "type": "outputs", "outputs": { "a": { "value": PLANTED } } }).to_string(),
        json!({ "@message": PLANTED, "type": "apply_complete", "hook": hook }).to_string(),
        json!({ "@message": PLANTED, "type": "provision_progress", "hook": { "output": PLANTED } }).to_string(),
        json!({ "@message": PLANTED, "type": "diagnostic", "diagnostic": {
            "severity": "error", "summary": "local-exec provisioner error", "detail": PLANTED,
            "snippet": { "code": PLANTED, "values": [{ "traversal": "var.a", "statement": PLANTED }] },
        } }).to_string(),
    ];
    let stack: StackId = STACK.parse().expect("it is one");
    for line in lines {
        let event = Event::read(&line);
        assert_silent(&event);
        assert_silent(&Moment {
            at: jiff::Timestamp::UNIX_EPOCH,
            stack: stack.clone(),
            what: Happened::Said(event),
        });
    }
    let mut bytes = crate::terraform::Lines::default();
    bytes.take(format!("{PLANTED}\n").as_bytes(), &mut |line| {
        assert_eq!(line, PLANTED);
    });
}

#[cfg(feature = "serve")]
#[test]
fn a_token_that_drives_runs_is_shown_by_nothing() {
    use crate::portal::{Token, TokenError};
    let place = tempfile::tempdir().expect("there is room");
    let write = |text: &str| {
        let path = place.path().join(Digest::of(text.as_bytes()).to_string());
        fs_err::write(&path, text).expect("it is written");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let own = std::fs::Permissions::from_mode(0o600);
            fs_err::set_permissions(&path, own).expect("it is ours");
        }
        Token::of_file(&path)
    };
    assert_silent(&write(&PLANTED.repeat(4)).expect("it is one"));
    let unfit = write(PLANTED).expect_err("it is too short");
    assert!(matches!(unfit, TokenError::Unfit { .. }), "{unfit:?}");
    assert_unsaid(&unfit);
}

#[cfg(feature = "aws")]
mod secrets {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;

    use super::{PLANTED, assert_silent, assert_unsaid};
    use crate::run::{OwnSession, Variables};
    use crate::secret::{AskError, Given, NotThis, Shape, Value};

    fn value(text: &str) -> Value {
        Value::new(text.to_owned())
    }

    #[test]
    fn variables_show_nothing_of_the_session_that_they_hold() {
        let credentials = Credentials::new("AKIA", PLANTED, Some(PLANTED.to_owned()), None, "csoc");
        assert_silent(&credentials);
        let mut variables = Variables::default();
        variables.is(OwnSession {
            name: "a role".into(),
            provider: SharedCredentialsProvider::new(credentials),
        });
        assert_silent(&variables);
    }

    #[test]
    fn a_value_that_was_given_or_made_is_shown_by_nothing() {
        let text = format!("{{\"password\": \"{PLANTED}\"}}");
        assert_silent(&value(PLANTED));
        assert_silent(&value(PLANTED).trimmed());
        for given in [
            Given::Line(value(PLANTED)),
            Given::File(value(&text)),
            Given::Keys(vec![("password".to_owned(), value(PLANTED))]),
        ] {
            assert_silent(&given);
            let answer: Result<Option<Given>, AskError> = Ok(Some(given));
            assert_silent(&answer);
        }
    }

    #[test]
    fn why_a_value_is_refused_does_not_quote_it() {
        let keys = ["password".to_owned()];
        let long = PLANTED.repeat(10_000);
        let lines = format!("{PLANTED}\n{PLANTED}");
        let refused = [
            value(PLANTED).fits(Shape::Json, &keys),
            value(PLANTED).fits(Shape::Pem, &[]),
            value(&format!("{{\"a\": \"{PLANTED}\"}}")).fits(Shape::Json, &keys),
            value(&format!("a: {PLANTED}")).fits(Shape::Yaml, &keys),
            value(&long).fits(Shape::Text, &[]),
            value(&lines).is_line(),
        ];
        for refused in refused {
            assert_unsaid(&refused.expect_err("it is refused"));
        }
        let mut binary = PLANTED.as_bytes().to_vec();
        binary.push(0xff);
        let refused: NotThis = Value::read(binary).expect_err("it is no text");
        assert_unsaid(&refused);
    }
}
