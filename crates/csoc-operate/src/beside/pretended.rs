//! A bucket of our own on this machine, which answers as S3 does, for tests.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use super::Ledger;
use super::backend::Settings;
use aws_sdk_s3::config::{Credentials, SharedCredentialsProvider};

use super::objects::Buckets;
use crate::run::{OwnSession, Variables};

type Things = BTreeMap<String, Vec<u8>>;

/// What a bucket answers in place of what it would: for the start of a request, a status and a code of S3.
pub(super) type Instead = fn(&str) -> Option<(u16, &'static str)>;

/// A bucket, and what it was asked.
pub(super) struct Bucket {
    address: String,
    pub(super) things: Arc<Mutex<Things>>,
    /// The heads of all requests.
    pub(super) heads: Arc<Mutex<Vec<String>>>,
    buckets: Buckets,
}

impl Bucket {
    pub(super) fn new() -> Self {
        Self::that(|_| None)
    }

    /// One that answers some requests with an error.
    pub(super) fn that(instead: Instead) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a port");
        let port = listener.local_addr().expect("it has one").port();
        let bucket = Self {
            address: format!("http://127.0.0.1:{port}"),
            things: Arc::default(),
            heads: Arc::default(),
            buckets: Buckets::default(),
        };
        let (things, heads) = (bucket.things.clone(), bucket.heads.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (things, heads) = (things.clone(), heads.clone());
                std::thread::spawn(move || serve(stream, &things, &heads, instead));
            }
        });
        bucket
    }

    /// What a backend of this bucket says, with more.
    pub(super) fn settings(&self, more: &[(&str, serde_json::Value)]) -> Settings {
        let mut settings = serde_json::json!({
            "bucket": "state", "key": "v1/x/terraform.tfstate", "region": "us-east-1",
            "endpoints": [{ "s3": self.address }],
        });
        for (name, value) in more {
            settings[*name] = value.clone();
        }
        Settings::of(settings)
    }

    pub(super) fn with(&self, settings: &Settings) -> Result<Ledger, super::LedgerError> {
        let mut variables = Variables::default();
        let token = Some("planted-token".to_owned());
        let credentials = Credentials::new("ASIA-SESSION", "planted-secret", token, None, "csoc");
        variables.is(OwnSession {
            name: "ASIA-SESSION".into(),
            provider: SharedCredentialsProvider::new(credentials),
        });
        self.buckets.beside(settings, &variables).map(Ledger::new)
    }

    pub(super) fn ledger(&self) -> Ledger {
        self.with(&self.settings(&[])).expect("it says where")
    }
}

fn serve(
    mut stream: TcpStream,
    things: &Mutex<Things>,
    heads: &Mutex<Vec<String>>,
    instead: Instead,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body) = loop {
        let count = stream.read(&mut buffer).unwrap_or(0);
        request.extend_from_slice(buffer.get(..count).unwrap_or_default());
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).into_owned();
            let length: usize = header(&head, "content-length")
                .and_then(|length| length.parse().ok())
                .unwrap_or(0);
            if request.len() >= end + 4 + length {
                break (head, request[end + 4..].to_vec());
            }
        }
        if count == 0 {
            return;
        }
    };
    let (status, more, body) = match instead(&head) {
        Some((status, code)) => error(status, code),
        None => answer(&head, body, &mut things.lock().expect("nobody panics")),
    };
    heads.lock().expect("nobody panics").push(head);
    let answer = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.write_all(&body);
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        found.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn error(status: u16, code: &str) -> (u16, String, Vec<u8>) {
    let body = format!("<Error><Code>{code}</Code><Message>it is said so</Message></Error>");
    (status, String::new(), body.into_bytes())
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", crate::digest::Digest::of(bytes))
}

fn answer(head: &str, body: Vec<u8>, things: &mut Things) -> (u16, String, Vec<u8>) {
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (method, target) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    );
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let key = path.trim_start_matches("/state").trim_start_matches('/');
    if query.contains("list-type=2") {
        let prefix = query
            .split('&')
            .find_map(|part| part.strip_prefix("prefix="));
        let prefix = prefix.unwrap_or_default().replace("%2F", "/");
        let found = things.iter().find(|(key, _)| key.starts_with(&prefix));
        let found = found.map(|(key, bytes)| {
            format!(
                "<Contents><Key>{key}</Key><Size>{}</Size></Contents>",
                bytes.len()
            )
        });
        let body = format!(
            "<ListBucketResult>{}</ListBucketResult>",
            found.unwrap_or_default()
        );
        return (200, String::new(), body.into_bytes());
    }
    let found = things.get(key).map(|bytes| tag(bytes));
    match method {
        "GET" => match things.get(key) {
            Some(bytes) => (200, format!("ETag: {}\r\n", tag(bytes)), bytes.clone()),
            None => error(404, "NoSuchKey"),
        },
        "PUT" => {
            let is_met = match (header(head, "if-match"), header(head, "if-none-match")) {
                (Some(wanted), _) => found.as_deref() == Some(wanted),
                (None, Some(_)) => found.is_none(),
                (None, None) => true,
            };
            if !is_met {
                return error(412, "PreconditionFailed");
            }
            let head = format!("ETag: {}\r\n", tag(&body));
            things.insert(key.to_owned(), body);
            (200, head, Vec::new())
        }
        _ => error(405, "MethodNotAllowed"),
    }
}
