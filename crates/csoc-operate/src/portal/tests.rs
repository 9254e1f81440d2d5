//! The routes over a socket, in front of an engine that pretends.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Portal, PortalEngine, PortalTask, Token};
use crate::bundle::Facts;
use crate::digest::Digest;
use crate::event::{Event, Totals};
use crate::run::Limits;
use crate::stack::Stacks;
use crate::terraform::Interrupt;

const STACK: &str = "v1/111122223333/us-east-1/waf/cluster/main";
const PATH: &str = "111122223333/us-east-1/waf/main";

const STACKS: &str = r#"{"format": 1, "stacks": [{
  "id": "v1/111122223333/us-east-1/waf/cluster/main", "path": "111122223333/us-east-1/waf/main",
  "object": "clusters.main", "kind": "waf", "account": "111122223333", "region": "us-east-1",
  "depends_on": [], "inputs": [], "status": "ready"}]}"#;

/// Plans one thing, and applies it until it was.
struct Pretended {
    tree: tempfile::TempDir,
    applied: Mutex<Vec<String>>,
    /// What of plans is over.
    over: Mutex<Option<String>>,
    /// Whether applying waits to be asked to stop.
    waits: bool,
    fails: bool,
}

impl PortalEngine for Pretended {
    fn stacks(&self) -> Result<Stacks, String> {
        Stacks::load(self.tree.path()).map_err(|error| error.to_string())
    }

    fn plan(
        &self,
        task: &PortalTask<'_>,
        said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Option<(Digest, Facts)>, String> {
        said(Event::Text {
            line: "planted-secret".into(),
        });
        if self.fails {
            return Err("it cannot be planned\r\nby nobody".into());
        }
        let facts = json!({
            "format": 0, "stack": task.stack.id, "root": Digest::of(b"root"), "plan": Digest::of(b"plan"),
            "lock": Digest::of(b"lock"), "program": { "flavor": "terraform", "number": "1.11.4" }, "state": null,
            "run": task.run, "actor": "somebody", "created": "2026-11-26T12:00:00Z",
            "expires": "2026-11-27T12:00:00Z",
            "summary": { "program": "1.11.4", "changes": [], "drift": [], "outputs": ["name"], "is_complete": true },
        });
        let facts = serde_json::from_value(facts).map_err(|error| error.to_string())?;
        Ok(Some((Digest::of(task.run.as_bytes()), facts)))
    }

    fn is_over(&self, _bundle: &Digest) -> Option<String> {
        self.over.lock().unwrap().clone()
    }

    fn apply(
        &self,
        task: &PortalTask<'_>,
        bundle: &Digest,
        _said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Totals, String> {
        while self.waits && !task.interrupt.is_stopped() {
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.waits {
            return Err("it was stopped".into());
        }
        self.applied.lock().unwrap().push(bundle.to_string());
        Ok(Totals {
            add: 1,
            ..Totals::default()
        })
    }

    fn outputs(
        &self,
        _task: &PortalTask<'_>,
        _said: &mut (dyn FnMut(Event) + Send),
    ) -> Result<Vec<String>, String> {
        Ok(vec!["vpc_id".into()])
    }
}

/// A server in a thread, and its end.
struct Served {
    address: SocketAddr,
    token: String,
    interrupt: Interrupt,
    engine: Arc<Pretended>,
    thread: Option<std::thread::JoinHandle<()>>,
    _token: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.interrupt.stop();
        let thread = self.thread.take().unwrap();
        let _ = thread.join();
    }
}

fn served(waits: bool, fails: bool, total: usize, per_account: usize) -> Served {
    let tree = tempfile::tempdir().unwrap();
    std::fs::create_dir(tree.path().join("terraform")).unwrap();
    std::fs::write(tree.path().join("terraform/stacks.json"), STACKS).unwrap();
    let engine = Arc::new(Pretended {
        tree,
        applied: Mutex::default(),
        over: Mutex::default(),
        waits,
        fails,
    });
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let token = Token::of_file(&path).unwrap();
    let limits = Limits {
        total: total.try_into().unwrap(),
        per_account: per_account.try_into().unwrap(),
    };
    let portal = Portal::new(Arc::clone(&engine) as Arc<dyn PortalEngine>, token, limits);
    let (tell, ready) = mpsc::channel();
    let interrupt = Interrupt::default();
    let stop = interrupt.clone();
    let thread = std::thread::spawn(move || {
        let any = "127.0.0.1:0".parse().unwrap();
        let ready = move |address| tell.send(address).unwrap();
        portal.serve(any, &stop, ready).unwrap();
    });
    Served {
        address: ready.recv_timeout(Duration::from_secs(20)).unwrap(),
        token: std::fs::read_to_string(path).unwrap().trim().to_owned(),
        interrupt,
        engine,
        thread: Some(thread),
        _token: directory,
    }
}

impl Served {
    fn raw(&self, method: &str, path: &str, token: Option<&str>, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let authorization = token.map_or_else(String::new, |token| {
            format!("Authorization: Bearer {token}\r\n")
        });
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{authorization}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first).unwrap();
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = rest.split_once("\r\n\r\n").unwrap_or(("", ""));
        (status, body.to_owned())
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let (status, text) = self.raw(method, path, Some(&self.token), &body);
        let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
        (status, value)
    }

    fn execute(&self, operation: &str, work_dir: &str) -> (u16, Value) {
        let body = json!({
            "operation": operation, "work_dir": work_dir, "runtime": "docker", "auto_approve": true,
            "docker_image": "gen3-terraform:latest; rm -rf /", "state_bucket": "",
        });
        self.ask("POST", "/api/terraform/execute", &body)
    }

    /// Waits for the end of one, without a look at what a plan says.
    fn ended(&self, id: &str) -> Value {
        let start = Instant::now();
        loop {
            let (status, all) = self.ask("GET", "/api/terraform/executions", &Value::Null);
            assert_eq!(status, 200);
            let one = all.as_array().unwrap().iter().find(|one| one["id"] == id);
            if one.is_some_and(|one| one["status"] != "running") {
                return one.unwrap().clone();
            }
            assert!(start.elapsed() < Duration::from_secs(20), "{all}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn stream(&self, id: &str) -> String {
        let path = format!("/api/terraform/executions/{id}/stream");
        self.raw("GET", &path, Some(&self.token), "").1
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

#[test]
fn nothing_is_said_without_the_token() {
    let served = served(false, false, 2, 2);
    let routes = [
        ("POST", "/api/terraform/execute"),
        ("GET", "/api/terraform/executions"),
        ("GET", "/api/terraform/executions/x"),
        ("GET", "/api/terraform/executions/x/stream"),
        ("DELETE", "/api/terraform/executions/x"),
        ("POST", "/api/terraform/bootstrap-secret"),
        ("GET", "/"),
    ];
    for (method, path) in routes {
        for token in [None, Some("wrong"), Some("")] {
            let (status, body) = served.raw(method, path, token, "{}");
            assert_eq!(status, 401, "{method} {path}");
            assert!(!body.contains(&served.token));
        }
    }
}

#[test]
fn who_never_says_the_token_is_not_waited_for() {
    let served = served(false, false, 2, 2);
    let mut half = TcpStream::connect(served.address).unwrap();
    half.write_all(b"GET /api/terraform/executions HTTP/1.1\r\nHost: localhost\r\n")
        .unwrap();
    half.set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut answer = Vec::new();
    half.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 408"),
        "{answer}"
    );
}

#[test]
fn what_was_shown_is_applied_and_once() {
    let served = served(false, false, 2, 2);
    let (status, refused) = served.execute("apply", PATH);
    assert_eq!(status, 409, "{refused}");

    let (status, planned) = served.execute("plan", &format!("/workspace/terraform/{PATH}/"));
    assert_eq!(status, 202, "{planned}");
    let plan = id(&planned);
    let ended = served.ended(&plan);
    assert_eq!(ended["status"], "complete", "{ended}");
    assert_eq!(ended["account"], "111122223333");
    // It is made, and nobody looked at it: a list is no look, nor is an answer without a body.
    let path = format!("/api/terraform/executions/{plan}");
    let (status, body) = served.raw("HEAD", &path, Some(&served.token), "");
    assert_eq!((status, body.as_str()), (200, ""));
    assert_eq!(served.execute("apply", PATH).0, 409);

    let said = served.stream(&plan);
    assert!(
        said.contains("event: message\ndata: output name changes"),
        "{said}"
    );
    assert!(said.contains("event: done\ndata: completed"), "{said}");
    assert!(!said.contains("event: error"), "{said}");
    assert!(!said.contains("planted-secret"), "{said}");
    let (status, applied) = served.execute("apply", STACK);
    assert_eq!(status, 202, "{applied}");
    let apply = id(&applied);
    let ended = served.ended(&apply);
    let bundle = Digest::of(plan.as_bytes()).to_string();
    assert_eq!(ended["plan_id"], bundle);
    assert_eq!(*served.engine.applied.lock().unwrap(), [bundle]);
    assert_eq!(served.execute("apply", PATH).0, 409, "a second time");
    let (status, one) = served.ask(
        "GET",
        &format!("/api/terraform/executions/{apply}"),
        &Value::Null,
    );
    assert_eq!((status, &one["status"]), (200, &json!("complete")));
}

#[test]
fn a_plan_that_is_over_is_not_applied() {
    let served = served(false, false, 2, 2);
    let plan = id(&served.execute("plan", PATH).1);
    served.ended(&plan);
    let path = format!("/api/terraform/executions/{plan}");
    assert_eq!(served.ask("GET", &path, &Value::Null).0, 200);
    *served.engine.over.lock().unwrap() = Some("it expired".into());
    let (status, refused) = served.execute("apply", PATH);
    assert_eq!(status, 409);
    assert!(
        refused["error"].as_str().unwrap().contains("it expired"),
        "{refused}"
    );
    assert!(served.engine.applied.lock().unwrap().is_empty());
}

#[test]
fn a_failure_is_told_once_and_never_as_done() {
    let served = served(false, true, 2, 2);
    let plan = id(&served.execute("plan", PATH).1);
    let ended = served.ended(&plan);
    assert_eq!(ended["status"], "error");
    let said = served.stream(&plan);
    assert_eq!(said.matches("event: error").count(), 1, "{said}");
    assert!(!said.contains("event: done"), "{said}");
    let path = format!("/api/terraform/executions/{plan}");
    assert_eq!(served.ask("GET", &path, &Value::Null).0, 500);
    assert_eq!(served.execute("apply", PATH).0, 409);
}

#[test]
fn what_runs_is_bounded_in_all_and_in_its_account() {
    for (total, per_account, said) in [
        (1, 2, "executions that may run at once: 1;"),
        (
            2,
            1,
            "executions that may run at once in account 111122223333: 1;",
        ),
    ] {
        let served = served(true, false, total, per_account);
        let plan = id(&served.execute("plan", PATH).1);
        served.ended(&plan);
        served.stream(&plan);
        id(&served.execute("apply", PATH).1);
        let (status, answer) = served.execute("plan", PATH);
        assert_eq!(status, 429);
        let error = answer["error"].as_str().unwrap();
        assert!(error.starts_with(said), "{error}");
    }
}

#[test]
fn what_runs_is_asked_to_stop() {
    let served = served(true, false, 2, 2);
    let plan = id(&served.execute("plan", PATH).1);
    served.ended(&plan);
    served.stream(&plan);
    let apply = id(&served.execute("apply", PATH).1);
    let path = format!("/api/terraform/executions/{apply}");
    assert_eq!(served.ask("GET", &path, &Value::Null).0, 202);
    assert_eq!(served.ask("DELETE", &path, &Value::Null).0, 200);
    assert_eq!(served.ended(&apply)["error"], "it was stopped");
    let (status, answer) = served.ask("DELETE", &path, &Value::Null);
    assert_eq!(
        (status, &answer["message"]),
        (200, &json!("it has ended already"))
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let served = served(false, false, 2, 2);
    for (operation, work_dir, word) in [
        ("destroy", PATH, "csoc destroy"),
        ("plan; id", PATH, "operation"),
        ("plan", "/tmp/gen3-terraform", "work_dir"),
        ("plan", "", "work_dir"),
        ("plan", "../../etc", "work_dir"),
        ("plan", "main", "work_dir"),
    ] {
        let (status, refused) = served.execute(operation, work_dir);
        assert_eq!(status, 400, "{operation} {work_dir}");
        assert!(
            refused["error"].as_str().unwrap().contains(word),
            "{refused}"
        );
    }
    for (body, expected) in [
        ("", 400),
        ("{", 400),
        ("[]", 422),
        (r#"{"operation": 1}"#, 422),
        (r#"{"operation": "planted"; "planted"}"#, 400),
        (r#"{"operation": "plan", "vars": "planted"}"#, 422),
    ] {
        let (status, text) =
            served.raw("POST", "/api/terraform/execute", Some(&served.token), body);
        assert_eq!(status, expected, "{body}: {text}");
        assert!(
            text.contains("operation") && !text.contains("planted"),
            "{text}"
        );
    }
    let long = format!(
        r#"{{"operation": "plan", "work_dir": "{}"}}"#,
        "x".repeat(300_000)
    );
    let (status, _) = served.raw("POST", "/api/terraform/execute", Some(&served.token), &long);
    assert_eq!(status, 413);
    for path in ["executions/none", "executions/none/stream"] {
        let (status, _) = served.ask("GET", &format!("/api/terraform/{path}"), &Value::Null);
        assert_eq!(status, 404);
    }
    let keys = json!({ "aws_access_key_id": "AKIAPLANTED", "aws_secret_access_key": "planted" });
    let (status, refused) = served.ask("POST", "/api/terraform/bootstrap-secret", &keys);
    assert_eq!(status, 403);
    assert!(!refused.to_string().contains("lanted"), "{refused}");
}

#[test]
fn variables_of_a_request_are_not_used_and_that_is_said() {
    let served = served(false, false, 2, 2);
    let body = json!({ "operation": "output", "work_dir": PATH, "runtime": "pod", "tfvars": "vpc_name = \"x\"" });
    let (status, answer) = served.ask("POST", "/api/terraform/execute", &body);
    assert_eq!(status, 202);
    let ended = served.ended(&id(&answer));
    let output = ended["output"].as_str().unwrap();
    assert!(output.contains("are not used"), "{output}");
    assert!(output.contains("outputs: vpc_id"), "{output}");
}
