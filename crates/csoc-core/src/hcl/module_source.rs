//! Calls of modules: where the modules lie, as far as they lie in the same tree, and what every call takes.

/// Arguments of a call that are no variables of the module.
pub(crate) const CALL_ARGUMENTS: [&str; 6] = [
    "source",
    "version",
    "count",
    "for_each",
    "providers",
    "depends_on",
];

/// The directory of a module, for a call in the directory `base`.
///
/// Nothing where the source is an address, or leads out of the tree.
pub(crate) fn module_directory(base: &str, source: &str) -> Option<String> {
    is_local_source(source).then(|| joined(base, source))?
}

/// Whether the source of a module is a directory, and no address.
pub(crate) fn is_local_source(source: &str) -> bool {
    source.starts_with("./") || source.starts_with("../")
}

/// A directory relative to another; nothing where it leaves the tree.
fn joined(base: &str, source: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    for part in source.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_lead_to_directories_of_the_tree() {
        for (base, source, expected) in [
            ("roots/demo", "./roles", Some("roots/demo/roles")),
            ("roots/demo", "../../modules/role/", Some("modules/role")),
            ("", "./.", Some("")),
            ("roots", "../../elsewhere", None),
            ("roots", "terraform-aws-modules/iam/aws", None),
            ("roots", "git::https://example.org/modules.git", None),
        ] {
            assert_eq!(
                module_directory(base, source).as_deref(),
                expected,
                "{base} {source}"
            );
        }
    }
}
