//! The layer `delivery`: a cluster's own Argo CD, the Application that all others come from, and the repository's credential.
//!
//! The first Application is a release of its own: a release is looked at as a
//! whole before it is installed, and the chart of Argo CD brings the kind that
//! an Application is of. So both plan against a cluster that has neither.

mod credential;
mod people;
mod values;

pub(super) use people::{Client, People};

use super::dns;
use super::place::Place;
use super::root::{Content, depends_on};
use super::variables::Variable;
use crate::backend::argocd::Platform;
use crate::contract::{ARGO_CD, ClusterRole, DeliveryContract};
use crate::hcl::{Block, Body, Expression};
use crate::model::environment::Tier;
use crate::model::fleet::Gitops;
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;

/// Where the charts are.
const CHARTS: &str = "https://argoproj.github.io/argo-helm";
/// The version of the chart argocd-apps, which makes Applications of values and nothing else.
const APPLICATIONS_CHART: &str = "2.0.5";
/// Seconds that a release may take: images are loaded, and nodes may have to come first.
const TIMEOUT: u32 = 900;

/// What a cluster's Argo CD is made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Delivery {
    pub(super) place: Place,
    pub(super) cluster: ObjectName,
    pub(super) contract: DeliveryContract,
    /// The repository that the first Application reads.
    pub(super) gitops: Gitops,
    /// What the project of the first Application may reach.
    pub(super) platform: Platform,
    /// The tier of the environment on the cluster that matters most.
    pub(super) tier: Option<Tier>,
    /// The limit of every role.
    pub(super) boundary: String,
    /// The role that brings the credential, where there is one.
    pub(super) reader: Option<ClusterRole>,
    /// What it is to people, where it has a host.
    pub(super) people: Option<Box<People>>,
    /// The role that Argo CD is towards other clusters, where it pushes to some.
    pub(super) pusher: Option<String>,
}

impl Delivery {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = Body::new()
            .comment("Asks for the account, so that another than this one is refused before anything is done.")
            .blank()
            .block(Block::new("data", ["aws_caller_identity", "account"]));
        if let Some(host) = &self.contract.host {
            let zone = Variable::reference(OutputKind::ZoneId.as_str());
            let body = main
                .comment("Its host, which the load balancer finds the certificate of by its name. Nothing waits for it: the zone has to be delegated first.")
                .blank();
            main = dns::certificate(body, "argocd", &[host], zone);
        }
        if let (Some(credential), Some(reader)) = (&self.contract.credential, &self.reader) {
            main = self.credential(main, credential, reader);
        }
        main = main
            .block(
                release("argocd", "argo-cd", &self.contract.chart)
                    .attribute("create_namespace", true)
                    .attribute("timeout", TIMEOUT)
                    .attribute("values", encoded(self.values())),
            )
            .comment("The first Application. What it reads holds it, too, and so keeps it as it is there.")
            .blank()
            .block(depends_on(
                release("root", "argocd-apps", APPLICATIONS_CHART)
                    .attribute("values", encoded(self.root())),
                "helm_release.argocd",
            ));
        Content {
            main,
            outputs: Vec::new(),
        }
    }
}

/// A release of a chart, which is as it was before where it fails.
fn release(name: &'static str, chart: &'static str, version: &str) -> Block {
    let release = match name {
        "argocd" => name.to_owned(),
        _ => format!("argocd-{name}"),
    };
    Block::new("resource", ["helm_release", name])
        .attribute("name", release)
        .attribute("namespace", ARGO_CD)
        .attribute("repository", CHARTS)
        .attribute("chart", chart)
        .attribute("version", version)
        .attribute("atomic", true)
        .attribute("max_history", 10)
}

/// Values as Helm takes them: a list of texts.
fn encoded(values: Expression) -> Expression {
    Expression::list([Expression::call("yamlencode", [values])])
}
