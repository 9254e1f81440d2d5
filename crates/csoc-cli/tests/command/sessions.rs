//! What Terraform is given of a session, and what it gets for that while it works.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::aws::{error, in_minutes, run, says_no_secret, sts, surround, well, well_until};
use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};

/// A Terraform that writes down what it sees of who it is, and waits at a step until it is told to go on.
const SPY: &str = r#"#!/bin/sh
{
  echo "step $1"
  env | grep '^AWS_'
} >> seen.txt
cp seen.txt "$SPY_SEEN"
if [ "$1" = "$SPY_WAITS" ]; then
  touch "$SPY_SEEN.waits"
  while [ ! -e "$SPY_SEEN.go" ]; do sleep 0.05; done
fi
exec terraform "$@"
"#;

/// Where a child asks, and what it shows.
struct Ask {
    address: String,
    token: String,
}

impl Ask {
    /// As the child that did a step was told.
    fn told(seen: &str, step: &str) -> Self {
        let lines = seen
            .lines()
            .skip_while(|line| *line != format!("step {step}"));
        let said: Vec<&str> = lines
            .skip(1)
            .take_while(|line| !line.starts_with("step "))
            .collect();
        let value = |name: &str| {
            let line = said
                .iter()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.unwrap_or_else(|| panic!("{name} in {said:?}"))
                .to_owned()
        };
        for hidden in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_PROFILE",
        ] {
            assert!(
                !said.iter().any(|line| line.starts_with(hidden)),
                "{said:?}"
            );
        }
        assert_eq!(value("AWS_CONFIG_FILE"), "/dev/null");
        assert_eq!(value("AWS_SHARED_CREDENTIALS_FILE"), "/dev/null");
        let address = value("AWS_CONTAINER_CREDENTIALS_FULL_URI");
        let address = address
            .strip_prefix("http://127.0.0.1:")
            .and_then(|rest| rest.strip_suffix("/session"));
        Self {
            address: format!("127.0.0.1:{}", address.unwrap()),
            token: value("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        }
    }

    /// The status and the body of an answer.
    fn get(&self, path: &str, token: &str) -> (u16, serde_json::Value) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap())
    }

    fn session(&self) -> (u16, serde_json::Value) {
        self.get("/session", &self.token)
    }
}

/// A tree with a plan, and the spy in front of Terraform.
fn spied(network: &str) -> Option<(Place, String)> {
    let place = tree(network)?;
    place.write("spy", SPY);
    fs_err::set_permissions(place.path("spy"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let plan = run(
        &place,
        &sts(well),
        "plan --rendered out --as roles --select layer=network",
    );
    assert_eq!(plan.exit, 0, "{}", plan.err);
    let run = run_of(&plan);
    Some((place, run))
}

/// A command whose Terraform waits at a step.
fn begin(place: &Place, address: &str, arguments: &str, step: &str) -> Child {
    let mut command = place.command(&format!(
        "{arguments} --rendered out --terraform ./spy --as roles"
    ));
    surround(&mut command, address);
    command
        .env("AWS_PROFILE", "somebody-else")
        .env("SPY_WAITS", step)
        .env("SPY_SEEN", place.path("seen"));
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(&place.path("seen.waits"));
    child
}

/// An apply of a run that waits in its Terraform.
fn apply(place: &Place, address: &str, run: &str) -> Child {
    begin(place, address, &format!("apply --run {run}"), "apply")
}

fn wait_for(path: &Path) {
    for _ in 0..600 {
        if path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("{} never came", path.display());
}

fn end(place: &Place, child: Child) -> Run {
    place.write("seen.go", "");
    Run::of(child.wait_with_output().unwrap())
}

#[test]
fn a_child_asks_for_its_session_for_as_long_as_it_works_and_gets_one_that_does_not_end() {
    let Some((place, plan)) = spied(NETWORK) else {
        return;
    };
    let asked = AtomicUsize::new(0);
    let address = sts(move |request| {
        let (status, mut body) = well_until(request, &in_minutes(10));
        if request.contains("Action=AssumeRole") {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            body = body.replace("planted-secret", &format!("planted-secret-{number}"));
        }
        (status, body)
    });
    let child = apply(&place, &address, &plan);
    let ask = Ask::told(&place.read("seen"), "apply");

    let secrets = [(); 2].map(|()| {
        let (status, session) = ask.session();
        assert_eq!(status, 200, "{session}");
        assert_eq!(session["AccessKeyId"], "ASIA-csoc-deploy");
        assert_eq!(session["Token"], "planted-token");
        assert_eq!(session["AccountId"], "111122223333");
        assert!(
            session["Expiration"].as_str().unwrap().ends_with('Z'),
            "{session}"
        );
        session["SecretAccessKey"].as_str().unwrap().to_owned()
    });
    assert_ne!(
        secrets[0], secrets[1],
        "what ends within a quarter of an hour is made again"
    );

    for (path, token, status) in [
        ("/session", "", 401),
        ("/session", "0000", 401),
        ("/session", &*format!("Bearer {}", ask.token), 401),
        ("/", &*ask.token, 404),
        ("/session/", &*ask.token, 404),
    ] {
        let (found, body) = ask.get(path, token);
        assert_eq!(found, status, "{path} {body}");
        assert!(!body.to_string().contains("planted"), "{body}");
    }
    let applied = end(&place, child);
    assert_eq!(applied.exit, 0, "{}", applied.err);
    assert!(
        TcpStream::connect(&ask.address).is_err(),
        "nobody listens any more"
    );
    assert!(
        !place
            .read("out/.csoc/runs/journal.jsonl")
            .contains(&ask.token)
    );
    says_no_secret(&applied);
}

#[test]
fn a_session_that_cannot_be_renewed_says_why_to_who_asks() {
    let Some((place, plan)) = spied(NETWORK) else {
        return;
    };
    let ended = place.path("ended");
    let address = sts(move |request| {
        if request.contains("Action=AssumeRole") && ended.exists() {
            error(403, "ExpiredToken")
        } else {
            well_until(request, &in_minutes(10))
        }
    });
    let child = apply(&place, &address, &plan);
    let ask = Ask::told(&place.read("seen"), "apply");
    place.write("ended", "");
    let (status, body) = ask.session();
    assert_eq!(
        (status, &body["code"]),
        (400, &"NoSession".into()),
        "{body}"
    );
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("have expired: sign in again"), "{message}");
    assert_eq!(end(&place, child).exit, 0);
}

#[test]
fn a_plan_is_made_in_the_session_of_who_looks_and_applied_in_that_of_who_changes() {
    let Some((place, run)) = spied(NETWORK) else {
        return;
    };
    let address = sts(well);
    let applies = apply(&place, &address, &run);
    let (_, who) = Ask::told(&place.read("seen"), "apply").session();
    assert_eq!(who["AccessKeyId"], "ASIA-csoc-deploy");
    assert_eq!(end(&place, applies).exit, 0);
    for left in ["seen", "seen.waits", "seen.go"] {
        fs_err::remove_file(place.path(left)).unwrap();
    }
    let plans = begin(&place, &address, "plan --select layer=network", "plan");
    let seen = place.read("seen");
    let (init, plan) = (Ask::told(&seen, "init"), Ask::told(&seen, "plan"));
    for ask in [&init, &plan] {
        assert_eq!(ask.session().1["AccessKeyId"], "ASIA-csoc-plan");
    }
    assert_eq!(end(&place, plans).exit, 0);
    let runs = place.run("runs list --rendered out");
    let who = "arn:aws:iam::999988887777:user/somebody";
    assert!(runs.out.contains(who), "{}", runs.out);
}
