//! Who fetches providers into one directory takes turns, and who need not does not.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::error::StackError;
use super::super::home::Home;
use super::super::session::{Ambient, Purpose};
use super::{LOCK, Operator};
use crate::event::Event;
use crate::stack::Stacks;
use crate::terraform::{Cache, Interrupt, Plugins, Program, Turn};

/// Says when it begins and ends to fetch, and where to; fetches what is not there.
const PROGRAM: &str = r#"#!/bin/sh
[ "$1" = init ] || { echo '{"terraform_version":"1.11.4"}'; exit 0; }
echo "begin $TF_PLUGIN_CACHE_DIR" >>DIRECTORY/record
sleep 0.2
place="$TF_PLUGIN_CACHE_DIR/registry.terraform.io/hashicorp/null/3.2.3/linux_amd64"
if [ -n "$TF_PLUGIN_CACHE_DIR" ] && [ ! -e "$place" ] && [ -e .terraform.lock.hcl ]; then
  mkdir -p "$place"
  echo fetched >>DIRECTORY/fetched
  echo license >"$place/LICENSE.txt"
  echo '#!/bin/sh' >"$place/terraform-provider-null_v3.2.3_x5"
fi
echo end >>DIRECTORY/record
"#;

/// Of what it fetches.
const LOCKED: &str = "provider \"registry.terraform.io/hashicorp/null\" {\n  version = \"3.2.3\"\n  hashes = [\n    \"h1:JEuNTkw/KHEniqZEaYgti46jUfeOHGdIWjv942bZujY=\",\n  ]\n}\n";

/// A rendered tree of three stacks, and a program that records when it fetches.
struct Bench {
    directory: tempfile::TempDir,
    stacks: Stacks,
    program: Program,
}

impl Bench {
    fn new(lock: Option<&str>) -> Self {
        let directory = tempfile::tempdir().expect("there is room");
        let path = directory.path().join("terraform");
        let script = PROGRAM.replace("DIRECTORY", &directory.path().display().to_string());
        fs_err::write(&path, script).expect("it is written");
        let mode = std::fs::Permissions::from_mode(0o755);
        fs_err::set_permissions(&path, mode).expect("it is ours");
        let tree = directory.path().join("tree");
        let stack = |name: &str| {
            let root = tree.join(name);
            fs_err::create_dir_all(&root).expect("it is made");
            fs_err::write(root.join("main.tf"), "").expect("it is written");
            if let Some(lock) = lock {
                fs_err::write(root.join(LOCK), lock).expect("it is written");
            }
            serde_json::json!({
                "id": format!("v1/111122223333/us-east-1/waf/cluster/{name}"), "path": name,
                "object": format!("clusters.{name}"), "kind": "waf", "account": "111122223333",
                "region": "us-east-1", "depends_on": [], "inputs": [], "status": "ready",
            })
        };
        let stacks = ["a", "b", "c"].map(stack);
        let listing = serde_json::json!({ "format": 1, "stacks": stacks }).to_string();
        fs_err::write(tree.join("stacks.json"), listing).expect("it is written");
        Self {
            stacks: Stacks::load(&tree).expect("they are read"),
            program: Program::find(&path, &Interrupt::default()).expect("it answers"),
            directory,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn home(&self, name: &str) -> Home {
        Home::open(&self.at(name)).expect("it opens")
    }

    /// Initialises the stacks of some numbers at once, each as if by another process.
    fn init(&self, homes: [&str; 3], cache: &(dyn Fn(&Home) -> Cache + Sync)) {
        std::thread::scope(|scope| {
            for (number, home) in homes.into_iter().enumerate() {
                scope.spawn(move || {
                    let home = self.home(home);
                    let interrupt = Interrupt::default();
                    self.init_one(number, &home, cache(&home), &interrupt, &mut |_| {})
                        .expect("it works");
                });
            }
        });
    }

    fn init_one(
        &self,
        number: usize,
        home: &Home,
        cache: Cache,
        interrupt: &Interrupt,
        event: &mut (dyn FnMut(Event) + Send),
    ) -> Result<(), StackError> {
        let operator = Operator::new(
            &self.stacks,
            &self.program,
            home,
            &Ambient,
            interrupt,
            "r1",
            &Timestamp::now,
        );
        let mut operator = operator.expect("it opens");
        operator.cache = cache;
        let stack = self.stacks.iter().nth(number).expect("there are three");
        let prepared = operator.prepare(stack, Purpose::Plan)?;
        operator.init(&prepared, event)
    }

    /// What was said of when fetching began and ended.
    fn record(&self) -> Vec<String> {
        let text = fs_err::read_to_string(self.at("record")).expect("it is there");
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// How often it was begun before another came to its end.
    fn overlaps(&self) -> usize {
        let record = self.record();
        let pairs = record.iter().zip(record.iter().skip(1));
        pairs
            .filter(|(one, next)| one.starts_with("begin") && next.starts_with("begin"))
            .count()
    }
}

fn ours(home: &Home) -> Cache {
    Cache::Ours(Plugins::new(&home.plugins()))
}

/// Where a home has its providers, as a program is told.
fn begin(home: &Path) -> String {
    format!("begin {}", home.join("plugins").display())
}

#[test]
fn processes_take_turns_in_a_directory_that_somebody_named() {
    let bench = Bench::new(None);
    let named = bench.at("named");
    fs_err::create_dir(&named).expect("it is made");
    bench.init(["one", "other", "third"], &|_| {
        Cache::Named(Some(named.clone()))
    });
    assert_eq!((bench.record().len(), bench.overlaps()), (6, 0));
    // Where it is said by somebody else, we say nothing.
    assert_eq!(bench.record()[0], "begin ");
}

#[test]
fn a_directory_in_which_nothing_can_be_locked_keeps_nobody() {
    let bench = Bench::new(None);
    let nowhere = bench.at("nowhere");
    bench.init(["one", "one", "one"], &|_| {
        Cache::Named(Some(nowhere.clone()))
    });
    assert_eq!(bench.record().len(), 6);
    assert!(!nowhere.exists());
}

#[test]
fn without_a_directory_nobody_waits() {
    let bench = Bench::new(None);
    bench.init(["one", "one", "one"], &|_| Cache::Apart);
    assert!(bench.overlaps() > 0, "{:?}", bench.record());
}

#[test]
fn into_ours_a_provider_is_fetched_once_and_then_nobody_waits() {
    let bench = Bench::new(Some(LOCKED));
    bench.init(["home", "home", "home"], &ours);
    let record = bench.record();
    let told = begin(&bench.at("home"));
    assert!(
        record.iter().all(|line| *line == told || line == "end"),
        "{record:?}"
    );
    assert_eq!(record[..2], [told, "end".to_owned()], "{record:?}");
    let fetched = fs_err::read_to_string(bench.at("fetched")).expect("it is there");
    assert_eq!(fetched, "fetched\n");
    let mode = fs_err::metadata(bench.at("home/plugins")).expect("it is there");
    assert_eq!(mode.permissions().mode() & 0o777, 0o700);
    fs_err::remove_file(bench.at("record")).expect("it is there");
    bench.init(["home", "home", "home"], &ours);
    assert!(bench.overlaps() > 0, "{:?}", bench.record());
}

#[test]
fn a_root_without_a_lock_file_fetches_its_own() {
    let bench = Bench::new(None);
    bench.init(["home", "home", "home"], &ours);
    let record = bench.record();
    assert!(
        record.iter().all(|line| line == "begin " || line == "end"),
        "{record:?}"
    );
    assert!(!bench.at("fetched").exists());
}

#[test]
fn who_waits_for_the_turn_says_so_and_may_be_asked_to_stop() {
    let bench = Bench::new(Some(LOCKED));
    let home = bench.home("home");
    let plugins = Plugins::new(&home.plugins());
    plugins.make().expect("it is made");
    let turn = Turn::ask(plugins.directory());
    assert!(matches!(turn, Turn::Ours(_)));
    let interrupt = Interrupt::default();
    let mut notes = 0;
    let stopped = bench.init_one(0, &home, ours(&home), &interrupt, &mut |event| {
        assert!(matches!(event, Event::Note { .. }), "{event:?}");
        notes += 1;
        interrupt.stop();
    });
    assert!(
        matches!(stopped, Err(StackError::Stopped(_))),
        "{stopped:?}"
    );
    assert_eq!(notes, 1);
    assert!(!bench.at("record").exists());
}
