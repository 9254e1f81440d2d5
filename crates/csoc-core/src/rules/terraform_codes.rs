//! The codes of Terraform's verification, which lies behind the rules.

use super::codes::facts;
use crate::diagnostic::{Code, CodeFacts, Severity};

/// What is said of Terraform, ours or anyone's.
pub(super) const TERRAFORM: &[CodeFacts] = &[
    facts(
        Code::new("argument-unknown"),
        Severity::Error,
        "A block has an argument that means nothing there.",
    ),
    facts(
        Code::new("argument-missing"),
        Severity::Error,
        "An argument that must be set is not.",
    ),
    facts(
        Code::new("argument-read-only"),
        Severity::Error,
        "An argument is set that only the provider sets.",
    ),
    facts(
        Code::new("argument-wrong-type"),
        Severity::Error,
        "A value has another type than its argument takes.",
    ),
    facts(
        Code::new("deprecated-used"),
        Severity::Info,
        "An argument or resource is deprecated.",
    ),
    facts(
        Code::new("argument-block-confused"),
        Severity::Error,
        "A block is written as an argument, or an argument as a block.",
    ),
    facts(
        Code::new("argument-duplicate"),
        Severity::Error,
        "An argument is set twice in one block.",
    ),
    facts(
        Code::new("block-unknown"),
        Severity::Error,
        "A block means nothing where it stands.",
    ),
    facts(
        Code::new("block-missing"),
        Severity::Error,
        "A block that must be there is not.",
    ),
    facts(
        Code::new("block-count-exceeded"),
        Severity::Error,
        "A block is there more often than it may be.",
    ),
    facts(
        Code::new("block-labels-wrong"),
        Severity::Error,
        "A block has too many labels, or too few.",
    ),
    facts(
        Code::new("dynamic-block-invalid"),
        Severity::Error,
        "A `dynamic` block lacks a part, or has one too many.",
    ),
    facts(
        Code::new("resource-type-unknown"),
        Severity::Error,
        "A provider has no such resource or data source.",
    ),
    facts(
        Code::new("reference-undeclared"),
        Severity::Error,
        "A reference leads to nothing that is declared.",
    ),
    facts(
        Code::new("reference-out-of-context"),
        Severity::Error,
        "`each`, `count` or `self` stands where it means nothing.",
    ),
    facts(
        Code::new("reference-cycle"),
        Severity::Error,
        "Values or resources depend on each other in a circle.",
    ),
    facts(
        Code::new("attribute-unknown"),
        Severity::Error,
        "What is referred to has no such attribute.",
    ),
    facts(
        Code::new("index-invalid"),
        Severity::Error,
        "An index stands where nothing is counted, or is missing where something is.",
    ),
    facts(
        Code::new("declaration-duplicate"),
        Severity::Error,
        "The same thing is declared twice in one module.",
    ),
    facts(
        Code::new("declaration-name-invalid"),
        Severity::Error,
        "A name is none that Terraform takes.",
    ),
    facts(
        Code::new("meta-argument-invalid"),
        Severity::Error,
        "`count`, `for_each`, `depends_on`, `provider` or `lifecycle` says something impossible.",
    ),
    facts(
        Code::new("function-unknown"),
        Severity::Error,
        "Terraform has no such function.",
    ),
    facts(
        Code::new("function-arguments-wrong"),
        Severity::Error,
        "A function is called with too many arguments, or too few.",
    ),
    facts(
        Code::new("provider-undeclared"),
        Severity::Error,
        "A configuration of a provider is named that is not there.",
    ),
    facts(
        Code::new("provider-catalog-missing"),
        Severity::Info,
        "There are no facts about a provider, or none about a version that is allowed.",
    ),
    facts(
        Code::new("version-constraint-invalid"),
        Severity::Error,
        "A version constraint does not read as one.",
    ),
    facts(
        Code::new("variable-type-invalid"),
        Severity::Error,
        "The type of a variable is no type.",
    ),
    facts(
        Code::new("variable-unused"),
        Severity::Warning,
        "Nothing refers to a variable.",
    ),
    facts(
        Code::new("variable-not-declared"),
        Severity::Warning,
        "A file sets a variable that no module declares.",
    ),
    facts(
        Code::new("module-missing"),
        Severity::Error,
        "A module is not where its source says.",
    ),
    facts(
        Code::new("output-sensitive-exposed"),
        Severity::Error,
        "An output of a root shows what is not to be shown.",
    ),
    facts(
        Code::new("module-broken"),
        Severity::Error,
        "A module is called that Terraform refuses, however it is called.",
    ),
    facts(
        Code::new("module-combination-broken"),
        Severity::Error,
        "A module is called in a way that is known to fail.",
    ),
    facts(
        Code::new("module-variable-dead"),
        Severity::Warning,
        "A variable of a module is set that the module never reads.",
    ),
];
