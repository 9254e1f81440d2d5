//! The layer `bootstrap`: where all other layers keep state, and who runs Terraform.
//!
//! It is applied once, with the bootstrap role, before there is a bucket to
//! keep its own state in; that moves there afterwards. No role that it or
//! `access` makes can change it.

mod alerts;
mod controller;
mod state;

use super::key;
use super::place::Place;
use super::root::Content;
use crate::contract::{BootstrapContract, STATE_KEY};
use crate::hcl::Body;
use crate::model::stack::OutputKind;

/// What is there before anything else.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Bootstrap {
    pub(super) place: Place,
    pub(super) contract: BootstrapContract,
}

impl Bootstrap {
    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let mut main = self.state(Body::new());
        if self.contract.makes_controller() {
            main = self.controllers(main);
        }
        Content {
            main: self.alerts(main),
            outputs: vec![(OutputKind::StateKeyArn, key::arn(STATE_KEY))],
        }
    }

    /// The roots of all accounts besides this: principals whose roles need not be there yet.
    fn others(&self) -> Vec<String> {
        let others = self.contract.others();
        others
            .map(|member| format!("arn:{}:iam::{}:root", self.place.partition, member.id))
            .collect()
    }

    /// The ids of all accounts.
    fn accounts(&self) -> Vec<&str> {
        let members = self.contract.members.iter();
        members.map(|member| member.id.as_str()).collect()
    }

    /// A role of whatever account.
    fn any_role(&self, name: &str) -> String {
        format!("arn:{}:iam::*:role/{name}", self.place.partition)
    }
}
