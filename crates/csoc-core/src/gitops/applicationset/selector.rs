//! Label selectors, of clusters and of what a generator gave.

use super::stop::Stop;
use crate::value::Node;

/// Labels that Argo CD sets by itself, so that no file has them.
const SET_BY_ARGO_CD: [&str; 1] = ["argocd.argoproj.io/kubernetes-version"];

/// Whether labels are selected; `labels` gives the value of a key.
///
/// No selector and an empty one select everything.
pub(super) fn selects<'n>(
    selector: Option<&Node>,
    labels: &dyn Fn(&str) -> Option<&'n Node>,
) -> Result<bool, Stop> {
    let Some(selector) = selector else {
        return Ok(true);
    };
    let value = |key: &str| match labels(key) {
        Some(value) if value.is_pending() => Err(Stop::undecidable(format!(
            "the label `{key}` is not known yet"
        ))),
        None if SET_BY_ARGO_CD.contains(&key) => Err(Stop::undecidable(format!(
            "Argo CD sets the label `{key}` by itself"
        ))),
        value => Ok(value.and_then(Node::text)),
    };
    let wanted = selector
        .get("matchLabels")
        .map(Node::entries)
        .unwrap_or_default();
    for entry in wanted {
        if value(entry.key.as_str())? != Some(entry.node.text().unwrap_or_default()) {
            return Ok(false);
        }
    }
    let expressions = selector
        .get("matchExpressions")
        .map(Node::items)
        .unwrap_or_default();
    for expression in expressions {
        let text = |key: &str| expression.get(key).and_then(Node::text).unwrap_or_default();
        let values = expression
            .get("values")
            .map(Node::items)
            .unwrap_or_default();
        let found = value(text("key"))?;
        let is_among = || values.iter().any(|wanted| wanted.text() == found);
        let operator = text("operator");
        if matches!(operator, "In" | "NotIn") && values.is_empty() {
            return Err(Stop::refused(format!(
                "the operator `{operator}` of a selector has no values"
            )));
        }
        let holds = match operator {
            "In" => found.is_some() && is_among(),
            "NotIn" => found.is_none() || !is_among(),
            "Exists" => found.is_some(),
            "DoesNotExist" => found.is_none(),
            other => {
                return Err(Stop::refused(format!(
                    "`{other}` is no operator of a selector: there are In, NotIn, Exists and DoesNotExist"
                )));
            }
        };
        if !holds {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a selector asks for anything.
pub(super) fn asks(selector: Option<&Node>) -> bool {
    selector.is_some_and(|selector| {
        let is_set = |key: &str| {
            selector
                .get(key)
                .is_some_and(|value| !value.entries().is_empty() || !value.items().is_empty())
        };
        is_set("matchLabels") || is_set("matchExpressions")
    })
}
