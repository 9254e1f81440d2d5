use super::{MadeOf, Secret, SecretPart};
use crate::context::Context;
use crate::fleet::Fleet;

const ENVIRONMENT: &str = "commons.atlas.environments.dev";

fn secrets() -> Vec<Secret> {
    let fleet = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/consortium");
    let fleet = Fleet::load(fleet, &Context::default()).expect("the example loads");
    fleet.secrets()
}

fn of<'a>(secrets: &'a [Secret], object: &str, purpose: &str) -> &'a Secret {
    let mut all = secrets.iter();
    all.find(|it| it.object == object && it.purpose == purpose)
        .expect("it is there")
}

#[test]
fn what_csoc_makes_it_knows_the_content_of() {
    let secrets = secrets();
    for secret in &secrets {
        let makes = matches!(secret.seeder, "generated" | "assembled");
        assert_eq!(makes, secret.content.is_some(), "{}", secret.name);
        assert_ne!(secret.account, "", "{}", secret.name);
        let is_shared = secret.purpose.ends_with("-client");
        assert_eq!(secret.stack.is_none(), is_shared, "{}", secret.name);
    }
}

#[test]
fn what_it_is_assembled_from_is_a_secret_of_the_same_place() {
    let secrets = secrets();
    for secret in &secrets {
        let parts = secret.content.iter().flat_map(SecretPart::all);
        for part in parts {
            let SecretPart::From { secret: from, key } = part else {
                continue;
            };
            let mut all = secrets.iter();
            let found = all.find(|it| {
                it.name == *from && it.account == secret.account && it.region == secret.region
            });
            let found = found.expect("it is of the fleet");
            assert_ne!(found.name, secret.name);
            assert!(
                key.iter()
                    .all(|key| found.keys.iter().any(|it| it.name == *key)),
                "{from}"
            );
        }
    }
}

#[test]
fn fence_is_told_of_those_who_vouch_for_users_and_of_no_secret() {
    let secrets = secrets();
    let config = of(&secrets, ENVIRONMENT, "fence-config");
    let keys: Vec<&str> = config.keys.iter().map(|key| &*key.name).collect();
    assert_eq!(
        keys,
        [
            "AWS_CREDENTIALS",
            "DEFAULT_LOGIN_IDP",
            "ENCRYPTION_KEY",
            "LOGIN_OPTIONS",
            "OPENID_CONNECT"
        ]
    );
    let parts = config.content.as_ref().expect("it is known").all();
    let from = |key: &str| SecretPart::From {
        secret: "atlas-google-client".to_owned(),
        key: Some(key.to_owned()),
    };
    assert!(parts.contains(&&from("client_secret")));
    assert!(parts.contains(&&SecretPart::Made {
        label: "encryption".to_owned(),
        of: MadeOf::Bytes
    }));
    let client = of(&secrets, ENVIRONMENT, "google-client");
    assert_eq!(client.seeder, "asked");
    assert_eq!(client.keys.len(), 1);
}

#[test]
fn readers_are_those_that_run() {
    let secrets = secrets();
    let passwords = of(&secrets, ENVIRONMENT, "indexd-service-creds");
    let services: Vec<&str> = passwords
        .readers
        .iter()
        .filter_map(|reader| reader.strip_prefix("service "))
        .collect();
    assert_eq!(services, ["indexd", "fence", "sheepdog"]);
    let restart = passwords.rotation.after.last().expect("there are commands");
    assert_eq!(
        restart,
        "kubectl --context csoc -n atlasdev-helm rollout restart deployment/indexd-deployment deployment/fence-deployment deployment/sheepdog-deployment"
    );
}

/// A cluster whose API takes no role of AWS: the hub's Argo CD speaks to it with a token, which is one of the hub's secrets.
#[test]
fn the_token_of_a_cluster_that_is_pushed_to_has_a_container_and_is_listed() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fleets/pushed/fleet.yaml"
    );
    let text = fs_err::read_to_string(path).expect("it is there").replacen(
        "clusters:\n",
        "clusters:\n  lab:\n    account: member\n    platform: k3s\n    delivery: hub-push\n    management: { terraform: external }\n",
        1,
    );
    let set: crate::source::SourceSet = [("fleet.yaml", text.as_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).expect("it loads");
    let secrets = fleet.secrets();
    let token = of(&secrets, "hub", "argocd-cluster-lab");
    assert_eq!(token.name, "hub/argocd-cluster-lab");
    assert_eq!(token.kubernetes.as_deref(), Some("cluster-lab"));
    let keys: Vec<&str> = token.keys.iter().map(|key| &*key.name).collect();
    assert_eq!(keys, ["bearerToken", "caData", "server"]);
    let stack = token.stack.as_deref().expect("Terraform makes it");
    assert!(stack.ends_with("/hub/account"), "{stack}");
    let (tree, _) = fleet
        .compile(&crate::CompileOptions::default(), &Context::default())
        .expect("it compiles");
    for path in [
        "terraform/hub/us-east-1/hub/main.tf",
        "gitops/hub/clusters/lab.yaml",
    ] {
        let text = tree.get(path).expect(path).text();
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("hub/argocd-cluster-lab"), "{path}\n{text}");
    }
}
