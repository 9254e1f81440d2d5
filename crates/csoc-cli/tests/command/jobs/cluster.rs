//! A cluster of our own: an API that takes Jobs and Secrets, and plays their pods with the real Terraform.
//!
//! A pod is a directory: the files of its volumes are in it, each container is a process in it that is given what the Job
//! says and nothing else, in order, and what is asked to be run within it is. States are kept here, too, for the backend
//! `http`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tungstenite::Message;
use tungstenite::handshake::server::{Request, Response};

/// A cluster, and what its pods do on a bad day.
#[derive(Clone)]
pub(super) struct Cluster(Arc<Shared>);

struct Shared {
    directory: PathBuf,
    address: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// What was asked for, in order.
    calls: Vec<String>,
    /// Jobs as they were made, even those that are gone.
    made: Vec<Value>,
    jobs: BTreeMap<String, Pod>,
    secrets: BTreeMap<String, Value>,
    states: BTreeMap<String, Vec<u8>>,
    count: usize,
    mood: Mood,
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
struct Pod {
    job: Value,
    uid: String,
    directory: PathBuf,
    /// How each container is.
    containers: BTreeMap<String, Value>,
    processes: BTreeMap<String, u32>,
    phase: &'static str,
    reason: Option<&'static str>,
    is_gone: bool,
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

    fn state(&self) -> MutexGuard<'_, State> {
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

    /// Sets how a container of a pod is.
    fn set(&self, pod: &Pod, container: &str, how: Value) {
        let mut state = self.state();
        if let Some(pod) = state.jobs.values_mut().find(|it| it.uid == pod.uid) {
            pod.containers.insert(container.to_owned(), how);
        }
    }

    /// What a node does with a pod.
    fn play(&self, pod: &Pod) {
        let spec = &pod.job["spec"]["template"]["spec"];
        if self.state().mood == Mood::NoImage {
            let name = if spec["initContainers"]
                .as_array()
                .is_some_and(|it| !it.is_empty())
            {
                "init"
            } else {
                "step"
            };
            self.set(
                pod,
                name,
                json!({ "waiting": { "reason": "ErrImagePull" } }),
            );
            std::thread::sleep(Duration::from_millis(700));
            self.set(
                pod,
                name,
                json!({ "waiting": { "reason": "ImagePullBackOff" } }),
            );
            return;
        }
        if self.state().mood == Mood::NoPod {
            return;
        }
        self.mount(pod);
        for container in spec["initContainers"].as_array().into_iter().flatten() {
            if self.run(pod, container) != Some(0) {
                return;
            }
        }
        let step = pod.job["metadata"]["labels"]["csoc.gen3.org/step"].as_str();
        for container in spec["containers"].as_array().into_iter().flatten() {
            if container["name"] == "keep" {
                self.set(pod, "keep", json!({ "running": {} }));
            }
        }
        let mood = self.state().mood;
        for container in spec["containers"].as_array().into_iter().flatten() {
            if container["name"] == "keep" {
                continue;
            }
            match mood {
                Mood::Evicted if step == Some("apply") => {
                    self.set(pod, "step", json!({ "running": {} }));
                    std::thread::sleep(Duration::from_millis(300));
                    let mut state = self.state();
                    let pod = state
                        .jobs
                        .values_mut()
                        .find(|it| it.uid == pod.uid)
                        .unwrap();
                    pod.is_gone = true;
                }
                Mood::Killed if step == Some("apply") => {
                    fs_err::write(pod.log("step"), "").unwrap();
                    fs_err::write(pod.work().join("errored.tfstate"), "{\"planted\": true}")
                        .unwrap();
                    self.set(
                        pod,
                        "step",
                        json!({ "terminated": { "exitCode": 137, "reason": "OOMKilled" } }),
                    );
                }
                _ => {
                    self.run(pod, container);
                }
            }
        }
    }

    /// Puts what a Job is given where its pod finds it.
    fn mount(&self, pod: &Pod) {
        fs_err::create_dir_all(pod.work()).unwrap();
        for volume in pod.job["spec"]["template"]["spec"]["volumes"]
            .as_array()
            .unwrap()
        {
            let Some(name) = volume["secret"]["secretName"].as_str() else {
                continue;
            };
            let below = if volume["name"] == "plan" {
                pod.directory.join("csoc/plan")
            } else {
                pod.work()
            };
            let secret = loop {
                if let Some(secret) = self.state().secrets.get(name) {
                    break secret.clone();
                }
                std::thread::sleep(Duration::from_millis(20));
            };
            for item in volume["secret"]["items"].as_array().unwrap() {
                let path = below.join(item["path"].as_str().unwrap());
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                let text = secret["data"][item["key"].as_str().unwrap()]
                    .as_str()
                    .unwrap();
                fs_err::write(path, STANDARD.decode(text).unwrap()).unwrap();
            }
        }
    }

    /// Runs a container to its end.
    fn run(&self, pod: &Pod, container: &Value) -> Option<i32> {
        let name = container["name"].as_str().unwrap();
        let log = File::create(pod.log(name)).unwrap();
        let arguments: Vec<&str> = container["command"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        let mut command = self.command(pod, container, &arguments);
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0);
        let mut child = command.spawn().unwrap();
        if let Some(pod) = self.state().jobs.values_mut().find(|it| it.uid == pod.uid) {
            pod.processes.insert(name.to_owned(), child.id());
        }
        self.set(pod, name, json!({ "running": {} }));
        let code = child.wait().unwrap().code().unwrap_or(137);
        if let Some(pod) = self.state().jobs.values_mut().find(|it| it.uid == pod.uid) {
            pod.processes.remove(name);
        }
        self.set(pod, name, json!({ "terminated": { "exitCode": code, "reason": if code == 0 { "Completed" } else { "Error" } } }));
        Some(code)
    }

    fn command(&self, pod: &Pod, container: &Value, arguments: &[&str]) -> Command {
        let inside = format!("{}/csoc/", pod.directory.display());
        let mut command = Command::new(arguments[0]);
        command.args(
            arguments[1..]
                .iter()
                .map(|it| it.replace("/csoc/", &inside)),
        );
        command
            .current_dir(pod.work())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap());
        for variable in container["env"].as_array().unwrap() {
            let from = &variable["valueFrom"]["secretKeyRef"];
            let value = match variable["value"].as_str() {
                Some(value) => value.to_owned(),
                None => {
                    let state = self.state();
                    let Some(secret) = state.secrets.get(from["name"].as_str().unwrap()) else {
                        continue;
                    };
                    let text = secret["data"][from["key"].as_str().unwrap()]
                        .as_str()
                        .unwrap();
                    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
                }
            };
            command.env(variable["name"].as_str().unwrap(), value);
        }
        command
    }

    fn find(&self, path: &str) -> Option<Pod> {
        let state = self.state();
        let mut pods = state.jobs.values();
        pods.find(|pod| path.contains(&format!("/pods/pod-{}/", pod.uid)))
            .cloned()
    }

    /// A log as a cluster gives it, each line with its time, from the beginning: what was had is not left out.
    fn log(&self, stream: &mut TcpStream, path: &str) {
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
    fn exec(&self, stream: TcpStream, path: &str) {
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

impl Pod {
    fn work(&self) -> PathBuf {
        self.directory.join("csoc/work")
    }

    fn log(&self, container: &str) -> PathBuf {
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

fn signal(which: &str, process: u32) {
    let _ = Command::new("kill")
        .args([which, &process.to_string()])
        .status();
}

/// The body of a request.
fn read(stream: &mut TcpStream) -> Option<Vec<u8>> {
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

fn answer(stream: &mut TcpStream, status: u16, body: &Value) {
    let body = body.to_string();
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
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
