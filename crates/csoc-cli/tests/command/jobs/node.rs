//! What a node does with pods: their files, their containers in order, how each of them is.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::cluster::{Cluster, Mood, Pod};

impl Cluster {
    /// Sets how a container of a pod is.
    pub(super) fn set(&self, pod: &Pod, container: &str, how: Value) {
        let mut state = self.state();
        if let Some(pod) = state.jobs.values_mut().find(|it| it.uid == pod.uid) {
            pod.containers.insert(container.to_owned(), how);
        }
    }

    /// What a node does with a pod.
    pub(super) fn play(&self, pod: &Pod) {
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
            if self.run(pod, container) != 0 {
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
                    std::thread::sleep(Duration::from_secs(2));
                    let mut state = self.state();
                    let pod = state
                        .jobs
                        .values_mut()
                        .find(|it| it.uid == pod.uid)
                        .unwrap();
                    pod.is_gone = true;
                    // The Job says so, whether anybody saw the pod or not.
                    pod.job["status"] = json!({ "failed": 1 });
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
    pub(super) fn mount(&self, pod: &Pod) {
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
    pub(super) fn run(&self, pod: &Pod, container: &Value) -> i32 {
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
        code
    }

    pub(super) fn command(&self, pod: &Pod, container: &Value, arguments: &[&str]) -> Command {
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
            let value = variable["value"].as_str().map(str::to_owned).or_else(|| {
                let state = self.state();
                let secret = state.secrets.get(from["name"].as_str()?)?;
                let text = secret["data"][from["key"].as_str()?].as_str()?;
                String::from_utf8(STANDARD.decode(text).ok()?).ok()
            });
            let Some(value) = value else { continue };
            command.env(variable["name"].as_str().unwrap(), value);
        }
        command
    }
}

/// Sends a signal to a process, which may be gone.
pub(super) fn signal(which: &str, process: u32) {
    let _ = Command::new("kill")
        .args([which, &process.to_string()])
        .status();
}
