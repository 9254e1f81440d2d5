//! Whether stacks fetch their providers into one place.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

/// Whether the surroundings name a directory into which all of them fetch: it is not safe for two at once.
///
/// Without one each stack fetches into its own working copy, and none has to wait.
pub(crate) fn is_shared() -> bool {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    variable("TF_PLUGIN_CACHE_DIR").is_some()
        || settings(&variable)
            .into_iter()
            .any(|file| fs::read_to_string(file).is_ok_and(|text| names_one(&text)))
}

/// The files that Terraform and OpenTofu read their own settings from.
fn settings(variable: &dyn Fn(&str) -> Option<OsString>) -> Vec<PathBuf> {
    if let Some(file) = variable("TF_CLI_CONFIG_FILE").or_else(|| variable("TERRAFORM_CONFIG")) {
        return vec![file.into()];
    }
    let home = variable("HOME").or_else(|| variable("APPDATA"));
    let names = [".terraformrc", ".tofurc", "terraform.rc", "tofu.rc"];
    home.map(PathBuf::from)
        .map(|home| names.map(|name| home.join(name)).to_vec())
        .unwrap_or_default()
}

fn names_one(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start().starts_with("plugin_cache_dir"))
}

#[cfg(test)]
mod tests {
    use super::names_one;

    #[test]
    fn a_directory_that_is_named_is_seen_and_one_in_a_comment_is_not() {
        assert!(names_one("\n  plugin_cache_dir = \"/var/cache\"\n"));
        assert!(!names_one(
            "# plugin_cache_dir = \"/var/cache\"\nprovider_installation {}\n"
        ));
    }
}
