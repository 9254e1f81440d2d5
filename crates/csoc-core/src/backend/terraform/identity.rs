//! The layer `identity`: a role for each service account that needs one, with exactly what it needs.

use super::place::{Place, label};
use super::policy::{Statement, document, json};
use super::root::Content;
use super::service_account;
use super::variables::Variable;
use crate::contract::{Grant, IdentityContract, KeyPurpose, Resource};
use crate::hcl::{Block, Body, Expression};

/// What an environment's roles are made of.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Identity {
    pub(super) place: Place,
    pub(super) namespace: String,
    pub(super) boundary: String,
    /// Those whose roles we make.
    pub(super) identities: Vec<IdentityContract>,
}

impl Identity {
    /// The keys that its policies name.
    pub(super) fn keys(&self) -> Vec<KeyPurpose> {
        let named = |purpose: &KeyPurpose| {
            self.identities
                .iter()
                .flat_map(|identity| &identity.grants)
                .any(|grant| grant.resources.contains(&Resource::Key(*purpose)))
        };
        KeyPurpose::ALL.into_iter().filter(named).collect()
    }

    /// The layer's content.
    pub(super) fn content(&self) -> Content {
        let main = self
            .identities
            .iter()
            .fold(Body::new(), |body, identity| self.role(body, identity));
        Content {
            main,
            outputs: Vec::new(),
        }
    }

    fn role(&self, body: Body, identity: &IdentityContract) -> Body {
        let name = label(&identity.purpose);
        let trust = format!("{name}_trust");
        let body = body
            .comment(format!(
                "{}: {}/{}",
                identity.service, self.namespace, identity.service_account
            ))
            .blank()
            .block(document(
                trust.clone(),
                [service_account::trust(
                    &self.namespace,
                    &[&identity.service_account],
                )],
            ))
            .block(
                Block::new("resource", ["aws_iam_role".to_owned(), name.clone()])
                    .attribute("name", identity.role_name())
                    .attribute("path", identity.role_path())
                    .attribute("description", identity.description())
                    .attribute("assume_role_policy", json(&trust))
                    .attribute("permissions_boundary", self.boundary.as_str()),
            );
        if identity.grants.is_empty() {
            return body;
        }
        let statements = identity.grants.iter().map(|grant| self.statement(grant));
        body.block(document(name.clone(), statements)).block(
            Block::new("resource", ["aws_iam_role_policy".to_owned(), name.clone()])
                .attribute("name", identity.purpose.as_str())
                .attribute(
                    "role",
                    Expression::reference(&format!("aws_iam_role.{name}.name")),
                )
                .attribute("policy", json(&name)),
        )
    }

    fn statement(&self, grant: &Grant) -> Statement {
        let resources = grant
            .resources
            .iter()
            .map(|resource| self.resource(resource));
        let statement = Statement::allow(grant.sid)
            .actions(grant.actions.iter().copied())
            .on(resources);
        if grant.via.is_empty() {
            return statement;
        }
        let via = grant.via.iter().map(|service| self.place.service(service));
        statement.when("StringEquals", "kms:ViaService", via)
    }

    fn resource(&self, resource: &Resource) -> Expression {
        match resource {
            Resource::Bucket(name) => self.place.s3(name).into(),
            Resource::Objects(name) => self.place.s3(&format!("{name}/*")).into(),
            Resource::Queue(name) => self.place.arn("sqs", name).into(),
            // The cloud appends six characters of its own; a shorter pattern would match longer names too.
            Resource::Secret(name) => self
                .place
                .arn("secretsmanager", &format!("secret:{name}-??????"))
                .into(),
            Resource::Key(purpose) => Variable::reference(purpose.output().as_str()),
            Resource::SearchDomain(name) => {
                self.place.arn("es", &format!("domain/{name}/*")).into()
            }
        }
    }
}
