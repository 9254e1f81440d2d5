//! What a directory of Terraform declares.

use std::collections::BTreeMap;
use std::fmt;

use camino::Utf8Path;

use super::codes::{DECLARATION_DUPLICATE, DECLARATION_NAME_INVALID};
use crate::catalog::provider::{SchemaKind, TERRAFORM};
use crate::diagnostic::{Diagnostics, Finding};
use crate::hcl::{Attribute, Block, Body, Expression, ExpressionKind, Label};
use crate::value::{Key, Origin};

/// The language that a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Terraform's own.
    Native,
    /// JSON, where nested blocks and arguments look alike.
    Json,
}

/// A file of declarations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ModuleFile<'a> {
    /// What it says.
    pub(super) body: &'a Body,
    /// How it is written.
    pub(super) syntax: Syntax,
}

/// A file that sets variables.
#[derive(Debug)]
pub(crate) struct VariablesFile {
    /// Each variable with where its name stands and its value.
    pub(super) values: Vec<(Key, Origin, Expression)>,
}

/// A resource, a data source or an ephemeral resource.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thing<'a> {
    /// Which of those.
    pub(super) kind: SchemaKind,
    /// Its type: `aws_sqs_queue`.
    pub(super) of: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// Its block.
    pub(super) block: &'a Block,
    /// How its file is written.
    pub(super) syntax: Syntax,
}

/// How many instances something has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Instances {
    /// One.
    One,
    /// As many as `count` says.
    Counted,
    /// One for each key of `for_each`.
    Each,
}

/// A provider as `required_providers` names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Required<'a> {
    /// Where it comes from, without the public registry.
    pub(super) source: Option<&'a str>,
    /// The constraint on its version.
    pub(super) version: Option<&'a Expression>,
    /// Where it is named.
    pub(super) origin: Origin,
}

/// The declarations of a directory, by name.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    pub(super) variables: BTreeMap<&'a str, &'a Block>,
    pub(super) locals: BTreeMap<&'a str, &'a Attribute>,
    pub(super) outputs: BTreeMap<&'a str, &'a Block>,
    /// Sorted by kind, type and name.
    things: Vec<Thing<'a>>,
    pub(super) modules: BTreeMap<&'a str, &'a Block>,
    /// By name and alias.
    pub(super) providers: BTreeMap<(&'a str, Option<&'a str>), &'a Block>,
    /// Names of configurations that the caller must pass, by provider and alias.
    pub(super) aliases: Vec<(&'a str, &'a str)>,
    pub(super) required: BTreeMap<&'a str, Required<'a>>,
    /// All blocks of all files, in order.
    pub(super) blocks: Vec<(&'a Block, Syntax)>,
    /// Arguments that stand in no block, where there can be none.
    pub(super) stray: Vec<&'a Attribute>,
    /// The directory, relative to what is verified.
    pub(super) path: &'a str,
}

/// The place of a resource among those of its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ThingIndex(pub(super) usize);

impl<'a> Thing<'a> {
    /// What it is declared as, once a module.
    const fn key(&self) -> (SchemaKind, &'a str, &'a str) {
        (self.kind, self.of, self.name)
    }
}

/// How it is referred to.
impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = match self.kind {
            SchemaKind::Resource => "",
            SchemaKind::DataSource => "data.",
            SchemaKind::Ephemeral => "ephemeral.",
        };
        write!(f, "{prefix}{}.{}", self.of, self.name)
    }
}

/// How many instances a resource or module call has.
pub(super) fn instances(block: &Block) -> Instances {
    if block.body.get("for_each").is_some() {
        Instances::Each
    } else if block.body.get("count").is_some() {
        Instances::Counted
    } else {
        Instances::One
    }
}

/// The label of a block, counted from 0, with its place.
fn label(block: &Block, index: usize) -> Option<&Label> {
    block.labels.get(index)
}

impl<'a> Module<'a> {
    /// The declarations of these files. What is declared twice, or under a name that is none, is found.
    pub(super) fn read(
        path: &'a Utf8Path,
        files: &[ModuleFile<'a>],
        found: &mut Diagnostics,
    ) -> Self {
        let mut module = Self {
            path: path.as_str(),
            ..Self::default()
        };
        for file in files {
            module.stray.extend(file.body.attributes());
            for block in file.body.all_blocks() {
                module.blocks.push((block, file.syntax));
                module.declare(block, file.syntax, found);
            }
        }
        module.sort_things(found);
        module
    }

    /// Sorts what was declared. Of two declarations of one thing the last counts.
    fn sort_things(&mut self, found: &mut Diagnostics) {
        self.things.sort_by_key(Thing::key);
        self.things.dedup_by(|later, first| {
            let is_twice = later.key() == first.key();
            if is_twice {
                let what = format!("the {} `{first}`", first.kind.noun());
                found.push(twice(&what, first.block.origin, later.block.origin));
                *first = *later;
            }
            is_twice
        });
    }

    fn declare(&mut self, block: &'a Block, syntax: Syntax, found: &mut Diagnostics) {
        let kind = match &*block.kind {
            "resource" => Some(SchemaKind::Resource),
            "data" => Some(SchemaKind::DataSource),
            "ephemeral" => Some(SchemaKind::Ephemeral),
            _ => None,
        };
        if let (Some(kind), [of, name]) = (kind, &*block.labels) {
            self.declare_thing(kind, of, name, block, syntax, found);
            return;
        }
        match (&*block.kind, &*block.labels) {
            ("variable", [name]) => once(&mut self.variables, &name.text, block, name, found),
            ("output", [name]) => once(&mut self.outputs, &name.text, block, name, found),
            ("module", [name]) => once(&mut self.modules, &name.text, block, name, found),
            ("provider", [name]) => {
                let alias = block.body.get("alias").and_then(Expression::as_str);
                let key = (&*name.text, alias);
                if let Some(first) = self.providers.insert(key, block) {
                    let what = alias.map_or_else(
                        || format!("the configuration of the provider `{}`", name.text),
                        |alias| format!("the configuration `{}.{alias}`", name.text),
                    );
                    found.push(twice(&what, first.origin, name.origin));
                }
            }
            ("locals", []) => {
                for local in block.body.attributes() {
                    if let Some(first) = self.locals.insert(&local.name, local) {
                        let what = format!("the local value `{}`", local.name);
                        found.push(twice(&what, first.origin, local.origin));
                    }
                }
            }
            ("terraform", []) => self.settings(&block.body, found),
            ("check", [_]) => {
                for inner in block.body.blocks_of("data") {
                    if let [of, name] = &*inner.labels {
                        self.declare_thing(SchemaKind::DataSource, of, name, inner, syntax, found);
                    }
                }
            }
            _ => {}
        }
    }

    fn declare_thing(
        &mut self,
        kind: SchemaKind,
        of: &'a Label,
        name: &'a Label,
        block: &'a Block,
        syntax: Syntax,
        found: &mut Diagnostics,
    ) {
        check_name(name, found);
        self.things.push(Thing {
            kind,
            of: &of.text,
            name: &name.text,
            block,
            syntax,
        });
    }

    fn settings(&mut self, body: &'a Body, found: &mut Diagnostics) {
        for block in body.blocks_of("required_providers") {
            for provider in block.body.attributes() {
                let mut required = Required {
                    source: None,
                    version: None,
                    origin: provider.origin,
                };
                match &provider.value.bare().kind {
                    ExpressionKind::Object(fields) => {
                        for field in fields {
                            match field.key.as_str() {
                                Some("source") => required.source = field.value.as_str(),
                                Some("version") => required.version = Some(&field.value),
                                Some("configuration_aliases") => {
                                    self.aliases.extend(aliases(&field.value));
                                }
                                _ => {}
                            }
                        }
                    }
                    _ => required.version = Some(&provider.value),
                }
                if let Some(first) = self.required.insert(&provider.name, required) {
                    let what = format!("the required provider `{}`", provider.name);
                    found.push(twice(&what, first.origin, provider.origin));
                }
            }
        }
    }

    /// A resource, data source or ephemeral resource.
    pub(super) fn thing(
        &self,
        kind: SchemaKind,
        of: &str,
        name: &str,
    ) -> Option<(ThingIndex, &Thing<'a>)> {
        let wanted = (kind, of, name);
        let found = self
            .things
            .binary_search_by(|thing| thing.key().cmp(&wanted));
        let index = found.ok()?;
        Some((ThingIndex(index), self.things.get(index)?))
    }

    /// All of them, by kind, type and name.
    pub(super) fn things(&self) -> &[Thing<'a>] {
        &self.things
    }

    /// The name, without the public registry, of the provider that a local name stands for.
    pub(super) fn source(&self, local: &str) -> String {
        let source = self
            .required
            .get(local)
            .and_then(|required| required.source);
        match source {
            None if local == "terraform" => TERRAFORM.to_owned(),
            None => format!("hashicorp/{local}"),
            Some(source) => {
                let source = source.to_ascii_lowercase();
                let source = source
                    .strip_prefix("registry.terraform.io/")
                    .or_else(|| source.strip_prefix("terraform.io/"))
                    .unwrap_or(&source);
                if source.contains('/') {
                    source.to_owned()
                } else {
                    format!("hashicorp/{source}")
                }
            }
        }
    }
}

/// The aliases that a module takes from its caller: `aws.csoc`.
fn aliases(list: &Expression) -> Vec<(&str, &str)> {
    let ExpressionKind::List(items) = &list.bare().kind else {
        return Vec::new();
    };
    let alias = |item| match provider_name(item) {
        Some((name, Some(alias))) => Some((name, alias)),
        _ => None,
    };
    items.iter().filter_map(alias).collect()
}

/// The provider and alias that an expression such as `aws.csoc` names.
pub(super) fn provider_name(expression: &Expression) -> Option<(&str, Option<&str>)> {
    use crate::hcl::Step;
    match &expression.bare().kind {
        ExpressionKind::Reference(name, steps) => match &**steps {
            [] => Some((name, None)),
            [Step::Attribute(alias)] => Some((name, Some(alias))),
            _ => None,
        },
        ExpressionKind::String(text) => match text.split_once('.') {
            Some((name, alias)) => Some((name, Some(alias))),
            None => Some((text, None)),
        },
        _ => None,
    }
}

/// Adds a declaration, which must be the only one of its name.
fn once<'a>(
    all: &mut BTreeMap<&'a str, &'a Block>,
    name: &'a str,
    block: &'a Block,
    place: &'a Label,
    found: &mut Diagnostics,
) {
    check_name(place, found);
    if let Some(first) = all.insert(name, block) {
        let what = format!("the {} `{name}`", block.kind);
        let first = label(first, 0).map_or(first.origin, |label| label.origin);
        found.push(twice(&what, first, place.origin));
    }
}

fn twice(what: &str, first: Origin, second: Origin) -> Finding {
    Finding::error(
        DECLARATION_DUPLICATE,
        format!("{what} is declared twice; a module declares each name once"),
    )
    .help("take one of them out, or give it another name")
    .label(second.span(), "declared again")
    .label(first.span(), "first declared here")
}

/// Names start with a letter or `_`, and hold letters, digits, `_` and `-`.
fn check_name(label: &Label, found: &mut Diagnostics) {
    let text = &*label.text;
    let starts = text.starts_with(|char: char| char.is_alphabetic() || char == '_');
    let holds = text
        .chars()
        .all(|char| char.is_alphanumeric() || "_-".contains(char));
    if starts && holds {
        return;
    }
    found.push(
        Finding::error(
            DECLARATION_NAME_INVALID,
            format!("`{text}` is no name; it must start with a letter or `_` and hold only letters, digits, `_` and `-`"),
        )
        .help("give it such a name, and keep state with a `moved` block")
        .label(label.origin.span(), "not a name"),
    );
}
