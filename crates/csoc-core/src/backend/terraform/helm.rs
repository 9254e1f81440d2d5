//! The provider `helm` of a root that installs something in a cluster.

use super::variables::Variable;
use crate::hcl::{Block, Expression};
use crate::model::cloud::Region;
use crate::model::name::ObjectName;
use crate::model::stack::OutputKind;

/// A cluster that a root reaches into.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Helm {
    pub(super) cluster: ObjectName,
    pub(super) region: Region,
}

impl Helm {
    /// The provider: it asks for a token of whoever runs Terraform.
    ///
    /// Releases are kept in `ConfigMaps`, since who plans may read everything in a cluster but its Secrets.
    pub(super) fn provider(&self) -> Block {
        let exec = Expression::object([
            (
                "api_version",
                Expression::from("client.authentication.k8s.io/v1beta1"),
            ),
            ("command", "aws".into()),
            (
                "args",
                Expression::list([
                    "eks",
                    "get-token",
                    "--cluster-name",
                    self.cluster.as_str(),
                    "--region",
                    self.region.as_str(),
                    "--output",
                    "json",
                ]),
            ),
        ]);
        let kubernetes = Expression::object([
            (
                "host",
                Variable::reference(OutputKind::ClusterEndpoint.as_str()),
            ),
            (
                "cluster_ca_certificate",
                Expression::call(
                    "base64decode",
                    [Variable::reference(
                        OutputKind::ClusterCertificateAuthority.as_str(),
                    )],
                ),
            ),
            ("exec", exec),
        ]);
        Block::new("provider", ["helm"])
            .attribute("helm_driver", "configmap")
            .attribute("kubernetes", kubernetes)
    }
}
