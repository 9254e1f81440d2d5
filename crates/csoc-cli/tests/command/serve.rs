//! A portal that drives a real Terraform, as its interface does.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Place;
use super::operate::{NETWORK, tree};

/// A server, and where it listens.
struct Server {
    child: Child,
    address: String,
    token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn begin(place: &Place) -> Self {
        let mut child = place
            .command("serve --rendered out --listen 127.0.0.1:0 --token-file token")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let (_, rest) = line.split_once("http://").expect(&line);
        let address = rest.split('/').next().unwrap().to_owned();
        let token = place.read("token").trim().to_owned();
        assert!(!line.contains(&token), "{line}");
        Self {
            child,
            address,
            token,
        }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let (token, length) = (&self.token, body.len());
        write!(
            stream,
            "{method} /api/terraform/{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let status = text.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        (status, body.to_owned())
    }

    /// Begins something, and follows it to its end as the interface does.
    fn execute(&self, operation: &str, work_dir: &str) -> (u16, String) {
        let body = json!({ "operation": operation, "work_dir": work_dir, "runtime": "docker", "auto_approve": true });
        let (status, answer) = self.ask("POST", "execute", &body.to_string());
        if status != 202 {
            return (status, answer);
        }
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let id = answer["id"].as_str().unwrap();
        (
            status,
            self.ask("GET", &format!("executions/{id}/stream"), "").1,
        )
    }
}

#[test]
fn a_portal_plans_and_applies_what_it_was_shown() {
    let Some(place) = tree(NETWORK) else { return };
    let mut server = Server::begin(&place);
    let network = "/workspace/demo/us-east-1/network/main";
    assert_eq!(server.execute("apply", network).0, 409);
    let (status, said) = server.execute("plan", network);
    assert_eq!(status, 202);
    assert!(said.contains("create terraform_data.vpc"), "{said}");
    assert!(said.contains("event: done"), "{said}");
    let (status, said) = server.execute("apply", network);
    assert_eq!(status, 202, "{said}");
    assert!(
        said.contains("applied: 1 added, 0 changed, 0 destroyed"),
        "{said}"
    );
    assert_eq!(server.execute("apply", network).0, 409);
    let (_, said) = server.execute("plan", network);
    assert!(said.contains("nothing is to be done"), "{said}");
    let (_, all) = server.ask("GET", "executions", "");
    assert!(!all.contains("planted-secret"), "{all}");

    let asked = Command::new("kill")
        .args(["-INT", &server.child.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    let start = Instant::now();
    let ended = loop {
        if let Some(ended) = server.child.try_wait().unwrap() {
            break ended;
        }
        assert!(start.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(ended.code(), Some(0));
    let verified = place.run("runs verify --rendered out");
    assert_eq!(verified.exit, 0, "{}", verified.err);
}

#[test]
fn a_server_without_a_fit_token_does_not_begin() {
    let Some(place) = tree(NETWORK) else { return };
    place.write("token", "short-and-planted\n");
    let path = place.path("token");
    let chmod = |mode: &str| {
        let changed = Command::new("chmod").arg(mode).arg(&path).status();
        assert!(changed.unwrap().success());
    };
    for (mode, word) in [("600", "at least 32"), ("644", "chmod 600")] {
        chmod(mode);
        let run = place.run("serve --rendered out --listen 127.0.0.1:0 --token-file token");
        assert_eq!((run.exit, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(run.err.contains(word), "{}", run.err);
        assert!(!run.err.contains("planted"), "{}", run.err);
    }
}
