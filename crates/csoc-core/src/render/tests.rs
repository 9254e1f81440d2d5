//! What becomes of files whose object went away, and of a directory that somebody else holds.

use std::sync::Arc;

use camino::Utf8PathBuf;

use super::RenderOptions;
use crate::catalog::{AddOptions, Catalogs};
use crate::context::{Context, StopSign, Stopped, Watch};
use crate::fleet::Fleet;
use crate::render::{RenderError, Rendering};
use crate::source::SourceSet;

const FLEET: &str = include_str!("../../../../examples/quickstart/fleet.yaml");

const SECOND: &str = "
      test:
        cluster: demo
        hostname: test.example.org
        tier: test
        release: \"2026.07\"
";

/// Two accounts, one of them the hub's, with environments of one commons in both.
const ACCOUNTS: &str = include_str!("../../../../tests/fleets/blue-green/fleet.yaml");

/// A hub and a member, with a cluster in each.
const PUSHED: &str = include_str!("../../../../examples/hub-push/fleet.yaml");

fn pending(options: &mut RenderOptions) {
    options.compile.allow_pending = true;
}

struct Output {
    directory: tempfile::TempDir,
}

impl Output {
    fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> Utf8PathBuf {
        Utf8PathBuf::from_path_buf(self.directory.path().join("out")).unwrap()
    }

    fn render(&self, fleet: &str, change: impl Fn(&mut RenderOptions)) -> Rendering {
        let set: SourceSet = [("fleet.yaml", fleet.as_bytes())].into_iter().collect();
        let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
        let mut options = RenderOptions::into_directory(self.path());
        change(&mut options);
        fleet.render(&options, &Context::default()).unwrap()
    }

    /// What the list of stacks says of the one whose name ends so.
    fn status(&self, stack: &str) -> String {
        let text = fs_err::read_to_string(self.path().join("terraform/stacks.json")).unwrap();
        let list: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut stacks = list["stacks"].as_array().unwrap().iter();
        let stack = stacks.find(|one| one["id"].as_str().unwrap().ends_with(stack));
        stack.map_or_else(String::new, |one| {
            one["status"].as_str().unwrap().to_owned()
        })
    }

    fn files(&self) -> usize {
        fn count(path: &std::path::Path) -> usize {
            fs_err::read_dir(path)
                .unwrap()
                .map(|entry| {
                    let path = entry.unwrap().path();
                    if path.is_dir() { count(&path) } else { 1 }
                })
                .sum()
        }
        count(self.path().as_std_path())
    }
}

fn codes(rendering: &Rendering) -> Vec<&str> {
    rendering
        .report
        .failures()
        .map(|found| found.code.as_str())
        .collect()
}

#[test]
fn nothing_goes_because_an_object_went_away() {
    let output = Output::new();
    let both = format!("{}{}", FLEET.trim_end(), SECOND.trim_end());
    assert!(output.render(&both, |_| ()).written);
    let before = output.files();
    let without = output.render(FLEET, |_| ());
    // One finding, however many files; its files stay, and its stacks are known.
    assert_eq!(codes(&without), ["object-vanished"]);
    assert!(without.written && without.removed.is_empty());
    assert_eq!(output.files(), before);
    assert!(output.status("storage/environment/demo/test") == "leaving");
    // Put back and retired it goes, and may then be taken out.
    let retired = format!("{both}\n        lifecycle: retired\n");
    assert!(output.render(&retired, |_| ()).removed.len() > 10);
    assert!(codes(&output.render(FLEET, |_| ())).is_empty());
}

#[test]
fn nothing_is_written_where_something_takes_the_place_of_what_vanished() {
    let output = Output::new();
    assert!(output.render(FLEET, pending).written);
    let before = output.files();
    let renamed = FLEET.replace("      dev:\n", "      development:\n");
    assert_ne!(renamed, FLEET);
    let rendering = output.render(&renamed, pending);
    assert!(!rendering.written);
    assert_eq!(codes(&rendering), ["object-vanished"]);
    assert_eq!(output.files(), before);
}

#[test]
fn what_vanished_stops_only_what_may_depend_on_it() {
    let output = Output::new();
    assert!(output.render(ACCOUNTS, pending).written);
    let (first, rest) = ACCOUNTS.split_once("      green: { cluster: west").unwrap();
    let (_, rest) = rest.split_once('\n').unwrap();
    let without = format!("{first}{rest}").replace("\"2026.07\"", "\"2026.08\"");
    let rendering = output.render(&without, pending);
    assert_eq!(codes(&rendering), ["object-vanished"]);
    assert!(rendering.written);
    assert_eq!(rendering.removed, [""; 0]);
    let is_related = |path: &&Utf8PathBuf| {
        let parts = ["/second/", "gitops/west/", "wells"];
        parts.iter().any(|part| path.as_str().contains(part))
    };
    let mut changed = rendering.changed.iter();
    assert!(changed.any(|path| path.starts_with("gitops/north/springs.example.org")));
    assert_eq!(rendering.changed.iter().find(is_related), None);
}

#[test]
fn a_cluster_and_an_account_leave() {
    let output = Output::new();
    let with = |environments: &str, cluster: &str, account: &str| {
        let said = |lifecycle: &str| match lifecycle {
            "" => String::new(),
            lifecycle => format!("    lifecycle: {lifecycle}\n"),
        };
        let of_environments = match environments {
            "" => "{ cluster: water,".to_owned(),
            lifecycle => format!("{{ cluster: water, lifecycle: {lifecycle},"),
        };
        let behind = |fleet: &str, line: &str, lifecycle: &str| {
            fleet.replace(line, &format!("{line}{}", said(lifecycle)))
        };
        let fleet = PUSHED.replace("{ cluster: water,", &of_environments);
        let fleet = behind(&fleet, "    delivery: hub-push\n", cluster);
        behind(&fleet, "    domain: water.example.org\n", account)
    };
    let render = |fleet: &str| {
        let rendering = output.render(fleet, pending);
        assert_eq!(codes(&rendering), [""; 0]);
        rendering
    };
    render(&with("", "", ""));
    let before = output.files();
    render(&with("retiring", "retiring", "retiring"));
    assert_eq!(output.files(), before);
    let goes = |rendering: &Rendering, part: &str| {
        let mut removed = rendering.removed.iter();
        removed.any(|path| path.as_str().contains(part))
    };
    let environments = render(&with("retired", "retiring", "retiring"));
    assert!(goes(&environments, "/storage/lakes/prod/"));
    let cluster = render(&with("retired", "retired", "retiring"));
    assert!(goes(&cluster, "/network/water/") && goes(&cluster, "gitops/hub/clusters/water.yaml"));
    assert!(!goes(&cluster, "/access/"));
    let account = render(&with("retired", "retired", "retired"));
    assert!(goes(&account, "terraform/water/global/access/"));
    assert!(goes(&account, "attach/444455556666/"));
    assert!(!output.path().join("terraform/water").exists());
    // Nothing is missed of what is taken out.
    let (first, rest) = PUSHED.split_once("  water:\n    provider: aws").unwrap();
    let rest = &rest[rest.find("\nclusters:").unwrap()..];
    let (middle, rest) = rest.split_once("  # Argo CD of `csoc` becomes").unwrap();
    let rest = &rest[rest.find("\ndefaults:").unwrap()..];
    let (rest, _) = rest.split_once("\ncommons:").unwrap();
    render(&format!("{first}{middle}{rest}\n"));
}

#[test]
fn a_stack_that_is_no_longer_rendered_stays_until_it_is_let_go() {
    let output = Output::new();
    let pulled = PUSHED.replace("delivery: hub-push", "delivery: spoke-pull");
    let pushed = PUSHED;
    assert!(output.render(&pulled, pending).written);
    let root = "terraform/water/us-east-1/delivery/water";
    for _ in 0..2 {
        let rendering = output.render(pushed, pending);
        assert!(rendering.written);
        let said: Vec<_> = rendering
            .report
            .diagnostics()
            .iter()
            .filter(|found| found.code.as_str() == "stack-leaving")
            .collect();
        assert_eq!(said.len(), 1);
        assert!(
            said[0].message.contains("delivery/cluster/water"),
            "{}",
            said[0].message
        );
        assert!(output.path().join(root).join("main.tf").is_file());
        assert_eq!(output.status("delivery/cluster/water"), "leaving");
        assert!(!rendering.removed.iter().any(|path| path.starts_with(root)));
    }
    let forced = output.render(pushed, |options| {
        pending(options);
        options.force.insert(root.into());
    });
    assert!(forced.removed.iter().any(|path| path.starts_with(root)));
    assert_eq!(output.status("delivery/cluster/water"), "");
    // What is given away is not ours to destroy.
    assert!(output.render(&pulled, pending).written);
    let given = pulled.replace(
        "    delivery: spoke-pull",
        "    management: { terraform: external }",
    );
    let given = output.render(&given, pending);
    assert!(given.written && given.removed.iter().any(|path| path.starts_with(root)));
}

#[test]
fn what_is_retired_goes() {
    let output = Output::new();
    let both = format!("{}{}", FLEET.trim_end(), SECOND.trim_end());
    assert!(output.render(&both, |_| ()).written);
    let retired = format!("{both}\n        lifecycle: retired\n");
    let partial = output.render(&retired, |options| {
        options.compile.only = vec!["accounts.*".to_owned()];
    });
    assert_eq!((partial.written, partial.removed.len()), (true, 0));
    let whole = output.render(&retired, |_| ());
    assert!(whole.written);
    assert!(whole.removed.len() > 10);
    let is_of_it = |path: &Utf8PathBuf| path.as_str().contains("/test");
    assert!(whole.removed.iter().all(is_of_it), "{:?}", whole.removed);
}

/// A provider that has one resource and nothing else.
const BARE_PROVIDER: &str = r#"{"format_version":"1.0","provider_schemas":{"registry.terraform.io/hashicorp/aws":{
  "provider":{"block":{}},
  "resource_schemas":{"aws_s3_bucket":{"version":0,"block":{"attributes":{"bucket":{"type":"string","required":true}}}}}}}}"#;

#[test]
fn a_runbook_is_there_while_its_environment_waits() {
    let output = Output::new();
    output.render(
        include_str!("../../../../tests/fleets/blue-green/fleet.yaml"),
        |options| options.compile.allow_pending = true,
    );
    let place = output.path().join("gitops/east/lakes.example.org-green");
    assert!(place.join("CUTOVER.md").is_file());
    assert!(!place.join("templates/app.yaml").exists());
    let page = fs_err::read_to_string(output.path().join("gitops/README.md")).unwrap();
    assert!(page.contains("CUTOVER.md"), "{page}");
}

#[test]
fn roots_are_compared_with_the_provider_that_the_fleet_pins() {
    let directory = tempfile::tempdir().unwrap();
    let path = Utf8PathBuf::from_path_buf(directory.path().to_owned()).unwrap();
    fs_err::write(path.join("fleet.yaml"), FLEET).unwrap();
    let context = Context::default();
    let fleet = Fleet::load(&path, &context).unwrap();
    let options = RenderOptions::into_directory(path.join("out"));
    let first = fleet.render(&options, &context).unwrap();
    assert!(first.written);
    let schema = path.join("schema.json");
    fs_err::write(&schema, BARE_PROVIDER).unwrap();
    let version = AddOptions::default().version(Some("5.199.0".to_owned()));
    Catalogs::add(&path, "provider", &schema, &version).unwrap();
    let pinned = Context::default().catalogs(Arc::new(Catalogs::load(&path).unwrap()));
    for report in [
        fleet.check(&pinned).unwrap(),
        // What did not change is looked at again, since the facts did.
        fleet.render(&options, &pinned).unwrap().report,
    ] {
        let unknown: Vec<_> = report
            .diagnostics()
            .iter()
            .filter(|one| one.code.as_str() == "resource-type-unknown")
            .collect();
        assert!(unknown.len() > 10);
        for one in unknown {
            assert!(one.message.contains("`hashicorp/aws` 5.199.0 has no"));
            assert!(
                one.message.contains("in `terraform/demo/"),
                "{}",
                one.message
            );
            assert!(one.labels.iter().all(|label| &*label.file == "fleet.yaml"));
            let object = one.object.as_deref().unwrap();
            assert!(object.contains("demo"), "{object}");
        }
    }
}

/// Is told to stop while it waits.
struct Stops(StopSign);
impl Watch for Stops {
    fn progress(&self, _: &'static str, _: usize, _: usize) {}

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn waits(&self, _: &camino::Utf8Path, _: &str) -> bool {
        self.0.stop();
        false
    }
}

#[test]
fn a_directory_that_somebody_holds_is_told_with_help_and_stopped_is_stopped() {
    let output = Output::new();
    output.render(FLEET, |_| ());
    let lock = fs_err::File::open(output.path().join("terraform/.csoc/lock")).unwrap();
    lock.file().lock().unwrap();
    let set: SourceSet = [("fleet.yaml", FLEET.as_bytes())].into_iter().collect();
    let fleet = Fleet::from_sources(set, &Context::default()).unwrap();
    let options = RenderOptions::into_directory(output.path());
    let error = fleet.render(&options, &Context::default()).unwrap_err();
    assert!(error.is_locked(), "{error}");
    assert!(error.help().unwrap().starts_with("run it again"));

    let context = Context::default().watch(Arc::new(Stops(StopSign::default())));
    let error = fleet.render(&options, &context).unwrap_err();
    assert!(matches!(error, RenderError::Stopped(Stopped)), "{error}");
}

/// What somebody else owns is neither written nor taken away where it is not asked for, whoever wrote it before.
#[test]
fn what_is_only_observed_stays_where_it_was_rendered() {
    let observed = FLEET.replacen(
        "tier: dev",
        "tier: dev\n        management: { values: observed, applications: observed }",
        1,
    );
    assert_ne!(observed, FLEET);
    for first in [FLEET, &observed] {
        let output = Output::new();
        let before = output.render(first, |options| {
            options.compile.include_observed = true;
            options.compile.allow_pending = true;
        });
        assert!(before.written);
        let files = output.files();
        for _ in 0..2 {
            let after = output.render(&observed, |options| options.compile.allow_pending = true);
            assert!(
                after.written && after.removed.is_empty(),
                "{:?}",
                after.removed
            );
            assert_eq!(output.files(), files);
        }
    }
}

/// The fleet with other environments of a commons.
fn with_environments(commons: &str, environments: &str) -> String {
    let (before, rest) = ACCOUNTS.split_once(&format!("\n  {commons}:\n")).unwrap();
    let (own, rest) = rest.split_once("    environments:\n").unwrap();
    let rest = rest.find("\n  # ").map_or("\n", |end| &rest[end..]);
    format!("{before}\n  {commons}:\n{own}    environments:\n{environments}{rest}")
}

/// Every state that a `CUTOVER.md` leads through, from two environments to one.
#[rstest::rstest]
#[case::one_load_balancer("lakes", "east", "east", "state")]
#[case::two_clusters("springs", "east", "north", "state")]
#[case::weights("rivers", "east", "north", "weight")]
fn a_runbook_is_walked_to_its_end(
    #[case] commons: &str,
    #[case] old: &str,
    #[case] new: &str,
    #[case] kind: &str,
) {
    let output = Output::new();
    let says = |share: u8| match (kind, share) {
        ("weight", share) => format!("cutover: {{ weight: {share} }}"),
        (_, 100) => "cutover: { state: active }".to_owned(),
        _ => "cutover: { state: standby }".to_owned(),
    };
    let line = |name: &str, cluster: &str, says: &str| {
        format!("      {name}: {{ cluster: {cluster}, tier: prod, {says} }}\n")
    };
    let preview = |name: &str| format!("previewHostname: {name}.{commons}.example.org");
    let blue = |share, more: &str| {
        line(
            "blue",
            old,
            &format!("{}, {}{more}", says(share), preview("blue")),
        )
    };
    let green = |share| {
        line(
            "green",
            new,
            &format!("{}, {}", says(share), preview("green")),
        )
    };
    let mut states = vec![(blue(100, "") + &green(0), 0)];
    if kind == "weight" {
        states.push((blue(50, "") + &green(50), 0));
    }
    let alone = line("green", new, "size: medium");
    states.extend([
        (blue(0, "") + &green(100), 0),
        (blue(0, ", lifecycle: retiring") + &green(100), 0),
        // Who is left is told that `cutover` says nothing any more.
        (blue(0, ", lifecycle: retired") + &green(100), 1),
        (blue(0, ", lifecycle: retired") + &alone, 0),
        (alone, 0),
    ]);
    for (at, (environments, told)) in states.into_iter().enumerate() {
        let rendering = output.render(&with_environments(commons, &environments), pending);
        assert_eq!(codes(&rendering), [""; 0], "state {at} of {commons}");
        assert!(rendering.written);
        let found = rendering.report.diagnostics().iter();
        let about = found.filter(|found| {
            found
                .object
                .as_deref()
                .is_some_and(|object| object.contains(commons))
        });
        let alone = about.filter(|found| found.code.as_str() == "cutover-alone");
        assert_eq!(alone.count(), told, "state {at} of {commons}");
    }
}
