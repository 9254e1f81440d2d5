//! What is different in the layer `dns` where several environments have one host.

use super::dns::proof;
use crate::contract::CutoverContract;
use crate::hcl::{Block, Body, Expression};
use crate::model::network::Hostname;
use crate::resolve::EnvironmentRef;

/// What an environment takes of a host's requests, and who proves the host's certificates.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct SharedHost {
    /// The host that leads to it alone.
    pub(super) preview: Option<Hostname>,
    weight: u8,
    identifier: String,
    proof: Proof,
}

/// Who keeps the record that proves a host to ACM, which asks for the same one of all certificates of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
enum Proof {
    /// Nobody else in the account asks for it.
    Own,
    /// This environment, for others as well.
    Kept,
    /// Another environment.
    Left,
}

impl SharedHost {
    pub(super) fn new(cutover: &CutoverContract, at: &EnvironmentRef) -> Self {
        Self {
            preview: cutover.preview.clone(),
            weight: cutover.share(),
            identifier: cutover.identifier.clone(),
            proof: match &cutover.proves {
                None => Proof::Own,
                Some(first) if first == at => Proof::Kept,
                Some(_) => Proof::Left,
            },
        }
    }

    /// The record with its weight among the others of its name.
    pub(super) fn weigh(&self, record: Block) -> Block {
        record
            .attribute("set_identifier", self.identifier.as_str())
            .block(
                Block::unlabelled("weighted_routing_policy")
                    .attribute("weight", usize::from(self.weight)),
            )
    }

    /// Why the record of the host is as it is.
    pub(super) fn explain(body: Body) -> Body {
        body.comment("Other environments have records of this name. Its health moves nothing: whoever stands by would answer with other data.")
    }

    /// What proves the certificate. Which environment keeps the record of the shared host may change: it is taken over as it
    /// is, and forgotten without being destroyed.
    pub(super) fn proofs(
        &self,
        mut body: Body,
        label: &'static str,
        host: &Hostname,
        zone: &dyn Fn() -> Expression,
    ) -> Body {
        let of_host = self.preview.as_ref().map(|_| host);
        let kept = |name, of| proof(name, label, of, zone()).attribute("allow_overwrite", true);
        body = match self.proof {
            Proof::Own => body.block(proof("validation", label, of_host, zone())),
            Proof::Kept => body
                .comment("All certificates of this host in the account are proved by the same record. It is kept here for all of them.")
                .block(kept("validation", of_host)),
            Proof::Left => body
                .comment("The same record proves the certificate of another environment, which keeps it.")
                .block(
                    Block::unlabelled("removed")
                        .attribute("from", Expression::reference("aws_route53_record.validation"))
                        .block(Block::unlabelled("lifecycle").attribute("destroy", false)),
                ),
        };
        match &self.preview {
            Some(preview) => body.block(proof("preview_validation", label, Some(preview), zone())),
            None => body,
        }
    }
}
