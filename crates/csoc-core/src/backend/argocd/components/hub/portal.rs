//! The portal, gen3-admin: its chart with real sign-in, no rights to change clusters, and no secret in values.
//!
//! The chart writes variables as plain text only, also the text that sessions are signed with. So its Deployment stands
//! here a second time, with that text out of a Secret: of two sources that make the same object Argo CD takes the later.

use super::super::super::map;
use super::super::Component;
use super::{Center, objects};
use crate::catalog::ComponentCatalog;
use crate::contract::{HubServiceKind, SignInContract};
use crate::model::hub::{Portal, PortalDigests};
use crate::model::version::{ImageDigest, ImageTag};
use crate::value::{Exact, Key, Node};

/// The component's name in the catalog, of its objects and of its release.
const NAME: &str = "portal";
/// Where the images of the chart are.
const API: &str = "quay.io/cdis/csoc-api";
const FRONTEND: &str = "quay.io/cdis/csoc-frontend";
/// The chart's own tag; it moves.
const TAG: &str = "master";
/// Variables that the chart sets by default: to somebody else's hosts, and to texts that everyone knows.
const DEFAULTS: [&str; 3] = ["LOKI_BASE_URL", "NEXTAUTH_JWT_SECRET", "NEXTAUTH_SECRET"];
/// The ports of the chart's two containers, and of what clusters' agents call.
const API_PORT: i64 = 8002;
const FRONTEND_PORT: i64 = 3000;
const AGENT_PORT: i64 = 50051;
/// What the portal may see: nothing that is secret.
const SEEN: [(&str, &[&str]); 6] = [
    (
        "",
        &[
            "configmaps",
            "endpoints",
            "events",
            "namespaces",
            "nodes",
            "persistentvolumeclaims",
            "pods",
            "pods/log",
            "serviceaccounts",
            "services",
        ],
    ),
    (
        "apps",
        &["daemonsets", "deployments", "replicasets", "statefulsets"],
    ),
    ("argoproj.io", &["applications", "appprojects"]),
    ("batch", &["cronjobs", "jobs"]),
    ("metrics.k8s.io", &["nodes", "pods"]),
    ("networking.k8s.io", &["ingresses", "networkpolicies"]),
];

/// The component, where the hub runs the portal and people sign in at a Keycloak: it knows no other issuer.
pub(super) fn component(center: &Center<'_>) -> Option<Component> {
    let portal = center.hub.portal.as_ref()?;
    let entrance = center.entrance(HubServiceKind::Portal)?;
    let sign_in = center.services.sign_in.as_ref()?;
    let issuer = sign_in.keycloak()?;
    let namespace = ComponentCatalog::embedded().get(NAME)?.namespace.as_str();
    let [api_image, frontend_image] = images(portal);
    let health = [("healthcheck-path", "/"), ("success-codes", "200-499")];
    let mut variables = texts(&frontend(entrance.host, sign_in, &issuer));
    for name in DEFAULTS {
        variables.insert(name, Node::null());
    }
    let values = map([
        ("api", map([("env", texts(&api(&issuer)))])),
        ("frontend", map([("env", variables)])),
        ("fullnameOverride", NAME.into()),
        (
            "image",
            map([
                ("api", api_image.values()),
                ("frontend", frontend_image.values()),
            ]),
        ),
        (
            "ingress",
            map([
                ("annotations", entrance.annotations(&health)),
                ("className", "alb".into()),
                ("hosts", Node::list([host(entrance.host)])),
            ]),
        ),
        ("persistence", map([("name", NAME.into())])),
        // Else the portal may do everything in the cluster.
        ("rbac", map([("create", false.into())])),
        // Agents of other clusters have no way in until somebody gives them one.
        (
            "service",
            map([("grpc", map([("type", "ClusterIP".into())]))]),
        ),
        ("serviceAccount", map([("name", NAME.into())])),
    ]);
    let mut component = center.component(NAME, values)?;
    if let Some(revision) = &portal.revision {
        component.facts.version = revision.to_string();
    }
    let secrets = center.services.secrets(center.hub);
    let secret = secrets
        .iter()
        .find(|secret| secret.service == HubServiceKind::Portal)?;
    let named = objects::kubernetes_name(secret);
    component.objects = vec![
        (
            named.clone(),
            Exact(objects::external_secret(secret, namespace)),
        ),
        ("reader".to_owned(), Exact(role())),
        ("reader-binding".to_owned(), Exact(binding(namespace))),
        (
            "deployment".to_owned(),
            Exact(deployment(
                namespace,
                [&api_image, &frontend_image],
                &named,
                &[api(&issuer), frontend(entrance.host, sign_in, &issuer)],
            )),
        ),
    ];
    Some(component)
}

/// An image as values of the chart and a container name it: both join the two by `:`.
struct Image {
    repository: String,
    tag: String,
}

impl Image {
    fn new(repository: &str, tag: Option<&ImageTag>, digest: Option<&ImageDigest>) -> Self {
        match digest {
            Some(digest) => Self {
                repository: format!("{repository}@sha256"),
                tag: digest.digits().to_owned(),
            },
            None => Self {
                repository: repository.to_owned(),
                tag: tag.map_or(TAG, |tag| tag.as_str()).to_owned(),
            },
        }
    }

    fn values(&self) -> Node {
        map([
            ("repository", self.repository.as_str().into()),
            ("tag", self.tag.as_str().into()),
        ])
    }

    fn name(&self) -> Node {
        Node::string(format!("{}:{}", self.repository, self.tag))
    }
}

/// The images of the API and of the frontend.
fn images(portal: &Portal) -> [Image; 2] {
    let PortalDigests { api, frontend, .. } = &portal.digests;
    [(API, api), (FRONTEND, frontend)]
        .map(|(repository, digest)| Image::new(repository, portal.tag.as_ref(), digest.as_ref()))
}

type Variables = Vec<(&'static str, String)>;

fn texts(variables: &Variables) -> Node {
    let entries = variables.iter();
    objects::texts(entries.map(|(name, value)| (*name, value.as_str())))
}

/// Variables of the API.
fn api(issuer: &(String, String)) -> Variables {
    vec![
        ("KEYCLOAK_REALM", issuer.1.clone()),
        ("KEYCLOAK_URL", issuer.0.clone()),
        ("MOCK_AUTH", "false".to_owned()),
    ]
}

/// Variables of the frontend that are no secret.
fn frontend(host: &str, sign_in: &SignInContract, issuer: &(String, String)) -> Variables {
    let client = HubServiceKind::Portal.client(&sign_in.spec.clients);
    vec![
        ("ENABLE_MOCK_AUTH", "false".to_owned()),
        ("NEXTAUTH_URL", format!("https://{host}")),
        (
            "NEXT_KEYCLOAK_CLIENT_ID",
            client.unwrap_or_default().to_owned(),
        ),
        ("NEXT_PUBLIC_KEYCLOAK_ISSUER", sign_in.issuer.clone()),
        ("NEXT_PUBLIC_KEYCLOAK_REALM", issuer.1.clone()),
        ("NEXT_PUBLIC_KEYCLOAK_URL", issuer.0.clone()),
    ]
}

/// The paths of the chart's ingress: who signs people in is the frontend, what else begins with `/api` the API.
fn host(host: &str) -> Node {
    let path = |path: &str, port: &str| {
        let port = map([("name", port.into())]);
        let service = map([("name", NAME.into()), ("port", port)]);
        map([
            ("path", path.into()),
            ("pathType", "Prefix".into()),
            ("backend", map([("service", service)])),
        ])
    };
    let paths = [
        path("/api/auth", "frontend"),
        path("/api", "api"),
        path("/", "frontend"),
    ];
    map([("host", host.into()), ("paths", Node::list(paths))])
}

fn role() -> Node {
    let rules = SEEN.iter().map(|(group, resources)| {
        map([
            ("apiGroups", Node::list([Node::string(*group)])),
            (
                "resources",
                Node::list(resources.iter().map(|resource| Node::string(*resource))),
            ),
            (
                "verbs",
                Node::list(["get", "list", "watch"].map(Node::from)),
            ),
        ])
    });
    map([
        ("apiVersion", "rbac.authorization.k8s.io/v1".into()),
        ("kind", "ClusterRole".into()),
        ("metadata", map([("name", "hub-portal-reader".into())])),
        ("rules", Node::list(rules)),
    ])
}

fn binding(namespace: &str) -> Node {
    let role = map([
        ("apiGroup", "rbac.authorization.k8s.io".into()),
        ("kind", "ClusterRole".into()),
        ("name", "hub-portal-reader".into()),
    ]);
    let subject = map([
        ("kind", "ServiceAccount".into()),
        ("name", NAME.into()),
        ("namespace", namespace.into()),
    ]);
    map([
        ("apiVersion", "rbac.authorization.k8s.io/v1".into()),
        ("kind", "ClusterRoleBinding".into()),
        ("metadata", map([("name", "hub-portal-reader".into())])),
        ("roleRef", role),
        ("subjects", Node::list([subject])),
    ])
}

fn labels() -> Node {
    objects::texts([
        ("app.kubernetes.io/instance", NAME),
        ("app.kubernetes.io/name", "csoc"),
    ])
}

/// The chart's Deployment, with what is secret out of a Secret.
fn deployment(
    namespace: &str,
    [api_image, frontend_image]: [&Image; 2],
    secret: &str,
    [api, frontend]: &[Variables; 2],
) -> Node {
    let variables = |all: &Variables| -> Vec<Node> {
        let all = all.iter();
        all.map(|(name, value)| objects::plain(name, value))
            .collect()
    };
    let mut secret_variables = variables(frontend);
    for (name, key) in [
        ("KEYCLOAK_CLIENT_SECRET", "clientSecret"),
        ("NEXTAUTH_JWT_SECRET", "sessionSecret"),
        ("NEXTAUTH_SECRET", "sessionSecret"),
    ] {
        secret_variables.push(objects::variable(name, secret, key));
    }
    let mount = map([
        ("name", "data-volume".into()),
        ("mountPath", "/go/src/api/certs".into()),
    ]);
    let mut api = container(
        "api",
        api_image,
        variables(api),
        ("/ping", &[API_PORT, AGENT_PORT]),
    );
    api.insert("volumeMounts", Node::list([mount]));
    api.insert("workingDir", "/go/src/api".into());
    let frontend = container(
        "frontend",
        frontend_image,
        secret_variables,
        ("/", &[FRONTEND_PORT]),
    );
    let volume = map([
        ("name", "data-volume".into()),
        ("persistentVolumeClaim", map([("claimName", NAME.into())])),
    ]);
    let pod = map([
        ("metadata", map([("labels", labels())])),
        (
            "spec",
            map([
                ("serviceAccountName", NAME.into()),
                ("volumes", Node::list([volume])),
                ("containers", Node::list([api, frontend])),
            ]),
        ),
    ]);
    map([
        ("apiVersion", "apps/v1".into()),
        ("kind", "Deployment".into()),
        (
            "metadata",
            map([
                ("name", NAME.into()),
                ("namespace", namespace.into()),
                ("labels", labels()),
            ]),
        ),
        (
            "spec",
            map([
                ("replicas", Node::integer(1)),
                // Its volume is of one machine at a time.
                ("strategy", map([("type", "Recreate".into())])),
                ("selector", map([("matchLabels", labels())])),
                ("template", pod),
            ]),
        ),
    ])
}

fn container(
    name: &'static str,
    image: &Image,
    variables: Vec<Node>,
    (path, ports): (&str, &[i64]),
) -> Node {
    let first = ports.first().copied().unwrap_or_default();
    let probe = map([
        (
            "httpGet",
            map([("path", path.into()), ("port", Node::integer(first))]),
        ),
        ("initialDelaySeconds", Node::integer(3)),
    ]);
    let ports = ports
        .iter()
        .map(|port| map([("containerPort", Node::integer(*port))]));
    let requests = objects::texts([("cpu", "250m"), ("memory", "64Mi")]);
    let limits = objects::texts([("memory", "512Mi")]);
    let mut node = Node::map();
    for (key, value) in [
        ("name", name.into()),
        ("image", image.name()),
        ("env", Node::list(variables)),
        ("livenessProbe", probe),
        ("ports", Node::list(ports)),
        (
            "resources",
            map([("limits", limits), ("requests", requests)]),
        ),
    ] {
        node.insert(Key::fixed(key), value);
    }
    node
}
