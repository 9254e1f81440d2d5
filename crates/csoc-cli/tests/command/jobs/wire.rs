//! How an API speaks: requests and answers, logs that are streamed, commands within containers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::handshake::server::{Request, Response};

use super::cluster::{Cluster, Mood};
use super::node::signal;

impl Cluster {
    /// A log as a cluster gives it, each line with its time, from the beginning: what was had is not left out.
    pub(super) fn log(&self, stream: &mut TcpStream, path: &str) {
        let Some(pod) = self.find(path) else {
            return answer(
                stream,
                404,
                &json!({ "kind": "Status", "status": "Failure", "code": 404 }),
            );
        };
        let name = if path.contains("container=init") {
            "init"
        } else {
            "step"
        };
        let head = "HTTP/1.1 200 X\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(head.as_bytes());
        let mut sent = 0;
        let mut here = 0;
        loop {
            let is_over = self
                .find(path)
                .is_none_or(|pod| pod.containers[name].get("terminated").is_some());
            let text = fs_err::read_to_string(pod.log(name)).unwrap_or_default();
            for line in text.lines().take(text.matches('\n').count()).skip(sent) {
                sent += 1;
                here += 1;
                let line = format!("2026-11-26T10:00:00.{sent:09}Z {line}\n");
                if stream.write_all(line.as_bytes()).is_err() {
                    return;
                }
                // Cut in the middle of what comes next; the next time further on.
                let mood = self.state().mood;
                if let Mood::Cut(lines) = mood
                    && here == lines
                {
                    self.state().mood = Mood::Cut(lines + 2);
                    let _ = stream.write_all(b"2026-11-26T10:00:01.5Z {\"cut");
                    return;
                }
            }
            if is_over || self.state().mood == Mood::Silent {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs something within a container, and says what it prints.
    pub(super) fn exec(&self, stream: TcpStream, path: &str) {
        #[expect(clippy::result_large_err, reason = "it is how a refusal looks there")]
        let speak = |_: &Request, mut response: Response| {
            let protocol = "v5.channel.k8s.io".parse().unwrap();
            response
                .headers_mut()
                .insert("Sec-WebSocket-Protocol", protocol);
            Ok(response)
        };
        let Ok(mut socket) = tungstenite::accept_hdr(stream, speak) else {
            return;
        };
        let Some(pod) = self.find(path) else { return };
        let query = path.split_once('?').unwrap().1;
        let arguments: Vec<String> = query
            .split('&')
            .filter_map(|pair| pair.strip_prefix("command="))
            .map(|text| {
                text.replace('+', " ")
                    .replace("%2F", "/")
                    .replace("%3D", "=")
            })
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let status = |code: i32| match code {
            0 => json!({ "kind": "Status", "status": "Success" }),
            code => {
                json!({ "kind": "Status", "status": "Failure", "code": 500, "reason": "NonZeroExitCode",
                "details": { "causes": [{ "reason": "ExitCode", "message": code.to_string() }] } })
            }
        };
        let mut say = |channel: u8, bytes: &[u8]| {
            let mut frame = vec![channel];
            frame.extend_from_slice(bytes);
            let _ = socket.send(Message::binary(frame));
        };
        if arguments[0] == "kill" {
            let container = if query.contains("container=init") {
                "init"
            } else {
                "step"
            };
            let process = pod.processes.get(container);
            if self.state().mood != Mood::Deaf {
                process.inspect(|process| signal(arguments[1], **process));
            }
            say(
                3,
                status(i32::from(process.is_none())).to_string().as_bytes(),
            );
        } else {
            let spec = &pod.job["spec"]["template"]["spec"];
            let keep = spec["containers"]
                .as_array()
                .unwrap()
                .iter()
                .find(|it| it["name"] == "keep")
                .unwrap();
            let output = self.command(&pod, keep, &arguments).output().unwrap();
            for piece in output.stdout.chunks(10_000) {
                say(1, piece);
            }
            say(2, &output.stderr);
            say(
                3,
                status(output.status.code().unwrap_or(1))
                    .to_string()
                    .as_bytes(),
            );
        }
        let _ = socket.close(None);
        while socket.read().is_ok() {}
    }
}

/// The body of a request.
pub(super) fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        request.extend_from_slice(&buffer[..count]);
        let Some(end) = request.windows(4).position(|end| end == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        if request.len() >= end + 4 + length.unwrap_or(0) {
            return Some(request.split_off(end + 4));
        }
    }
}

/// Answers a request.
pub(super) fn answer(stream: &mut TcpStream, status: u16, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}
