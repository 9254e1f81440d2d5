//! The sentences of the report `bootstrap`: data beside the code.

use std::sync::LazyLock;

use indexmap::IndexMap;
use serde::Deserialize;

use super::step::{ReportStep, StepKind};

/// All sentences.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// What a layer makes, by its name.
    pub(super) layers: IndexMap<String, String>,
    /// Steps that no layer is.
    pub(super) steps: IndexMap<String, StepWords>,
}

/// The sentences of one step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepWords {
    title: String,
    who: String,
    reach: String,
    text: String,
}

static WORDS: LazyLock<Words> =
    LazyLock::new(|| crate::catalog::embedded("steps.yaml", include_str!("steps.yaml")));

/// The sentences that this version carries.
pub(super) fn words() -> &'static Words {
    &WORDS
}

/// A step with its sentences, filled in.
pub(super) fn step(name: &str, kind: StepKind, fill: &[(&str, &str)]) -> ReportStep {
    let words = words().steps.get(name);
    let filled = |text: &str| {
        let fill = fill.iter();
        fill.fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
    };
    let said =
        |text: fn(&StepWords) -> &String| words.map_or_else(String::new, |it| filled(text(it)));
    ReportStep {
        number: 0,
        kind,
        title: said(|it| &it.title),
        who: said(|it| &it.who),
        reach: said(|it| &it.reach),
        text: said(|it| &it.text),
        needs: Vec::new(),
        gives: Vec::new(),
        facts: Vec::new(),
        scripts: Vec::new(),
        then: Vec::new(),
    }
}
