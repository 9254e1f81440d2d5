//! What the hub's cluster runs for people, in a fleet of one account.

use crate::backend::fixture::compile;
use crate::source::SourceSet;
use crate::tree::Tree;

const FLEET: &str = r#"
apiVersion: csoc.gen3.org/v1beta1
kind: Fleet
edition: "2026.11"
name: demo
hub:
  account: hub
  cluster: csoc
  domain: example.org
@
gitops: { repository: https://github.com/example/demo-gitops, revision: main }
charts:
  gen3: { repository: https://helm.gen3.org, revision: 0.3.90 }
accounts:
  hub: { provider: aws, id: "111122223333", region: eu-west-1 }
clusters:
  csoc: { account: hub, network: { cidr: 10.1.0.0/16 } }
"#;
const ALL: &str = "  argocd: {}\n  portal: {}\n  grafana: {}\n  keycloak: {}\n  signIn: { groups: { admins: [platform] } }";

fn tree(services: &str) -> Tree {
    let fleet = FLEET.replace('@', services);
    compile(SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())])).0
}

/// A file of the hub's cluster as text.
fn text(tree: &Tree, path: &str) -> String {
    let path = format!("gitops/csoc/{path}");
    let file = tree.get(&path);
    let file = file.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(file.bytes().to_vec()).unwrap()
}

#[test]
fn nothing_comes_unasked() {
    let tree = tree("");
    let ours = |path: &str| {
        path.contains("/hub-") || path.contains("/keycloak") || path.contains("/portal")
    };
    assert!(tree.iter().all(|file| !ours(file.path().as_str())));
}

#[test]
fn the_portal_signs_people_in_and_changes_nothing() {
    let tree = tree(ALL);
    let values = text(&tree, "platform/portal/values.yaml");
    assert!(values.contains("MOCK_AUTH: 'false'"), "{values}");
    assert!(values.contains("ENABLE_MOCK_AUTH: 'false'"), "{values}");
    assert!(values.contains("NEXTAUTH_SECRET: null"), "{values}");
    assert!(values.contains("rbac:\n  create: false\n"), "{values}");
    let role = text(&tree, "platform/portal/objects/reader.yaml");
    assert!(
        !role.contains("secrets") && !role.contains("update"),
        "{role}"
    );
    let deployment = text(&tree, "platform/portal/objects/deployment.yaml");
    assert!(
        deployment.contains("- name: NEXTAUTH_SECRET\n          valueFrom:"),
        "{deployment}"
    );
}

#[test]
fn the_realm_holds_names_of_secrets_only() {
    let tree = tree(ALL);
    let realm = text(&tree, "platform/keycloak/objects/keycloak-realm.yaml");
    assert!(
        realm.contains(r#""secret": "${SIGN_IN_ARGOCD}""#),
        "{realm}"
    );
    assert!(
        realm.contains("https://argocd.example.org/auth/callback"),
        "{realm}"
    );
    let values = text(&tree, "platform/keycloak/values.yaml");
    assert!(
        values.contains("name: SIGN_IN_ARGOCD\n    valueFrom:"),
        "{values}"
    );
    let foreign = ALL.replace(
        "  signIn: { ",
        "  signIn: { issuer: 'https://id.example.org/realms/staff', ",
    );
    let realm = text(
        &self::tree(&foreign),
        "platform/keycloak/objects/keycloak-realm.yaml",
    );
    assert!(
        !realm.contains("clientId"),
        "nobody signs in there: {realm}"
    );
}

#[test]
fn argo_cd_reads_its_secret_and_waits_for_its_certificate() {
    let tree = tree(ALL);
    let secret = text(&tree, "argocd/hub-sign-in-argocd.yaml");
    assert!(
        secret.contains("app.kubernetes.io/part-of: argocd"),
        "{secret}"
    );
    assert!(secret.contains("key: hub/sign-in-argocd"), "{secret}");
    let ingress = tree
        .get("gitops/csoc/argocd/hub-ingress-argocd.yaml")
        .unwrap();
    // Nobody else says which TLS its load balancer speaks.
    let written = text(&tree, "argocd/hub-ingress-argocd.yaml");
    let tls = "ssl-policy: ELBSecurityPolicy-TLS13-1-2-2021-06\n";
    assert!(written.contains(tls), "{written}");
    let certificate = "v1/111122223333/eu-west-1/hub/account#hub_certificate_arn";
    assert!(
        ingress
            .pending_outputs()
            .iter()
            .any(|output| output == certificate)
    );
    let store = text(&tree, "argocd/hub-secret-store.yaml");
    for namespace in ["argocd", "keycloak", "monitoring", "portal"] {
        assert!(store.contains(&format!("    - {namespace}\n")), "{store}");
    }
}

/// A file of the layer that makes web ACLs.
fn guard(tree: &Tree) -> String {
    let path = "terraform/hub/eu-west-1/waf/csoc/main.tf";
    let file = tree.get(path);
    let file = file.unwrap_or_else(|| panic!("there is no {path}"));
    String::from_utf8(file.bytes().to_vec()).unwrap()
}

#[test]
fn only_sign_in_at_keycloak_is_for_everyone() {
    let operators =
        "\n  operators: [{ cidr: 198.51.100.0/26, owner: ops@example.org, expires: 2029-12-31 }]";
    let main = guard(&tree(&format!("{ALL}{operators}")));
    for part in [
        r#"name               = "gen3-hub-keycloak-administration-v4""#,
        r#"search_string         = "auth.example.org""#,
        r#"regex_string = "^(/realms/csoc/|/resources/)""#,
        r#"type     = "NORMALIZE_PATH""#,
        "a path 23; two address sets 2",
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
    assert!(
        !main.contains("gen3-hub-keycloak-v4"),
        "people sign in from anywhere: {main}"
    );
    let listed = "\n  allowLists: { keycloak: [{ cidr: 203.0.113.0/24, owner: ops@example.org, expires: 2029-12-31 }] }";
    let main = guard(&tree(&format!("{ALL}{operators}{listed}")));
    for part in [
        "gen3-hub-keycloak-v4",
        "gen3-hub-keycloak-administration-v4",
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
}

#[test]
fn the_portal_runs_what_was_reviewed() {
    let digest = "0123456789abcdef".repeat(4);
    let pinned = ALL.replace(
        "portal: {}",
        &format!("portal: {{ tag: '2026.10', digests: {{ api: 'sha256:{digest}' }} }}"),
    );
    let tree = tree(&pinned);
    let values = text(&tree, "platform/portal/values.yaml");
    assert!(
        values.contains("repository: quay.io/cdis/csoc-api@sha256\n"),
        "{values}"
    );
    let deployment = text(&tree, "platform/portal/objects/deployment.yaml");
    for part in [
        format!("image: quay.io/cdis/csoc-api@sha256:{digest}\n"),
        "image: quay.io/cdis/csoc-frontend:2026.10\n".to_owned(),
    ] {
        assert!(deployment.contains(&part), "{part}\n{deployment}");
    }
}

#[test]
fn clusters_own_argo_cds_are_clients_without_a_secret() {
    let fleet = FLEET
        .replace('@', ALL)
        .replace(
            "  csoc: {",
            "  work: { account: hub, network: { cidr: 10.2.0.0/16 }, argocd: { host: argocd.work.example.org, adminUser: disabled } }\n  csoc: {",
        )
        .replace("region: eu-west-1 }", "region: eu-west-1, domain: work.example.org }");
    let tree = compile(SourceSet::from_iter([("fleet.yaml", fleet.as_bytes())])).0;
    let realm = text(&tree, "platform/keycloak/objects/keycloak-realm.yaml");
    for part in [
        r#""clientId": "argocd-work""#,
        r#""publicClient": true"#,
        r#""https://argocd.work.example.org/auth/callback""#,
        r#""pkce.code.challenge.method": "S256""#,
    ] {
        assert!(realm.contains(part), "{part}\n{realm}");
    }
    let path = "terraform/hub/eu-west-1/delivery/work/main.tf";
    let main = String::from_utf8(tree.get(path).unwrap().bytes().to_vec()).unwrap();
    for part in [
        "issuer: https://auth.example.org/realms/csoc",
        r#"clientID: "argocd-work""#,
        "enablePKCEAuthentication: true",
        "requestedScopes: [openid, profile, email]",
        r#""admin.enabled" "#,
        "g, platform, role:admin",
        r#""policy.default" = """#,
    ] {
        assert!(main.contains(part), "{part}\n{main}");
    }
    assert!(!main.contains("clientSecret"), "{main}");
}
