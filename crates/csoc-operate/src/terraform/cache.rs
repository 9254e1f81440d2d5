//! Into which directory providers are fetched.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::plugins::Plugins;

/// Where stacks fetch their providers to.
#[derive(Debug)]
pub(crate) enum Cache {
    /// Each into its own working copy, and none has to wait.
    Apart,
    /// All into one directory that somebody named, which is not safe for two at once; none where its name cannot be read.
    Named(Option<PathBuf>),
    /// All into one of ours.
    Ours(Plugins),
}

/// A variable of the surroundings.
type Variable<'v> = &'v dyn Fn(&str) -> Option<OsString>;

impl Cache {
    /// What the surroundings say: whatever somebody set up counts, and `ours` is taken where nobody did.
    pub(crate) fn find(ours: Option<&Path>) -> Self {
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        Self::of(&variable, ours)
    }

    fn of(variable: Variable<'_>, ours: Option<&Path>) -> Self {
        if let Some(directory) = variable("TF_PLUGIN_CACHE_DIR") {
            return Self::Named(Some(directory.into()));
        }
        for file in settings(variable) {
            let text = fs::read_to_string(file).unwrap_or_default();
            if let Some(named) = text.lines().find_map(named) {
                return Self::Named(expanded(named, variable));
            }
        }
        match ours {
            Some(ours) if !is_set_up(variable) => Self::Ours(Plugins::new(ours)),
            _ => Self::Apart,
        }
    }
}

/// The files that Terraform and OpenTofu read their own settings from.
fn settings(variable: Variable<'_>) -> Vec<PathBuf> {
    if let Some(file) = file_of_settings(variable) {
        return vec![file.into()];
    }
    let names = [".terraformrc", ".tofurc", "terraform.rc", "tofu.rc"];
    home(variable)
        .map(|home| names.map(|name| home.join(name)).to_vec())
        .unwrap_or_default()
}

fn file_of_settings(variable: Variable<'_>) -> Option<OsString> {
    variable("TF_CLI_CONFIG_FILE").or_else(|| variable("TERRAFORM_CONFIG"))
}

fn home(variable: Variable<'_>) -> Option<PathBuf> {
    let home = variable("HOME").or_else(|| variable("APPDATA"));
    home.map(PathBuf::from)
}

/// Whether anybody says by a file or a directory how Terraform or OpenTofu come to providers, or may: what cannot be seen
/// counts as said.
fn is_set_up(variable: Variable<'_>) -> bool {
    let Some(home) = home(variable) else {
        return true;
    };
    let configuration = variable("XDG_CONFIG_HOME").map(PathBuf::from);
    let configuration = configuration.unwrap_or_else(|| home.join(".config"));
    let mut places = settings(variable);
    places.push(configuration.join("opentofu"));
    let directories = [".terraform.d", "terraform.d"].map(|name| home.join(name));
    places.extend(directories.iter().map(|all| all.join("plugins")));
    file_of_settings(variable).is_some()
        || places.iter().any(|place| is_there(place))
        || directories.iter().any(|all| holds_settings(all))
}

fn is_there(place: &Path) -> bool {
    match fs::symlink_metadata(place) {
        Ok(_) => true,
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Whether a directory holds files of settings, all of which are read.
fn holds_settings(directory: &Path) -> bool {
    let is_one = |name: OsString| {
        let name = name.to_string_lossy().to_ascii_lowercase();
        let name = name.strip_suffix(".json").unwrap_or(&name);
        name.split_once('.').is_some_and(|_| name.ends_with("tfrc"))
    };
    match fs::read_dir(directory) {
        Ok(entries) => entries
            .into_iter()
            .any(|entry| entry.is_ok_and(|entry| is_one(entry.file_name()))),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// The directory that a line of settings names, as it is written there.
fn named(line: &str) -> Option<&str> {
    let (name, value) = line.split_once('=')?;
    if name.trim() != "plugin_cache_dir" {
        return None;
    }
    // What is written in another way names one, too, and which one Terraform alone knows.
    let mut parts = value.split('"');
    Some(parts.nth(1).unwrap_or_default())
}

/// The directory that settings mean; none where a variable is in its name other than the one that all use.
fn expanded(named: &str, variable: Variable<'_>) -> Option<PathBuf> {
    let below = ["$HOME/", "${HOME}/", "~/"]
        .into_iter()
        .find_map(|prefix| named.strip_prefix(prefix));
    let directory = match below {
        Some(below) => home(variable)?.join(below),
        None => PathBuf::from(named),
    };
    let is_plain = !named.is_empty() && !directory.to_string_lossy().contains(['$', '\\']);
    is_plain.then_some(directory)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};

    use super::Cache;

    /// What the surroundings say in a home with one file, and with variables.
    fn found(home: &Path, file: Option<(&str, &str)>, variables: &[(&str, &str)]) -> Cache {
        if let Some((name, text)) = file {
            let path = home.join(name);
            fs_err::create_dir_all(path.parent().expect("it has one")).expect("it is made");
            fs_err::write(path, text).expect("it is written");
        }
        let variable = |name: &str| match name {
            "HOME" => Some(home.as_os_str().to_owned()),
            name => variables
                .iter()
                .find(|(set, _)| *set == name)
                .map(|(_, value)| OsString::from(value)),
        };
        Cache::of(&variable, Some(Path::new("/ours")))
    }

    fn home() -> tempfile::TempDir {
        tempfile::tempdir().expect("there is room")
    }

    #[rstest::rstest]
    #[case("plugin_cache_dir = \"/var/cache\"\n", Some("/var/cache"))]
    #[case("\n  plugin_cache_dir=\"$HOME/cache\"\n", Some("HOME/cache"))]
    #[case("plugin_cache_dir = \"$OTHER/cache\"\n", None)]
    fn a_directory_that_is_named_is_taken(#[case] text: &str, #[case] expected: Option<&str>) {
        for name in [".terraformrc", ".tofurc"] {
            let home = home();
            let Cache::Named(directory) = found(home.path(), Some((name, text)), &[]) else {
                panic!("{name} names one");
            };
            let expected = expected.map(|text| match text.strip_prefix("HOME/") {
                Some(below) => home.path().join(below),
                None => PathBuf::from(text),
            });
            assert_eq!(directory, expected);
            let variable = [("TF_PLUGIN_CACHE_DIR", "/other")];
            let Cache::Named(directory) = found(home.path(), None, &variable) else {
                panic!("the variable names one");
            };
            assert_eq!(directory.as_deref(), Some(Path::new("/other")));
        }
    }

    #[rstest::rstest]
    #[case(".terraformrc", "# plugin_cache_dir = \"/var/cache\"\n")]
    #[case(".tofurc", "provider_installation {}\n")]
    #[case(".terraform.d/mirror.tfrc", "")]
    #[case(".terraform.d/plugins/README", "")]
    #[case(".config/opentofu/tofurc", "")]
    fn what_somebody_set_up_stays_as_it_is(#[case] name: &str, #[case] text: &str) {
        let home = home();
        let cache = found(home.path(), Some((name, text)), &[]);
        assert!(matches!(cache, Cache::Apart), "{cache:?}");
    }

    #[test]
    fn ours_is_taken_where_nobody_said_anything_and_only_there() {
        let home = home();
        let checked = Some((".terraform.d/checkpoint_signature", ""));
        assert!(matches!(found(home.path(), checked, &[]), Cache::Ours(_)));
        let variable = [("TF_CLI_CONFIG_FILE", "/nowhere")];
        let cache = found(home.path(), None, &variable);
        assert!(matches!(cache, Cache::Apart), "{cache:?}");
        assert!(matches!(
            Cache::of(&|_| None, Some(Path::new("/ours"))),
            Cache::Apart
        ));
        let home = |name: &str| (name == "HOME").then(|| home.path().as_os_str().to_owned());
        assert!(matches!(Cache::of(&home, None), Cache::Apart));
    }
}
