//! Alloy's configuration as a tree: blocks of attributes and blocks, and their text.

use std::fmt::Write as _;

/// A block: a component, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Block {
    name: &'static str,
    label: Option<String>,
    entries: Vec<Entry>,
}

#[derive(Debug, Clone)]
enum Entry {
    Attribute(&'static str, Value),
    Block(Block),
}

/// The value of an attribute.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Number(u32),
    Bool(bool),
    /// What another component gives, or a function of the language.
    Reference(String),
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl Value {
    /// What another component gives, or a function of the language.
    pub(super) fn reference(text: impl Into<String>) -> Self {
        Self::Reference(text.into())
    }

    /// A list of texts.
    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(Self::from).collect())
    }

    /// A list of what other components give.
    pub(super) fn references(texts: impl IntoIterator<Item = String>) -> Self {
        Self::List(texts.into_iter().map(Self::Reference).collect())
    }
}

impl Block {
    /// A part of a component.
    pub(super) const fn part(name: &'static str) -> Self {
        Self {
            name,
            label: None,
            entries: Vec::new(),
        }
    }

    /// A component. Labels are identifiers: what else a name holds becomes an underscore.
    pub(super) fn component(name: &'static str, label: &str) -> Self {
        Self {
            label: Some(identifier(label)),
            ..Self::part(name)
        }
    }

    /// The same with an attribute more.
    pub(super) fn set(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.entries.push(Entry::Attribute(name, value.into()));
        self
    }

    /// The same with a block more.
    pub(super) fn block(mut self, block: Self) -> Self {
        self.entries.push(Entry::Block(block));
        self
    }

    /// The same with more blocks.
    pub(super) fn blocks(mut self, blocks: impl IntoIterator<Item = Self>) -> Self {
        self.entries.extend(blocks.into_iter().map(Entry::Block));
        self
    }

    fn print(&self, indent: usize, out: &mut String) {
        let margin = "  ".repeat(indent);
        let _ = write!(out, "{margin}{}", self.name);
        if let Some(label) = &self.label {
            let _ = write!(out, " \"{label}\"");
        }
        if self.entries.is_empty() {
            out.push_str(" { }\n");
            return;
        }
        out.push_str(" {\n");
        for entry in &self.entries {
            match entry {
                Entry::Attribute(name, value) => {
                    let _ = write!(out, "{margin}  {name} = ");
                    value.print(out);
                    out.push('\n');
                }
                Entry::Block(block) => block.print(indent.saturating_add(1), out),
            }
        }
        let _ = writeln!(out, "{margin}}}");
    }
}

impl Value {
    fn print(&self, out: &mut String) {
        match self {
            Self::Text(text) => quote(text, out),
            Self::Number(number) => {
                let _ = write!(out, "{number}");
            }
            Self::Bool(value) => {
                let _ = write!(out, "{value}");
            }
            Self::Reference(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    item.print(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (at, (name, value)) in entries.iter().enumerate() {
                    if at > 0 {
                        out.push_str(", ");
                    }
                    quote(name, out);
                    out.push_str(" = ");
                    value.print(out);
                }
                out.push('}');
            }
        }
    }
}

/// A text as Alloy's language quotes it: as Go does.
fn quote(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            letter if letter.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(letter));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// A name as an identifier of Alloy's language.
pub(super) fn identifier(name: &str) -> String {
    let letters = name.chars().map(|letter| match letter {
        letter if letter.is_ascii_alphanumeric() => letter,
        _ => '_',
    });
    letters.collect()
}

/// The text of a configuration.
pub(super) fn print(blocks: &[Block]) -> String {
    let mut text = String::new();
    for (at, block) in blocks.iter().enumerate() {
        if at > 0 {
            text.push('\n');
        }
        block.print(0, &mut text);
    }
    text
}
