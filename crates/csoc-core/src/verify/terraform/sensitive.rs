//! Outputs that show what a provider or a variable says is not to be shown.

use super::checker::{Checker, Place};
use super::codes::OUTPUT_SENSITIVE_EXPOSED;
use super::walk::walk;
use crate::catalog::provider::SchemaKind;
use crate::hcl::{Body, Expression, ExpressionKind, Step};

impl Checker<'_> {
    /// An output of a root that refers to something sensitive says so.
    ///
    /// Only roots are asked: what a module gives to its caller is shown to nobody. A root configures
    /// providers or state, and nobody of the tree calls it.
    pub(super) fn shown(&mut self, body: &Body, place: &Place<'_>) {
        let module = self.module;
        let has_backend = module.blocks.iter().any(|(block, _)| {
            block.kind == "terraform" && block.body.blocks_of("backend").next().is_some()
        });
        let is_root = !self.is_called && (has_backend || !module.providers.is_empty());
        let says_so = body.get("sensitive").is_some() || body.get("ephemeral").is_some();
        let Some(value) = body.get("value").filter(|_| is_root && !says_so) else {
            return;
        };
        let mut references: Vec<&Expression> = Vec::new();
        let mut is_plain = true;
        walk(value, &mut Vec::new(), &mut |part, _| match &part.kind {
            ExpressionKind::Reference(..) => references.push(part),
            // What stands in such a call may be shown, and which part it is cannot be told here.
            ExpressionKind::Call(call) => is_plain &= call.name != "nonsensitive",
            _ => {}
        });
        for reference in references.into_iter().filter(|_| is_plain) {
            if let Some(name) = self.sensitive(reference) {
                self.error(
                    OUTPUT_SENSITIVE_EXPOSED,
                    format!(
                        "`{}` shows `{name}`, which is not to be shown",
                        place.address
                    ),
                    "set `sensitive = true` in the output",
                    reference.origin,
                    place,
                );
            }
        }
    }

    /// The name of what a reference leads to, where that is sensitive.
    fn sensitive(&mut self, reference: &Expression) -> Option<String> {
        let ExpressionKind::Reference(root, steps) = &reference.kind else {
            return None;
        };
        let module = self.module;
        let (kind, of, name, rest) = match (&**root, &**steps) {
            ("var", [Step::Attribute(name), ..]) => {
                let value = module.variables.get(&**name)?.body.get("sensitive")?;
                let is_so = matches!(value.bare().kind, ExpressionKind::Bool(true));
                return is_so.then(|| format!("var.{name}"));
            }
            ("data", [Step::Attribute(of), Step::Attribute(name), rest @ ..]) => {
                (SchemaKind::DataSource, &**of, name, rest)
            }
            (of, [Step::Attribute(name), rest @ ..]) => (SchemaKind::Resource, of, name, rest),
            _ => return None,
        };
        let (index, thing) = module.thing(kind, of, name)?;
        let mut schema = self.schema(index)?;
        for step in rest {
            let Step::Attribute(name) = step else {
                continue;
            };
            if let Some(attribute) = schema.attribute(name) {
                let is_so = attribute.is_sensitive();
                return is_so.then(|| format!("{thing}.{name}"));
            }
            schema = schema.block(name)?.schema()?;
        }
        None
    }
}
