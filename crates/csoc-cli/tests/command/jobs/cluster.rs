//! A cluster of our own: an API that takes Jobs and Secrets, and plays their pods with the real Terraform.
//!
//! A pod is a directory: the files of its volumes are in it, each container is a process in it that is given what the Job
//! says and nothing else, in order, and what is asked to be run within it is. States are kept here, too, for the backend
//! `http`.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::node::signal;
use super::wire::{answer, read};

/// A cluster, and what its pods do on a bad day.
#[derive(Clone)]
pub(super) struct Cluster(Arc<Shared>);

struct Shared {
    directory: PathBuf,
    address: String,
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    /// What was asked for, in order.
    calls: Vec<String>,
    /// Jobs as they were made, even those that are gone.
    made: Vec<Value>,
    pub(super) jobs: BTreeMap<String, Pod>,
    pub(super) secrets: BTreeMap<String, Value>,
    states: BTreeMap<String, Vec<u8>>,
    count: usize,
    pub(super) mood: Mood,
}

/// What happens, of what happens to clusters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Mood {
    #[default]
    Well,
    /// The image is not there.
    NoImage,
    /// Nothing is made of Jobs: somebody does not admit their pods.
    NoPod,
    /// What is asked to stop does not hear it.
    Deaf,
    /// What applies takes more memory than there is.
    Killed,
    /// The pod of what applies is taken away.
    Evicted,
    /// Nobody answers.
    Silent,
    /// Each stream of a log is cut after that many lines.
    Cut(usize),
    /// Who asks may not.
    Forbidden,
}

/// A Job and its pod.
#[derive(Clone)]
pub(super) struct Pod {
    pub(super) job: Value,
    pub(super) uid: String,
    pub(super) directory: PathBuf,
    /// How each container is.
    pub(super) containers: BTreeMap<String, Value>,
    pub(super) processes: BTreeMap<String, u32>,
    phase: &'static str,
    reason: Option<&'static str>,
    pub(super) is_gone: bool,
}

impl Cluster {
    pub(super) fn new(directory: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let cluster = Self(Arc::new(Shared {
            directory,
            address,
            state: Mutex::default(),
        }));
        let own = cluster.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        cluster
    }

    pub(super) fn address(&self) -> &str {
        &self.0.address
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap()
    }

    pub(super) fn mood(&self, mood: Mood) {
        self.state().mood = mood;
    }

    pub(super) fn calls(&self) -> Vec<String> {
        self.state().calls.clone()
    }

    pub(super) fn made(&self) -> Vec<Value> {
        self.state().made.clone()
    }

    /// How many Jobs and Secrets are there.
    pub(super) fn left(&self) -> (usize, usize) {
        let state = self.state();
        (state.jobs.len(), state.secrets.len())
    }

    /// The paths of the states that are kept.
    pub(super) fn states(&self) -> usize {
        self.state().states.len()
    }

    fn serve(&self, mut stream: TcpStream) {
        let mood = self.state().mood;
        let mut peeked = [0; 4096];
        let count = stream.peek(&mut peeked).unwrap_or(0);
        let first = String::from_utf8_lossy(&peeked[..count]).into_owned();
        let line = first.lines().next().unwrap_or_default().to_owned();
        let mut words = line.split(' ');
        let (method, path) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let is_state = path.starts_with("/state/");
        if !is_state {
            if mood == Mood::Silent {
                return;
            }
            self.state().calls.push(format!("{method} {path}"));
        }
        if path.contains("/exec?") {
            self.exec(stream, path);
            return;
        }
        let Some(body) = read(&mut stream) else {
            return;
        };
        if is_state {
            self.keep(&mut stream, method, path, body);
        } else if mood == Mood::Forbidden {
            answer(
                &mut stream,
                403,
                &json!({ "kind": "Status", "status": "Failure", "code": 403, "message": "Bearer planted-token may not" }),
            );
        } else if path.contains("/log?") {
            self.log(&mut stream, path);
        } else {
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let (status, body) = self.answer(method, path, body);
            answer(&mut stream, status, &body);
        }
    }

    /// States of the backend `http`.
    fn keep(&self, stream: &mut TcpStream, method: &str, path: &str, body: Vec<u8>) {
        let mut state = self.state();
        let found = match method {
            "POST" => {
                state.states.insert(path.to_owned(), body);
                Some(Vec::new())
            }
            _ => state.states.get(path).cloned(),
        };
        let (status, bytes) = found.map_or((404, Vec::new()), |bytes| (200, bytes));
        let head = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            bytes.len()
        );
        let _ = stream.write_all(head.as_bytes());
        let _ = stream.write_all(&bytes);
    }

    fn answer(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let last = path.rsplit('/').next().unwrap_or_default().to_owned();
        let mut state = self.state();
        let failure = |code: u16| {
            (
                code,
                json!({ "kind": "Status", "status": "Failure", "code": code, "message": "", "reason": "" }),
            )
        };
        match (method, path.rsplit('/').nth(1), &*last) {
            ("POST", _, "jobs") => {
                let name = body["metadata"]["name"].as_str().unwrap().to_owned();
                if state.jobs.contains_key(&name) {
                    return failure(409);
                }
                state.count += 1;
                let uid = format!("uid-{}", state.count);
                let mut job = body;
                job["metadata"]["uid"] = json!(uid);
                state.made.push(job.clone());
                let pod = Pod {
                    job: job.clone(),
                    uid: uid.clone(),
                    directory: self.0.directory.join(&uid),
                    containers: BTreeMap::new(),
                    processes: BTreeMap::new(),
                    phase: "Pending",
                    reason: None,
                    is_gone: state.mood == Mood::NoPod,
                };
                state.jobs.insert(name, pod.clone());
                let own = self.clone();
                std::thread::spawn(move || own.play(&pod));
                (201, job)
            }
            ("POST", _, "secrets") => {
                let name = body["metadata"]["name"].as_str().unwrap().to_owned();
                state.secrets.insert(name, body.clone());
                (201, body)
            }
            ("GET", Some("jobs"), name) => match state.jobs.get(name) {
                Some(pod) => (200, pod.job.clone()),
                None => failure(404),
            },
            ("DELETE", Some("jobs"), name) => {
                let Some(pod) = state.jobs.remove(name) else {
                    return failure(404);
                };
                // What it was given goes with it.
                state.secrets.retain(|_, secret| {
                    secret["metadata"]["ownerReferences"][0]["uid"] != json!(pod.uid)
                });
                for process in pod.processes.values() {
                    signal("-TERM", *process);
                }
                (
                    200,
                    json!({ "kind": "Status", "status": "Success", "code": 200 }),
                )
            }
            ("DELETE", Some("pods"), _) => (
                200,
                json!({ "kind": "Status", "status": "Success", "code": 200 }),
            ),
            ("GET", _, "pods") => {
                let items: Vec<Value> = state
                    .jobs
                    .iter()
                    .filter(|(name, pod)| {
                        query.contains(&format!("job-name%3D{name}")) && !pod.is_gone
                    })
                    .map(|(_, pod)| pod.value())
                    .collect();
                (
                    200,
                    json!({ "kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items }),
                )
            }
            _ => failure(404),
        }
    }

    pub(super) fn find(&self, path: &str) -> Option<Pod> {
        let state = self.state();
        let mut pods = state.jobs.values();
        pods.find(|pod| path.contains(&format!("/pods/pod-{}/", pod.uid)))
            .cloned()
    }
}

impl Pod {
    pub(super) fn work(&self) -> PathBuf {
        self.directory.join("csoc/work")
    }

    pub(super) fn log(&self, container: &str) -> PathBuf {
        self.directory.join(format!("{container}.log"))
    }

    fn value(&self) -> Value {
        let status = |(name, how): (&String, &Value)| json!({ "name": name, "image": "i", "imageID": "", "ready": false, "restartCount": 0, "state": how });
        let (init, others): (Vec<_>, Vec<_>) = self
            .containers
            .iter()
            .partition(|(name, _)| *name == "init");
        json!({
            "metadata": { "name": format!("pod-{}", self.uid), "ownerReferences": [{ "apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": self.uid }] },
            "status": {
                "phase": self.phase, "reason": self.reason,
                "initContainerStatuses": init.into_iter().map(status).collect::<Vec<_>>(),
                "containerStatuses": others.into_iter().map(status).collect::<Vec<_>>(),
            },
        })
    }
}

/// The kubeconfig that leads to it.
pub(super) fn kubeconfig(address: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\nusers:\n- {{name: me, user: {{token: planted-token}}}}\nclusters:\n- {{name: here, cluster: {{server: '{address}'}}}}\ncontexts:\n- {{name: here, context: {{cluster: here, user: me}}}}\n"
    )
}

/// Whether a file has a text in it.
pub(super) fn has(path: &Path, text: &str) -> bool {
    fs_err::read_to_string(path).is_ok_and(|found| found.contains(text))
}
