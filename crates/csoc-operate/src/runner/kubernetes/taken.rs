//! What is taken out of a pod: by a command within it, so that it is in no log.

use std::path::Path;
use std::time::{Duration, Instant};

use super::cluster::Made;
use super::error::JobError;
use super::job::KEEP;
use super::pod::{Standing, standing};
use super::{Cluster, Inner, JobPlace};
use crate::beside::Backend;
use crate::terraform::{UNWRITTEN, make_private, write_private};

/// What Terraform writes into a root, of which we take what is ours.
const NOTED: &str = ".terraform/terraform.tfstate";
pub(super) const LOCK: &str = ".terraform.lock.hcl";
pub(super) const PLAN: &str = "plan.tfplan";

/// How often it is looked whether files can be taken.
const GLANCE: Duration = Duration::from_millis(200);

/// Takes what came of a step into the working copy.
pub(super) async fn take(
    inner: &Inner,
    job: &Made,
    called: &str,
    code: i32,
    directory: &Path,
) -> Result<(), JobError> {
    let (cluster, place) = (&inner.cluster, &inner.place);
    match (called, code) {
        ("init", 0) => {
            kept(cluster, place, job).await?;
            file(cluster, job, NOTED, directory).await?;
            if matches!(Backend::read(directory), Ok(Backend::File(_)) | Err(_)) {
                return Err(JobError::LocalState);
            }
            lock(cluster, job, directory).await
        }
        ("plan", 0 | 2) => {
            kept(cluster, place, job).await?;
            file(cluster, job, PLAN, directory).await?;
            lock(cluster, job, directory).await
        }
        ("apply", code) if code != 0 => unwritten(cluster, place, job, directory).await,
        _ => Ok(()),
    }
}

/// Takes a state that an apply could not write to where it belongs.
pub(super) async fn unwritten(
    cluster: &Cluster,
    place: &JobPlace,
    job: &Made,
    directory: &Path,
) -> Result<(), JobError> {
    kept(cluster, place, job).await?;
    file(cluster, job, UNWRITTEN, directory).await
}

/// The lock file of providers, of a root that has none.
async fn lock(cluster: &Cluster, job: &Made, directory: &Path) -> Result<(), JobError> {
    if directory.join(LOCK).is_file() {
        return Ok(());
    }
    file(cluster, job, LOCK, directory).await
}

/// Waits until files can be taken.
async fn kept(cluster: &Cluster, place: &JobPlace, job: &Made) -> Result<(), JobError> {
    let start = Instant::now();
    loop {
        let pod = cluster.pod(job).await?.ok_or(JobError::NoPod)?;
        match standing(&pod, KEEP) {
            Standing::Running => return Ok(()),
            Standing::Waiting(_) if start.elapsed() < place.begin => {
                tokio::time::sleep(GLANCE).await;
            }
            _ => return Err(JobError::NoPod),
        }
    }
}

async fn file(cluster: &Cluster, job: &Made, name: &str, directory: &Path) -> Result<(), JobError> {
    let Some(bytes) = cluster.file(job, name).await? else {
        return Ok(());
    };
    let path = directory.join(name);
    let write = || {
        if let Some(parent) = path.parent() {
            make_private(parent)?;
        }
        write_private(&path, &bytes)
    };
    write().map_err(|error| JobError::File {
        kind: error.kind(),
        path: path.clone(),
    })
}
