//! Metadata that is gathered from several commons.

use super::Subject;
use super::values::Values;
use crate::value::Node;

pub(super) fn project(subject: &Subject<'_>, values: &mut Values) {
    let discovery = &subject.input.contract.spec.discovery;
    let mut set = |key: &str, value: Node, field: &str| {
        let input = format!("discovery.{field}");
        values.set(
            &["metadata", key],
            value,
            "metadata of several commons",
            &[&input],
        );
    };
    if let Some(enabled) = discovery.enabled {
        set("useAggMds", enabled.into(), "enabled");
    }
    if let Some(namespace) = &discovery.namespace {
        set("aggMdsNamespace", namespace.as_str().into(), "namespace");
    }
    if let Some(field) = &discovery.dictionary_field {
        set(
            "aggMdsDefaultDataDictField",
            field.as_str().into(),
            "dictionaryField",
        );
    }
    // The chart suspends the job unless told otherwise: a schedule alone would change nothing.
    if let Some(schedule) = &discovery.schedule {
        set("schedule", schedule.as_str().into(), "schedule");
        set("suspendCronjob", false.into(), "schedule");
    }
}
