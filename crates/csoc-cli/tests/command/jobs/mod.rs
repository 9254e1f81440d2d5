//! Plans and applies in Jobs, in a cluster of our own whose pods run the real Terraform, on good days and on bad ones.

mod cluster;
mod node;
mod wire;

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::operate::{NETWORK, run_of, tree};
use super::{Place, Run};
use cluster::{Cluster, Mood, has, kubeconfig};

const SLOW: &str = "resource \"terraform_data\" \"slow\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 2\"\n  }\n}\nresource \"terraform_data\" \"late\" {\n  depends_on = [terraform_data.slow]\n}\n";
const LOGS: &str = "out/.csoc/runs/logs/v1/111122223333/us-east-1/network/cluster/main";

/// A tree of two stacks with a cluster beside it, which keeps their states, too; none where there is no Terraform.
fn place(network: &str) -> Option<(Place, Cluster)> {
    let place = tree(network)?;
    let cluster = Cluster::new(place.path("pods"));
    for layer in ["network", "waf"] {
        let backend = format!(
            "terraform {{\n  backend \"http\" {{\n    address = \"{}/state/{layer}\"\n  }}\n}}\n",
            cluster.address()
        );
        place.write(
            &format!("out/terraform/demo/us-east-1/{layer}/main/terraform.tf"),
            &backend,
        );
    }
    place.write("kubeconfig", &kubeconfig(cluster.address()));
    Some((place, cluster))
}

fn options() -> String {
    format!(
        "--rendered out --select layer=network --runner kubernetes --runner-kubeconfig kubeconfig --image hashicorp/terraform@sha256:{}",
        "0a".repeat(32)
    )
}

fn surround(command: &mut Command) {
    for name in [
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
        "KUBECONFIG",
    ] {
        command.env_remove(name);
    }
    command.envs([
        ("AWS_ACCESS_KEY_ID", "planted-id"),
        ("AWS_SECRET_ACCESS_KEY", "planted-key"),
    ]);
    // A csoc that speaks to AWS asks it who that is.
    #[cfg(feature = "aws")]
    command.env(
        "AWS_ENDPOINT_URL_STS",
        super::aws::somebody_of_the_account(),
    );
}

fn run(place: &Place, arguments: &str) -> Run {
    let run = place.run_with(arguments, surround);
    for text in [&run.out, &run.err] {
        assert!(!text.contains("planted"), "{text}");
    }
    run
}

fn plan(place: &Place) -> Run {
    run(place, &format!("plan {}", options()))
}

/// What applies the plan of a run; which stacks are of it is known.
fn applies(of: &Run) -> String {
    let options = options().replace("--select layer=network ", "");
    format!("apply {options} --run {}", run_of(of))
}

/// An apply that has begun.
fn begun(place: &Place, plan: &Run) -> Child {
    let mut apply = place.command(&applies(plan));
    surround(&mut apply);
    let mut apply = apply
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(|| apply.try_wait().unwrap().is_some() || has(&log(place), "apply_start"));
    apply
}

fn log(place: &Place) -> PathBuf {
    place.path(LOGS).join("apply.jsonl")
}

fn until(is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    let mut is_so = is_so;
    while !is_so() {
        assert!(start.elapsed() < Duration::from_mins(2), "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_was_planned_in_a_job_is_applied_in_one() {
    let Some((place, cluster)) = place(NETWORK) else {
        return;
    };
    let planned = plan(&place);
    assert_eq!(planned.exit, 0, "{}{}", planned.out, planned.err);
    assert_eq!(
        cluster.left(),
        (0, 0),
        "nothing is left: {:?}",
        cluster.calls()
    );
    let applied = run(&place, &applies(&planned));
    assert_eq!(applied.exit, 0, "{}{}", applied.out, applied.err);
    assert!(
        applied.out.contains("1 added, 0 changed, 0 destroyed"),
        "{}",
        applied.out
    );
    assert_eq!((cluster.left(), cluster.states()), ((0, 0), 1));
    let clean = run(&place, &format!("drift {}", options()));
    assert!(clean.out.contains("clean"), "{}{}", clean.out, clean.err);

    let made = cluster.made();
    let text = serde_json::to_string(&made).unwrap();
    assert!(
        !text.contains("planted") && !text.contains("hostPath"),
        "{text}"
    );
    let of = |step: &str| {
        let mut jobs = made.iter();
        let job = jobs.find(|job| job["metadata"]["labels"]["csoc.gen3.org/step"] == step);
        &job.unwrap_or_else(|| panic!("{step} is not made"))["spec"]["template"]["spec"]
    };
    assert_eq!(of("plan")["serviceAccountName"], "csoc-plan");
    let apply = of("apply");
    assert_eq!(apply["serviceAccountName"], "csoc-deploy");
    assert_eq!(apply["automountServiceAccountToken"], false);
    let command = serde_json::to_string(&apply["containers"][0]["command"]).unwrap();
    assert!(
        command.starts_with(r#"["terraform","apply","-input=false","#)
            && command.ends_with(r#""/csoc/plan/plan.tfplan"]"#),
        "{command}"
    );
    // Nobody reads a Secret.
    assert!(
        !cluster
            .calls()
            .iter()
            .any(|call| call.starts_with("GET") && call.contains("/secrets"))
    );
    for (path, bytes) in place.files("pods") {
        let is_log = !path.contains("/csoc/");
        assert!(
            !is_log || !String::from_utf8_lossy(&bytes).contains("planted"),
            "{path}"
        );
    }
}

#[test]
fn what_fails_says_why() {
    let fails = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"exit 7\"\n  }\n}\n";
    let Some((place, cluster)) = place(fails) else {
        return;
    };
    let planned = plan(&place);
    let applied = run(&place, &applies(&planned));
    assert_eq!(applied.exit, 4);
    assert!(
        applied
            .out
            .contains("apply failed: local-exec provisioner error"),
        "{}",
        applied.out
    );
    place.edit(
        "out/terraform/demo/us-east-1/network/main/main.tf",
        "resource",
        "resourcex",
    );
    let broken = plan(&place);
    assert!(
        broken.out.contains("Unsupported block type"),
        "{}",
        broken.out
    );
    assert_eq!(cluster.left(), (0, 0));
}

#[test]
fn a_log_that_is_cut_is_read_whole() {
    let Some((place, cluster)) = place(SLOW) else {
        return;
    };
    let planned = plan(&place);
    cluster.mood(Mood::Cut(1));
    let applied = run(&place, &applies(&planned));
    assert_eq!(applied.exit, 0, "{}{}", applied.out, applied.err);
    let text = fs_err::read_to_string(log(&place)).unwrap();
    assert!(!text.contains("{\"cut"), "{text}");
    for once in [
        "\"type\":\"apply_complete\"",
        "\"type\":\"version\"",
        "\"type\":\"outputs\"",
    ] {
        let count = if once.contains("complete") { 2 } else { 1 };
        assert_eq!(text.matches(once).count(), count, "{once}\n{text}");
    }
}

#[test]
fn bad_days_of_a_cluster() {
    let Some((place, cluster)) = place(NETWORK) else {
        return;
    };
    cluster.mood(Mood::NoImage);
    let refused = plan(&place);
    assert_eq!(refused.exit, 2, "{}{}", refused.out, refused.err);
    assert!(
        refused.err.contains("it cannot begin: ImagePullBackOff"),
        "{}",
        refused.err
    );
    cluster.mood(Mood::NoPod);
    let refused = run(&place, &format!("plan --runner-begin 1 {}", options()));
    assert!(
        refused
            .err
            .contains("it did not begin within 1 s: no pod was made"),
        "{}",
        refused.err
    );
    cluster.mood(Mood::Forbidden);
    let refused = plan(&place);
    assert_eq!(refused.exit, 2);
    assert!(
        refused
            .err
            .contains("403: we may not create jobs in the namespace `csoc-runner`"),
        "{}",
        refused.err
    );

    cluster.mood(Mood::Well);
    let planned = plan(&place);
    cluster.mood(Mood::Killed);
    let killed = run(&place, &applies(&planned));
    assert_eq!(killed.exit, 4);
    assert!(
        killed.out.contains("apply failed: OOMKilled"),
        "{}",
        killed.out
    );
    // What it could not write was brought here, and nothing is done until it is where it belongs.
    cluster.mood(Mood::Well);
    let refused = plan(&place);
    assert!(refused.out.contains("errored.tfstate"), "{}", refused.out);
    fs_err::remove_file(place.path(
        "out/.csoc/runs/work/v1/111122223333/us-east-1/network/cluster/main/errored.tfstate",
    ))
    .unwrap();

    let planned = plan(&place);
    cluster.mood(Mood::Evicted);
    let evicted = run(&place, &applies(&planned));
    assert_eq!(evicted.exit, 4);
    assert!(
        evicted.out.contains("came to no end that was seen"),
        "{}",
        evicted.out
    );
    cluster.mood(Mood::Well);
    assert_eq!(plan(&place).exit, 0);
    assert_eq!(cluster.left(), (0, 0));
}

#[test]
fn a_state_in_a_file_of_the_pod_is_refused() {
    let Some((place, _cluster)) = place(NETWORK) else {
        return;
    };
    place.write(
        "out/terraform/demo/us-east-1/network/main/terraform.tf",
        "terraform {\n  backend \"local\" {\n    path = \"/tmp/planted.tfstate\"\n  }\n}\n",
    );
    let refused = plan(&place);
    assert_eq!(refused.exit, 4);
    assert!(
        refused
            .out
            .contains("its state would be in a file of the pod"),
        "{}",
        refused.out
    );
}

#[test]
fn a_cluster_that_is_silent_for_a_while_is_waited_for() {
    let Some((place, cluster)) = place(SLOW) else {
        return;
    };
    let planned = plan(&place);
    let mut apply = begun(&place, &planned);
    cluster.mood(Mood::Silent);
    std::thread::sleep(Duration::from_secs(3));
    assert!(apply.try_wait().unwrap().is_none());
    cluster.mood(Mood::Well);
    assert_eq!(apply.wait().unwrap().code(), Some(0));
}

#[test]
fn the_first_signal_reaches_terraform_and_ends_what_was_begun() {
    let Some((place, cluster)) = place(SLOW) else {
        return;
    };
    let planned = plan(&place);
    let mut apply = begun(&place, &planned);
    let sent = Command::new("kill")
        .args(["-INT", &apply.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    assert_eq!(apply.wait().unwrap().code(), Some(130));
    assert!(!has(&log(&place), "terraform_data.late: Creation complete"));
    assert!(
        cluster
            .calls()
            .iter()
            .any(|call| call.contains("command=kill&command=-INT&command=1"))
    );
    assert_eq!(cluster.left(), (0, 0));
    assert_eq!(plan(&place).exit, 0);
}

#[test]
fn a_job_outlives_csoc_and_is_come_back_to() {
    let Some((place, cluster)) = place(SLOW) else {
        return;
    };
    let planned = plan(&place);
    let mut apply = begun(&place, &planned);
    apply.kill().unwrap();
    apply.wait().unwrap();
    let beside = plan(&place);
    assert_eq!(beside.exit, 4);
    assert!(
        beside.out.contains("csoc runs attach RUN"),
        "{}{}",
        beside.out,
        beside.err
    );
    let shown = run(
        &place,
        &format!("runs show {} --rendered out", run_of(&planned)),
    );
    assert!(shown.err.contains("still goes on"), "{}", shown.err);
    let attached = run(
        &place,
        &format!("runs attach {} --rendered out", run_of(&planned)),
    );
    assert_eq!(attached.exit, 0, "{}{}", attached.out, attached.err);
    assert!(
        attached.out.contains("2 added, 0 changed, 0 destroyed"),
        "{}",
        attached.out
    );
    assert_eq!(cluster.left(), (0, 0));
    let clean = plan(&place);
    assert!(clean.out.contains("clean"), "{}{}", clean.out, clean.err);
    assert_eq!(run(&place, "runs verify --rendered out").exit, 0);
}

#[test]
fn who_does_not_wait_leaves_the_job_and_may_come_back() {
    let Some((place, cluster)) = place(SLOW) else {
        return;
    };
    let planned = plan(&place);
    let mut apply = begun(&place, &planned);
    cluster.mood(Mood::Deaf);
    let stop = || {
        let sent = Command::new("kill")
            .args(["-INT", &apply.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    };
    stop();
    until(|| {
        cluster
            .calls()
            .iter()
            .any(|call| call.contains("command=kill"))
    });
    stop();
    assert_eq!(apply.wait().unwrap().code(), Some(130));
    assert_eq!(cluster.left(), (1, 1));
    let attached = run(
        &place,
        &format!("runs attach {} --rendered out", run_of(&planned)),
    );
    assert_eq!(attached.exit, 0, "{}{}", attached.out, attached.err);
    assert_eq!(cluster.left(), (0, 0));
}

#[test]
fn what_a_cluster_must_hold_is_printed() {
    let Some((place, _cluster)) = place(NETWORK) else {
        return;
    };
    let manifest = run(&place, "runner manifest --rendered out --namespace here");
    assert_eq!(manifest.exit, 0, "{}", manifest.err);
    for says in [
        "name: here",
        "pod-security.kubernetes.io/enforce: restricted",
        "eks.amazonaws.com/role-arn: \"arn:aws:iam::111122223333:role/gen3/csoc-plan\"",
    ] {
        assert!(manifest.out.contains(says), "{says}\n{}", manifest.out);
    }
    assert_eq!(run(&place, "runner manifest --account 1").exit, 2);
}
