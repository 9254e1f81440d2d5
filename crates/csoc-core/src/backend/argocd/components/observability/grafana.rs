//! Grafana: a folder and sources for each commons, and dashboards out of files.

use super::dashboards;
use super::keeper::Keeper;
use super::stores::tenants;
use super::{MONITORING, PLATFORM, Part, config_map, later, map, object};
use crate::contract::StoreKind;
use crate::value::{Key, Node, json_write};

/// The Secret with the first administrator's password.
const ADMIN: &str = "grafana-admin";
/// The API of what makes passwords.
const GENERATORS: &str = "generators.external-secrets.io/v1alpha1";

/// What shows.
pub(super) fn grafana(keeper: &Keeper<'_>) -> Option<Part> {
    // Without stores there is nothing to show.
    keeper.store(StoreKind::Mimir)?;
    let mut part = Part::new("grafana", keeper.size());
    let sources: Vec<Node> = tenants(keeper)
        .flat_map(|tenant| sources(keeper, tenant))
        .collect();
    part.set(
        &["datasources", "datasources.yaml"],
        map([
            ("apiVersion", 1_u32.into()),
            ("datasources", Node::list(sources)),
        ]),
    );
    let mut providers = Vec::new();
    let mut maps = Node::map();
    for tenant in tenants(keeper) {
        let name = object_name(tenant);
        providers.push(provider(tenant));
        maps.insert(directory(tenant), name.as_str().into());
        let mut text = String::new();
        json_write::write_json(&dashboards::dashboard(keeper, tenant), &mut text);
        text.push('\n');
        let file = format!("{}.json", title(tenant));
        let object = config_map(&name, &file, text);
        part.objects.push((name, object));
    }
    part.set(
        &["dashboardProviders", "dashboardproviders.yaml"],
        map([
            ("apiVersion", 1_u32.into()),
            ("providers", Node::list(providers)),
        ]),
    );
    part.set(&["dashboardsConfigMaps"], maps);
    part.objects
        .push(("admin-password".to_owned(), generator()));
    part.objects.push(("admin".to_owned(), admin()));
    Some(part)
}

/// The name of the object with a tenant's dashboard: nobody's can have no other's.
fn object_name(tenant: &str) -> String {
    if tenant == PLATFORM {
        "platform-dashboards".to_owned()
    } else {
        format!("dashboards-{tenant}")
    }
}

/// The name of a tenant's provider, of which the chart makes the directory and the volume with its dashboards. A volume's is a
/// DNS label, which the platform's tenant is none; no commons begins with a digit.
fn directory(tenant: &str) -> &str {
    if tenant == PLATFORM {
        "0-platform"
    } else {
        tenant
    }
}

/// What a tenant is called on pages.
pub(super) fn title(tenant: &str) -> &str {
    tenant.trim_start_matches('_')
}

/// The sources of a tenant.
fn sources(keeper: &Keeper<'_>, tenant: &str) -> Vec<Node> {
    let all = [
        (
            StoreKind::Mimir,
            "metrics",
            "prometheus",
            "mimir-query-frontend",
            8080,
            "/prometheus",
        ),
        (
            StoreKind::Mimir,
            "alerts",
            "alertmanager",
            "mimir-alertmanager",
            8080,
            "",
        ),
        (StoreKind::Loki, "logs", "loki", "loki", 3100, ""),
        (StoreKind::Tempo, "traces", "tempo", "tempo", 3200, ""),
    ];
    let kept = all
        .into_iter()
        .filter(|(kind, ..)| keeper.store(*kind).is_some());
    kept.map(|(_, what, kind, service, port, path)| {
        let mut settings = map([("httpHeaderName1", "X-Scope-OrgID".into())]);
        match kind {
            "alertmanager" => {
                settings.insert(Key::fixed("implementation"), "mimir".into());
            }
            // Rules are files that the ruler reads; who answers queries has no list of them.
            "prometheus" => {
                settings.insert(Key::fixed("manageAlerts"), false.into());
            }
            _ => {}
        }
        map([
            ("name", format!("{} {what}", title(tenant)).into()),
            ("uid", source(what, tenant).into()),
            ("type", kind.into()),
            ("access", "proxy".into()),
            (
                "url",
                format!("http://{service}.{MONITORING}.svc.cluster.local:{port}{path}").into(),
            ),
            ("editable", false.into()),
            ("jsonData", settings),
            ("secureJsonData", map([("httpHeaderValue1", tenant.into())])),
        ])
    })
    .collect()
}

/// The identifier of a source.
pub(super) fn source(what: &str, tenant: &str) -> String {
    format!("{what}-{tenant}")
}

fn provider(tenant: &str) -> Node {
    map([
        ("name", directory(tenant).into()),
        ("orgId", 1_u32.into()),
        ("folder", title(tenant).into()),
        ("folderUid", format!("folder-{tenant}").into()),
        ("type", "file".into()),
        ("disableDeletion", true.into()),
        ("editable", false.into()),
        (
            "options",
            map([(
                "path",
                format!("/var/lib/grafana/dashboards/{}", directory(tenant)).into(),
            )]),
        ),
    ])
}

/// A password that nobody chose.
fn generator() -> Node {
    let mut made = object(GENERATORS, "Password", ADMIN);
    later(&mut made);
    let spec = map([
        ("length", 32_u32.into()),
        ("digits", 8_u32.into()),
        ("symbols", 0_u32.into()),
        ("noUpper", false.into()),
        ("allowRepeat", true.into()),
    ]);
    made.insert("spec", spec);
    made
}

/// It is made once, and stays: Grafana takes it when it starts for the first time.
fn admin() -> Node {
    let from = map([(
        "sourceRef",
        map([(
            "generatorRef",
            map([
                ("apiVersion", GENERATORS.into()),
                ("kind", "Password".into()),
                ("name", ADMIN.into()),
            ]),
        )]),
    )]);
    let template = map([
        ("engineVersion", "v2".into()),
        (
            "data",
            map([
                ("admin-user", "admin".into()),
                ("admin-password", "{{ .password }}".into()),
            ]),
        ),
    ]);
    let spec = map([
        ("refreshInterval", "0".into()),
        (
            "target",
            map([
                ("name", ADMIN.into()),
                ("creationPolicy", "Orphan".into()),
                ("deletionPolicy", "Retain".into()),
                ("template", template),
            ]),
        ),
        ("dataFrom", Node::list([from])),
    ]);
    let mut made = object("external-secrets.io/v1", "ExternalSecret", ADMIN);
    later(&mut made);
    made.insert("spec", spec);
    made
}
