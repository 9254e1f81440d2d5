//! Grafana, for people: its host, and sign-in at the hub's issuer. What it shows is made where what observes is.

use super::super::super::map;
use super::super::Component;
use super::{Center, objects};
use crate::contract::{HubServiceKind, SignInContract};
use crate::value::{Exact, Key, Node};

/// The component's name in the catalog, which is that of its service.
const NAME: &str = "grafana";

/// Opens the hub's Grafana to people, where it has a host.
pub(super) fn open(center: &Center<'_>, grafana: &mut Component) -> Option<()> {
    let entrance = center.entrance(HubServiceKind::Grafana)?;
    let namespace = grafana.facts.namespace.clone();
    let ingress = entrance.ingress(NAME, &namespace, "/api/health");
    grafana
        .objects
        .push(("hub-ingress-grafana".to_owned(), Exact(ingress)));
    let server = map([(
        "root_url",
        Node::string(format!("https://{}", entrance.host)),
    )]);
    set(grafana, &["grafana.ini", "server"], server);
    let sign_in = center.services.sign_in.as_ref()?;
    let settings = oauth(sign_in)?;
    let secrets = center.services.secrets(center.hub);
    let secret = secrets
        .iter()
        .find(|secret| secret.service == HubServiceKind::Grafana)?;
    let name = objects::kubernetes_name(secret);
    let reference = map([
        ("name", name.as_str().into()),
        ("key", "clientSecret".into()),
    ]);
    let variable = map([("secretKeyRef", reference)]);
    set(
        grafana,
        &["envValueFrom", "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET"],
        variable,
    );
    set(grafana, &["grafana.ini", "auth.generic_oauth"], settings);
    let object = objects::external_secret(secret, &namespace);
    grafana.objects.push((name, Exact(object)));
    Some(())
}

fn set(grafana: &mut Component, path: &[&'static str], value: Node) {
    let keys: Vec<Key> = path.iter().map(|key| Key::fixed(key)).collect();
    grafana.values.0.set(&keys, value);
}

/// Settings of `auth.generic_oauth`; Grafana asks an issuer nothing, so that only addresses of Keycloak are known.
fn oauth(sign_in: &SignInContract) -> Option<Node> {
    sign_in.keycloak()?;
    let at = |end: &str| {
        let issuer = sign_in.issuer.trim_end_matches('/');
        Node::string(format!("{issuer}/protocol/openid-connect/{end}"))
    };
    let client = HubServiceKind::Grafana.client(&sign_in.spec.clients)?;
    Some(map([
        ("enabled", true.into()),
        ("name", sign_in.title().into()),
        ("client_id", client.into()),
        ("scopes", "openid profile email".into()),
        ("auth_url", at("auth")),
        ("token_url", at("token")),
        ("api_url", at("userinfo")),
        ("use_pkce", true.into()),
        ("allow_assign_grafana_admin", true.into()),
        ("role_attribute_path", Node::string(roles(sign_in))),
        // Whoever is in no group has no role, and does not come in.
        ("role_attribute_strict", true.into()),
    ]))
}

/// Who is what, as an expression over the groups in a token.
fn roles(sign_in: &SignInContract) -> String {
    let groups = &sign_in.spec.groups;
    let roles = [
        ("GrafanaAdmin", &groups.admins),
        ("Editor", &groups.operators),
        ("Viewer", &groups.readers),
    ];
    let all = roles.into_iter().flat_map(|(role, groups)| {
        let groups = groups.iter();
        groups.map(move |group| format!("contains(groups[*], '{group}') && '{role}'"))
    });
    all.collect::<Vec<_>>().join(" || ")
}
