//! What Alloy does: where it looks for metrics, logs and traces, and how each comes to its tenant.

use super::PLATFORM;
use super::alloy::PASSWORD;
use super::syntax::{Block, Value, identifier};
use super::watched::{Sink, Watched, all_namespaces};
use crate::value::{Node, json_write};

/// The token of the service account, and the authority of the cluster.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// What is kept of what nodes tell of containers: the rest is most of it, and nothing here asks for it.
const CONTAINERS: &str = "up|container_(cpu_usage_seconds_total|cpu_cfs_periods_total|cpu_cfs_throttled_periods_total|memory_working_set_bytes|memory_rss|network_receive_bytes_total|network_transmit_bytes_total|fs_usage_bytes)";
/// The same of the nodes' own.
const KUBELETS: &str = "up|kubelet_(volume_stats_.*|running_pods|running_containers|node_name)";
/// What is asked once a cluster: the name of the program and of its port.
const PROGRAMS: &str = "kube-state-metrics;http|external-secrets;metrics|argocd-application-controller;metrics|cert-manager;http-metrics|(loki|mimir);http-metrics";
/// A line of revproxy's log about a login that failed.
const FAILED_LOGIN: &str = r#"{app="revproxy"} |~ "\"http_status_code\": [45][0-9][0-9], \"http_request\": \"/user/login""#;
/// How often something is asked.
const INTERVAL: &str = "60s";

/// The whole configuration.
pub(super) fn blocks(watched: &Watched<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::part("logging")
            .set("level", "warn")
            .set("format", "logfmt"),
    ];
    blocks.extend(pods());
    blocks.extend(annotated());
    blocks.extend(nodes());
    blocks.extend(programs());
    blocks.push(own());
    blocks.extend(hosts(watched));
    blocks.extend(metrics(watched));
    blocks.extend(logs(watched));
    blocks.extend(traces(watched));
    blocks
}

fn rule(sources: &[&str], target: Option<&str>, regex: Option<&str>) -> Block {
    let mut rule = Block::part("rule");
    if !sources.is_empty() {
        rule = rule.set("source_labels", Value::texts(sources.iter().copied()));
    }
    if let Some(target) = target {
        rule = rule.set("target_label", target);
    }
    match regex {
        Some(regex) => rule.set("regex", regex),
        None => rule,
    }
}

fn keep(sources: &[&str], regex: &str) -> Block {
    rule(sources, None, Some(regex)).set("action", "keep")
}

fn node_name() -> Value {
    Value::reference("sys.env(\"HOSTNAME\")")
}

/// What goes on from here to every tenant.
fn onward() -> Value {
    Value::references(["prometheus.relabel.tenants.receiver".to_owned()])
}

/// The pods of the node that it runs on.
fn pods() -> [Block; 1] {
    let selectors = Block::part("selectors").set("role", "pod").set(
        "field",
        Value::reference("\"spec.nodeName=\" + sys.env(\"HOSTNAME\")"),
    );
    [Block::component("discovery.kubernetes", "pods")
        .set("role", "pod")
        .block(selectors)]
}

/// Pods that say themselves that they can be asked.
fn annotated() -> [Block; 2] {
    let annotation = "__meta_kubernetes_pod_annotation_prometheus_io_";
    let scrape = format!("{annotation}scrape");
    let path = format!("{annotation}path");
    let port = format!("{annotation}port");
    let relabel = Block::component("discovery.relabel", "annotated")
        .set(
            "targets",
            Value::reference("discovery.kubernetes.pods.targets"),
        )
        .blocks([
            keep(&[&scrape], "true"),
            rule(
                &["__meta_kubernetes_pod_phase"],
                None,
                Some("Pending|Succeeded|Failed"),
            )
            .set("action", "drop"),
            rule(&[&path], Some("__metrics_path__"), Some("(.+)")),
            rule(
                &["__meta_kubernetes_pod_ip", &port],
                Some("__address__"),
                Some("([0-9.]+);([0-9]+)"),
            )
            .set("replacement", "$1:$2"),
            rule(&["__meta_kubernetes_namespace"], Some("namespace"), None),
            rule(&["__meta_kubernetes_pod_name"], Some("pod"), None),
            rule(&["__meta_kubernetes_pod_label_app"], Some("app"), None),
            Block::part("rule")
                .set("target_label", "job")
                .set("replacement", "pods"),
        ]);
    let scrape = Block::component("prometheus.scrape", "annotated")
        .set(
            "targets",
            Value::reference("discovery.relabel.annotated.output"),
        )
        .set("scrape_interval", INTERVAL)
        .set("forward_to", onward());
    [relabel, scrape]
}

/// The node itself, and the containers on it. Its certificate is its own; its address is on the network of the cluster.
fn nodes() -> Vec<Block> {
    let selectors = Block::part("selectors").set("role", "node").set(
        "field",
        Value::reference("\"metadata.name=\" + sys.env(\"HOSTNAME\")"),
    );
    let mut blocks = vec![
        Block::component("discovery.kubernetes", "node")
            .set("role", "node")
            .block(selectors),
        Block::component("discovery.relabel", "node")
            .set(
                "targets",
                Value::reference("discovery.kubernetes.node.targets"),
            )
            .block(rule(&["__meta_kubernetes_node_name"], Some("node"), None)),
    ];
    for (label, path, kept) in [
        ("kubelet", "/metrics", KUBELETS),
        ("cadvisor", "/metrics/cadvisor", CONTAINERS),
    ] {
        let kept = Block::component("prometheus.relabel", label)
            .set("forward_to", onward())
            .block(keep(&["__name__"], kept));
        let scrape = Block::component("prometheus.scrape", label)
            .set("targets", Value::reference("discovery.relabel.node.output"))
            .set("job_name", label)
            .set("scheme", "https")
            .set("metrics_path", path)
            .set("bearer_token_file", format!("{ACCOUNT}/token"))
            .set("scrape_interval", INTERVAL)
            .set("honor_labels", true)
            .set(
                "forward_to",
                Value::references([format!("prometheus.relabel.{label}.receiver")]),
            )
            .block(Block::part("tls_config").set("insecure_skip_verify", true));
        blocks.extend([scrape, kept]);
    }
    blocks
}

/// Where programs of the platform are. External Secrets is in its own namespace where the hub pushes, and in `kube-system`
/// where `cluster-level-resources` brings it.
const PROGRAM_NAMESPACES: [&str; 5] = [
    "argocd",
    "cert-manager",
    "external-secrets",
    "kube-system",
    "monitoring",
];

/// What is once a cluster: each is asked by one Alloy, whichever. Their labels are of what they tell of.
fn programs() -> [Block; 3] {
    let name = "__meta_kubernetes_pod_label_app_kubernetes_io_name";
    let namespaces = Block::part("namespaces").set("names", Value::texts(PROGRAM_NAMESPACES));
    let discover = Block::component("discovery.kubernetes", "programs")
        .set("role", "pod")
        .block(namespaces);
    let relabel = Block::component("discovery.relabel", "programs")
        .set(
            "targets",
            Value::reference("discovery.kubernetes.programs.targets"),
        )
        .blocks([
            keep(
                &[name, "__meta_kubernetes_pod_container_port_name"],
                PROGRAMS,
            ),
            rule(&[name], Some("job"), None),
            rule(&["__meta_kubernetes_pod_name"], Some("instance"), None),
        ]);
    let scrape = Block::component("prometheus.scrape", "programs")
        .set(
            "targets",
            Value::reference("discovery.relabel.programs.output"),
        )
        .set("scrape_interval", INTERVAL)
        .set("honor_labels", true)
        .set("forward_to", onward())
        .block(Block::part("clustering").set("enabled", true));
    [discover, relabel, scrape]
}

/// What it counted itself, of lines of logs and of what it sent.
fn own() -> Block {
    let target = Value::Map(vec![
        ("__address__", "127.0.0.1:12345".into()),
        ("job", "alloy".into()),
        ("instance", node_name()),
        ("node", node_name()),
    ]);
    Block::component("prometheus.scrape", "own")
        .set("targets", Value::List(vec![target]))
        .set("scrape_interval", INTERVAL)
        .set("honor_labels", true)
        .set("forward_to", onward())
}

/// Whether each host answers, and how long its certificate is valid.
fn hosts(watched: &Watched<'_>) -> Vec<Block> {
    // While an environment shares its only host with another, what answers there says nothing of it.
    let hosts = watched.environments().filter_map(|environment| {
        let is_led_to = environment
            .cutover
            .as_ref()
            .is_some_and(|cutover| cutover.share() == 100);
        let host = if is_led_to {
            Some(&environment.endpoint.hostname)
        } else {
            environment.own_host()
        };
        Some((environment, host?))
    });
    let mut targets = hosts.peekable();
    if targets.peek().is_none() {
        return Vec::new();
    }
    let targets = targets.map(|(environment, host)| {
        let labels = Value::Map(vec![
            ("namespace", environment.namespace.as_str().into()),
            ("hostname", environment.spec.hostname.as_str().into()),
        ]);
        Block::part("target")
            .set(
                "name",
                format!("{}_{}", environment.at.commons, environment.at.environment),
            )
            .set("address", format!("https://{host}/"))
            .set("module", "page")
            .set("labels", labels)
    });
    let http = super::map([
        ("preferred_ip_protocol", "ip4".into()),
        ("follow_redirects", true.into()),
        ("fail_if_not_ssl", true.into()),
    ]);
    let module = super::map([
        ("prober", "http".into()),
        ("timeout", "9s".into()),
        ("http", http),
    ]);
    let modules = super::map([("modules", super::map([("page", module)]))]);
    vec![
        Block::component("prometheus.exporter.blackbox", "hosts")
            .set("config", json(&modules))
            .blocks(targets),
        Block::component("prometheus.scrape", "hosts")
            .set(
                "targets",
                Value::reference("prometheus.exporter.blackbox.hosts.targets"),
            )
            .set("scrape_interval", INTERVAL)
            .set("forward_to", onward())
            .block(Block::part("clustering").set("enabled", true)),
    ]
}

/// A value in one line.
fn json(node: &Node) -> String {
    let mut text = String::new();
    json_write::write_json(node, &mut text);
    text.lines().map(str::trim).collect()
}

/// The label of a tenant's components at a keeper.
fn label(sink: &Sink<'_>, tenant: &str) -> String {
    identifier(&format!("{}_{tenant}", sink.keeper))
}

/// Metrics: each tenant's, by namespace; what is of none, the platform's.
fn metrics(watched: &Watched<'_>) -> Vec<Block> {
    let all = all_namespaces(watched);
    let mut receivers = Vec::new();
    let mut blocks = Vec::new();
    for sink in &watched.sinks {
        for (tenant, namespaces) in sink.tenants() {
            let label = label(sink, tenant);
            receivers.push(format!("prometheus.relabel.{label}.receiver"));
            let of = match namespaces {
                Some(namespaces) => keep(&["namespace"], &namespaces),
                None => rule(&["namespace"], None, Some(&all)).set("action", "drop"),
            };
            let mut relabel = Block::component("prometheus.relabel", &label).set(
                "forward_to",
                Value::references([format!("prometheus.remote_write.{label}.receiver")]),
            );
            // An empty expression would drop what has no namespace.
            if !(tenant == PLATFORM && all.is_empty()) {
                relabel = relabel.block(of);
            }
            let endpoint = signed(
                watched,
                sink,
                Block::part("endpoint")
                    .set("url", sink.metrics.as_str())
                    .set(
                        "headers",
                        Value::Map(vec![("X-Scope-OrgID", tenant.into())]),
                    ),
            );
            let write = Block::component("prometheus.remote_write", &label)
                .set("external_labels", external(watched))
                .block(endpoint);
            blocks.extend([relabel, write]);
        }
    }
    // A door that all come through, which changes nothing.
    let door = Block::component("prometheus.relabel", "tenants")
        .set("forward_to", Value::references(receivers));
    blocks.insert(0, door);
    blocks
}

/// What is said of everything that comes from a cluster.
fn external(watched: &Watched<'_>) -> Value {
    Value::Map(vec![
        ("account", watched.cluster.account.as_str().into()),
        ("cluster", watched.cluster.name.as_str().into()),
    ])
}

/// The same, with name and password where it goes elsewhere.
fn signed(watched: &Watched<'_>, sink: &Sink<'_>, endpoint: Block) -> Block {
    if !sink.is_elsewhere {
        return endpoint;
    }
    let user = Block::part("basic_auth")
        .set("username", watched.cluster.name.as_str())
        .set(
            "password",
            Value::reference(format!("sys.env(\"{PASSWORD}\")")),
        );
    endpoint.block(user)
}

/// Logs of pods, out of the files of the node; of revproxy's lines two things are counted.
fn logs(watched: &Watched<'_>) -> Vec<Block> {
    let mut relabel = Block::component("discovery.relabel", "logs")
        .set(
            "targets",
            Value::reference("discovery.kubernetes.pods.targets"),
        )
        .blocks([
            rule(
                &["__meta_kubernetes_pod_container_init"],
                None,
                Some("true"),
            )
            .set("action", "drop"),
            rule(&["__meta_kubernetes_namespace"], Some("namespace"), None),
            rule(&["__meta_kubernetes_pod_name"], Some("pod"), None),
            rule(
                &["__meta_kubernetes_pod_container_name"],
                Some("container"),
                None,
            ),
            rule(&["__meta_kubernetes_pod_label_app"], Some("app"), None),
            rule(
                &["__meta_kubernetes_pod_label_app_kubernetes_io_name"],
                Some("app"),
                Some("(.+)"),
            ),
            rule(
                &[
                    "__meta_kubernetes_pod_uid",
                    "__meta_kubernetes_pod_container_name",
                ],
                Some("__path__"),
                None,
            )
            .set("separator", "/")
            .set("replacement", "/var/log/pods/*$1/*.log"),
            Block::part("rule")
                .set("target_label", "tenant")
                .set("replacement", PLATFORM),
        ]);
    for sink in &watched.sinks {
        for (tenant, namespaces) in sink.tenants() {
            if let Some(namespaces) = namespaces {
                relabel = relabel.block(
                    rule(
                        &["__meta_kubernetes_namespace"],
                        Some("tenant"),
                        Some(&namespaces),
                    )
                    .set("replacement", tenant),
                );
            }
        }
    }
    let matched = Block::component("local.file_match", "logs").set(
        "path_targets",
        Value::reference("discovery.relabel.logs.output"),
    );
    let source = Block::component("loki.source.file", "logs")
        .set("targets", Value::reference("local.file_match.logs.targets"))
        .set(
            "forward_to",
            Value::references(["loki.process.counted.receiver".to_owned()]),
        );
    let mut blocks = vec![relabel, matched, source, counted(watched)];
    for sink in &watched.sinks {
        let label = identifier(sink.keeper);
        let of_others: Vec<&str> = sink.tenants().map(|(tenant, _)| tenant).collect();
        let others = format!("{{tenant!~\"{}\"}}", of_others.join("|"));
        let process = Block::component("loki.process", &label)
            .set(
                "forward_to",
                Value::references([format!("loki.write.{label}.receiver")]),
            )
            .blocks([
                Block::part("stage.match")
                    .set("selector", others)
                    .set("action", "drop"),
                Block::part("stage.tenant").set("label", "tenant"),
                Block::part("stage.label_drop").set("values", Value::texts(["tenant"])),
            ]);
        let endpoint = signed(
            watched,
            sink,
            Block::part("endpoint").set("url", sink.logs.as_str()),
        );
        let write = Block::component("loki.write", &label)
            .set("external_labels", external(watched))
            .block(endpoint);
        blocks.extend([process, write]);
    }
    blocks
}

/// Requests by service and kind of answer, and logins that failed.
fn counted(watched: &Watched<'_>) -> Block {
    let counter = |name: &str, description: &str| {
        Block::part("metric.counter")
            .set("name", name)
            .set("prefix", "gen3_")
            .set("description", description)
            .set("match_all", true)
            .set("action", "inc")
            .set("max_idle_duration", "24h")
    };
    let metrics = |counter: Block| Block::part("stage.metrics").block(counter);
    let requests = Block::part("stage.match")
        .set("selector", "{app=\"revproxy\"} |= \"gen3log\"")
        .blocks([
            Block::part("stage.json").set(
                "expressions",
                Value::Map(vec![
                    ("class", "http_status_code".into()),
                    ("service", "proxy_service".into()),
                ]),
            ),
            Block::part("stage.template")
                .set("source", "class")
                .set("template", "{{ printf \"%.1s\" .Value }}xx"),
            Block::part("stage.labels").set(
                "values",
                Value::Map(vec![("class", "".into()), ("service", "".into())]),
            ),
            metrics(counter(
                "requests_total",
                "Requests by service and kind of answer.",
            )),
            Block::part("stage.label_drop").set("values", Value::texts(["class", "service"])),
        ]);
    let logins = Block::part("stage.match")
        .set("selector", FAILED_LOGIN)
        .block(metrics(counter(
            "login_failures_total",
            "Logins that failed.",
        )));
    let receivers = watched
        .sinks
        .iter()
        .map(|sink| format!("loki.process.{}.receiver", identifier(sink.keeper)));
    Block::component("loki.process", "counted")
        .set("forward_to", Value::references(receivers))
        .blocks([
            Block::part("stage.cri"),
            Block::part("stage.label_drop").set("values", Value::texts(["filename"])),
            requests,
            logins,
        ])
}

/// Traces, which programs send themselves: they become their namespace's.
fn traces(watched: &Watched<'_>) -> Vec<Block> {
    let output = |to: Vec<String>| Block::part("output").set("traces", Value::references(to));
    let receive = Block::component("otelcol.receiver.otlp", "traces").blocks([
        Block::part("grpc").set("endpoint", "0.0.0.0:4317"),
        Block::part("http").set("endpoint", "0.0.0.0:4318"),
        output(vec![
            "otelcol.processor.k8sattributes.traces.input".to_owned(),
        ]),
    ]);
    let extract = Block::part("extract").set(
        "metadata",
        Value::texts(["k8s.namespace.name", "k8s.pod.name", "k8s.deployment.name"]),
    );
    let association =
        Block::part("pod_association").block(Block::part("source").set("from", "connection"));
    let attributes = Block::component("otelcol.processor.k8sattributes", "traces").blocks([
        Block::part("filter").set("node", node_name()),
        extract,
        association,
        output(vec!["otelcol.processor.batch.traces.input".to_owned()]),
    ]);
    let mut filters = Vec::new();
    let mut blocks = Vec::new();
    let all = all_namespaces(watched);
    for sink in &watched.sinks {
        if sink.is_elsewhere {
            let client = Block::part("client_auth")
                .set("username", watched.cluster.name.as_str())
                .set(
                    "password",
                    Value::reference(format!("sys.env(\"{PASSWORD}\")")),
                );
            blocks.push(Block::component("otelcol.auth.basic", sink.keeper).block(client));
        }
        for (tenant, namespaces) in sink.tenants() {
            let label = label(sink, tenant);
            let name = "resource.attributes[\"k8s.namespace.name\"]";
            let condition = match namespaces {
                Some(namespaces) => format!("not IsMatch({name}, \"^({namespaces})$\")"),
                None => format!("IsMatch({name}, \"^({all})$\")"),
            };
            filters.push(format!("otelcol.processor.filter.{label}.input"));
            blocks.push(
                Block::component("otelcol.processor.filter", &label)
                    .set("error_mode", "ignore")
                    .block(Block::part("traces").set("span", Value::List(vec![condition.into()])))
                    .block(output(vec![format!(
                        "otelcol.exporter.otlphttp.{label}.input"
                    )])),
            );
            let mut client = Block::part("client")
                // The address below is the whole of it; this one only has to be there.
                .set("endpoint", sink.traces.as_str())
                .set(
                    "headers",
                    Value::Map(vec![("X-Scope-OrgID", tenant.into())]),
                );
            if sink.is_elsewhere {
                client = client.set(
                    "auth",
                    Value::reference(format!(
                        "otelcol.auth.basic.{}.handler",
                        identifier(sink.keeper)
                    )),
                );
            }
            blocks.push(
                Block::component("otelcol.exporter.otlphttp", &label)
                    .set("traces_endpoint", sink.traces.as_str())
                    .block(client),
            );
        }
    }
    let batch = Block::component("otelcol.processor.batch", "traces").block(output(filters));
    [receive, attributes, batch]
        .into_iter()
        .chain(blocks)
        .collect()
}
