//! The services that a fleet is run with: Argo CD, the portal, Grafana, Keycloak; who signs in, and from where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::delivery::SlackChannel;
use super::name::ObjectName;
use super::network::{Cidr, Email, Hostname, HttpsUrl};
use super::text::{TextError, text_type};
use super::version::{Commit, Date, ImageDigest, ImageTag, Version};

/// The hub's Argo CD, as people reach it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct HubArgoCd {
    /// Its host. Default: `argocd` below the hub's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
    /// Whether there is a user `admin` with a password, beside those who sign in.
    #[serde(default)]
    pub admin_user: AdminUser,
    /// Who is told when an Application fails, degrades or is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notifications: Option<HubNotifications>,
}

/// Whether Argo CD has a user of its own who may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AdminUser {
    /// It has: whoever installs it has no other way in.
    #[default]
    Enabled,
    /// It has not: everybody signs in as themselves.
    Disabled,
}

/// Where Argo CD's messages go.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct HubNotifications {
    /// Channels of Slack, without `#`. Its token is in the secret `hub/argocd-notifications`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slack: Vec<SlackChannel>,
    /// Mail. The password of its server is in the secret `hub/argocd-notifications`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<MailServer>,
}

/// A server that sends mail, and to whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct MailServer {
    /// The server; it is spoken to with TLS from the start, on port 465.
    pub host: Hostname,
    /// Who it sends as.
    pub from: Email,
    /// To whom.
    pub to: Vec<Email>,
}

/// The portal: gen3-admin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Portal {
    /// Its host. Default: `portal` below the hub's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
    /// The commit of its repository that its chart is of. Default: the one in the catalog of components.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Commit>,
    /// The tag of its images. Default: the chart's, which moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<ImageTag>,
    /// Its images as they were reviewed, whatever a tag comes to mean. Default: what the tag means.
    #[serde(default)]
    pub digests: PortalDigests,
}

/// The portal's images, each by its digest.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct PortalDigests {
    /// That of `quay.io/cdis/csoc-api`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<ImageDigest>,
    /// That of `quay.io/cdis/csoc-frontend`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontend: Option<ImageDigest>,
}

/// Grafana, as people reach it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct HubGrafana {
    /// Its host. Default: `grafana` below the hub's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
}

/// Keycloak in the hub's cluster: who signs in, where the organization has no issuer of its own.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct Keycloak {
    /// Its host. Default: `auth` below the hub's domain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
    /// The realm. Default: `csoc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub realm: Option<ObjectName>,
    /// The version of the chart keycloakx. Default: the one in the catalog of components.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chart: Option<Version>,
    /// Its database.
    #[serde(default)]
    pub database: KeycloakDatabase,
}

impl Keycloak {
    /// The realm's name.
    pub fn realm(&self) -> &str {
        self.realm.as_ref().map_or("csoc", ObjectName::as_str)
    }
}

/// A database of Postgres that somebody makes for Keycloak. Its user and password are in the secret `hub/keycloak`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct KeycloakDatabase {
    /// Where it is. Default: the first database cluster of the hub's cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Hostname>,
    /// Its name. Default: `keycloak`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
}

/// How people sign in to the hub's services: by `OpenID` Connect.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SignIn {
    /// Who vouches for people. Default: the realm of the hub's Keycloak.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<HttpsUrl>,
    /// What is asked of it. Default: `openid`, `profile`, `email`, and of an issuer that is not the hub's Keycloak `groups`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<IssuerName>,
    /// What each service is called there.
    #[serde(default)]
    pub clients: SignInClients,
    /// Who may do what, by the groups of that issuer.
    #[serde(default)]
    pub groups: SignInGroups,
}

/// What the hub's services are called at the issuer. Their secrets are in the hub's secret manager, at `hub/sign-in-SERVICE`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SignInClients {
    /// Argo CD. Default: `argocd`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub argocd: Option<IssuerName>,
    /// The portal. Default: `portal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<IssuerName>,
    /// Grafana. Default: `grafana`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grafana: Option<IssuerName>,
}

/// Groups of the issuer, by what their members may do in the hub's services.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct SignInGroups {
    /// Everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub admins: Vec<IssuerName>,
    /// See everything, and sync Applications.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operators: Vec<IssuerName>,
    /// See everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub readers: Vec<IssuerName>,
}

/// Who reaches the hub's services: a list each. The addresses that the hub's cluster itself reaches out from are in all of them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct AllowLists {
    /// Who reaches Argo CD.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub argocd: Vec<AllowedNetwork>,
    /// Who reaches the portal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub portal: Vec<AllowedNetwork>,
    /// Who reaches Grafana.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grafana: Vec<AllowedNetwork>,
    /// Who reaches Keycloak; everyone does where it is empty, since people sign in from anywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keycloak: Vec<AllowedNetwork>,
}

text_type! {
    /// A group or a client as an issuer of `OpenID` Connect names it: `/platform/operators`, a number of Entra.
    IssuerName, example = "platform-operators",
    check = |text| {
        let holds = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+.@_-:/".contains(&byte));
        if holds { Ok(()) } else { Err(TextError::new("a group or a client of an issuer: 1 to 128 letters, digits and `+.@_-:/`")) }
    }
}

/// A network that is let in: by whom it is answered for, and until when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub struct AllowedNetwork {
    /// The network.
    pub cidr: Cidr,
    /// Who answers for it.
    pub owner: Email,
    /// The last day that it is let in; who answers for it moves the day.
    pub expires: Date,
    /// Why it is let in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_realm_has_a_name() {
        assert_eq!(Keycloak::default().realm(), "csoc");
    }

    #[test]
    fn names_of_issuers_stay_one_field_of_a_line() {
        for text in [
            "/platform/operators",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
        ] {
            assert!(IssuerName::check(text).is_ok(), "{text}");
        }
        for text in ["", "a,b", "a b", "a\nb", "$a"] {
            assert!(IssuerName::check(text).is_err(), "{text}");
        }
    }
}
