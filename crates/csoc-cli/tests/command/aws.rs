//! Who we are in each account, against an STS of our own that answers as AWS does, and as it does on a bad day.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

/// An STS: for each request, its text, the status and the body that it answers.
pub(super) fn sts(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            serve(stream, &answer);
        }
    });
    address
}

fn serve(mut stream: TcpStream, answer: &impl Fn(&str) -> (u16, String)) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let text = loop {
        let count = stream.read(&mut buffer).unwrap_or(0);
        request.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if count == 0 {
                return;
            }
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        });
        if count == 0 || body.len() >= length.unwrap_or(0) {
            break text;
        }
    };
    let (status, body) = answer(&text);
    let head = format!(
        "HTTP/1.1 {status} OK\r\nContent-Type: text/xml\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

/// Whoever asks with the key of an account is of it.
fn identity(account: &str, arn: &str) -> (u16, String) {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>{arn}</Arn><UserId>A:b</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    );
    (200, body)
}

pub(super) fn error(status: u16, code: &str) -> (u16, String) {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>it is said so</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    );
    (status, body)
}

/// As AWS does on a good day.
pub(super) fn well(request: &str) -> (u16, String) {
    well_until(request, "2099-01-01T00:00:00Z")
}

/// The same, with sessions that end then.
pub(super) fn well_until(request: &str, end: &str) -> (u16, String) {
    if request.contains("Action=AssumeRole") {
        let role = if request.contains("csoc-plan") {
            "csoc-plan"
        } else {
            "csoc-deploy"
        };
        let body = format!(
            "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials><AccessKeyId>ASIA-{role}</AccessKeyId><SecretAccessKey>planted-secret</SecretAccessKey><SessionToken>planted-token</SessionToken><Expiration>{end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
        );
        return (200, body);
    }
    match ["csoc-plan", "csoc-deploy"]
        .into_iter()
        .find(|role| request.contains(&format!("ASIA-{role}/")))
    {
        Some(role) => identity(
            "111122223333",
            &format!("arn:aws:sts::111122223333:assumed-role/{role}/csoc"),
        ),
        None => identity("999988887777", "arn:aws:iam::999988887777:user/somebody"),
    }
}

/// An STS that knows everybody as somebody of the stacks' account.
pub(super) fn somebody_of_the_account() -> String {
    sts(|_| identity("111122223333", "arn:aws:iam::111122223333:user/somebody"))
}

pub(super) fn run(place: &Place, address: &str, arguments: &str) -> Run {
    place.run_with(arguments, |command| surround(command, address))
}

/// Lets a command ask only there.
pub(super) fn surround(command: &mut std::process::Command, address: &str) {
    for (name, _) in std::env::vars() {
        if name.starts_with("AWS_") {
            command.env_remove(name);
        }
    }
    command.envs([
        ("AWS_ENDPOINT_URL", address),
        ("AWS_ACCESS_KEY_ID", "AKIA-BASE"),
        ("AWS_SECRET_ACCESS_KEY", "planted-base"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
    ]);
}

pub(super) fn says_no_secret(run: &Run) {
    for text in [&run.out, &run.err] {
        assert!(!text.contains("planted"), "{text}");
    }
}

#[test]
fn who_plans_and_who_applies_is_said_for_each_account() {
    let Some(place) = tree(NETWORK) else { return };
    let accounts = run(&place, &sts(well), "accounts --rendered out");
    assert_eq!(accounts.exit, 0, "{}", accounts.err);
    assert!(
        accounts
            .err
            .contains("here: arn:aws:iam::999988887777:user/somebody"),
        "{}",
        accounts.err
    );
    for role in ["csoc-plan", "csoc-deploy"] {
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/csoc");
        assert!(accounts.out.contains(&arn), "{}", accounts.out);
    }
    says_no_secret(&accounts);
}

#[rstest::rstest]
#[case::role_refused(
    "csoc-deploy",
    "AccessDenied",
    4,
    "the layer `access` of the account makes the role"
)]
#[case::expired("AKIA-BASE/", "ExpiredToken", 2, "sign in again")]
#[case::clock(
    "AKIA-BASE/",
    "SignatureDoesNotMatch",
    2,
    "look at this machine's clock"
)]
#[case::no_key("AKIA-BASE/", "InvalidClientTokenId", 2, "AWS does not know this key")]
fn what_fails_says_why_and_what_to_do(
    #[case] of: &'static str,
    #[case] code: &'static str,
    #[case] exit: i32,
    #[case] says: &str,
) {
    let Some(place) = tree(NETWORK) else { return };
    let address = sts(move |request| {
        let is_it =
            request.contains(of) && (of != "AKIA-BASE/" || request.contains("GetCallerIdentity"));
        if is_it {
            error(403, code)
        } else {
            well(request)
        }
    });
    let accounts = run(&place, &address, "accounts --rendered out");
    assert_eq!(accounts.exit, exit, "{}{}", accounts.out, accounts.err);
    let said = accounts.out.clone() + &accounts.err;
    assert!(said.contains(says) && said.contains(code), "{said}");
    says_no_secret(&accounts);
}

#[test]
fn a_session_of_another_account_is_refused_before_anything_runs() {
    let Some(place) = tree(NETWORK) else { return };
    let address = sts(|request| {
        if request.contains("ASIA-csoc-plan/") {
            identity(
                "444455556666",
                "arn:aws:sts::444455556666:assumed-role/csoc-plan/csoc",
            )
        } else {
            well(request)
        }
    });
    let plan = run(&place, &address, "plan --rendered out --as roles");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(
        plan.out
            .contains("works in the account 444455556666, and the stack is of 111122223333"),
        "{}",
        plan.out
    );
    says_no_secret(&plan);
}

#[test]
fn surroundings_of_another_account_are_refused_before_anything_runs() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = run(&place, &sts(well), "plan --rendered out");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(
        plan.out
            .contains("works in the account 999988887777, and the stack is of 111122223333"),
        "{}",
        plan.out
    );
    let logs = place.path("out/.csoc/runs/logs/v1/111122223333/us-east-1/network/cluster/main");
    assert!(!logs.join("init.jsonl").exists(), "Terraform was not begun");

    let plan = run(&place, &somebody_of_the_account(), "plan --rendered out");
    assert_eq!(plan.exit, 0, "{}{}", plan.out, plan.err);
    let runs = place.run("runs list --rendered out");
    assert!(
        runs.out.contains("arn:aws:iam::111122223333:user/somebody"),
        "{}",
        runs.out
    );
    says_no_secret(&plan);
}

#[test]
fn surroundings_whom_aws_refuses_are_told_why() {
    let Some(place) = tree(NETWORK) else { return };
    let address = sts(|_| error(403, "ExpiredToken"));
    let plan = run(&place, &address, "plan --rendered out");
    assert_eq!(plan.exit, 4, "{}", plan.err);
    assert!(plan.out.contains("sign in again"), "{}", plan.out);
    says_no_secret(&plan);
}

#[test]
fn who_is_asked_for_less_at_once_asks_again() {
    let Some(place) = tree(NETWORK) else { return };
    let asked = AtomicUsize::new(0);
    let address = sts(move |request| {
        if asked.fetch_add(1, Ordering::SeqCst) < 2 {
            error(400, "Throttling")
        } else {
            well(request)
        }
    });
    let accounts = run(&place, &address, "accounts --rendered out");
    assert_eq!(accounts.exit, 0, "{}", accounts.err);
}

#[test]
fn a_cloud_that_cannot_be_reached_is_said() {
    let Some(place) = tree(NETWORK) else { return };
    // Nobody listens: the port was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let accounts = run(
        &place,
        &format!("http://127.0.0.1:{port}"),
        "accounts --rendered out",
    );
    assert_eq!(accounts.exit, 2, "{}", accounts.err);
    assert!(
        accounts.err.contains("AWS does not say who we are"),
        "{}",
        accounts.err
    );
    says_no_secret(&accounts);
}

#[test]
fn accounts_are_asked_side_by_side_and_told_in_order() {
    use std::sync::Arc;
    use std::time::Duration;
    let Some(place) = tree(NETWORK) else { return };
    let numbers: Vec<String> = (1..=12).map(|it| format!("{it:012}")).collect();
    let stacks = numbers.iter().map(|number| {
        serde_json::json!({
            "id": format!("v1/{number}/global/access/account"), "path": format!("a{number}/global/access"),
            "object": "accounts.a", "kind": "access", "account": number, "region": null, "depends_on": [], "inputs": [],
            "status": "ready",
        })
    });
    let listing = serde_json::json!({ "format": 1, "stacks": stacks.collect::<Vec<_>>() });
    place.write("out/terraform/stacks.json", &listing.to_string());
    let (asking, most) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = most.clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asking = Arc::new(asking);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (asking, seen) = (asking.clone(), seen.clone());
            std::thread::spawn(move || {
                serve(stream, &|request: &str| {
                    let now = asking.fetch_add(1, Ordering::SeqCst) + 1;
                    seen.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(200));
                    asking.fetch_sub(1, Ordering::SeqCst);
                    well(request)
                });
            });
        }
    });
    let accounts = run(&place, &address, "accounts --rendered out");
    // The sessions are all of one account, which is another one than the eleven others.
    assert_eq!(accounts.exit, 4, "{}", accounts.err);
    let told: Vec<&str> = accounts
        .out
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(1))
        .collect();
    assert_eq!(told, numbers);
    let most = most.load(Ordering::SeqCst);
    assert!((2..=8).contains(&most), "{most}");
}

#[cfg(unix)]
#[test]
fn a_cloud_that_says_nothing_is_left_at_the_first_ctrl_c() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    let Some(place) = tree(NETWORK) else { return };
    for arguments in [
        "accounts --rendered out",
        "plan --rendered out --as roles",
        "plan --rendered out",
    ] {
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = place.command(arguments);
        surround(
            &mut command,
            &format!("http://{}", silent.local_addr().unwrap()),
        );
        let mut csoc = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (_asked, _) = silent.accept().unwrap();
        let pressed = Instant::now();
        let number = csoc.id().to_string();
        let sent = Command::new("kill").args(["-INT", &number]).status();
        assert!(sent.unwrap().success());
        assert_eq!(csoc.wait().unwrap().code(), Some(130), "{arguments}");
        assert!(pressed.elapsed() < Duration::from_secs(10), "{arguments}");
    }
}

#[cfg(unix)]
#[test]
fn a_role_that_is_missing_keeps_its_stacks_from_beginning_and_all_tell_so() {
    let Some(place) = tree(NETWORK) else { return };
    let address = sts(|request| {
        if request.contains("Action=AssumeRole") {
            error(403, "AccessDenied")
        } else {
            well(request)
        }
    });
    let plan = run(
        &place,
        &address,
        "plan --rendered out --as roles --format json",
    );
    assert_eq!(plan.exit, 4, "{}", plan.out);
    let page = super::faults::plan_agrees(&place, &plan);
    for row in page["rows"].as_array().unwrap() {
        let message = row["message"].as_str().unwrap();
        assert!(
            message.contains("role/gen3/csoc-plan` cannot be taken"),
            "{message}"
        );
        assert!(
            message.contains("the layer `access` of the account"),
            "{message}"
        );
    }
    assert!(!place.path("network.tfstate").exists());
    let logs = place.path("out/.csoc/runs/logs/v1/111122223333/us-east-1/network/cluster/main");
    assert!(!logs.join("init.jsonl").exists(), "Terraform was not begun");
}

/// A moment so many minutes from now.
pub(super) fn in_minutes(minutes: i64) -> String {
    let then = jiff::Timestamp::now() + jiff::SignedDuration::from_mins(minutes);
    then.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment to which a session of an hour comes, of which half is not left.
fn soon() -> String {
    in_minutes(20)
}

#[test]
fn a_session_that_ends_soon_is_made_again_for_the_next_stack() {
    let Some(place) = tree(NETWORK) else { return };
    let asked = std::sync::Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let address = sts(move |request| {
        count.fetch_add(
            usize::from(request.contains("Action=AssumeRole")),
            Ordering::SeqCst,
        );
        well_until(request, &soon())
    });
    let plan = run(
        &place,
        &address,
        "plan --rendered out --as roles --parallel 1",
    );
    assert_eq!(plan.exit, 0, "{}", plan.err);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    says_no_secret(&plan);
}

#[test]
fn credentials_that_end_between_two_stacks_keep_the_second_from_beginning() {
    let Some(place) = tree(NETWORK) else { return };
    let plan = place.run("plan --rendered out");
    let asked = AtomicUsize::new(0);
    let address = sts(move |request| {
        if request.contains("Action=AssumeRole") && asked.fetch_add(1, Ordering::SeqCst) > 0 {
            error(403, "ExpiredToken")
        } else {
            well_until(request, &soon())
        }
    });
    let arguments = format!("apply --rendered out --as roles --run {}", run_of(&plan));
    let apply = run(&place, &address, &arguments);
    assert_eq!(apply.exit, 4, "{}", apply.err);
    assert!(apply.out.contains("applied  1 added"), "{}", apply.out);
    assert!(
        apply.out.contains("have expired: sign in again"),
        "{}",
        apply.out
    );
    says_no_secret(&apply);
    let runs = place.run("runs list --rendered out --format json").json();
    assert_eq!(
        (&runs["runs"][0]["applied"], &runs["runs"][0]["not_done"]),
        (&1.into(), &0.into())
    );
    // What was not begun is as it was: its plan can be applied still.
    let again = place.run(&format!(
        "apply --rendered out --run {} --select layer=waf",
        run_of(&plan)
    ));
    assert_eq!(again.exit, 0, "{}", again.out);
}

#[cfg(unix)]
#[test]
fn a_plan_is_applied_once_by_two_machines_whose_state_is_in_a_bucket() {
    use super::faults::{KEY, in_cloud, run};
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    let plan = run(&place, &cloud, "plan --home here --select layer=network");
    assert_eq!(plan.exit, 0, "{}", plan.out);
    let name = super::operate::bring(&place);
    let applied = run(
        &place,
        &cloud,
        &format!("apply --home here --run {}", run_of(&plan)),
    );
    assert_eq!(applied.exit, 0, "{}", applied.out);
    let twice = run(
        &place,
        &cloud,
        &format!("apply --home there --bundle {name}"),
    );
    assert_eq!(twice.exit, 1, "{}", twice.out);
    assert!(
        twice.out.contains("the stack was applied at "),
        "{}",
        twice.out
    );
    let objects = cloud.state().objects.clone();
    for beside in ["head.json", &format!("used/{name}.json")] {
        let bytes = &objects[&format!("{KEY}.csoc/{beside}")];
        let text = String::from_utf8_lossy(bytes);
        assert!(
            text.contains("\"run\"") && !text.contains("planted"),
            "{text}"
        );
    }
    says_no_secret(&twice);
}

#[cfg(unix)]
#[test]
fn a_lock_that_was_left_in_a_bucket_is_taken_away_by_its_name() {
    use super::faults::{KEY, in_cloud, run};
    const STACK: &str = "v1/111122223333/us-east-1/network/cluster/main";
    const ID: &str = "0d0b1c2a-0000-4000-8000-000000000000";
    let Some((place, cloud)) = in_cloud() else {
        return;
    };
    let lock = serde_json::json!({
        "ID": ID, "Operation": "OperationTypeApply", "Who": "somebody@elsewhere", "Version": "1.11.4",
        "Created": "2026-11-26T10:00:00Z", "Path": format!("states/{KEY}"), "Info": "",
    });
    let lock_key = format!("{KEY}.tflock");
    let bytes = lock.to_string().into_bytes();
    cloud.state().objects.insert(lock_key.clone(), bytes);
    let unlock = |options: &str| run(&place, &cloud, &format!("unlock {STACK} {options}"));
    let seen = unlock("");
    assert_eq!(seen.exit, 1, "{}", seen.err);
    assert!(
        seen.out.contains("holder   somebody@elsewhere\n")
            && seen.err.contains(&format!(
                "--lock-id {ID} --rendered out --terraform ./impatient`"
            )),
        "{}{}",
        seen.out,
        seen.err
    );
    assert_eq!(unlock("--lock-id 7").exit, 1);
    assert!(cloud.state().objects.contains_key(&lock_key));
    let done = unlock(&format!("--lock-id {ID}"));
    assert_eq!(done.exit, 0, "{}", done.err);
    assert!(!cloud.state().objects.contains_key(&lock_key));
    let runs = place.run("runs list --rendered out --format json").json();
    let run = runs["runs"][0]["run"].as_str().unwrap().to_owned();
    let shown = place.run(&format!("runs show {run} --rendered out"));
    assert!(
        shown.out.contains("lock taken away  somebody@elsewhere"),
        "{}",
        shown.out
    );
    assert_eq!(place.run("runs verify --rendered out").exit, 0);
}

#[test]
fn states_of_other_accounts_say_whether_anything_there_still_needs_a_stack() {
    use super::destroy::planned;
    let Some(place) = tree(NETWORK) else { return };
    let listing = place.read("out/terraform/stacks.json");
    let mut listing: serde_json::Value = serde_json::from_str(&listing).unwrap();
    for stack in listing["stacks"].as_array_mut().unwrap() {
        if stack["kind"] == "waf" {
            stack["account"] = "444455556666".into();
            stack["id"] = "v1/444455556666/us-east-1/waf/cluster/main".into();
        }
    }
    place.write("out/terraform/stacks.json", &listing.to_string());
    let plan = place.run("plan --rendered out");
    let apply = format!("apply --rendered out --run {}", run_of(&plan));
    assert_eq!(place.run(&apply).exit, 0);

    // Somebody of the account of the network alone may not plan the other one, and reads its state.
    let address = somebody_of_the_account();
    let destroy = "destroy --rendered out --select layer=network";
    let kept = run(&place, &address, destroy);
    assert_eq!(kept.exit, 1, "{}{}", kept.out, kept.err);
    let says = "`v1/444455556666/us-east-1/waf/cluster/main` needs it, and still has resources";
    assert!(kept.out.contains(says), "{}", kept.out);
    let waf = place.run("destroy --rendered out --select layer=waf");
    let gone = place.run(&format!("destroy --rendered out --run {}", planned(&waf)));
    assert_eq!(gone.exit, 0, "{}", gone.err);
    let free = run(&place, &address, destroy);
    assert_eq!(free.exit, 0, "{}{}", free.out, free.err);
    let run_of_it = planned(&free);
    let gone = run(
        &place,
        &address,
        &format!("destroy --rendered out --run {run_of_it}"),
    );
    assert_eq!(gone.exit, 0, "{}{}", gone.out, gone.err);
}
