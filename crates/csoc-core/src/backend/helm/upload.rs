//! Files that come in and go out: the upload dispatcher, export jobs, the dashboard's pages.

use std::sync::LazyLock;

use super::Subject;
use super::global::CHART_REGION;
use super::values::Values;
use crate::contract::BucketPurpose;
use crate::model::fleet::Gitops;
use crate::span::{SourceFile, Sources};
use crate::value::{Node, yaml_read};

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    if contract.runs("ssjdispatcher") {
        values.set(
            &["global", "dispatcherJobNum"],
            "10",
            "jobs that index uploads at a time",
            &[],
        );
        if contract.region.as_str() != CHART_REGION {
            let cluster = format!("/clusters.{}.region", contract.cluster);
            values.set(
                &["ssjdispatcher", "awsRegion"],
                contract.region.as_str(),
                "region",
                &[&cluster],
            );
        }
    }
    if contract.runs("sower") && subject.contents.get("sower-jobs").is_none() {
        let image = subject.image("pelican-export");
        let mut jobs = export_jobs().clone();
        if let crate::value::Kind::List(items) = &mut jobs.kind {
            for job in items {
                job.set(&["container", "image"], image.as_str().into());
            }
        }
        values.set(
            &["sower", "sowerConfig"],
            jobs,
            "the export job, with a pinned image",
            &["images.pelican-export", "release", "registry"],
        );
    }
    if contract.runs("dashboard") {
        if let Some(bucket) = contract.bucket(BucketPurpose::Dashboard) {
            values.set(
                &["dashboard", "dashboardConfig", "bucket"],
                bucket.name.as_str(),
                "bucket name",
                &["naming.\"bucket.dashboard\""],
            );
        }
        values.set(
            &["dashboard", "dashboardConfig", "prefix"],
            contract.spec.hostname.as_str(),
            "host name",
            &["hostname"],
        );
        // The pod clones it at every start, without credentials, and does not start where it cannot. The chart's own is an
        // outside organization's, which could put pages below this host.
        if let Some(repository) = subject.input.gitops.as_ref().and_then(open_repository) {
            values.set(
                &["dashboard", "dashboardConfig", "gitopsRepo"],
                repository,
                "the fleet's own repository, which everyone may read",
                &["/gitops.repository"],
            );
        }
    }
}

/// A repository's address, where it is read without a credential.
fn open_repository(gitops: &Gitops) -> Option<&str> {
    let address = gitops.repository.as_str();
    (gitops.credential.is_none() && address.starts_with("https://")).then_some(address)
}

/// The jobs that sower runs unless content says otherwise: the chart's export job.
fn export_jobs() -> &'static Node {
    static JOBS: LazyLock<Node> = LazyLock::new(|| embedded(include_str!("data/sower-jobs.yaml")));
    &JOBS
}

/// A YAML text of ours, without places.
pub(super) fn embedded(text: &'static str) -> Node {
    let id = Sources::default().add(SourceFile::new("embedded.yaml", text));
    let (node, found) = yaml_read::read(text, id, &yaml_read::Limits::default());
    let mut node = node
        .filter(|_| found.is_empty())
        .expect("a test reads the same text");
    forget_places(&mut node);
    node
}

/// Places in embedded texts are in no file of the fleet.
fn forget_places(node: &mut Node) {
    use crate::value::{Kind, Origin};
    node.origin = Origin::Unknown;
    match &mut node.kind {
        Kind::List(items) => items.iter_mut().for_each(forget_places),
        Kind::Map(entries) => {
            for entry in entries {
                entry.key_origin = Origin::Unknown;
                forget_places(&mut entry.node);
            }
        }
        Kind::Scalar(_) | Kind::Pending(_) => {}
    }
}
