//! What AWS is shown when a role is taken: who takes it, for which run, for how long, and nothing else.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::aws::{says_no_secret, sts, surround, well};
use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

/// A call that takes a role.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Call {
    /// The key that it is signed with.
    key: String,
    /// What it asks for, but for what it is and of which version.
    says: BTreeMap<String, String>,
}

impl Call {
    /// A request, if it takes a role.
    fn read(request: &str) -> Option<Self> {
        let (head, body) = request.split_once("\r\n\r\n")?;
        let mut says: BTreeMap<_, _> = body
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect();
        if says.remove("Action")? != "AssumeRole" {
            return None;
        }
        says.remove("Version");
        let (_, signed) = head.split_once("Credential=")?;
        let (key, _) = signed.split_once('/')?;
        let key = key.to_owned();
        Some(Self { key, says })
    }

    /// What csoc says of a session in a role of the stacks' account.
    fn of_run(key: &str, role: &str, run: &str, external_id: Option<&str>) -> Self {
        let arn = format!("arn:aws:iam::111122223333:role/gen3/{role}");
        let name = format!("csoc-{run}");
        let says = [
            ("RoleArn", &*arn),
            ("RoleSessionName", &name),
            ("SourceIdentity", &name),
            ("DurationSeconds", "3600"),
            ("Tags.member.1.Key", "gen3-run"),
            ("Tags.member.1.Value", run),
        ];
        let external_id = external_id.map(|it| ("ExternalId", it));
        Self::new(key, says.into_iter().chain(external_id))
    }

    fn new<'s>(key: &str, says: impl IntoIterator<Item = (&'s str, &'s str)>) -> Self {
        let says = says.into_iter();
        Self {
            key: key.to_owned(),
            says: says
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }
}

/// Text of a form, as it was before it was put there.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                u8::from_str_radix(str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            other => other,
        });
    }
    String::from_utf8(bytes).unwrap()
}

/// An STS that writes down which roles are taken, and its calls so far.
fn recorded(
    answer: impl Fn(&str) -> (u16, String) + Send + 'static,
) -> (String, Arc<Mutex<Vec<Call>>>) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let written = calls.clone();
    let address = sts(move |request| {
        written.lock().unwrap().extend(Call::read(request));
        answer(request)
    });
    (address, calls)
}

fn taken(calls: &Mutex<Vec<Call>>) -> Vec<Call> {
    std::mem::take(&mut *calls.lock().unwrap())
}

fn run(place: &Place, address: &str, external_id: Option<&str>, arguments: &str) -> Run {
    place.run_with(arguments, |command| {
        surround(command, address);
        command.env_remove("CSOC_EXTERNAL_ID");
        command.envs(external_id.map(|it| ("CSOC_EXTERNAL_ID", it)));
    })
}

#[rstest::rstest]
#[case::within_an_account(None)]
#[case::from_another_account(Some("planted:hub/members=1,2"))]
#[case::by_a_variable_without_a_value(Some(""))]
fn a_role_is_taken_for_a_run_and_an_hour(#[case] external_id: Option<&str>) {
    let Some(place) = tree(NETWORK) else { return };
    let (address, calls) = recorded(well);
    let plan = run(
        &place,
        &address,
        external_id,
        "plan --rendered out --as roles",
    );
    assert_eq!(plan.exit, 0, "{}{}", plan.out, plan.err);
    let planned = run_of(&plan);
    let shown = external_id.filter(|id| !id.is_empty());
    let call = |role, run: &str| Call::of_run("AKIA-BASE", role, run, shown);
    // One session does for both stacks.
    assert_eq!(taken(&calls), [call("csoc-plan", &planned)]);

    let arguments = format!("apply --rendered out --as roles --run {planned}");
    let apply = run(&place, &address, external_id, &arguments);
    assert_eq!(apply.exit, 0, "{}{}", apply.out, apply.err);
    // What applies a run is a run of its own, by the name in the journal.
    let runs = place.run("runs list --rendered out --format json").json();
    assert_eq!(runs["runs"][0]["applied"], 2, "{runs}");
    let applied = runs["runs"][0]["run"].as_str().unwrap();
    assert_ne!(applied, planned);
    assert_eq!(taken(&calls), [call("csoc-deploy", applied)]);
    for run in [&plan, &apply] {
        says_no_secret(run);
    }
    let journal = place.read("out/.csoc/runs/journal.jsonl");
    assert!(!journal.contains("planted"), "{journal}");
}

/// Profiles in which one role leads to the next.
const PROFILES: &str = "[profile me]
aws_access_key_id = AKIA-ME
aws_secret_access_key = planted-me

[profile controller]
role_arn = arn:aws:iam::999988887777:role/gen3/csoc-controller
role_session_name = ada
source_profile = me
external_id = of-the-profile
";

/// As AWS does where a controller takes the roles.
fn controlled(request: &str) -> (u16, String) {
    let is_controller = request.contains("csoc-controller");
    let (status, body) = well(request);
    let body = match Call::read(request) {
        Some(_) if is_controller => body.replace("ASIA-csoc-deploy", "ASIA-controller"),
        _ => body,
    };
    (status, body)
}

#[test]
fn a_role_that_leads_to_others_takes_each_of_them_and_none_leads_further() {
    let Some(place) = tree(NETWORK) else { return };
    place.write("profiles", PROFILES);
    let (address, calls) = recorded(controlled);
    let accounts = place.run_with("accounts --rendered out", |command| {
        surround(command, &address);
        command
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env("AWS_CONFIG_FILE", place.path("profiles"))
            .env("AWS_PROFILE", "controller")
            .env("CSOC_EXTERNAL_ID", "of-the-fleet");
    });
    assert_eq!(accounts.exit, 0, "{}{}", accounts.out, accounts.err);
    says_no_secret(&accounts);

    let mut calls = taken(&calls);
    // What is asked of the controller's own role is the profile's matter.
    let controller = calls.remove(0);
    let says = [
        (
            "RoleArn",
            "arn:aws:iam::999988887777:role/gen3/csoc-controller",
        ),
        ("RoleSessionName", "ada"),
        ("ExternalId", "of-the-profile"),
    ];
    assert_eq!(controller, Call::new("AKIA-ME", says));
    let id = calls[0].says["Tags.member.1.Value"].clone();
    let call = |role| Call::of_run("ASIA-controller", role, &id, Some("of-the-fleet"));
    calls.sort_by(|one, other| other.says.cmp(&one.says));
    assert_eq!(calls, [call("csoc-plan"), call("csoc-deploy")]);
}
