//! The texts of new files: prose with a few values in it, each written as YAML needs it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tera::{Kwargs, State, Tera, Value};

use crate::value::{Node, yaml_write};

/// The values that a text may use.
#[derive(Debug, Default)]
pub(crate) struct Context(BTreeMap<&'static str, Value>);

impl Context {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With a text.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.0.insert(name, Value::from(value));
        self
    }

    /// With a text that may be missing: empty then.
    #[expect(clippy::needless_pass_by_value, reason = "texts and names alike")]
    pub(crate) fn optional(self, name: &'static str, value: Option<impl AsRef<str>>) -> Self {
        self.with(name, value.as_ref().map_or("", AsRef::as_ref))
    }

    /// With several texts.
    pub(crate) fn list<T: AsRef<str>>(mut self, name: &'static str, values: &[T]) -> Self {
        self.0.insert(
            name,
            values
                .iter()
                .map(|value| Value::from(value.as_ref()))
                .collect::<Vec<_>>()
                .into(),
        );
        self
    }
}

/// The text of a template of ours.
pub(crate) fn render(template: &'static str, context: Context) -> String {
    static TEMPLATES: LazyLock<Tera> = LazyLock::new(|| {
        let mut tera = Tera::default();
        tera.register_filter("scalar", scalar);
        tera.add_raw_templates([
            ("fleet.yaml", include_str!("templates/fleet.yaml.tera")),
            ("account.yaml", include_str!("templates/account.yaml.tera")),
            ("cluster.yaml", include_str!("templates/cluster.yaml.tera")),
            ("commons.yaml", include_str!("templates/commons.yaml.tera")),
            (
                "environment.yaml",
                include_str!("templates/environment.yaml.tera"),
            ),
            ("README.md", include_str!("templates/README.md.tera")),
        ])
        .expect("a test renders each");
        tera
    });
    let mut values = tera::Context::new();
    for (name, value) in context.0 {
        values.insert(name, &value);
    }
    TEMPLATES
        .render(template, &values)
        .expect("a test renders each")
}

/// A text as a YAML scalar.
fn scalar(text: &str, _: Kwargs, _: &State) -> String {
    let mut out = String::new();
    yaml_write::write(&Node::string(text), &mut out);
    out.trim_end().to_owned()
}
