//! What the linker derives for two environments, where fields and documents do not show it.

use super::kind::ChangeKind;
use super::raw::Raw;
use crate::contract::{EnvironmentContract, ServiceContract};
use crate::model::cluster::Scheme;

/// Names that the linker derives: they may change although no field of the environment does.
#[expect(
    clippy::too_many_lines,
    reason = "one name of the contract after the other"
)]
pub(super) fn compare(
    object: &str,
    old: &EnvironmentContract,
    new: &EnvironmentContract,
    into: &mut Vec<Raw>,
) {
    use ChangeKind as K;
    let mut names = Names { object, into };
    let database = |of: &EnvironmentContract| {
        of.database
            .as_ref()
            .map(|database| database.identifier.clone())
    };
    let search = |of: &EnvironmentContract| of.search.as_ref().map(|search| search.domain.clone());
    let scheme = |of: &EnvironmentContract| match of.endpoint.scheme {
        Scheme::InternetFacing => "internet-facing",
        Scheme::Internal => "internal",
    };
    names.both(
        K::Name,
        "environmentId",
        "environment-id",
        &old.environment_id,
        &new.environment_id,
    );
    names.both(
        K::Name,
        "namespace",
        "namespace",
        &old.namespace,
        &new.namespace,
    );
    names.both(
        K::Name,
        "releaseName",
        "release-name",
        &old.release_name,
        &new.release_name,
    );
    names.both(
        K::Name,
        "application",
        "argocd-application",
        &old.application.name,
        &new.application.name,
    );
    names.both(
        K::Name,
        "directory",
        "directory",
        &old.application.directory,
        &new.application.directory,
    );
    names.both(K::Scheme, "", "scheme", scheme(old), scheme(new));
    names.add(
        K::Database,
        "cluster",
        "database-cluster",
        database(old).as_deref(),
        database(new).as_deref(),
    );
    names.add(
        K::Search,
        "domain",
        "search-domain",
        search(old).as_deref(),
        search(new).as_deref(),
    );
    for one in &old.services {
        if let Some(other) = new.services.iter().find(|other| other.name == one.name) {
            let word = |service: &ServiceContract| if service.enabled { "on" } else { "off" };
            names.both(
                K::Service,
                one.name,
                &format!("service.{}", one.name),
                word(one),
                word(other),
            );
        }
    }
    for one in &old.buckets {
        if let Some(other) = new.bucket(one.purpose) {
            let purpose = one.purpose.as_str();
            names.both(
                K::DataBucket,
                purpose,
                &format!("bucket.{purpose}"),
                &one.name,
                &other.name,
            );
        }
    }
    for one in &old.secrets {
        if let Some(other) = new.secret(&one.purpose) {
            names.both(
                K::Secret,
                &one.purpose,
                &format!("secret.{}", one.purpose),
                &one.name,
                &other.name,
            );
        }
    }
    for one in &old.identities {
        if let Some(other) = new
            .identities
            .iter()
            .find(|other| other.purpose == one.purpose)
        {
            let purpose = &one.purpose;
            names.both(
                K::Role,
                purpose,
                &format!("role.{purpose}"),
                &one.role_arn,
                &other.role_arn,
            );
            names.both(
                K::Trust,
                purpose,
                &format!("serviceAccount.{purpose}"),
                &one.service_account,
                &other.service_account,
            );
        }
    }
}

/// Names of one object that are different.
struct Names<'a> {
    object: &'a str,
    into: &'a mut Vec<Raw>,
}

impl Names<'_> {
    fn both(&mut self, kind: ChangeKind, subject: &str, field: &str, old: &str, new: &str) {
        self.add(kind, subject, field, Some(old), Some(new));
    }

    fn add(
        &mut self,
        kind: ChangeKind,
        subject: &str,
        field: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) {
        if old != new {
            let at = format!("{}.names.{field}", self.object);
            let text = |value: Option<&str>| value.map(str::to_owned);
            let mut raw = Raw::new(self.object, kind, subject, at, text(old), text(new));
            raw.stands_alone = kind == ChangeKind::DataBucket;
            self.into.push(raw);
        }
    }
}
