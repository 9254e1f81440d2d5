//! What runs in clusters, against APIs of our own that answer as clusters do, and as they do on a bad day.
//!
//! No timing is asserted but that what must not wait for ever does not; `tests/status_clusters.py` measures.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::{Place, Run};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// An API: for each request, its text, the status and the body that it answers.
fn api(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let answer = answer.clone();
            std::thread::spawn(move || serve(stream, &*answer));
        }
    });
    address
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str) -> (u16, String)) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(count @ 1..) => request.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
    let (status, body) = answer(&String::from_utf8_lossy(&request));
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
}

fn list(items: &[Value]) -> (u16, String) {
    let list = json!({ "kind": "ApplicationList", "metadata": { "resourceVersion": "1" }, "items": items });
    (200, list.to_string())
}

/// What an API says of what it does not do; it says more than is wise.
fn refusal(code: u16) -> (u16, String) {
    let status = json!({ "kind": "Status", "status": "Failure", "code": code, "message": "Bearer planted-token is not it" });
    (code, status.to_string())
}

/// The Application of a cluster, as it is when all is well.
fn well(cluster: &str) -> Value {
    let sources = json!([
        { "chart": "gen3", "repoURL": "https://helm.gen3.org", "targetRevision": "0.3.90" },
        { "repoURL": "https://git.example.org/fleet", "targetRevision": "main", "ref": "values" },
    ]);
    json!({
        "metadata": { "name": format!("gen3-{cluster}"), "namespace": "argocd" },
        "spec": { "sources": sources },
        "status": {
            "sync": { "status": "Synced" },
            "health": { "status": "Healthy", "lastTransitionTime": "2026-11-01T00:00:00Z" },
            "summary": { "images": ["quay.io/cdis/fence:2026.07"] },
            "history": [{ "deployedAt": "2026-11-01T00:00:00Z", "sources": sources, "revisions": ["0.3.90", COMMIT] }],
        },
    })
}

/// A GitOps repository with one deployment in each of these clusters.
fn place(clusters: &[&str]) -> Place {
    let place = Place::new();
    for cluster in clusters {
        let at = format!("tree/{cluster}/{cluster}.example.org");
        let application = format!(
            "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: gen3-{cluster}, namespace: argocd}}\nspec:\n  project: default\n  destination: {{namespace: {cluster}, server: 'https://kubernetes.default.svc'}}\n  sources:\n  - {{chart: gen3, repoURL: 'https://helm.gen3.org', targetRevision: 0.3.90, helm: {{valueFiles: [$values/{cluster}/{cluster}.example.org/values/values.yaml]}}}}\n  - {{repoURL: 'https://git.example.org/fleet', targetRevision: main, ref: values}}\n"
        );
        place.write(&format!("{at}/templates/app.yaml"), &application);
        place.write(
            &format!("{at}/values/values.yaml"),
            "fence: {image: {repository: quay.io/cdis/fence, tag: '2026.07'}}\n",
        );
    }
    place
}

/// A kubeconfig with a context for each cluster, all with one token.
fn kubeconfig(place: &Place, servers: &[(&str, String)]) {
    let mut text = String::from(
        "apiVersion: v1\nkind: Config\nusers:\n- {name: me, user: {token: planted-token}}\n",
    );
    for (name, server) in servers {
        let _ = write!(
            text,
            "---\nclusters:\n- {{name: '{name}', cluster: {{server: '{server}'}}}}\ncontexts:\n- {{name: '{name}', context: {{cluster: '{name}', user: me}}}}\n"
        );
    }
    place.write("kubeconfig", &text);
}

fn status(place: &Place, arguments: &str) -> Run {
    let run = place.run_with(
        &format!("status --rendered tree --kubeconfig kubeconfig {arguments}"),
        |command| {
            for name in ["HTTPS_PROXY", "https_proxy", "KUBECONFIG"] {
                command.env_remove(name);
            }
        },
    );
    for text in [&run.out, &run.err] {
        assert!(!text.contains("planted"), "{text}");
    }
    run
}

/// An address where nobody listens: the port was free a moment ago.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// One that takes connections and never answers.
fn black_hole() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    (listener, address)
}

#[test]
fn forty_clusters_of_which_three_cannot_be_read() {
    let names: Vec<String> = (1..=40).map(|number| format!("c{number:02}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let place = place(&names);
    let (_hole, hole) = black_hole();
    let servers: Vec<(&str, String)> = names
        .iter()
        .map(|name| {
            let server = match *name {
                "c07" => nobody(),
                "c19" => hole.clone(),
                "c33" => api(|_| refusal(401)),
                _ => {
                    let body = list(&[well(name)]);
                    api(move |_| body.clone())
                }
            };
            (*name, server)
        })
        .collect();
    kubeconfig(&place, &servers);
    let start = std::time::Instant::now();
    let run = status(&place, "--timeout 1 --format json");
    println!(
        "40 clusters, 3 of them unreachable: {} ms",
        start.elapsed().as_millis()
    );
    assert_eq!(run.exit, 4, "{}{}", run.out, run.err);
    let page = run.json();
    assert_eq!(page["tally"]["clusters"], 40);
    assert_eq!(page["tally"]["unread"], 3);
    assert_eq!(page["tally"]["well"], 37);
    let reasons: Vec<(&str, &str)> = page["clusters"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| Some((row["cluster"].as_str()?, row["reason"].as_str()?)))
        .collect();
    assert_eq!(
        reasons,
        [
            ("c07", "refused"),
            ("c19", "timeout"),
            ("c33", "unauthorized")
        ]
    );

    let text = status(&place, "--timeout 1");
    for line in [
        "c07       connection refused",
        "c19       no answer within 1 s",
        "c33       401: it does not take our credentials",
    ] {
        assert!(text.out.contains(line), "{}", text.out);
    }
    assert!(
        text.out
            .contains("c40/c40.example.org  c40      Synced  Healthy  0.3.90  2026.07\n"),
        "{}",
        text.out
    );
    assert!(
        text.err
            .contains("40 clusters, 3 of them not read; 37 applications, 37 as rendered and well"),
        "{}",
        text.err
    );
}

#[test]
fn what_is_not_as_it_is_rendered_is_told_where_that_is_asked_for() {
    let place = place(&["one", "two"]);
    let mut other = well("one");
    other["status"]["health"] = json!({ "status": "Degraded", "message": "fence: back-off restarting", "lastTransitionTime": "2026-11-02T00:00:00Z" });
    other["status"]["summary"]["images"] = json!(["quay.io/cdis/fence:2026.06"]);
    other["spec"]["sources"][0]["targetRevision"] = json!("0.3.88");
    let mut strange = well("somebody");
    strange["metadata"]["namespace"] = json!("elsewhere");
    let one = list(&[other, strange]);
    kubeconfig(
        &place,
        &[
            ("one", api(move |_| one.clone())),
            ("two", api(|_| list(&[]))),
        ],
    );
    assert_eq!(status(&place, "").exit, 0);
    let run = status(&place, "--exit-code");
    assert_eq!(run.exit, 3, "{}{}", run.out, run.err);
    for line in [
        "one/one.example.org  one      Synced  Degraded  0.3.90, not",
        "gen3-one       degraded: fence: back-off restarting",
        "gen3-one       other images: fence:2026.06, not 2026.07",
        "gen3-one       it asks for `0.3.88` of `gen3`, and `0.3.90` is rendered",
        "gen3-somebody  nobody rendered it",
        "gen3-two       it is not there",
    ] {
        let line = line.split("0.3.90, not").next().unwrap();
        assert!(run.out.contains(line), "{line}\n{}", run.out);
    }
    let first = run
        .out
        .split("PROBLEM\n")
        .nth(1)
        .unwrap()
        .lines()
        .next()
        .unwrap();
    assert!(first.contains("degraded"), "the oldest is first: {first}");

    let named = status(
        &place,
        &format!(
            "--exit-code --select cluster=one --commit {}",
            "f".repeat(12)
        ),
    );
    assert!(named.out.contains("`0123456789ab` of `https://git.example.org/fleet` is deployed, and `ffffffffffff` is wanted"), "{}", named.out);
    assert!(!named.out.contains("two"), "{}", named.out);
}

#[test]
fn each_way_of_not_answering_has_its_own_words() {
    let names = [
        "credentials",
        "list",
        "none",
        "plain",
        "several",
        "teapot",
        "tls",
        "untold",
    ];
    let place = place(&names);
    let plain = api(|_| (200, "<html>planted</html>".to_owned()));
    let tls = nobody();
    let listener = TcpListener::bind(tls.trim_start_matches("http://")).unwrap();
    // It says in the clear what nobody asked for.
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let tls = tls.replace("http://", "https://");
    kubeconfig(
        &place,
        &[
            (
                "list",
                api(|_| (200, "{\"items\": 7, \"planted\": 1}".to_owned())),
            ),
            ("none", api(|_| refusal(404))),
            ("plain", plain),
            ("teapot", api(|_| refusal(418))),
            ("tls", tls),
        ],
    );
    let mut text = place.read("kubeconfig");
    let exec = "---\nusers:\n- {name: sso, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [-c, 'echo planted; echo planted >&2; exit 7']}}}\nclusters:\n- {name: x, cluster: {server: 'http://127.0.0.1:1'}}\n- {name: several, cluster: {server: 'http://127.0.0.1:1'}}\ncontexts:\n- {name: credentials, context: {cluster: x, user: sso}}\n- {name: a, context: {cluster: several, user: sso}}\n- {name: b, context: {cluster: several, user: sso}}\n";
    text.push_str(exec);
    place.write("kubeconfig", &text);
    let run = status(&place, "--timeout 5");
    assert_eq!(run.exit, 4, "{}", run.err);
    for line in [
        "credentials  no credentials for it: `sh` failed with exit status: 7",
        "list         what it answers is no list of Applications",
        "none         404: it has no Applications of Argo CD",
        "plain        what it answers is no list of Applications",
        "several      several contexts lead to it: a, b",
        "teapot       it answers 418",
        "tls          TLS fails: received corrupt message",
        "untold       no context of the kubeconfig leads to it",
    ] {
        assert!(run.out.contains(line), "{line}\n{}", run.out);
    }
    assert!(
        run.err
            .contains("say which one with `--context CLUSTER=CONTEXT`"),
        "{}",
        run.err
    );
    let chosen = status(&place, "--select cluster=several --context several=none");
    assert!(chosen.out.contains("several   404"), "{}", chosen.out);
}

#[test]
fn a_list_of_many_pages_is_read_whole_and_begun_anew_when_it_is_gone() {
    let place = place(&["one"]);
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let server = api(move |request| {
        assert!(
            request.contains("limit=200") && request.contains("Bearer planted-token"),
            "{request}"
        );
        let page = |items: Vec<Value>, next: &str| {
            (
                200,
                json!({ "metadata": { "continue": next }, "items": items }).to_string(),
            )
        };
        match (
            counted.fetch_add(1, Ordering::SeqCst),
            request.contains("continue=second"),
        ) {
            (1, true) => refusal(410),
            (_, true) => page(vec![well("one")], ""),
            (_, false) => page(
                vec![json!({ "metadata": { "name": "odd", "namespace": "argocd" }, "spec": 7 })],
                "second",
            ),
        }
    });
    kubeconfig(&place, &[("one", server)]);
    let run = status(&place, "--format json");
    assert_eq!(
        (run.exit, asked.load(Ordering::SeqCst)),
        (0, 4),
        "{}{}",
        run.out,
        run.err
    );
    let page = run.json();
    assert_eq!(page["clusters"][0]["applications"], 2);
    assert_eq!(
        page["problems"][0]["message"],
        "its `spec` is not what Argo CD writes"
    );
}

#[test]
fn who_may_see_one_namespace_is_shown_that() {
    let place = place(&["one"]);
    let server = api(|request| {
        if request.contains("/namespaces/argocd/applications") {
            list(&[well("one")])
        } else {
            refusal(403)
        }
    });
    kubeconfig(&place, &[("one", server)]);
    let run = status(&place, "--exit-code");
    assert_eq!(run.exit, 0, "{}", run.err);
    assert!(run.err.contains("1 cluster seen in part"), "{}", run.err);
    kubeconfig(&place, &[("one", api(|_| refusal(403)))]);
    let run = status(&place, "");
    assert!(
        run.out.contains("403: we may not list Applications"),
        "{}",
        run.out
    );
}

#[test]
fn a_fleet_is_compared_without_being_rendered() {
    let place = Place::new();
    let root = json!({
        "metadata": { "name": "demo-root", "namespace": "argocd" },
        "spec": { "source": { "path": "demo", "repoURL": "https://github.com/example/demo-gitops", "targetRevision": "main" } },
        "status": { "sync": { "status": "Synced" }, "health": { "status": "Healthy" } },
    });
    kubeconfig(
        &place,
        &[("demo", api(move |_| list(std::slice::from_ref(&root))))],
    );
    let run = place.run("status fleet --kubeconfig kubeconfig --exit-code");
    assert_eq!(run.exit, 3, "{}{}", run.out, run.err);
    for line in [
        "commons.demo.environments.dev",
        "gen3-demodev             it is not there",
        "fleet                          demo     Synced  Healthy",
    ] {
        assert!(run.out.contains(line), "{line}\n{}", run.out);
    }
    assert!(!place.path("fleet/.csoc").exists());
}

#[test]
fn what_cannot_be_begun_says_why() {
    let place = place(&["one"]);
    let run = status(&place, "");
    assert_eq!(run.exit, 2);
    assert!(
        run.err
            .contains("the kubeconfig `kubeconfig` cannot be read"),
        "{}",
        run.err
    );
    place.write(
        "kubeconfig",
        "users: [{name: me, user: {token: planted-token",
    );
    let run = status(&place, "");
    assert_eq!(run.exit, 2);
    assert!(
        run.err
            .contains("the kubeconfig is not one that `kubectl` would read"),
        "{}",
        run.err
    );
    let run = status(&place, "--context two=x");
    assert!(
        run.err.contains("no cluster `two` is rendered") && run.err.contains("there are one"),
        "{}",
        run.err
    );
    let run = status(&place, "--select commons=atlas");
    assert!(
        run.err
            .contains("no environment and no cluster is selected"),
        "{}",
        run.err
    );
    assert_eq!(status(&place, "--commit main").exit, 2);
    assert_eq!(status(&place, "--context one").exit, 2);
    assert_eq!(status(&place, "--watch --exit-code").exit, 2);
}

#[cfg(unix)]
#[test]
fn a_watch_says_what_changes_and_ends_by_ctrl_c() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let place = place(&["one"]);
    let asked = AtomicUsize::new(0);
    let server = api(move |_| {
        let mut application = well("one");
        match asked.fetch_add(1, Ordering::SeqCst) {
            1 => application["status"]["sync"]["status"] = json!("OutOfSync"),
            2 => return refusal(401),
            _ => {}
        }
        list(&[application])
    });
    kubeconfig(&place, &[("one", server)]);
    let mut watch = place
        .command("status --rendered tree --kubeconfig kubeconfig --watch --every 1")
        .env_remove("HTTPS_PROXY")
        .env_remove("https_proxy")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(watch.stdout.take().unwrap()).lines();
    let mut next = |wanted: &str| {
        let line = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains(wanted)));
        assert!(line.is_some(), "{wanted} is not said");
    };
    next("one/one.example.org  one      Synced");
    next("+ one  gen3-one  out of sync");
    next("+ one  not read: 401");
    next("- one  is read again");
    next("- one  gen3-one  out of sync");
    let sent = Command::new("kill")
        .args(["-INT", &watch.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    assert_eq!(watch.wait().unwrap().code(), Some(130));
}

#[test]
fn clusters_that_only_a_hub_knows_are_asked_as_it_would_ask_them() {
    let place = place(&["far", "trusting"]);
    let far = api(|request| {
        if request.contains("Bearer planted-of-far") {
            list(&[well("far")])
        } else {
            refusal(401)
        }
    });
    let secret = |name: &str, server: &str, config: &str| {
        let data =
            json!({ "name": base64(name), "server": base64(server), "config": base64(config) });
        json!({ "metadata": { "name": name }, "data": data })
    };
    let secrets = [
        secret("far", &far, r#"{"bearerToken":"planted-of-far"}"#),
        secret(
            "trusting",
            &far,
            r#"{"bearerToken":"planted-of-far","tlsClientConfig":{"insecure":true}}"#,
        ),
    ];
    let secrets = list(&secrets);
    let hub = api(move |request| {
        let is_asked = request.contains("/api/v1/namespaces/argocd/secrets?")
            && request.contains("labelSelector=argocd.argoproj.io%2Fsecret-type%3Dcluster");
        if is_asked {
            secrets.clone()
        } else {
            refusal(404)
        }
    });
    kubeconfig(&place, &[("hub", hub), ("closed", api(|_| refusal(403)))]);
    let run = status(&place, "--hub hub");
    assert_eq!(run.exit, 4, "{}", run.err);
    assert!(
        run.out
            .contains("far/far.example.org            far       Synced"),
        "{}",
        run.out
    );
    assert!(
        run.out
            .contains("its registration in the hub asks to trust anybody"),
        "{}",
        run.out
    );
    let closed = status(&place, "--hub closed");
    assert!(
        closed
            .err
            .contains("it may not list Secrets of the namespace `argocd`"),
        "{}",
        closed.err
    );
    assert!(
        closed
            .out
            .contains("far       no context of the kubeconfig leads to it"),
        "{}",
        closed.out
    );
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS[bits as usize & 63]);
    let mut encoded = String::new();
    for part in text.as_bytes().chunks(3) {
        let bits = part
            .iter()
            .fold(0, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - part.len()));
        for at in 0..4 {
            encoded.push(if at <= part.len() {
                digit(bits >> (18 - 6 * at))
            } else {
                '='
            });
        }
    }
    encoded
}
