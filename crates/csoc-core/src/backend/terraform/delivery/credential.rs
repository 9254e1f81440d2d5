//! The repository's credential: a container for it, and the role that copies it into the cluster. Never a value.

use super::Delivery;
use crate::backend::terraform::credential::Credential;
use crate::contract::{ClusterRole, CredentialContract};
use crate::hcl::Body;

impl Delivery {
    pub(super) fn credential(
        &self,
        body: Body,
        credential: &CredentialContract,
        reader: &ClusterRole,
    ) -> Body {
        let keys = credential.kind.keys().join(", ");
        let body = body
            .comment(
                "What Argo CD shows to its repository: a container only, which a person fills.",
            )
            .blank();
        Credential {
            place: &self.place,
            cluster: &self.cluster,
            label: "repository",
            secret: &credential.secret,
            description: format!("Argo CD's credential of its repository, JSON: {keys}"),
            reader,
            boundary: &self.boundary,
            tier: self.tier,
        }
        .blocks(body)
    }
}
