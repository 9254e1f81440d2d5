//! The two ways in which an ApplicationSet fills its template, applied to every text of a tree.

use super::go::{self, MissingKey};
use super::stop::Stop;
use crate::value::{Kind, Node, Origin, Reading, Scalar};

/// How texts are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// `{{name}}` is replaced where there is such a parameter, and stays where there is none.
    Fast,
    /// Go templates: `goTemplate: true`.
    Go(MissingKey),
}

impl Engine {
    /// A text with its actions replaced.
    pub(super) fn text(self, text: &str, parameters: &Node) -> Result<String, Stop> {
        if !text.contains("{{") {
            return Ok(text.to_owned());
        }
        match self {
            Self::Fast => fast(text, parameters),
            Self::Go(missing) => go::render(text, parameters, missing),
        }
    }

    /// A tree with the actions of all its texts and keys replaced.
    ///
    /// What an action made stands where the parameters come from, where that is known.
    pub(super) fn tree(
        self,
        node: &Node,
        parameters: &Node,
        cause: Option<Origin>,
    ) -> Result<Node, Stop> {
        let kind = match &node.kind {
            Kind::Scalar(scalar) if scalar.text.contains("{{") => {
                let Reading::Text(text) = scalar.reading() else {
                    return Ok(node.clone());
                };
                let scalar = Scalar::string(self.text(text, parameters)?);
                return Ok(Node {
                    kind: Kind::Scalar(scalar),
                    origin: cause.unwrap_or(node.origin),
                });
            }
            Kind::List(items) => {
                let items: Result<Vec<Node>, Stop> = items
                    .iter()
                    .map(|item| self.tree(item, parameters, cause))
                    .collect();
                Kind::List(items?)
            }
            Kind::Map(entries) => {
                let mut filled = Vec::with_capacity(entries.len());
                for entry in entries {
                    let mut entry = entry.clone();
                    if entry.key.as_str().contains("{{") {
                        entry.key = self.text(entry.key.as_str(), parameters)?.as_str().into();
                    }
                    entry.node = self.tree(&entry.node, parameters, cause)?;
                    filled.push(entry);
                }
                Kind::Map(filled)
            }
            kind => kind.clone(),
        };
        Ok(Node {
            kind,
            origin: node.origin,
        })
    }
}

/// A text whose tags are replaced by parameters of that name; others stay as they are.
fn fast(text: &str, parameters: &Node) -> Result<String, Stop> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((tag, behind)) = inside.split_once("}}") else {
            return Err(Stop::refused("an action of a template does not end"));
        };
        match parameters.get(tag.trim()) {
            Some(value) if value.is_pending() => {
                return Err(Stop::undecidable(format!(
                    "the parameter `{}` is not known yet",
                    tag.trim()
                )));
            }
            Some(value) if !tag.trim().is_empty() => {
                filled.push_str(value.text().unwrap_or_default());
            }
            _ => {
                filled.push_str("{{");
                filled.push_str(tag);
                filled.push_str("}}");
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_without_a_parameter_stay() {
        let mut parameters = Node::map();
        parameters.insert("path.basename", Node::string("fence"));
        let filled =
            Engine::Fast.text("{{path.basename}}-{{ x }}-{{ path.basename }}", &parameters);
        assert_eq!(filled, Ok("fence-{{ x }}-fence".to_owned()));
    }
}
