//! Roles, where the chart takes them for its service accounts.

use super::Subject;
use super::values::Values;
use crate::contract::RoleAttachment;

/// The annotation that names the role of a service account.
pub(super) const ROLE: &str = "eks.amazonaws.com/role-arn";

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let contract = &subject.input.contract;
    for identity in &contract.identities {
        let rule = "role name";
        let input = format!("naming.\"role.{}\"", identity.purpose);
        let given = format!("services.{}.roleArn", identity.service);
        let inputs = [input.as_str(), given.as_str()];
        match &identity.attachment {
            RoleAttachment::Annotation(map) => values.set(
                &[&identity.service, map, "annotations", ROLE],
                identity.role_arn.as_str(),
                rule,
                &inputs,
            ),
            // By its name the chart makes an ARN of the partition `aws`; elsewhere only this one key takes an ARN.
            RoleAttachment::Global(key)
                if key == "awsEsProxyRole" && contract.partition != "aws" =>
            {
                values.set(
                    &["global", "aws", "awsEsProxyRoleArn"],
                    identity.role_arn.as_str(),
                    rule,
                    &inputs,
                );
            }
            RoleAttachment::Global(key) => values.set(
                &["global", "aws", key],
                identity.role.as_str(),
                rule,
                &inputs,
            ),
            RoleAttachment::SecretStore => {
                let store = ["global", "aws", "secretStoreServiceAccount"];
                let [global, aws, account] = store;
                values.set(
                    &[global, aws, account, "enabled"],
                    true,
                    "reader of secrets",
                    &[],
                );
                values.set(
                    &[global, aws, account, "roleArn"],
                    identity.role_arn.as_str(),
                    rule,
                    &inputs,
                );
            }
        }
    }
}
