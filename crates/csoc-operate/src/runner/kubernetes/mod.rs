//! A Job in a cluster for each step of each stack that takes a while, made through the cluster's API.
//!
//! The pod of a Job initialises the root and does its step; a container beside that keeps the files, of which what is
//! ours is taken: the plan, the lock file, where the state is, a state that could not be written. What is secret goes in
//! by a Secret that goes with its Job, and comes out by a command within the pod, so that it is in no log. Whoever
//! makes a Job may die: it goes on, and is found again by what was noted beside the log.

mod attach;
mod cluster;
mod error;
mod follow;
mod job;
mod place;
mod pod;
mod taken;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

pub(crate) use attach::mirror;
pub use error::JobError;
pub use place::JobPlace;

use self::cluster::{Cluster, Made};
use self::follow::{End, Follow};
use self::job::{INIT, KEEP, STEP, Step};
use super::image::Image;
use super::left::Left;
use crate::beside::machine;
use crate::digest::Digest;
use crate::terraform::{Finished, GLANCE, Interrupt, Log, ProcessError, Workspace};

/// How the lock file of a root is said to be kept to.
const READONLY: &str = "-lockfile=readonly";

/// Jobs of an image in a namespace of a cluster.
#[derive(Clone)]
pub struct Jobs(Arc<Inner>);

struct Inner {
    cluster: Cluster,
    place: JobPlace,
    image: Image,
    /// This machine and this process.
    by: String,
    /// What is known of each stack that is worked on.
    entered: Mutex<BTreeMap<String, Entered>>,
}

/// What is known of a stack that is worked on.
#[derive(Default, Clone)]
struct Entered {
    /// How its root is initialised.
    init: Vec<String>,
    /// The Job whose pod can be asked.
    job: Option<Made>,
}

/// What a program is asked to do.
pub(crate) struct Call<'c> {
    /// `terraform` or `tofu`.
    pub(crate) program: &'c str,
    /// Where.
    pub(crate) workspace: &'c Workspace,
    /// What.
    pub(crate) arguments: &'c [&'c str],
    /// As whom.
    pub(crate) variables: &'c [(&'c str, Option<&'c str>)],
}

/// Ends once somebody asks to stop.
async fn stopped(interrupt: &Interrupt) {
    while !interrupt.is_stopped() {
        tokio::time::sleep(GLANCE).await;
    }
}

impl Jobs {
    /// Jobs of an image.
    pub fn open(place: JobPlace, image: Image) -> Result<Self, JobError> {
        let cluster = Cluster::open(&place)?;
        Ok(Self(Arc::new(Inner {
            cluster,
            place,
            image,
            by: format!("{}/{}", machine(), std::process::id()),
            entered: Mutex::default(),
        })))
    }

    /// The image.
    pub fn image(&self) -> &Image {
        &self.0.image
    }

    /// What the program of the image prints to these arguments, in a pod that is given nothing.
    pub(crate) fn bare(
        &self,
        program: &str,
        arguments: &[&str],
        interrupt: &Interrupt,
    ) -> Result<String, ProcessError> {
        let inner = &*self.0;
        let secret = nonce();
        let name = format!("csoc-asked-{}", short(&format!("{} {secret}", inner.by)));
        let step: Vec<String> = arguments.iter().map(|it| (*it).to_owned()).collect();
        let step = Step {
            secret: &secret,
            then: &step,
            ..inner.step(&name, program)
        };
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        // Nobody asks a Job to stop that only looks: it is taken away.
        let nobody = Interrupt::default();
        let end = inner.cluster.runtime.block_on(async {
            let job = Box::pin(inner.cluster.make(&step)).await?;
            let follow = Follow::new(&inner.cluster, &inner.place, &job, STEP, &nobody);
            let end = tokio::select! {
                end = follow.end(None, &mut line) => Some(end),
                () = stopped(interrupt) => None,
            };
            inner.cluster.unmake(&job).await;
            end.transpose()
        })?;
        let Some(end) = end else {
            let program = program.to_owned();
            return Err(ProcessError::Stopped { program });
        };
        let why = match end {
            End::Ended { code: 0, .. } => return Ok(text),
            End::Ended { why: Some(why), .. }
            | End::Unbegun { why: Some(why), .. }
            | End::Gone(why) => why,
            End::Ended { code, .. } | End::Unbegun { code, .. } => format!("exit status {code}"),
            End::Stopped | End::Left => "the cluster does not answer".to_owned(),
        };
        Err(JobError::Gone { job: name, why }.into())
    }

    /// Does a step in a working copy, and takes what came of it.
    pub(crate) fn run(
        &self,
        call: &Call<'_>,
        log: &Log<'_>,
        interrupt: &Interrupt,
        line: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Finished, ProcessError> {
        let inner = &*self.0;
        let stack = call.workspace.stack().as_str();
        let called = call.arguments.first().copied().unwrap_or_default();
        let name = format!("csoc-{}", short(stack));
        let applies = called == "apply";
        let mut entered = inner.entered().remove(stack).unwrap_or_default();
        if let Some(before) = entered.job.take() {
            inner.wait(inner.cluster.unmake(&before));
        }
        if applies {
            // Before it is made: whoever dies now has said where to look.
            inner.place.left(&name).note(log.path)?;
        }
        let job = match inner.begin(&name, call, &mut entered) {
            Ok(job) => job,
            Err(error) => {
                Left::forget(log.path)?;
                return Err(error.into());
            }
        };
        let mut complaints = Vec::new();
        let mut hear = |said: &str| {
            follow::complain(&mut complaints, said);
            line(said);
        };
        let container = if called == "init" { INIT } else { STEP };
        let follow = Follow::new(&inner.cluster, &inner.place, &job, container, interrupt);
        let end = inner.wait(follow.end(Some(log.path), &mut hear));
        let left = || ProcessError::Detached {
            program: call.program.to_owned(),
            place: format!(
                "the Job `{name}` in the namespace `{}`",
                inner.place.namespace
            )
            .into(),
        };
        let (code, why, has_begun) = match end {
            Ok(End::Ended { code, why }) => (code, why, true),
            Ok(End::Unbegun { code, why }) => (code, why, false),
            Ok(End::Stopped) => {
                Left::forget(log.path)?;
                return Ok(finished(130, complaints, true));
            }
            Ok(End::Gone(why)) => {
                inner.wait(inner.cluster.unmake(&job));
                Left::forget(log.path)?;
                return Err(JobError::Gone { job: name, why }.into());
            }
            Ok(End::Left) => return Err(left()),
            // It may go on: whoever comes back is told what is in the way.
            Err(_) if applies => return Err(left()),
            Err(error) => return Err(error.into()),
        };
        if let Some(why) = why {
            complaints.push(format!("Error: {why}").into());
        }
        let directory = call.workspace.directory();
        let taken = if has_begun {
            inner.wait(taken::take(inner, &job, called, code, directory))
        } else {
            Ok(())
        };
        if applies {
            if matches!(taken, Err(JobError::Unread(_))) {
                // A state may be in there that is nowhere else.
                return Err(left());
            }
            inner.wait(inner.cluster.unmake(&job));
            Left::forget(log.path)?;
            if let Err(error) = taken {
                complaints.push(
                    format!("Error: a state that it could not write may be lost: {error}").into(),
                );
            }
        } else {
            entered.job = Some(job);
            inner.entered().insert(stack.to_owned(), entered);
            taken?;
        }
        Ok(finished(code, complaints, interrupt.is_stopped()))
    }

    /// What the program prints to these arguments, in the pod of the step before.
    pub(crate) fn read(
        &self,
        call: &Call<'_>,
        interrupt: &Interrupt,
    ) -> Result<(Finished, String), ProcessError> {
        let inner = &*self.0;
        let entered = inner
            .entered()
            .get(call.workspace.stack().as_str())
            .cloned();
        let job = entered.and_then(|it| it.job).ok_or(JobError::NoPod)?;
        let mut command = vec![call.program];
        command.extend(call.arguments);
        let done = inner.wait(async {
            let pod = inner.cluster.pod(&job).await?;
            let pod = pod
                .and_then(|pod| pod.metadata.name)
                .ok_or(JobError::NoPod)?;
            inner.cluster.command(&pod, KEEP, &command).await
        })?;
        let complaints = done.complaints.lines().map(Into::into).collect();
        let text = String::from_utf8_lossy(&done.printed).into_owned();
        let finished = finished(done.code, complaints, interrupt.is_stopped());
        Ok((finished, text))
    }

    /// Says that somebody works on a stack until what is given back goes: then nothing of it is left in the cluster.
    pub(crate) fn enter(&self, stack: &str) -> Within {
        Within {
            jobs: self.clone(),
            stack: stack.to_owned(),
        }
    }
}

/// That somebody works on a stack.
#[derive(Debug)]
pub(crate) struct Within {
    jobs: Jobs,
    stack: String,
}

impl Drop for Within {
    fn drop(&mut self) {
        let inner = &*self.jobs.0;
        let entered = inner.entered().remove(&self.stack);
        if let Some(job) = entered.and_then(|it| it.job) {
            inner.wait(inner.cluster.unmake(&job));
        }
    }
}

impl Inner {
    fn entered(&self) -> MutexGuard<'_, BTreeMap<String, Entered>> {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.cluster.runtime.block_on(what)
    }

    /// A step that does nothing yet.
    fn step<'s>(&'s self, name: &'s str, program: &'s str) -> Step<'s> {
        Step {
            name,
            namespace: &self.place.namespace,
            secret: name,
            by: &self.by,
            stack: "",
            image: self.image.as_str(),
            program,
            init: &[],
            then: &[],
            files: &[],
            plan: None,
            variables: BTreeMap::new(),
        }
    }

    /// Makes the Job of a step.
    fn begin(&self, name: &str, call: &Call<'_>, entered: &mut Entered) -> Result<Made, JobError> {
        let directory = call.workspace.directory();
        let initialises = call.arguments.first() == Some(&"init");
        if initialises {
            entered.init = call.arguments.iter().map(|it| (*it).to_owned()).collect();
        } else if directory.join(taken::LOCK).is_file()
            && !entered.init.iter().any(|it| it == READONLY)
        {
            // What the first pod took is what the next one takes.
            entered.init.push(READONLY.to_owned());
        }
        let (then, plan) = planned(call.arguments)?;
        let secret = format!("{name}-{}", nonce());
        let outside = ["CSOC_EXTERNAL_ID", "TF_VAR_external_id"];
        let outside = outside
            .into_iter()
            .find_map(|name| std::env::var(name).ok());
        let mut variables: BTreeMap<&str, &str> = BTreeMap::new();
        if let Some(value) = &outside {
            variables.insert("TF_VAR_external_id", value);
        }
        for (name, value) in call.variables {
            if let Some(value) = value {
                variables.insert(name, value);
            }
        }
        let mut files = call.workspace.files().map_err(|_| JobError::File {
            path: directory.to_owned(),
            kind: std::io::ErrorKind::Other,
        })?;
        files.retain(|(path, _)| path != Path::new(taken::PLAN));
        let step = Step {
            secret: &secret,
            stack: call.workspace.stack().as_str(),
            init: &entered.init,
            then: if initialises { &[] } else { &then },
            files: &files,
            plan,
            variables,
            ..self.step(name, call.program)
        };
        self.wait(Box::pin(self.cluster.make(&step)))
    }
}

/// The arguments of a step in a pod, and the plan that they name by a path of this machine.
fn planned(arguments: &[&str]) -> Result<(Vec<String>, Option<Vec<u8>>), JobError> {
    let mut plan = None;
    let mut step = Vec::new();
    for argument in arguments {
        let path = PathBuf::from(argument);
        if path.is_absolute() {
            let read = std::fs::read(&path);
            plan = Some(read.map_err(|error| JobError::File {
                path,
                kind: error.kind(),
            })?);
            step.push(job::PLAN.to_owned());
        } else {
            step.push((*argument).to_owned());
        }
    }
    Ok((step, plan))
}

fn finished(code: i32, complaints: Vec<Box<str>>, was_interrupted: bool) -> Finished {
    #[cfg(unix)]
    let status: ExitStatus = std::os::unix::process::ExitStatusExt::from_raw((code & 0xff) << 8);
    #[cfg(windows)]
    let status: ExitStatus =
        std::os::windows::process::ExitStatusExt::from_raw(code.unsigned_abs());
    Finished {
        status,
        complaints: complaints.into(),
        was_interrupted,
    }
}

/// A name that fits into those of Kubernetes.
fn short(text: &str) -> String {
    Digest::of(text.as_bytes())
        .to_string()
        .chars()
        .take(16)
        .collect()
}

/// What no other has: of this moment of this process.
fn nonce() -> String {
    let text = format!(
        "{} {}",
        Timestamp::now().as_nanosecond(),
        std::process::id()
    );
    Digest::of(text.as_bytes())
        .to_string()
        .chars()
        .take(10)
        .collect()
}

impl fmt::Debug for Jobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jobs({}, {})", self.0.place.namespace, self.0.image)
    }
}

impl PartialEq for Jobs {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Jobs {}
