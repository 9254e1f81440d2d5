//! The services that a fleet is run with, as people reach them: hosts, sign-in, who is let in.

use std::fmt;

use super::delivery::argocd_entrance;
use super::observability::hub_cluster;
use crate::model::cloud::Region;
use crate::model::deferred::Deferred;
use crate::model::hub::{AllowedNetwork, Hub, SignIn, SignInClients};
use crate::model::name::ObjectName;
use crate::model::network::Hostname;
use crate::model::stack::{OutputKind, StackKind};
use crate::resolve::ResolvedFleet;

/// A service of the hub that people reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) enum HubServiceKind {
    ArgoCd,
    Grafana,
    Keycloak,
    Portal,
}

impl HubServiceKind {
    /// All services, by name.
    pub(crate) const ALL: [Self; 4] = [Self::ArgoCd, Self::Grafana, Self::Keycloak, Self::Portal];

    /// Its name in the model and in names.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ArgoCd => "argocd",
            Self::Grafana => "grafana",
            Self::Keycloak => "keycloak",
            Self::Portal => "portal",
        }
    }

    /// What people call it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::ArgoCd => "Argo CD",
            Self::Grafana => "Grafana",
            Self::Keycloak => "Keycloak",
            Self::Portal => "the portal",
        }
    }

    /// The first label of its host where the fleet names none.
    const fn label(self) -> &'static str {
        match self {
            Self::Keycloak => "auth",
            _ => self.as_str(),
        }
    }

    /// Whether its people sign in at an issuer; the issuer itself is none of them.
    pub(crate) const fn signs_in(self) -> bool {
        !matches!(self, Self::Keycloak)
    }

    /// Whether the hub is asked to run it.
    fn is_asked(self, hub: &Hub) -> bool {
        match self {
            Self::ArgoCd => hub.argocd.is_some(),
            Self::Grafana => hub.grafana.is_some(),
            Self::Keycloak => hub.keycloak.is_some(),
            Self::Portal => hub.portal.is_some(),
        }
    }

    /// The host that the fleet names for it.
    fn named_host(self, hub: &Hub) -> Option<&Hostname> {
        match self {
            Self::ArgoCd => hub.argocd.as_ref()?.host.as_ref(),
            Self::Grafana => hub.grafana.as_ref()?.host.as_ref(),
            Self::Keycloak => hub.keycloak.as_ref()?.host.as_ref(),
            Self::Portal => hub.portal.as_ref()?.host.as_ref(),
        }
    }

    /// Who is let in, as the fleet lists it.
    pub(crate) fn allow_list(self, hub: &Hub) -> &[AllowedNetwork] {
        match self {
            Self::ArgoCd => &hub.allow_lists.argocd,
            Self::Grafana => &hub.allow_lists.grafana,
            Self::Keycloak => &hub.allow_lists.keycloak,
            Self::Portal => &hub.allow_lists.portal,
        }
    }

    /// What it is called at the issuer; the issuer itself is called nothing.
    pub(crate) fn client(self, clients: &SignInClients) -> Option<&str> {
        let named = match self {
            Self::ArgoCd => &clients.argocd,
            Self::Grafana => &clients.grafana,
            Self::Portal => &clients.portal,
            Self::Keycloak => return None,
        };
        Some(named.as_ref().map_or(self.as_str(), |name| name.as_str()))
    }

    /// The path that its issuer sends people back to.
    pub(crate) const fn callback(self) -> &'static str {
        match self {
            Self::ArgoCd => "/auth/callback",
            Self::Grafana => "/login/generic_oauth",
            Self::Portal | Self::Keycloak => "/api/auth/callback/keycloak",
        }
    }

    /// The name of its set of addresses.
    pub(crate) fn ip_set(self, version: &str) -> String {
        format!("gen3-hub-{}-{version}", self.as_str())
    }
}

impl fmt::Display for HubServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "hub.{}", self.as_str())
    }
}

/// A service and its host.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct HubService {
    pub(crate) kind: HubServiceKind,
    pub(crate) host: Hostname,
}

/// The services of the hub's cluster, behind one of its load balancers.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct HubServices {
    pub(crate) cluster: ObjectName,
    pub(crate) region: Region,
    /// The load balancer that the fleet names; else the cluster's usual one.
    pub(crate) load_balancer: Option<ObjectName>,
    /// By name.
    pub(crate) services: Vec<HubService>,
    /// The certificate of all hosts.
    pub(crate) certificate: Deferred<String>,
    pub(crate) sign_in: Option<SignInContract>,
}

/// Who vouches for people.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct SignInContract {
    /// The issuer's address.
    pub(crate) issuer: String,
    pub(crate) spec: SignIn,
}

impl SignInContract {
    /// The Kubernetes Secret of a service's client.
    pub(crate) fn kubernetes_secret(kind: HubServiceKind) -> String {
        format!("hub-sign-in-{}", kind.as_str())
    }

    /// The address and the realm, where the issuer is a Keycloak.
    pub(crate) fn keycloak(&self) -> Option<(String, String)> {
        let (address, realm) = self.issuer.trim_end_matches('/').rsplit_once("/realms/")?;
        Some((address.to_owned(), realm.to_owned()))
    }

    /// What the button says.
    pub(crate) fn title(&self) -> &str {
        let host = self.issuer.trim_start_matches("https://");
        host.split('/').next().unwrap_or(host)
    }
}

impl HubServices {
    /// The host of a service, where it runs.
    pub(crate) fn host(&self, kind: HubServiceKind) -> Option<&Hostname> {
        let service = self.services.iter().find(|service| service.kind == kind);
        service.map(|service| &service.host)
    }

    /// Whether it runs.
    pub(crate) fn runs(&self, kind: HubServiceKind) -> bool {
        self.host(kind).is_some()
    }

    /// The secrets that somebody fills, in order.
    pub(crate) fn secrets(&self, hub: &Hub) -> Vec<HubSecret> {
        let mut secrets = Vec::new();
        if self.sign_in.is_some() {
            let services = self.services.iter().filter(|it| it.kind.signs_in());
            secrets.extend(services.map(|service| HubSecret::sign_in(service.kind)));
        }
        let argocd = hub.argocd.as_ref();
        if let Some(notifications) = argocd.and_then(|it| it.notifications.as_ref()) {
            let slack = (!notifications.slack.is_empty()).then_some("slack-token");
            let mail = notifications.email.as_ref();
            let mail = mail.map(|_| ["email-username", "email-password"]);
            let keys: Vec<_> = slack
                .into_iter()
                .chain(mail.into_iter().flatten())
                .collect();
            if !keys.is_empty() {
                secrets.push(HubSecret {
                    purpose: NOTIFICATIONS.to_owned(),
                    service: HubServiceKind::ArgoCd,
                    keys,
                    description: "What Argo CD's messages are sent with",
                });
            }
        }
        if self.runs(HubServiceKind::Keycloak) {
            secrets.push(HubSecret {
                purpose: HubServiceKind::Keycloak.as_str().to_owned(),
                service: HubServiceKind::Keycloak,
                keys: vec!["username", "password", "admin-password"],
                description: "Keycloak's database user, and the password of its first administrator",
            });
        }
        secrets
    }
}

/// What Argo CD's messages are sent with, among the hub's secrets.
pub(crate) const NOTIFICATIONS: &str = "argocd-notifications";

/// A secret of a service of the hub: a container that a person fills.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct HubSecret {
    /// Its name behind `hub/`.
    pub(crate) purpose: String,
    /// Who reads it.
    pub(crate) service: HubServiceKind,
    /// The keys that it has.
    pub(crate) keys: Vec<&'static str>,
    /// What it is.
    pub(crate) description: &'static str,
}

impl HubSecret {
    /// What a service shows to the issuer.
    pub(crate) fn sign_in(service: HubServiceKind) -> Self {
        let keys = match service {
            // Its sessions are signed with a text of its own.
            HubServiceKind::Portal => vec!["clientSecret", "sessionSecret"],
            _ => vec!["clientSecret"],
        };
        Self {
            purpose: format!("sign-in-{}", service.as_str()),
            service,
            keys,
            description: "What the service shows to the issuer that people sign in at",
        }
    }

    /// What Argo CD speaks to a cluster with whose API takes no role of AWS.
    pub(crate) fn token(cluster: &ObjectName) -> Self {
        Self {
            purpose: format!("{TOKEN}{cluster}"),
            service: HubServiceKind::ArgoCd,
            keys: vec!["bearerToken", "caData", "server"],
            description: "What Argo CD speaks to a cluster with",
        }
    }

    /// The Kubernetes Secret that it becomes, and the object that makes it.
    pub(crate) fn kubernetes(&self) -> String {
        match self.purpose.strip_prefix(TOKEN) {
            Some(cluster) => format!("cluster-{cluster}"),
            None => format!("hub-{}", self.purpose),
        }
    }

    /// Its name in the secret manager of the hub's account.
    pub(crate) fn name(&self) -> String {
        format!("{HUB_SECRETS}{}", self.purpose)
    }
}

/// What the purposes of clusters' tokens begin with.
const TOKEN: &str = "argocd-cluster-";
/// What the names of the hub's own secrets begin with.
pub(crate) const HUB_SECRETS: &str = "hub/";

/// The services that the hub is asked to run, each with its host where one can be told.
pub(crate) fn asked_services(hub: &Hub) -> Vec<(HubServiceKind, Option<Hostname>)> {
    let below = |kind: HubServiceKind| {
        let domain = hub.domain.as_ref()?;
        format!("{}.{domain}", kind.label()).parse().ok()
    };
    let host = |kind: HubServiceKind| kind.named_host(hub).cloned().or_else(|| below(kind));
    let asked = HubServiceKind::ALL.into_iter();
    asked
        .filter(|kind| kind.is_asked(hub))
        .map(|kind| (kind, host(kind)))
        .collect()
}

/// The services that run; none where the hub's cluster is not ours, or in another region than its certificate.
pub(crate) fn hub_services(fleet: &ResolvedFleet) -> Option<HubServices> {
    let hub = fleet.spec.hub.as_ref()?;
    hub.domain.as_ref()?;
    let account = fleet.account(hub.account.as_str())?;
    let cluster = hub_cluster(fleet)?;
    let region = fleet.clusters.get(cluster)?.region.clone()?;
    if region != account.region {
        return None;
    }
    let asked = asked_services(hub).into_iter();
    let services: Vec<HubService> = asked
        .filter_map(|(kind, host)| Some(HubService { kind, host: host? }))
        .collect();
    if services.is_empty() {
        return None;
    }
    let stack = ResolvedFleet::account_stack(account, Some(&region), StackKind::Hub);
    let certificate = fleet.outputs.text(&ResolvedFleet::output(
        stack,
        OutputKind::HubCertificateArn,
        None,
    ));
    let sign_in = vouched(hub, &services);
    Some(HubServices {
        cluster: cluster.clone(),
        region,
        load_balancer: hub.load_balancer.clone(),
        services,
        certificate,
        sign_in,
    })
}

/// Who vouches for people, among what runs.
fn vouched(hub: &Hub, services: &[HubService]) -> Option<SignInContract> {
    let spec = hub.sign_in.as_ref()?;
    let own = || {
        let keycloak = hub.keycloak.as_ref()?;
        let mut services = services.iter();
        let service = services.find(|it| it.kind == HubServiceKind::Keycloak)?;
        Some(format!(
            "https://{}/realms/{}",
            service.host,
            keycloak.realm()
        ))
    };
    let named = spec.issuer.as_ref().map(ToString::to_string);
    Some(SignInContract {
        issuer: named.or_else(own)?,
        spec: spec.clone(),
    })
}

/// Who vouches for people: an issuer that the fleet names, or the hub's Keycloak where it runs.
pub(crate) fn sign_in(fleet: &ResolvedFleet) -> Option<SignInContract> {
    let hub = fleet.spec.hub.as_ref()?;
    match hub_services(fleet) {
        Some(services) => services.sign_in,
        None => vouched(hub, &[]),
    }
}

/// A cluster's own Argo CD as the issuer knows it: a client that shows no secret, so that nothing has to be kept for it in every account.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(crate) struct ArgoCdClient {
    /// The cluster.
    pub(crate) cluster: ObjectName,
    /// What it is called there.
    pub(crate) client: String,
    /// Its host.
    pub(crate) host: Hostname,
}

/// Where the command `argocd login --sso` listens.
const COMMAND_LINE: &str = "http://localhost:8085/auth/callback";

impl ArgoCdClient {
    /// Where the issuer may send people back to: Argo CD itself, and the command line.
    pub(crate) fn callbacks(&self) -> [String; 2] {
        let path = HubServiceKind::ArgoCd.callback();
        [
            format!("https://{}{path}", self.host),
            COMMAND_LINE.to_owned(),
        ]
    }
}

/// The Argo CDs of clusters that people sign in to, by the name of their clusters.
pub(crate) fn argocd_clients(fleet: &ResolvedFleet) -> Vec<ArgoCdClient> {
    let clusters = fleet.clusters.iter();
    clusters
        .filter_map(|(name, cluster)| {
            let entrance = argocd_entrance(fleet, name, &cluster.spec)?;
            let named = cluster.spec.argocd.as_ref()?.client.as_ref();
            Some(ArgoCdClient {
                cluster: name.clone(),
                client: named.map_or_else(|| format!("argocd-{name}"), ToString::to_string),
                host: entrance.host.clone(),
            })
        })
        .collect()
}
