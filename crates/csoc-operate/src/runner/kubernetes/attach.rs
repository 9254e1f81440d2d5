//! Coming back to a Job that applies, and that nobody was there for.

use std::path::Path;

use super::cluster::Cluster;
use super::error::JobError;
use super::follow::{End, Follow};
use super::job::STEP;
use super::place::JobPlace;
use super::taken;
use crate::runner::left::Left;
use crate::terraform::{Interrupt, ProcessError};

/// Copies what a Job prints into its log until it ends, takes a state that it left, and takes it away; whether its end was
/// reached. What is gone has ended: what it said last is all that is known.
pub(crate) fn mirror(
    left: &Left,
    log: &Path,
    directory: &Path,
    interrupt: &Interrupt,
) -> Result<bool, ProcessError> {
    let place = JobPlace::of(left);
    let cluster = Cluster::open(&place)?;
    let is_over = cluster.runtime.block_on(async {
        let Some(job) = cluster.find(&left.job).await? else {
            return Ok(true);
        };
        let follow = Follow::new(&cluster, &place, &job, STEP, interrupt);
        match follow.end(Some(log), &mut |_| {}).await? {
            End::Left => return Ok(false),
            End::Ended { code, .. } if code != 0 => {
                match taken::unwritten(&cluster, &place, &job, directory).await {
                    // There was no pod any more that could have kept one.
                    Ok(()) | Err(JobError::NoPod) => {}
                    Err(error) => return Err(error),
                }
            }
            End::Ended { .. } | End::Unbegun { .. } | End::Stopped | End::Gone(_) => {}
        }
        cluster.unmake(&job).await;
        Ok::<_, JobError>(true)
    })?;
    if is_over {
        Left::forget(log)?;
    }
    Ok(is_over)
}
