//! Every code of the product, once: those of rules, and those of what reads files.

use std::sync::LazyLock;

use super::chart_codes::CHART_CODES;
use super::registry::all;
use super::rule::Rule;
use super::terraform_codes::TERRAFORM;
use crate::diagnostic::{Code, CodeFacts, Severity};

/// The baseline cannot be read.
pub(crate) const BASELINE_INVALID: Code = Code::new("baseline-invalid");
/// The baseline was written by a newer version.
pub(crate) const BASELINE_NEWER: Code = Code::new("baseline-newer");
/// A list of running Applications that is none.
pub(crate) const IMPORT_LIVE_INVALID: Code = Code::new("import-live-invalid");
/// A mapping file of an import that says nothing of an environment.
pub(crate) const IMPORT_MAPPING_INVALID: Code = Code::new("import-mapping-invalid");
/// The baseline lists findings that are gone.
pub(crate) const BASELINE_OUTDATED: Code = Code::new("baseline-outdated");

/// Without a day, rules about days say nothing.
pub(crate) const DATE_RULES_SKIPPED: Code = Code::new("date-rules-skipped");
/// The fleet must pin the facts that it uses, and has no lock.
pub(crate) const LOCK_MISSING: Code = Code::new("lock-missing");
/// The lock does not pin all that the fleet uses, or was made for another edition.
pub(crate) const LOCK_OUTDATED: Code = Code::new("lock-outdated");

/// Codes of findings that no rule makes: reading files, decoding, the baseline.
const OTHERS: &[CodeFacts] = &[
    facts(
        crate::value::json_read::DEPTH,
        Severity::Error,
        "JSON has too many levels.",
    ),
    facts(
        crate::value::json_read::SYNTAX,
        Severity::Error,
        "Text is not JSON.",
    ),
    facts(
        crate::value::walker_finding::DUPLICATE_KEY,
        Severity::Error,
        "A key is written twice in one map.",
    ),
    facts(
        crate::source::FIELD_SET_TWICE,
        Severity::Error,
        "Two files set the same field.",
    ),
    facts(
        crate::source::FILE_EMPTY,
        Severity::Error,
        "A model file holds nothing.",
    ),
    facts(
        crate::source::FILE_NOT_UTF8,
        Severity::Error,
        "A file that must be text is not UTF-8.",
    ),
    facts(
        crate::source::FILE_TOO_LARGE,
        Severity::Error,
        "A file is larger than a fleet's files may be.",
    ),
    facts(
        crate::source::FILE_UNEXPECTED,
        Severity::Warning,
        "A file in the fleet directory is no part of the model.",
    ),
    facts(
        crate::source::FILE_UNREADABLE,
        Severity::Error,
        "A file or directory cannot be read.",
    ),
    facts(
        crate::source::FLEET_MISSING,
        Severity::Error,
        "The directory holds no `fleet.yaml`.",
    ),
    facts(
        crate::value::walker_finding::INVALID_VALUE,
        Severity::Error,
        "A value is not what its field holds.",
    ),
    facts(
        crate::source::LINK_LEAVES_FLEET,
        Severity::Error,
        "A link leads out of the fleet directory.",
    ),
    facts(
        crate::value::walker_finding::MISSING_FIELD,
        Severity::Error,
        "A field that must be there is not.",
    ),
    facts(
        crate::resolve::NAME_UNDERIVABLE,
        Severity::Error,
        "A name cannot be derived: a variable of its rule has no value.",
    ),
    facts(
        crate::resolve::NAMING_RULE_INVALID,
        Severity::Error,
        "A naming rule is none, or its pattern does not read.",
    ),
    facts(
        crate::resolve::OUTPUT_PLACE_FOREIGN,
        Severity::Error,
        "A recorded output is of another account or region than its stack.",
    ),
    facts(
        crate::resolve::OUTPUT_UNKNOWN,
        Severity::Warning,
        "A recorded output is none that a stack of its kind gives.",
    ),
    facts(
        crate::resolve::OUTPUT_UNKNOWN_STACK,
        Severity::Error,
        "A file of recorded outputs has the path of no stack.",
    ),
    facts(
        crate::resolve::OUTPUT_WRONG_TYPE,
        Severity::Error,
        "A recorded output has another type than its stack declares.",
    ),
    facts(
        crate::resolve::IMPORT_UNKNOWN_STACK,
        Severity::Error,
        "A file of recorded imports has the path of no stack.",
    ),
    facts(
        crate::resolve::IMPORT_MALFORMED,
        Severity::Error,
        "A recorded import is no address with an identifier.",
    ),
    facts(
        crate::resolve::IMPORT_UNKNOWN_ADDRESS,
        Severity::Error,
        "A recorded import is of a resource that the stack's root does not have.",
    ),
    facts(
        crate::hcl::TERRAFORM_SYNTAX,
        Severity::Error,
        "A text is not HCL.",
    ),
    facts(
        crate::value::walker_finding::UNKNOWN_KEY,
        Severity::Error,
        "A key means nothing where it stands.",
    ),
    facts(
        crate::value::walker_finding::UNKNOWN_VALUE,
        Severity::Error,
        "A word is none of its field's choice.",
    ),
    facts(
        crate::value::walker_finding::WRONG_TYPE,
        Severity::Error,
        "A value has another type than its field holds.",
    ),
    facts(
        crate::value::yaml_finding::ALIAS,
        Severity::Error,
        "A YAML alias names no anchor, or what it stands in.",
    ),
    facts(
        crate::value::yaml_finding::BUDGET,
        Severity::Error,
        "YAML aliases stand for far more than a file can mean.",
    ),
    facts(
        crate::value::yaml_error::DEPTH,
        Severity::Error,
        "YAML values are nested too deeply.",
    ),
    facts(
        crate::value::yaml_read::DOCUMENTS,
        Severity::Error,
        "A file holds more than one YAML document.",
    ),
    facts(
        crate::value::yaml_finding::KEY,
        Severity::Error,
        "A YAML key is not a string.",
    ),
    facts(
        crate::value::yaml_finding::MERGE,
        Severity::Error,
        "A YAML merge key brings something other than maps.",
    ),
    facts(
        crate::value::yaml_error::SYNTAX,
        Severity::Error,
        "A text is not YAML.",
    ),
    facts(
        crate::value::yaml_error::TAB,
        Severity::Error,
        "A tab indents a line of YAML.",
    ),
    facts(
        crate::value::yaml_finding::TAG,
        Severity::Error,
        "A YAML tag does not apply where it stands.",
    ),
    facts(
        BASELINE_INVALID,
        Severity::Error,
        "The baseline cannot be read.",
    ),
    facts(
        BASELINE_NEWER,
        Severity::Error,
        "The baseline was written by a newer version.",
    ),
    facts(
        IMPORT_LIVE_INVALID,
        Severity::Error,
        "A list of running Applications for an import is none.",
    ),
    facts(
        IMPORT_MAPPING_INVALID,
        Severity::Error,
        "A mapping file of an import says nothing of an environment.",
    ),
    facts(
        BASELINE_OUTDATED,
        Severity::Info,
        "The baseline lists findings that are gone.",
    ),
    facts(
        crate::catalog::LOCK_INVALID,
        Severity::Error,
        "`csoc.lock` is no lock, or an entry of it is none.",
    ),
    facts(
        crate::catalog::CATALOG_MISSING,
        Severity::Error,
        "A catalog that `csoc.lock` pins is not there.",
    ),
    facts(
        crate::catalog::CATALOG_DAMAGED,
        Severity::Error,
        "A catalog is not the one that `csoc.lock` pins.",
    ),
    facts(
        LOCK_MISSING,
        Severity::Error,
        "The fleet must pin the facts that it uses, and has no `csoc.lock`.",
    ),
    facts(
        LOCK_OUTDATED,
        Severity::Warning,
        "`csoc.lock` does not pin all that the fleet uses, or was made for another edition.",
    ),
    // Backends and the writer; nothing here may use them, so the test below keeps the texts the same.
    facts(
        Code::new("content-invalid"),
        Severity::Error,
        "A content file is not what its name says.",
    ),
    facts(
        Code::new("content-missing"),
        Severity::Error,
        "An environment names a content file that is not there.",
    ),
    facts(
        Code::new("content-unknown"),
        Severity::Error,
        "A name of content means nothing to the chart.",
    ),
    facts(
        Code::new("object-vanished"),
        Severity::Error,
        "What was rendered for an object is still there, and the object is not.",
    ),
    facts(
        Code::new("omit-invalid"),
        Severity::Error,
        "An entry of `omit` is no row of keys.",
    ),
    facts(
        Code::new("role-trust-missing"),
        Severity::Error,
        "A service account runs as a role of the tree that does not trust it.",
    ),
    facts(
        Code::new("role-trust-stale"),
        Severity::Warning,
        "A role of the tree trusts only service accounts that no values have.",
    ),
    facts(
        Code::new("certificate-host-uncovered"),
        Severity::Warning,
        "No certificate that the tree makes in the account and region covers a host.",
    ),
    facts(
        Code::new("policy-account-foreign"),
        Severity::Warning,
        "A role of the tree is allowed a resource of another account that the tree does not make.",
    ),
    facts(
        Code::new("producer-refused"),
        Severity::Error,
        "A bucket or topic sends to a queue or topic of the tree that does not let it.",
    ),
    facts(
        Code::new("queue-producer-missing"),
        Severity::Warning,
        "A role of the tree reads a queue that nobody in the tree may send to.",
    ),
    facts(
        Code::new("queue-unusable"),
        Severity::Error,
        "A service sends to or reads from a queue that its role of the tree may not use so.",
    ),
    facts(
        Code::new("secret-grant-shared"),
        Severity::Warning,
        "Roles of two commons may read one secret, and neither says that it shares it.",
    ),
    facts(
        Code::new("key-unusable"),
        Severity::Error,
        "A role of the tree reads or writes what a key encrypts that it may not use.",
    ),
    facts(
        Code::new("secret-unreadable"),
        Severity::Error,
        "A secret is synced with a role of the tree that may not read it.",
    ),
    facts(
        Code::new("stack-leaving"),
        Severity::Warning,
        "A stack that was rendered is not any more, and what it made may be there.",
    ),
    facts(
        Code::new("contract-broken"),
        Severity::Error,
        "A raw value says another role, secret or host than everything else is made for.",
    ),
    facts(
        Code::new("waits-for-later"),
        Severity::Error,
        "Something that Argo CD applies waits for what comes only after it.",
    ),
    facts(
        Code::new("value-pending"),
        Severity::Warning,
        "A file is written with markers in place of values that only the cloud can give.",
    ),
    facts(
        Code::new("waf-capacity-exceeded"),
        Severity::Warning,
        "The rules of a web ACL cost more than its price includes.",
    ),
    facts(
        Code::new("waf-group-unknown"),
        Severity::Warning,
        "A rule that shall only count is of no group of its web ACL.",
    ),
    facts(
        Code::new("addon-unknown"),
        Severity::Error,
        "cluster-level-resources has no such add-on.",
    ),
    facts(
        Code::new("addon-values-unreachable"),
        Severity::Error,
        "Values of an add-on lie where its chart does not look for them.",
    ),
    facts(
        Code::new("application-source-missing"),
        Severity::Warning,
        "Applications are left out: the fleet does not say where Argo CD finds them.",
    ),
    facts(
        Code::new("file-edited"),
        Severity::Error,
        "A rendered file was edited.",
    ),
    facts(
        Code::new("file-missing"),
        Severity::Error,
        "A rendered file is not there.",
    ),
    facts(
        Code::new("file-unformatted"),
        Severity::Warning,
        "A file is not laid out as `terraform fmt` would.",
    ),
    facts(
        Code::new("file-unlisted"),
        Severity::Info,
        "A file lies in a rendered tree and no manifest lists it.",
    ),
    facts(
        Code::new("text-reads-differently"),
        Severity::Error,
        "A rendered text reads differently from what was meant.",
    ),
    facts(
        crate::gitops::FIELD_TEMPLATED,
        Severity::Info,
        "A field of an Application is made by a template.",
    ),
    facts(
        crate::gitops::TEMPLATE_UNREADABLE,
        Severity::Warning,
        "The template of an Application cannot be read without Helm.",
    ),
    facts(
        Code::new("rendering-failed"),
        Severity::Error,
        "Helm does not render a deployment.",
    ),
    facts(
        Code::new("rendering-ignores-value"),
        Severity::Warning,
        "Helm ignores a value that is of another kind than the chart's own.",
    ),
    facts(
        Code::new("link-leaves-tree"),
        Severity::Error,
        "A link leads out of the tree that is verified.",
    ),
    facts(
        Code::new("tree-kind-unread"),
        Severity::Info,
        "A part of a tree is of a kind that cannot be read yet.",
    ),
];

/// What is to be known of a code that no rule makes.
pub(super) const fn facts(code: Code, severity: Severity, summary: &'static str) -> CodeFacts {
    CodeFacts {
        code,
        since: "0.1.0",
        severity,
        controls: &[],
        summary,
    }
}

/// What is to be known of every code, sorted by code.
///
/// ```
/// let code = csoc_core::codes().iter().find(|known| known.code.as_str() == "cidr-overlap").unwrap();
/// assert_eq!(code.since, "0.1.0");
/// ```
pub fn codes() -> &'static [CodeFacts] {
    static CODES: LazyLock<Vec<CodeFacts>> = LazyLock::new(|| {
        let mut codes: Vec<CodeFacts> = all()
            .map(Rule::facts)
            .chain(OTHERS.iter().copied())
            .chain(CHART_CODES.iter().copied())
            .chain(TERRAFORM.iter().copied())
            .collect();
        codes.sort_by_key(|known| known.code);
        codes
    });
    &CODES
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::super::rule::Check;
    use super::*;

    #[test]
    fn codes_are_sorted_unique_and_two_to_four_words() {
        for pair in codes().windows(2) {
            assert!(pair[0].code < pair[1].code, "{} twice", pair[0].code);
        }
        for list in [
            crate::rules::registry::RULES,
            crate::rules::gitops::RULES,
            crate::rules::rendered::RULES,
            crate::rules::terraform::RULES,
        ] {
            for pair in list.windows(2) {
                assert!(pair[0].code < pair[1].code, "{} out of order", pair[1].code);
            }
        }
        for known in codes() {
            let code = known.code.as_str();
            let words: Vec<&str> = code.split('-').collect();
            assert!((2..=4).contains(&words.len()), "{code}");
            let lower = |word: &str| {
                word.bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            };
            assert!(
                words.iter().all(|word| !word.is_empty() && lower(word)),
                "{code}"
            );
            assert!(known.summary.ends_with('.'), "{code}");
        }
    }

    /// A rule that looks at two things has fixtures for both.
    #[test]
    fn every_rule_has_a_fixture_for_what_it_looks_at() {
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rules");
        for rule in all() {
            let kinds: &[&str] = match rule.check {
                Check::Fleet(_) | Check::Policy(_) => &["bad"],
                Check::Gitops(_) => &["gitops-bad"],
                Check::Rendered(_) => &["rendered-bad"],
                Check::Terraform(_) => &["terraform-bad"],
                Check::Both { .. } => &["bad", "gitops-bad"],
            };
            for kind in kinds {
                let fixture = rules.join(rule.code.as_str()).join(kind);
                assert!(fixture.is_dir(), "{}", fixture.display());
            }
        }
    }

    /// A code that some stage makes and the list does not know would have no page.
    #[test]
    fn every_code_in_the_sources_is_listed() {
        let known: BTreeSet<&str> = codes().iter().map(|known| known.code.as_str()).collect();
        let mut pending = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(directory) = pending.pop() {
            for entry in fs_err::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    pending.push(path);
                    continue;
                }
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                let is_source = path.extension().is_some_and(|extension| extension == "rs");
                if !is_source || name.ends_with("test.rs") || name == "tests.rs" {
                    continue;
                }
                let text = fs_err::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                let call = concat!("Code::", "new(\"");
                for rest in code.split(call).skip(1) {
                    let code = rest.split('"').next().unwrap_or_default();
                    assert!(
                        known.contains(code),
                        "{code} of {} is not listed",
                        path.display()
                    );
                }
            }
        }
    }
}
