//! A cloud of our own on this machine: as much of S3 and STS as Terraform's backend asks, on good days and on bad ones.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// A cloud with one bucket. Whoever has a copy may change what it does.
#[derive(Clone)]
pub(crate) struct Cloud {
    address: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
pub(crate) struct State {
    /// What is in the bucket.
    pub(crate) objects: BTreeMap<String, Vec<u8>>,
    /// What is wrong.
    pub(crate) fault: Option<Fault>,
    /// What was asked: method and path.
    pub(crate) asked: Vec<String>,
}

/// What a cloud does on a bad day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// S3 answers everything with this status and this code.
    Says(u16, &'static str),
    /// The same for the next ones alone.
    SaysTimes(usize, u16, &'static str),
    /// The same for what would write a state.
    SaysToWrites(u16, &'static str),
    /// Nothing gets an answer: the line is cut.
    Cuts,
    /// What would write a state gets no answer: the line is cut.
    CutsWrites,
}

struct Request {
    method: String,
    path: String,
    query: String,
    head: String,
    body: Vec<u8>,
}

impl Cloud {
    /// One that listens.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let cloud = Self {
            address: format!("http://{}", listener.local_addr().unwrap()),
            state: Arc::default(),
        };
        let own = cloud.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        cloud
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn has(&self, fault: Fault) {
        self.state().fault = Some(fault);
    }

    pub(crate) fn is_well(&self) {
        self.state().fault = None;
    }

    fn serve(&self, mut stream: TcpStream) {
        let Some(request) = read(&mut stream) else {
            return;
        };
        let Some((status, more, body)) = self.answer(request) else {
            return;
        };
        let head = format!(
            "HTTP/1.1 {status} It\r\nContent-Length: {}\r\nConnection: close\r\n{more}\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&body);
    }

    /// Status, further lines of the head, and body; nothing where the line is cut.
    fn answer(&self, request: Request) -> Option<(u16, &'static str, Vec<u8>)> {
        const XML: &str = "Content-Type: text/xml\r\n";
        if String::from_utf8_lossy(&request.body).contains("Action=GetCallerIdentity") {
            let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/somebody</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
            return Some((200, XML, body.into()));
        }
        let mut state = self.state();
        let asked = format!("{} {}", request.method, request.path);
        state.asked.push(asked);
        let writes = request.method == "PUT" && request.path.ends_with(".tfstate");
        let says = match state.fault {
            Some(Fault::Says(status, code)) => Some((status, code)),
            Some(Fault::SaysTimes(times, status, code)) => {
                state.fault = (times > 1).then(|| Fault::SaysTimes(times - 1, status, code));
                Some((status, code))
            }
            Some(Fault::SaysToWrites(status, code)) if writes => Some((status, code)),
            Some(Fault::Cuts) => return None,
            Some(Fault::CutsWrites) if writes => return None,
            _ => None,
        };
        if let Some((status, code)) = says {
            return Some((status, XML, error(code)));
        }
        // `/bucket/key`
        let key = request.path.splitn(3, '/').nth(2).unwrap_or_default();
        Some(match &*request.method {
            "GET" if key.is_empty() || request.query.contains("list-type") => {
                let prefix = request
                    .query
                    .split('&')
                    .find_map(|part| part.strip_prefix("prefix="));
                let prefix = prefix.unwrap_or_default().replace("%2F", "/");
                let found = state.objects.keys().filter(|key| key.starts_with(&prefix));
                let found: String = found.fold(String::new(), |all, key| {
                    all + "<Contents><Key>" + key + "</Key></Contents>"
                });
                let body = format!(
                    "<ListBucketResult><Name>states</Name><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
                );
                (200, XML, body.into_bytes())
            }
            "GET" => match state.objects.get(key) {
                Some(bytes) => (
                    200,
                    "Content-Type: application/json\r\nETag: \"e\"\r\n",
                    bytes.clone(),
                ),
                None => (404, XML, error("NoSuchKey")),
            },
            "HEAD" => match state.objects.get(key) {
                Some(_) => (200, "", Vec::new()),
                None => (404, "", Vec::new()),
            },
            "PUT" => {
                let once = request
                    .head
                    .to_ascii_lowercase()
                    .contains("if-none-match: *");
                if once && state.objects.contains_key(key) {
                    (412, XML, error("PreconditionFailed"))
                } else {
                    state.objects.insert(key.to_owned(), request.body);
                    (200, "ETag: \"e\"\r\n", Vec::new())
                }
            }
            "DELETE" => {
                state.objects.remove(key);
                (204, "", Vec::new())
            }
            _ => (405, XML, error("MethodNotAllowed")),
        })
    }
}

fn error(code: &str) -> Vec<u8> {
    format!("<Error><Code>{code}</Code><Message>it is said so</Message></Error>").into_bytes()
}

fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length = head
        .lines()
        .find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse().ok())?
        })
        .unwrap_or(0);
    if head.to_ascii_lowercase().contains("expect: 100-continue") {
        let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
    }
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => body.extend_from_slice(&buffer[..count]),
        }
    }
    if head.to_ascii_lowercase().contains("aws-chunked") {
        body = chunks(&body);
    }
    let first = head.lines().next()?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Some(Request {
        method,
        path: path.to_owned(),
        query: query.to_owned(),
        head: head.clone(),
        body,
    })
}

/// The content of a body that is sent in chunks.
fn chunks(mut body: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let line = String::from_utf8_lossy(&body[..end]).into_owned();
        let size = line.split(';').next().unwrap_or_default();
        let Ok(size @ 1..) = usize::from_str_radix(size, 16) else {
            break;
        };
        let start = end + 2;
        content.extend_from_slice(&body[start..start + size]);
        body = &body[(start + size + 2).min(body.len())..];
    }
    content
}
