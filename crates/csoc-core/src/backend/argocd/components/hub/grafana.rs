//! How people reach Grafana of the hub, and who signs in there. It is installed with what observes.

use super::super::super::map;
use super::{Center, objects};
use crate::backend::FleetView;
use crate::contract::{HubSecret, HubServiceKind, SignInContract};
use crate::model::fleet::Gitops;
use crate::model::hub::{IssuerName, SignInGroups};
use crate::model::name::ObjectName;
use crate::value::Node;

/// The variable that Grafana takes the client's secret from.
const CLIENT_SECRET: &str = "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET";
/// What is asked of an issuer; of one that is not the hub's own also for the last.
const SCOPES: [&str; 4] = ["openid", "profile", "email", "groups"];

/// Values of Grafana, and objects beside it, where the hub's cluster is this one and Grafana has a host.
pub(in super::super) fn grafana(
    view: &FleetView<'_>,
    gitops: &Gitops,
    cluster: &ObjectName,
    namespace: &str,
) -> Option<(Node, Vec<(String, Node)>)> {
    let kind = HubServiceKind::Grafana;
    let center = Center::of(view, gitops).filter(|center| center.services.cluster == *cluster)?;
    let entrance = center.entrance(kind)?;
    let mut beside = vec![(
        "ingress".to_owned(),
        entrance.ingress(kind.as_str(), namespace, "/api/health"),
    )];
    let mut settings = map([(
        "server",
        map([
            ("domain", entrance.host.into()),
            ("root_url", format!("https://{}", entrance.host).into()),
        ]),
    )]);
    let mut values = Node::map();
    if let Some(sign_in) = &center.services.sign_in
        && let Some(oauth) = oauth(sign_in)
    {
        settings.insert("auth.generic_oauth", oauth);
        let secret = HubSecret::sign_in(kind);
        let name = SignInContract::kubernetes_secret(kind);
        let reference = map([
            ("name", name.as_str().into()),
            ("key", "clientSecret".into()),
        ]);
        let from = map([("secretKeyRef", reference)]);
        values.insert("envValueFrom", map([(CLIENT_SECRET, from)]));
        beside.push((
            "sign-in".to_owned(),
            objects::external_secret(&secret, namespace),
        ));
    }
    values.insert("grafana.ini", settings);
    Some((values, beside))
}

/// Sign-in at a realm of Keycloak. Grafana asks nobody where an issuer's addresses are, so others cannot be told here.
fn oauth(sign_in: &SignInContract) -> Option<Node> {
    sign_in.keycloak()?;
    let at = |what: &str| {
        let issuer = sign_in.issuer.trim_end_matches('/');
        Node::from(format!("{issuer}/protocol/openid-connect/{what}"))
    };
    let usual = match sign_in.spec.issuer {
        Some(_) => &SCOPES[..],
        None => &SCOPES[..3],
    };
    let scopes: Vec<&str> = match &sign_in.spec.scopes[..] {
        [] => usual.to_vec(),
        scopes => scopes.iter().map(IssuerName::as_str).collect(),
    };
    let client = HubServiceKind::Grafana.client(&sign_in.spec.clients)?;
    Some(map([
        ("enabled", true.into()),
        ("name", sign_in.title().into()),
        ("client_id", client.into()),
        ("scopes", scopes.join(" ").into()),
        ("auth_url", at("auth")),
        ("token_url", at("token")),
        ("api_url", at("userinfo")),
        ("use_pkce", true.into()),
        ("allow_sign_up", true.into()),
        ("allow_assign_grafana_admin", true.into()),
        ("role_attribute_path", roles(&sign_in.spec.groups).into()),
        ("role_attribute_strict", true.into()),
    ]))
}

/// Who may do what, in the language that Grafana asks tokens in: whoever is in no group may not come in.
fn roles(groups: &SignInGroups) -> String {
    let mut all = Vec::new();
    for (role, groups) in [
        ("GrafanaAdmin", &groups.admins),
        ("Editor", &groups.operators),
        ("Viewer", &groups.readers),
    ] {
        for group in groups {
            all.push(format!(
                "contains(groups[*], '{}') && '{role}'",
                group.as_str()
            ));
        }
    }
    all.push("''".to_owned());
    all.join(" || ")
}
