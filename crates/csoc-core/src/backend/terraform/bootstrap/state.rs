//! The bucket of state, its key, and who reaches what in it.

use super::Bootstrap;
use crate::backend::terraform::bucket::{Bucket, noncurrent};
use crate::backend::terraform::key;
use crate::backend::terraform::policy::Statement;
use crate::contract::{BREAKGLASS_ROLE, DEPLOY_ROLE, PLAN_ROLE, STATE_KEY};
use crate::hcl::Body;

/// The label of the bucket.
const BUCKET: &str = "state";
/// The label of the bucket with its access logs.
const LOGS: &str = "state_logs";

impl Bootstrap {
    /// The key, the bucket, and who reads and writes it.
    pub(super) fn state(&self, body: Body) -> Body {
        let name = self.contract.state_bucket().as_str();
        let body = key::blocks(
            body.comment("The key of all state.").blank(),
            &self.place,
            STATE_KEY,
            "Terraform state of all accounts",
            self.members_use_key(),
        );
        let body = Bucket::new(BUCKET, name, key::arn(STATE_KEY))
            .statements(self.members_reach_state())
            .statements([self.only_accounts(), self.only_roles(), self.marks_once()])
            .rules([noncurrent(365)])
            .logs_to(LOGS)
            .blocks(
                body.comment("State: each account reaches what lies below its own number.")
                    .blank(),
                &self.place,
            );
        let logs = self.contract.log_bucket();
        Bucket::of_access_logs(LOGS, logs, &self.place, &[name]).blocks(
            body.comment("Who read and wrote state.").blank(),
            &self.place,
        )
    }

    /// Condition on roles: a principal that is not there yet would break a policy.
    fn for_roles(&self, statement: Statement, names: &[&str]) -> Statement {
        let patterns = names.iter().map(|name| self.any_role(name));
        let bootstrap = self
            .contract
            .others()
            .filter_map(|member| member.bootstrap_role.as_ref())
            .map(ToString::to_string);
        let statement = statement.principals("AWS", self.others()).when(
            "ArnLike",
            "aws:PrincipalArn",
            patterns.chain(bootstrap),
        );
        match &self.contract.organization {
            Some(organization) => statement.when(
                "StringEquals",
                "aws:PrincipalOrgID",
                [organization.as_str()],
            ),
            None => statement,
        }
    }

    fn members_use_key(&self) -> Option<Statement> {
        let bucket = self.place.s3(self.contract.state_bucket().as_str());
        self.contract.others().next()?;
        let statement = Statement::allow("AccountsUseThroughBucket")
            .actions(key::USE)
            .anywhere();
        Some(
            self.for_roles(statement, &[BREAKGLASS_ROLE, DEPLOY_ROLE, PLAN_ROLE])
                .when("StringEquals", "kms:ViaService", [self.place.service("s3")])
                .when(
                    "StringLike",
                    "kms:EncryptionContext:aws:s3:arn",
                    [bucket.clone(), format!("{bucket}/*")],
                ),
        )
    }

    /// What each account may do with its own state; its roles' policies narrow it further.
    fn members_reach_state(&self) -> Vec<Statement> {
        if self.contract.others().next().is_none() {
            return Vec::new();
        }
        let bucket = self.place.s3(self.contract.state_bucket().as_str());
        let own = "v1/${aws:PrincipalAccount}/";
        let all = [BREAKGLASS_ROLE, DEPLOY_ROLE, PLAN_ROLE];
        let writers = [BREAKGLASS_ROLE, DEPLOY_ROLE];
        vec![
            self.for_roles(
                Statement::allow("AccountsListOwnState")
                    .actions(["s3:ListBucket"])
                    .on([bucket.as_str()])
                    .when("StringLike", "s3:prefix", [format!("{own}*")]),
                &all,
            ),
            self.for_roles(
                Statement::allow("AccountsReadOwnState")
                    .actions(["s3:GetObject"])
                    .on([format!("{bucket}/{own}*")]),
                &all,
            ),
            self.for_roles(
                Statement::allow("AccountsWriteOwnState")
                    .actions(["s3:PutObject"])
                    .on([format!("{bucket}/{own}*")]),
                &writers,
            ),
            self.for_roles(
                Statement::allow("AccountsHoldOwnLocks")
                    .actions(["s3:DeleteObject", "s3:PutObject"])
                    .on([format!("{bucket}/{own}*.tflock")]),
                &all,
            ),
        ]
    }

    /// A plan that was applied is marked beside the state: nobody writes over such a mark, and who writes one asks whether it
    /// is there.
    fn marks_once(&self) -> Statement {
        let bucket = self.place.s3(self.contract.state_bucket().as_str());
        Statement::deny("MarksAreWrittenOnce")
            .actions(["s3:PutObject"])
            .on([format!("{bucket}/*.csoc/used/*")])
            .everyone()
            .when("Null", "s3:if-none-match", ["true"])
    }

    fn only_accounts(&self) -> Statement {
        let bucket = self.place.s3(self.contract.state_bucket().as_str());
        Statement::deny("OnlyAccountsOfThisFleet")
            .actions(["s3:*"])
            .on([bucket.clone(), format!("{bucket}/*")])
            .everyone()
            .when("StringNotEquals", "aws:PrincipalAccount", self.accounts())
            .when("Bool", "aws:PrincipalIsAWSService", ["false"])
    }

    /// Only roles that have to do with state; all of an account that does not name who applies its `access`.
    fn only_roles(&self) -> Statement {
        let objects = format!("{}/*", self.place.s3(self.contract.state_bucket().as_str()));
        let roles = [BREAKGLASS_ROLE, DEPLOY_ROLE, PLAN_ROLE].map(|name| self.any_role(name));
        let own = self.contract.members.iter().map(|member| {
            member.bootstrap_role.as_ref().map_or_else(
                || format!("arn:{}:iam::{}:*", self.place.partition, member.id),
                ToString::to_string,
            )
        });
        Statement::deny("OnlyRolesOfState")
            .actions([
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
                "s3:GetObject",
                "s3:GetObjectVersion",
                "s3:PutObject",
            ])
            .on([objects])
            .everyone()
            .when(
                "ArnNotLike",
                "aws:PrincipalArn",
                roles.into_iter().chain(own),
            )
    }
}
