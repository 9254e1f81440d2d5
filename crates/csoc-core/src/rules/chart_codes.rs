//! Codes of findings in charts, and in values files of them.

use super::codes::facts;
use crate::catalog::chart::{
    CHART_CYCLE, CHART_DEPENDENCY_MISSING, CHART_FILE_REFUSED, CHART_INVALID,
    CHART_TEMPLATE_FAULTY, CHART_TOO_LARGE,
};
use crate::diagnostic::{Code, CodeFacts, Severity};

/// All of them. The verifier's are texts: nothing here may use it, and a test keeps them the same.
pub(super) const CHART_CODES: &[CodeFacts] = &[
    facts(
        Code::new("account-id-unquoted"),
        Severity::Error,
        "An account number is not in quotes.",
    ),
    facts(CHART_CYCLE, Severity::Error, "A chart depends on itself."),
    facts(
        CHART_DEPENDENCY_MISSING,
        Severity::Info,
        "A chart below another is not part of what was read.",
    ),
    facts(
        CHART_FILE_REFUSED,
        Severity::Error,
        "A file of a chart is not taken in.",
    ),
    facts(
        CHART_INVALID,
        Severity::Error,
        "There is no chart, or what is there is damaged.",
    ),
    facts(
        CHART_TEMPLATE_FAULTY,
        Severity::Warning,
        "A template of a chart is not a Go template.",
    ),
    facts(
        CHART_TOO_LARGE,
        Severity::Error,
        "A chart holds more than charts may.",
    ),
    facts(
        Code::new("embedded-text-invalid"),
        Severity::Error,
        "Text that is a document of its own does not read as one.",
    ),
    facts(
        Code::new("etl-index-twice"),
        Severity::Error,
        "Two mappings of the ETL write the same index.",
    ),
    facts(
        Code::new("fence-option-unknown"),
        Severity::Warning,
        "An option of fence's configuration is none.",
    ),
    facts(
        Code::new("image-tag-unquoted"),
        Severity::Warning,
        "An image tag is not in quotes, and Helm reads it as a number.",
    ),
    facts(
        Code::new("sower-action-twice"),
        Severity::Warning,
        "Two jobs of sower answer to the same action.",
    ),
    facts(
        Code::new("user-reference-unknown"),
        Severity::Warning,
        "A `user.yaml` names a policy or role that it does not define.",
    ),
    facts(
        Code::new("values-boolean-quoted"),
        Severity::Warning,
        "A boolean of a values file is a string.",
    ),
    facts(
        Code::new("values-default-deleted"),
        Severity::Info,
        "A null in a values file takes the chart's default away.",
    ),
    facts(
        Code::new("values-key-gated"),
        Severity::Info,
        "A key of a values file is read only where a flag says so, and it does not.",
    ),
    facts(
        Code::new("values-key-unknown"),
        Severity::Warning,
        "A key of a values file is neither declared nor read by the chart.",
    ),
    facts(
        Code::new("values-key-unread"),
        Severity::Info,
        "A key of a values file is declared by the chart, and no template reads it.",
    ),
    facts(
        Code::new("values-number-text"),
        Severity::Info,
        "A value is a number where the chart has text, or the other way round.",
    ),
    facts(
        Code::new("values-set-twice"),
        Severity::Warning,
        "Two values files of a release set the same key.",
    ),
    facts(
        Code::new("values-text-boolean"),
        Severity::Warning,
        "A value is a boolean for Helm where the chart compares with text.",
    ),
    facts(
        Code::new("values-type-mismatch"),
        Severity::Error,
        "A value has another type than the chart's default.",
    ),
];
