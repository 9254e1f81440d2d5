//! The cluster that Jobs are made in: the few requests that a runner makes, each with an end.

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Pod, Secret};
use kube::Api;
use kube::api::{AttachParams, DeleteParams, ListParams, PostParams};
use tokio::io::AsyncReadExt;
use tokio::runtime::Runtime;

use super::JobPlace;
use super::error::JobError;
use super::job::{BY, INIT, KEEP, STEP, STEP_LABEL, Step};
use super::pod::{Standing, standing};
use crate::beside::is_alive;
use crate::cluster::{Unread, client, unread};

/// How long the cluster may take to answer.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a command within a pod may take: a state of some size is read in it.
const COMMAND: Duration = Duration::from_mins(10);

/// A namespace of a cluster, and who speaks to it.
pub(super) struct Cluster {
    pub(super) runtime: Runtime,
    namespace: String,
    jobs: Api<Job>,
    pub(super) pods: Api<Pod>,
    secrets: Api<Secret>,
}

/// A Job that was made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) name: String,
    uid: String,
}

/// What a command within a pod came to.
pub(super) struct Done {
    pub(super) printed: Vec<u8>,
    pub(super) complaints: String,
    pub(super) code: i32,
}

impl Cluster {
    /// The cluster that a context leads to; the current one, or the one that we are in, where none is named.
    pub(super) fn open(place: &JobPlace) -> Result<Self, JobError> {
        let namespace = place.namespace.as_str();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| {
            JobError::Unread(Unread::Unreachable {
                problem: error.kind().to_string(),
            })
        })?;
        let client = runtime.block_on(client(
            place.kubeconfig.as_deref(),
            place.context.as_deref(),
        ))?;
        Ok(Self {
            namespace: namespace.to_owned(),
            jobs: Api::namespaced(client.clone(), namespace),
            pods: Api::namespaced(client.clone(), namespace),
            secrets: Api::namespaced(client, namespace),
            runtime,
        })
    }

    /// Makes a Job, and what it is given. One that only looked, and that nobody is there for any more, makes room.
    pub(super) async fn make(&self, step: &Step<'_>) -> Result<Made, JobError> {
        let job = step.job()?;
        // Before anything is asked: what is too large is not begun.
        step.secret(&job)?;
        let what = "create jobs";
        let mut made = self
            .answer(what, self.jobs.create(&PostParams::default(), &job))
            .await;
        if matches!(made, Err(JobError::Answer { status: 409, .. })) {
            self.make_room(step.name, step.by).await?;
            made = self
                .answer(what, self.jobs.create(&PostParams::default(), &job))
                .await;
        }
        let job = made?;
        let made = Made {
            name: step.name.to_owned(),
            uid: job.metadata.uid.clone().unwrap_or_default(),
        };
        let secret = step.secret(&job)?;
        if secret.data.as_ref().is_some_and(BTreeMap::is_empty) {
            return Ok(made);
        }
        let params = PostParams::default();
        let created = self.secrets.create(&params, &secret);
        match self.answer("create secrets", created).await {
            Ok(_) => Ok(made),
            Err(error) => {
                self.unmake(&made).await;
                Err(error)
            }
        }
    }

    /// Takes away a Job that is in the way, if it only looked, nothing runs in it, and who made it is gone.
    async fn make_room(&self, name: &str, by: &str) -> Result<(), JobError> {
        let Some(job) = self.answer("get jobs", self.jobs.get_opt(name)).await? else {
            return Ok(());
        };
        let said = |all: Option<BTreeMap<String, String>>, key: &str| {
            all.and_then(|mut all| all.remove(key)).unwrap_or_default()
        };
        let step = said(job.metadata.labels, STEP_LABEL);
        let maker = said(job.metadata.annotations, BY);
        let made = Made {
            name: name.to_owned(),
            uid: job.metadata.uid.unwrap_or_default(),
        };
        let container = if step == INIT { INIT } else { STEP };
        let runs = match self.pod(&made).await? {
            Some(pod) => standing(&pod, container) == Standing::Running,
            None => false,
        };
        let is_gone = |(machine, process): (&str, &str)| {
            let process: Option<u32> = process.parse().ok();
            by.rsplit_once('/').is_some_and(|(ours, _)| ours == machine)
                && process.is_some_and(|process| !is_alive(process))
        };
        let is_left = maker == by || maker.rsplit_once('/').is_some_and(is_gone);
        if step == "apply" || runs || !is_left {
            return Err(JobError::Occupied {
                job: name.to_owned(),
                step,
                maker,
            });
        }
        self.unmake(&made).await;
        Ok(())
    }

    /// Whether a Job came to a bad end, as far as the cluster says.
    pub(super) async fn has_failed(&self, job: &Made) -> bool {
        let found = self.answer("get jobs", self.jobs.get_opt(&job.name)).await;
        let status = found.ok().flatten().and_then(|job| job.status);
        status.is_some_and(|status| status.failed.unwrap_or_default() > 0)
    }

    /// The Job of that name.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Made>, JobError> {
        let job = self.answer("get jobs", self.jobs.get_opt(name)).await?;
        Ok(job.map(|job| Made {
            name: name.to_owned(),
            uid: job.metadata.uid.unwrap_or_default(),
        }))
    }

    /// The pod of a Job.
    pub(super) async fn pod(&self, job: &Made) -> Result<Option<Pod>, JobError> {
        let params = ListParams::default().labels(&format!("job-name={}", job.name));
        let list = self.answer("list pods", self.pods.list(&params)).await?;
        let is_ours = |pod: &Pod| {
            let owners = pod.metadata.owner_references.iter().flatten();
            owners.into_iter().any(|owner| owner.uid == job.uid)
        };
        Ok(list.items.into_iter().find(is_ours))
    }

    /// Asks a Job to end as whoever takes it away does: its pod is told, and has its grace.
    pub(super) async fn stop(&self, job: &Made) {
        let params = DeleteParams::foreground();
        // It may be gone already, and who asked to stop is not kept from that.
        let _ = self
            .answer("delete jobs", self.jobs.delete(&job.name, &params))
            .await;
    }

    /// Takes away a Job whose end was seen, with all that is of it.
    pub(super) async fn unmake(&self, job: &Made) {
        let pod = self.pod(job).await.ok().flatten();
        let params = DeleteParams::background();
        // What is left ends by itself in a while.
        let _ = self
            .answer("delete jobs", self.jobs.delete(&job.name, &params))
            .await;
        if let Some(name) = pod.and_then(|pod| pod.metadata.name) {
            // What keeps its files hears nobody, and has nothing to end.
            let params = DeleteParams::default().grace_period(1);
            let _ = self
                .answer("delete pods", self.pods.delete(&name, &params))
                .await;
        }
    }

    /// Runs a command within a container of a pod. What it prints goes to us alone, and into no log.
    pub(super) async fn command(
        &self,
        pod: &str,
        container: &str,
        command: &[&str],
    ) -> Result<Done, JobError> {
        let params = AttachParams {
            container: Some(container.to_owned()),
            max_stdout_buf_size: Some(1 << 16),
            ..AttachParams::default()
        };
        let mut process = self
            .answer(
                "create pods/exec",
                self.pods.exec(pod, command.to_vec(), &params),
            )
            .await?;
        let (output, errors) = (process.stdout(), process.stderr());
        let status = process.take_status();
        let gather = async {
            let (mut printed, mut complaints) = (Vec::new(), Vec::new());
            let out = async {
                match output {
                    Some(mut output) => output.read_to_end(&mut printed).await.map(|_| ()),
                    None => Ok(()),
                }
            };
            let err = async {
                match errors {
                    Some(errors) => errors
                        .take(1 << 18)
                        .read_to_end(&mut complaints)
                        .await
                        .map(|_| ()),
                    None => Ok(()),
                }
            };
            let (out, _) = tokio::join!(out, err);
            let status = match status {
                Some(status) => status.await,
                None => None,
            };
            out.ok()?;
            // Without a word about its end, what was read may be a part of it.
            let status = status?;
            let code = if status.status.as_deref() == Some("Success") {
                0
            } else {
                let causes = status.details.and_then(|it| it.causes).unwrap_or_default();
                let code = causes
                    .into_iter()
                    .find(|it| it.reason.as_deref() == Some("ExitCode"));
                code.and_then(|it| it.message?.parse().ok()).unwrap_or(1)
            };
            Some(Done {
                printed,
                complaints: String::from_utf8_lossy(&complaints).into_owned(),
                code,
            })
        };
        let done = tokio::time::timeout(COMMAND, gather).await;
        done.ok().flatten().ok_or_else(|| {
            JobError::Unread(Unread::Unreachable {
                problem: "the connection was lost".to_owned(),
            })
        })
    }

    /// A file of a pod's working copy; nothing where it is not there.
    pub(super) async fn file(&self, job: &Made, file: &str) -> Result<Option<Vec<u8>>, JobError> {
        let pod = self.pod(job).await?.and_then(|pod| pod.metadata.name);
        let pod = pod.ok_or(JobError::NoPod)?;
        let there = self.command(&pod, KEEP, &["test", "-e", file]).await?;
        if there.code != 0 {
            return Ok(None);
        }
        let done = self.command(&pod, KEEP, &["cat", file]).await?;
        if done.code == 0 {
            return Ok(Some(done.printed));
        }
        Err(JobError::Kept {
            job: job.name.clone(),
            file: file.to_owned(),
        })
    }

    /// What a request came to, in words of our own.
    async fn answer<T>(
        &self,
        what: &'static str,
        request: impl Future<Output = kube::Result<T>>,
    ) -> Result<T, JobError> {
        let answer = tokio::time::timeout(ANSWER, request).await;
        let Ok(answer) = answer else {
            return Err(JobError::Unread(Unread::Timeout {
                seconds: ANSWER.as_secs(),
            }));
        };
        answer.map_err(|error| {
            let namespace = self.namespace.clone();
            match &error {
                kube::Error::Api(status) => match status.code {
                    401 => JobError::Unread(Unread::Unauthorized),
                    403 => JobError::Forbidden { what, namespace },
                    404 => JobError::Missing { what, namespace },
                    status => JobError::Answer {
                        what,
                        namespace,
                        status,
                    },
                },
                kube::Error::UpgradeConnection(_) => JobError::Answer {
                    what,
                    namespace,
                    status: 101,
                },
                error => JobError::Unread(unread(error)),
            }
        })
    }
}

impl JobError {
    /// Whether asking again may help: the line is cut, or the cluster is busy.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Unread(unread) => !matches!(
                unread,
                Unread::Context { .. } | Unread::NoSuchContext { .. }
            ),
            Self::Answer { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}
