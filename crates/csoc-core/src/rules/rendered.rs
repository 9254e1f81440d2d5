//! Rules about what Helm makes of a deployment: values that are none, references that lead nowhere.

use std::collections::BTreeMap;

use super::rule::{Check, Rule};
use crate::catalog::RenderedAccepted;
use crate::diagnostic::{Code, Control, Diagnostics, Finding, Severity};
use crate::gitops::{Manifest, Manifests, flag_of, leaves};
use crate::span::Span;
use crate::value::path::{ModelPath, Step};
use crate::value::{Entry, Node};

/// What a rule about a rendering sees.
pub(crate) struct RenderedContext<'a> {
    /// The rule that runs.
    rule: &'static Rule,
    /// The deployment's directory.
    directory: &'a str,
    /// What Helm made.
    manifests: &'a Manifests,
    /// What Helm made of the same another time.
    again: Option<&'a Manifests>,
}

/// A rule that is as severe everywhere.
const fn rule(
    code: Code,
    severity: Severity,
    controls: &'static [Control],
    summary: &'static str,
    check: fn(&RenderedContext<'_>, &mut Diagnostics),
) -> Rule {
    Rule::everywhere(code, severity, controls, summary, Check::Rendered(check))
}

/// All of them, sorted by code.
pub(super) static RULES: &[Rule] = &[
    rule(
        Code::new("rendered-arn-incomplete"),
        Severity::Error,
        &[Control::nist("AC-3")],
        "A rendered object names an ARN with a hole in it.",
        arn_incomplete,
    ),
    rule(
        Code::new("rendered-example-value"),
        Severity::Error,
        &[Control::nist("CM-6")],
        "A rendered object holds a value of the chart's example.",
        example_value,
    ),
    rule(
        Code::new("rendered-map-printed"),
        Severity::Error,
        &[],
        "A rendered object holds a map that was printed as text.",
        map_printed,
    ),
    rule(
        Code::new("rendered-nothing-printed"),
        Severity::Error,
        &[],
        "A rendered object holds the word for a value that is not there.",
        nothing_printed,
    ),
    rule(
        Code::new("rendered-number-scientific"),
        Severity::Error,
        &[],
        "A rendered object holds a number in scientific notation.",
        number_scientific,
    ),
    rule(
        Code::new("rendered-reference-dangling"),
        Severity::Warning,
        &[],
        "A rendered object asks for another one that nothing makes.",
        reference_dangling,
    ),
    rule(
        Code::new("rendering-not-repeatable"),
        Severity::Warning,
        &[Control::nist("CM-2")],
        "Two renderings of the same values differ.",
        not_repeatable,
    ),
];

/// Runs every rule over a rendering.
pub(crate) fn check(
    directory: &str,
    manifests: &Manifests,
    again: Option<&Manifests>,
) -> Diagnostics {
    let mut found = Diagnostics::default();
    for rule in RULES {
        if let Check::Rendered(check) = rule.check {
            let context = RenderedContext {
                rule,
                directory,
                manifests,
                again,
            };
            check(&context, &mut found);
        }
    }
    found
}

impl RenderedContext<'_> {
    /// A finding about an object; a remark where the chart makes it so whatever the values say.
    fn finding(&self, manifest: &Manifest, about: &str, message: String) -> Finding {
        let is_accepted = RenderedAccepted::embedded().contains(&manifest.id, about);
        let severity = if is_accepted {
            Severity::Info
        } else {
            self.rule.severity.unknown
        };
        Finding::new(self.rule.code, severity, message)
            .object(self.directory)
            .help(if is_accepted {
                "no value can mend this: the chart does so for everybody"
            } else {
                "look for the value that it is made of; without one the chart's template decides"
            })
    }

    /// Findings for each text that a defect is in: where in it, and what it is.
    fn texts(
        &self,
        found: &mut Diagnostics,
        about: &str,
        defect: impl Fn(&str) -> Option<&'static str>,
    ) {
        for manifest in &self.manifests.objects {
            leaves(&manifest.node, &mut |path, leaf| {
                let Some(what) = leaf.text().and_then(&defect) else {
                    return;
                };
                let path = object_path(&manifest.id, path);
                found.push(
                    self.finding(manifest, about, format!("`{path}` holds {what}"))
                        .path(&path)
                        .label(first_line(leaf), what),
                );
            });
        }
    }
}

/// `KIND/NAME:a.b[]`.
fn object_path(id: &str, path: &[&str]) -> String {
    let mut dotted = ModelPath::new();
    for key in path {
        dotted.push(match *key {
            "[]" => Step::Item(None),
            key => Step::Key(key.into()),
        });
    }
    format!("{id}:{dotted}")
}

/// The place of a value on one line.
fn first_line(node: &Node) -> Option<Span> {
    let span = node.span()?;
    let is_line = node.text().is_some_and(|text| !text.contains('\n'));
    Some(if is_line {
        span
    } else {
        Span {
            end: span.start + 1,
            ..span
        }
    })
}

fn map_printed(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    context.texts(found, "map-printed", |text| {
        text.contains("map[")
            .then_some("a map that was printed as text")
    });
}

fn nothing_printed(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    context.texts(found, "nothing-printed", |text| {
        // `%!d(string=x)`: a verb that does not fit its value.
        let is_failed = text.split("%!").skip(1).any(|rest| {
            let mut chars = rest.chars();
            chars.next().is_some_and(char::is_alphanumeric) && chars.next() == Some('(')
        });
        (is_failed || text.contains("<nil>") || text.contains("<no value>"))
            .then_some("a value that is not there")
    });
}

fn number_scientific(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    context.texts(found, "number-scientific", |text| {
        text.match_indices("e+")
            .any(|(at, _)| {
                let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
                let before: String = text[..at]
                    .chars()
                    .rev()
                    .take_while(|char| char.is_ascii_digit() || *char == '.')
                    .collect();
                let (fraction, whole) = before.split_once('.').unwrap_or_default();
                !fraction.is_empty() && !whole.is_empty() && digits(&text[at + 2..]) >= 2
            })
            .then_some("a number in scientific notation")
    });
}

fn arn_incomplete(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    context.texts(found, "arn-incomplete", |text| {
        let ends = |text: &str| {
            text.split(|char: char| char.is_whitespace() || char == '"')
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        text.match_indices("arn:aws").find_map(|(at, _)| {
            let arn = ends(&text[at..]);
            let rest = arn.split_once(":iam::")?.1;
            let (account, role) = rest.split_once(":role/").or_else(|| rest.split_once(':'))?;
            if account.is_empty() {
                Some("an ARN without an account")
            } else if role.starts_with("arn:") {
                Some("an ARN inside of an ARN")
            } else if role.is_empty() {
                Some("an ARN without a role")
            } else {
                None
            }
        })
    });
}

fn example_value(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    const VALUES: [&str; 4] = [
        "arn:aws:acm:us-east-1:123456:certificate",
        "test.us-east-1.es.amazonaws.com",
        "cdis-gen3-users/helm-test",
        "REPLACEME",
    ];
    context.texts(found, "example-value", |text| {
        VALUES
            .iter()
            .any(|value| text.contains(value))
            .then_some("a value of the chart's example")
    });
}

/// The object that a key asks for: its kind and name.
fn reference(entry: &Entry) -> Option<(&'static str, &Node)> {
    let named = |key: &str| entry.node.get(key);
    match entry.key.as_str() {
        "secretKeyRef" | "secretRef" => Some(("Secret", named("name")?)),
        "secret" => Some(("Secret", named("secretName")?)),
        "configMapKeyRef" | "configMapRef" | "configMap" => Some(("ConfigMap", named("name")?)),
        "serviceAccountName" => Some(("ServiceAccount", &entry.node)),
        _ => None,
    }
}

/// What every namespace has.
const ALWAYS: [&str; 2] = ["default", "kube-root-ca.crt"];

fn reference_dangling(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    fn below(
        context: &RenderedContext<'_>,
        manifest: &Manifest,
        node: &Node,
        found: &mut Diagnostics,
    ) {
        for item in node.items() {
            below(context, manifest, item, found);
        }
        for entry in node.entries() {
            let is_optional = entry.node.get("optional").is_some_and(flag_of);
            if let Some((kind, name)) = reference(entry).filter(|_| !is_optional)
                && let Some(text) = name.text()
                && !context.manifests.makes(kind, text)
                && !ALWAYS.contains(&text)
            {
                found.push(
                    context
                        .finding(
                            manifest,
                            &format!("{kind}/{text}"),
                            format!(
                                "`{}` asks for {kind} `{text}`, which nothing in the release makes",
                                manifest.id
                            ),
                        )
                        .path(format!("{}:{}", manifest.id, entry.key))
                        .label(name.span(), "made by nobody"),
                );
            }
            below(context, manifest, &entry.node, found);
        }
    }
    for manifest in &context.manifests.objects {
        below(context, manifest, &manifest.node, found);
    }
}

fn not_repeatable(context: &RenderedContext<'_>, found: &mut Diagnostics) {
    let Some(again) = context.again else { return };
    let before: BTreeMap<&str, &Manifest> = context
        .manifests
        .objects
        .iter()
        .map(|manifest| (&*manifest.id, manifest))
        .collect();
    for manifest in &again.objects {
        let same = before.get(&*manifest.id);
        if same.is_some_and(|same| same.node == manifest.node) {
            continue;
        }
        found.push(
            context
                .finding(manifest, "changes", format!("`{}` is another one each time it is rendered: Argo CD never has it in sync", manifest.id))
                .path(&manifest.id)
                .label(same.and_then(|same| first_line(&same.node)).map(|span| Span { end: span.start + 1, ..span }), "this one"),
        );
    }
}
