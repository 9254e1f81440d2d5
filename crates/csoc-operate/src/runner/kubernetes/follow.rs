//! Following a Job to its end: what its step prints is copied here, through lost lines and a cluster that is silent.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use futures_util::AsyncReadExt as _;

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use kube::api::LogParams;

use super::JobPlace;
use super::cluster::{Cluster, Made};
use super::error::JobError;
use super::job::INIT;
use super::pod::{Standing, standing};
use crate::terraform::{COMPLAINTS, Interrupt, Lines};

/// How often a pod is looked at that has not begun, and a cluster is asked that did not answer.
const GLANCE: Duration = Duration::from_millis(500);
/// How long nothing may be printed until it is looked whether somebody wants to stop.
const LISTEN: Duration = Duration::from_millis(100);
/// How long a log may be quiet until its pod is looked at: a line that is cut by nobody's word is open for ever.
const QUIET: Duration = Duration::from_secs(5);
/// How long it takes to ask a program to stop, at most.
const ASK: Duration = Duration::from_secs(30);
/// How often the rest of a log is asked for, of what has ended.
const TRIES: u32 = 20;

/// How following came out.
#[derive(Debug)]
pub(super) enum End {
    /// It ended.
    Ended {
        /// Its exit status.
        code: i32,
        /// Why, where it was not itself that ended.
        why: Option<String>,
    },
    /// It did not begin: what comes before it failed, or nothing came at all.
    Unbegun {
        /// The exit status of what failed.
        code: i32,
        /// Why, where it was not a program that failed.
        why: Option<String>,
    },
    /// It did not begin: somebody asked it to stop.
    Stopped,
    /// Nobody knows how it ended: its pod is gone.
    Gone(String),
    /// Nobody waits any more, or the cluster does not answer: it goes on.
    Left,
}

/// A container of a Job that is followed.
pub(super) struct Follow<'f> {
    cluster: &'f Cluster,
    place: &'f JobPlace,
    job: &'f Made,
    container: &'f str,
    interrupt: &'f Interrupt,
    /// Whether it was asked to stop.
    was_asked: bool,
    /// Whether its pod was seen.
    was_seen: bool,
    /// Whether it was seen to have begun.
    has_begun: bool,
}

/// Where what is printed goes.
struct Sink<'s> {
    log: Option<File>,
    line: &'s mut (dyn FnMut(&str) + Send),
    /// How many lines there were.
    count: u64,
    /// The time of the last line.
    last: Option<Timestamp>,
    problem: Option<io::Error>,
}

impl<'f> Follow<'f> {
    pub(super) const fn new(
        cluster: &'f Cluster,
        place: &'f JobPlace,
        job: &'f Made,
        container: &'f str,
        interrupt: &'f Interrupt,
    ) -> Self {
        Self {
            cluster,
            place,
            job,
            container,
            interrupt,
            was_asked: false,
            was_seen: false,
            has_begun: false,
        }
    }

    /// Follows it to its end, or until nobody waits any more.
    pub(super) async fn end(
        mut self,
        log: Option<&Path>,
        line: &mut (dyn FnMut(&str) + Send),
    ) -> Result<End, JobError> {
        let mut sink = Sink::open(log, line)?;
        let start = Instant::now();
        let mut silent: Option<Instant> = None;
        loop {
            if self.interrupt.is_detached() {
                return Ok(End::Left);
            }
            let pod = match self.cluster.pod(self.job).await {
                Ok(pod) => pod,
                Err(error) if error.may_pass() => {
                    if silent.get_or_insert_with(Instant::now).elapsed() > self.place.silence {
                        return Ok(End::Left);
                    }
                    tokio::time::sleep(GLANCE).await;
                    continue;
                }
                Err(error) => return Err(error),
            };
            silent = None;
            self.was_seen |= pod.is_some();
            let how = match &pod {
                Some(pod) => standing(pod, self.container),
                None if self.was_seen || self.was_asked => {
                    Standing::Gone("its pod was taken away".to_owned())
                }
                None if self.cluster.has_failed(self.job).await => {
                    Standing::Gone("its pod was gone before anybody saw it".to_owned())
                }
                None => Standing::Waiting(Some("no pod was made".to_owned())),
            };
            let pod_name = pod.as_ref().and_then(name).unwrap_or_default();
            match how {
                Standing::Waiting(why) => {
                    if self.interrupt.is_stopped() && !self.was_asked {
                        self.was_asked = true;
                        self.cluster.stop(self.job).await;
                    }
                    if start.elapsed() > self.place.begin {
                        self.cluster.stop(self.job).await;
                        let why = why.unwrap_or_else(|| "nobody says why".to_owned());
                        let seconds = self.place.begin.as_secs();
                        let why = Some(format!("it did not begin within {seconds} s: {why}"));
                        return Ok(End::Unbegun { code: 1, why });
                    }
                    tokio::time::sleep(GLANCE).await;
                }
                Standing::Stuck(why) => {
                    self.cluster.stop(self.job).await;
                    let why = Some(format!("it cannot begin: {why}"));
                    return Ok(End::Unbegun { code: 1, why });
                }
                Standing::Before { code, why } => {
                    self.rest(&pod_name, INIT, &mut sink).await?;
                    return Ok(End::Unbegun { code, why });
                }
                Standing::Gone(_) if self.was_asked && !self.has_begun => return Ok(End::Stopped),
                Standing::Gone(why) => return Ok(End::Gone(why)),
                Standing::Running => {
                    self.has_begun = true;
                    if !self
                        .listen(&pod_name, self.container, false, &mut sink)
                        .await?
                    {
                        tokio::time::sleep(GLANCE).await;
                    }
                }
                Standing::Ended { code, why } => {
                    self.rest(&pod_name, self.container, &mut sink).await?;
                    return Ok(End::Ended { code, why });
                }
            }
        }
    }

    /// Copies what is left of what a container printed that has ended.
    async fn rest(
        &mut self,
        pod: &str,
        container: &str,
        sink: &mut Sink<'_>,
    ) -> Result<(), JobError> {
        let mut tries = 0;
        while tries < TRIES && !self.interrupt.is_detached() {
            let before = sink.count;
            if self.listen(pod, container, true, sink).await? {
                return Ok(());
            }
            if sink.count == before {
                tries += 1;
                tokio::time::sleep(GLANCE).await;
            }
        }
        Ok(())
    }

    /// Copies what a container prints, from where it was left, until nothing comes; whether that was all of it.
    async fn listen(
        &mut self,
        pod: &str,
        container: &str,
        is_over: bool,
        sink: &mut Sink<'_>,
    ) -> Result<bool, JobError> {
        let params = LogParams {
            container: Some(container.to_owned()),
            follow: true,
            timestamps: true,
            since_time: sink.last,
            ..LogParams::default()
        };
        let opened = tokio::time::timeout(ASK, self.cluster.pods.log_stream(pod, &params)).await;
        let Ok(Ok(stream)) = opened else {
            return Ok(false);
        };
        let mut stream = std::pin::pin!(stream);
        let mut lines = Lines::default();
        let mut buffer = vec![0; 64 * 1024];
        let before = sink.count;
        let mut heard = Instant::now();
        loop {
            if self.interrupt.is_detached() {
                return Ok(false);
            }
            if self.interrupt.is_stopped() && !self.was_asked {
                self.was_asked = true;
                self.ask_to_stop(pod, container).await;
            }
            match tokio::time::timeout(LISTEN, stream.read(&mut buffer)).await {
                // What is open by then comes whole with the next look.
                Err(_) if heard.elapsed() > QUIET => return Ok(!is_over),
                Err(_) => {}
                Ok(Ok(0)) => {
                    // A line may have been cut, and so may the log: it is whole once nothing more comes.
                    let is_whole = is_over && sink.count == before;
                    if is_whole {
                        lines.finish(&mut |line| sink.take(line));
                    }
                    return sink.check().map(|()| is_whole || !is_over);
                }
                Ok(Ok(count)) => {
                    heard = Instant::now();
                    let bytes = buffer.get(..count).unwrap_or_default();
                    lines.take(bytes, &mut |line| sink.take(line));
                    sink.check()?;
                }
                Ok(Err(_)) => return Ok(false),
            }
        }
    }

    /// Asks the program as Ctrl-C does; where that cannot be said to it, as the cluster ends pods.
    async fn ask_to_stop(&self, pod: &str, container: &str) {
        // It is the first process of its container.
        let asked = self.cluster.command(pod, container, &["kill", "-INT", "1"]);
        let asked = tokio::time::timeout(ASK, asked).await;
        if !matches!(asked, Ok(Ok(done)) if done.code == 0) {
            self.cluster.stop(self.job).await;
        }
    }
}

impl<'s> Sink<'s> {
    fn open(path: Option<&Path>, line: &'s mut (dyn FnMut(&str) + Send)) -> Result<Self, JobError> {
        let open = |path: &Path| {
            let mut options = File::options();
            options.write(true).create(true).truncate(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            options.open(path).map_err(|error| JobError::File {
                path: path.to_owned(),
                kind: error.kind(),
            })
        };
        Ok(Self {
            log: path.map(open).transpose()?,
            line,
            count: 0,
            last: None,
            problem: None,
        })
    }

    /// Takes a line with its time before it, unless that was had before.
    fn take(&mut self, line: &str) {
        let dated = line.split_once(' ');
        let dated = dated.and_then(|(at, text)| Some((at.parse::<Timestamp>().ok()?, text)));
        let text = match dated {
            Some((at, _)) if self.last.is_some_and(|last| at <= last) => return,
            Some((at, text)) => {
                self.last = Some(at);
                text
            }
            None => line,
        };
        self.count += 1;
        if let Some(log) = &mut self.log
            && let Err(error) = log.write_all(format!("{text}\n").as_bytes())
        {
            self.problem = Some(error);
        }
        (self.line)(text);
    }

    fn check(&mut self) -> Result<(), JobError> {
        match self.problem.take() {
            Some(error) => Err(JobError::File {
                path: "the log".into(),
                kind: error.kind(),
            }),
            None => Ok(()),
        }
    }
}

/// Keeps what is no event among the last things that were complained of.
pub(super) fn complain(complaints: &mut Vec<Box<str>>, line: &str) {
    if !line.starts_with('{') {
        if complaints.len() == COMPLAINTS {
            complaints.remove(0);
        }
        complaints.push(line.into());
    }
}

fn name(pod: &Pod) -> Option<String> {
    pod.metadata.name.clone()
}

#[cfg(test)]
mod tests {
    use super::Sink;

    #[test]
    fn what_comes_again_is_taken_once() {
        let mut heard = Vec::new();
        let mut line = |line: &str| heard.push(line.to_owned());
        let mut sink = Sink::open(None, &mut line).expect("there is no file");
        for said in [
            "2026-11-26T10:00:00.1Z a",
            "2026-11-26T10:00:00.12Z b",
            "2026-11-26T10:00:00.1Z a",
            "2026-11-26T10:00:00.12Z b",
            "2026-11-26T10:00:00.2Z c d",
            "no time",
        ] {
            sink.take(said);
        }
        assert_eq!(heard, ["a", "b", "c d", "no time"]);
    }
}
