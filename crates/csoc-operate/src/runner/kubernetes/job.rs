//! What is asked of a cluster: a Job whose pod initialises a root and then does one step, and the Secret of what it is given.
//!
//! Each container is the program with its arguments: no shell, no text that anything is put into. `keep` does nothing; while
//! it is there, files can be taken out of the pod, and what the program prints can be read however long nobody was there.

use std::collections::BTreeMap;
use std::path::PathBuf;

use k8s_openapi::ByteString;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Secret;
use serde_json::{Value, json};

use super::error::JobError;
use crate::runner::manifest::{DEPLOYS, PLANS};

/// Where a pod works.
pub(super) const WORK: &str = "/csoc/work";
/// Where its plan is.
pub(super) const PLAN: &str = "/csoc/plan/plan.tfplan";
/// The container that initialises the root.
pub(super) const INIT: &str = "init";
/// The container that does the step.
pub(super) const STEP: &str = "step";
/// The container that files are taken out of.
pub(super) const KEEP: &str = "keep";
/// By which a Job says which step it does.
pub(super) const STEP_LABEL: &str = "csoc.gen3.org/step";
/// By which it says of which stack.
const STACK: &str = "csoc.gen3.org/stack";
/// By which it says who made it.
pub(super) const BY: &str = "csoc.gen3.org/by";

/// What a Secret may hold, in bytes.
const ROOM: usize = 1 << 20;

/// For how long an interrupted Terraform may end what it began, in seconds: some databases take that long.
const GRACE: u32 = 3600;
/// For how long files can be taken out of what only looks, and what applies, in seconds.
const LOOKED: &str = "14400";
const APPLIED: &str = "86400";

/// One step of one stack.
pub(super) struct Step<'s> {
    /// The Job's name: there is one of it.
    pub(super) name: &'s str,
    pub(super) namespace: &'s str,
    /// The name of what it is given.
    pub(super) secret: &'s str,
    /// Who makes it: a machine and a process.
    pub(super) by: &'s str,
    /// The stack.
    pub(super) stack: &'s str,
    pub(super) image: &'s str,
    /// `terraform` or `tofu`.
    pub(super) program: &'s str,
    /// How the root is initialised; not at all where that is nothing.
    pub(super) init: &'s [String],
    /// What is done then; nothing but being looked at where that is nothing.
    pub(super) then: &'s [String],
    /// The files of the root.
    pub(super) files: &'s [(PathBuf, Vec<u8>)],
    /// The plan that is applied.
    pub(super) plan: Option<Vec<u8>>,
    /// Variables of its session, some of them secret.
    pub(super) variables: BTreeMap<&'s str, &'s str>,
}

impl Step<'_> {
    /// What it is called: the first argument of the program.
    pub(super) fn called(&self) -> &str {
        self.then.first().map_or(INIT, String::as_str)
    }

    fn applies(&self) -> bool {
        self.called() == "apply"
    }

    /// What it is given, as long as its Job is there.
    pub(super) fn secret(&self, job: &Job) -> Result<Secret, JobError> {
        let mut data: BTreeMap<String, ByteString> = BTreeMap::new();
        for (at, (_, bytes)) in self.files.iter().enumerate() {
            data.insert(file(at), ByteString(bytes.clone()));
        }
        for (name, value) in &self.variables {
            data.insert(variable(name), ByteString(value.as_bytes().to_vec()));
        }
        if let Some(plan) = &self.plan {
            data.insert("plan".to_owned(), ByteString(plan.clone()));
        }
        let bytes: usize = data.values().map(|value| value.0.len()).sum();
        if bytes > ROOM {
            return Err(JobError::TooLarge { bytes, room: ROOM });
        }
        let mut secret: Secret = typed(json!({
            "metadata": {
                "name": self.secret, "namespace": self.namespace, "labels": self.labels(),
                // It goes with its Job, whoever takes that away.
                "ownerReferences": [{
                    "apiVersion": "batch/v1", "kind": "Job", "name": self.name,
                    "uid": job.metadata.uid.clone().unwrap_or_default(),
                }],
            },
            "immutable": true,
        }))?;
        secret.data = Some(data);
        Ok(secret)
    }

    /// The Job.
    pub(super) fn job(&self) -> Result<Job, JobError> {
        let keeps = if self.applies() { APPLIED } else { LOOKED };
        let mut init = Vec::new();
        let mut containers = Vec::new();
        if !self.init.is_empty() {
            init.push(self.container(INIT, self.program, self.init)?);
            containers.push(self.container(KEEP, "sleep", &[keeps.to_owned()])?);
        }
        if !self.then.is_empty() {
            containers.insert(0, self.container(STEP, self.program, self.then)?);
        }
        let mut volumes = vec![
            json!({ "name": "work", "emptyDir": {} }),
            json!({ "name": "tmp", "emptyDir": {} }),
        ];
        let mut root = Vec::new();
        for (at, (path, _)) in self.files.iter().enumerate() {
            root.push(json!({ "key": file(at), "path": plain(path)? }));
        }
        if !root.is_empty() {
            volumes.push(json!({ "name": "root", "secret": { "secretName": self.secret, "items": root, "defaultMode": 0o440 } }));
        }
        if self.plan.is_some() {
            let items = [json!({ "key": "plan", "path": "plan.tfplan" })];
            volumes.push(json!({ "name": "plan", "secret": { "secretName": self.secret, "items": items, "defaultMode": 0o440 } }));
        }
        let account = if self.applies() { DEPLOYS } else { PLANS };
        let metadata = json!({
            "labels": self.labels(),
            // Nobody moves it elsewhere in the middle of what it does.
            "annotations": {
                STACK: self.stack,
                "cluster-autoscaler.kubernetes.io/safe-to-evict": "false",
                "karpenter.sh/do-not-disrupt": "true",
            },
        });
        typed(json!({
            "metadata": {
                "name": self.name, "namespace": self.namespace, "labels": self.labels(), "annotations": { STACK: self.stack, BY: self.by },
            },
            "spec": {
                // Whether it is tried again is decided by who reads its plan.
                "backoffLimit": 0, "completions": 1, "parallelism": 1, "podReplacementPolicy": "Failed",
                "ttlSecondsAfterFinished": if self.applies() { 86400 } else { 600 },
                "template": { "metadata": metadata, "spec": {
                    "restartPolicy": "Never",
                    "serviceAccountName": account,
                    // It speaks to the cloud, and not to this cluster: what gives it a role mounts a token of its own.
                    "automountServiceAccountToken": false,
                    "enableServiceLinks": false,
                    "terminationGracePeriodSeconds": GRACE,
                    "securityContext": {
                        "runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "initContainers": init, "containers": containers, "volumes": volumes,
                } },
            },
        }))
    }

    fn labels(&self) -> Value {
        json!({
            "app.kubernetes.io/managed-by": "csoc", "app.kubernetes.io/name": "csoc-runner",
            STEP_LABEL: self.called(),
        })
    }

    fn container(
        &self,
        name: &str,
        program: &str,
        arguments: &[String],
    ) -> Result<Value, JobError> {
        let mut environment = vec![
            json!({ "name": "HOME", "value": "/tmp" }),
            json!({ "name": "TF_IN_AUTOMATION", "value": "1" }),
            json!({ "name": "CHECKPOINT_DISABLE", "value": "1" }),
            json!({ "name": "TF_INPUT", "value": "0" }),
        ];
        for variable_name in self.variables.keys() {
            let from =
                json!({ "secretKeyRef": { "name": self.secret, "key": variable(variable_name) } });
            environment.push(json!({ "name": variable_name, "valueFrom": from }));
        }
        let mut mounts = vec![
            json!({ "name": "work", "mountPath": WORK }),
            json!({ "name": "tmp", "mountPath": "/tmp" }),
        ];
        for (path, _) in self.files {
            let path = plain(path)?;
            mounts.push(json!({ "name": "root", "mountPath": format!("{WORK}/{path}"), "subPath": path, "readOnly": true }));
        }
        if self.plan.is_some() && name == STEP {
            mounts.push(json!({ "name": "plan", "mountPath": "/csoc/plan", "readOnly": true }));
        }
        let resources = if name == KEEP {
            // What is asked of it runs in here: to read a plan takes the providers that made it.
            json!({ "requests": { "cpu": "10m", "memory": "128Mi" }, "limits": { "memory": "1Gi" } })
        } else {
            json!({ "requests": { "cpu": "250m", "memory": "512Mi" }, "limits": { "memory": "2Gi" } })
        };
        let mut command = vec![program];
        command.extend(arguments.iter().map(String::as_str));
        Ok(json!({
            "name": name, "image": self.image, "imagePullPolicy": "IfNotPresent", "command": command, "workingDir": WORK,
            "env": environment, "volumeMounts": mounts, "resources": resources,
            "securityContext": {
                "allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true, "capabilities": { "drop": ["ALL"] },
            },
        }))
    }
}

/// The key of a file of the root.
fn file(at: usize) -> String {
    format!("file-{at}")
}

/// The key of a variable.
fn variable(name: &str) -> String {
    format!("variable-{name}")
}

/// A path within a root, as a volume may have it.
fn plain(path: &std::path::Path) -> Result<&str, JobError> {
    path.to_str().ok_or_else(|| JobError::Path(path.to_owned()))
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, JobError> {
    serde_json::from_value(value).map_err(|_| JobError::Unreadable)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{JobError, Step};

    fn with(plan: Option<Vec<u8>>, then: impl FnOnce(&Step<'_>)) {
        let files = [
            (PathBuf::from("main.tf"), b"resource".to_vec()),
            (PathBuf::from("modules/a/main.tf"), b"module".to_vec()),
        ];
        let step = ["apply", "-json", super::PLAN].map(str::to_owned);
        then(&Step {
            name: "csoc-0",
            namespace: "csoc-runner",
            secret: "csoc-0-1",
            by: "hub/1",
            stack: "v1/111122223333/us-east-1/waf/cluster/main",
            image: "hashicorp/terraform@sha256:00",
            program: "terraform",
            init: &["init".to_owned()],
            then: if plan.is_some() { &step } else { &[] },
            files: &files,
            plan,
            variables: [("AWS_SECRET_ACCESS_KEY", "planted")].into(),
        });
    }

    #[test]
    fn what_is_secret_is_in_the_secret_alone() {
        with(Some(b"planted plan".to_vec()), |step| {
            let job = step.job().expect("it is one");
            let text = serde_json::to_string(&job).expect("it is data");
            assert!(!text.contains("planted"), "{text}");
            for part in [
                r#""command":["terraform","apply","-json","/csoc/plan/plan.tfplan"]"#,
                r#""serviceAccountName":"csoc-deploy""#,
                r#""automountServiceAccountToken":false"#,
                r#""backoffLimit":0"#,
                r#""mountPath":"/csoc/work/modules/a/main.tf""#,
            ] {
                assert!(text.contains(part), "{part}\n{text}");
            }
            assert!(!text.contains("hostPath"), "{text}");
            let secret = step.secret(&job).expect("it fits");
            assert_eq!(secret.data.map(|data| data.len()), Some(4));
        });
        with(None, |step| {
            let text = serde_json::to_string(&step.job().expect("it is one")).expect("it is data");
            assert!(
                text.contains(r#""serviceAccountName":"csoc-plan""#),
                "{text}"
            );
            assert!(!text.contains("plan.tfplan"), "{text}");
        });
    }

    #[test]
    fn what_no_secret_holds_is_refused() {
        with(Some(vec![0; 1 << 20]), |step| {
            let refused = step.secret(&step.job().expect("it is one"));
            assert!(matches!(refused, Err(JobError::TooLarge { .. })));
        });
    }
}
