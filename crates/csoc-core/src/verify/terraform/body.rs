//! The body of a block against a schema: arguments, nested blocks, how many of each.

use super::checker::{Checker, Place};
use super::codes::{
    ARGUMENT_BLOCK_CONFUSED, ARGUMENT_DUPLICATE, ARGUMENT_MISSING, ARGUMENT_READ_ONLY,
    ARGUMENT_UNKNOWN, BLOCK_COUNT_EXCEEDED, BLOCK_LABELS_WRONG, BLOCK_MISSING, BLOCK_UNKNOWN,
    DEPRECATED_USED,
};
use super::json_body::{bodies, is_written_out};
use super::module::Syntax;
use super::shape::{Element, Fields, Shape};
use crate::catalog::provider::{AttributeSchema, BlockSchema, NestedSchema, Nesting};
use crate::diagnostic::{Finding, Severity};
use crate::hcl::{Attribute, Block, Body, ExpressionKind, Item};
use crate::value::Origin;
use crate::value::suggestion::closest;

/// What a body stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// The block of a resource.
    Resource,
    /// A data source, a provider, a nested block.
    Other,
}

/// How often a nested block is there: for certain, and whether there may be more.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    certain: usize,
    dynamic: bool,
    last: Option<Origin>,
}

impl Count {
    fn add(&mut self, origin: Origin) {
        self.certain += 1;
        self.last = Some(origin);
    }
}

/// The nested blocks of a body that its schema has, by kind: a handful.
#[derive(Debug, Default)]
struct Counts<'e>(Vec<(&'e str, Count)>);

impl<'e> Counts<'e> {
    fn of(&mut self, name: &'e str) -> &mut Count {
        let found = self.0.iter().position(|(known, _)| *known == name);
        let index = found.unwrap_or_else(|| {
            self.0.push((name, Count::default()));
            self.0.len() - 1
        });
        &mut self.0[index].1
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    fn get(&self, name: &str) -> Count {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map_or_else(Count::default, |(_, count)| *count)
    }
}

impl<'a> Checker<'a> {
    /// Checks a body. `own` says which arguments and blocks are Terraform's own and looked at elsewhere.
    pub(super) fn body(
        &mut self,
        body: &Body,
        schema: BlockSchema<'a>,
        level: Level,
        own: &dyn Fn(&str) -> bool,
        owner: Origin,
        place: &Place<'_>,
    ) {
        if schema.is_deprecated() {
            self.deprecated(&format!("`{}`", place.address), owner, place);
        }
        let mut counts = Counts::default();
        self.once(body.attributes().filter(|it| !own(&it.name)), place);
        for item in &body.items {
            match item {
                Item::Attribute(attribute) if !own(&attribute.name) => {
                    self.argument(attribute, schema, level, &mut counts, place);
                }
                Item::Block(block) if block.kind == "dynamic" => {
                    if let Some(name) = self.dynamic(block, schema, place) {
                        counts.of(name).dynamic = true;
                    }
                }
                Item::Block(block) if !own(&block.kind) => {
                    let is_known = self.nested(block, schema, place);
                    if is_known {
                        counts.of(&block.kind).add(block.origin);
                    }
                }
                _ => {}
            }
        }
        self.complete(body, schema, &counts, owner, place);
    }

    /// Each argument stands once in a body.
    pub(super) fn once<'e>(
        &mut self,
        attributes: impl Iterator<Item = &'e Attribute>,
        place: &Place<'_>,
    ) {
        let mut sorted: Vec<&Attribute> = attributes.collect();
        sorted.sort_by(|one, other| one.name.cmp(&other.name));
        for pair in sorted.windows(2) {
            let [first, later] = pair else { continue };
            if first.name == later.name {
                self.error(
                    ARGUMENT_DUPLICATE,
                    format!(
                        "`{}` is set twice in one block; it must be set once",
                        later.name
                    ),
                    "take one of them out",
                    later.origin,
                    place,
                );
            }
        }
    }

    fn argument<'e>(
        &mut self,
        attribute: &'e Attribute,
        schema: BlockSchema<'a>,
        level: Level,
        counts: &mut Counts<'e>,
        place: &Place<'_>,
    ) {
        let name = &*attribute.name;
        if let Some(known) = schema.attribute(name) {
            self.known_argument(attribute, known, level, place);
            return;
        }
        if let Some(nested) = schema.block(name) {
            if place.syntax == Syntax::Json {
                let count = counts.of(name);
                for body in bodies(&attribute.value) {
                    count.add(attribute.origin);
                    if let Some(schema) = nested.schema() {
                        self.body(
                            &body,
                            schema,
                            Level::Other,
                            &|_| false,
                            attribute.origin,
                            place,
                        );
                    }
                }
                count.dynamic |= !is_written_out(&attribute.value);
            } else {
                self.expression(&attribute.value, place);
                self.error(
                    ARGUMENT_BLOCK_CONFUSED,
                    format!("`{name}` is a block, and is written as an argument"),
                    format!("write `{name} {{ … }}`, without `=`"),
                    attribute.origin,
                    place,
                );
            }
            return;
        }
        self.expression(&attribute.value, place);
        if place.syntax == Syntax::Json && name == "dynamic" {
            // Within an object of JSON nothing says where the labels end.
            self.undecided();
            return;
        }
        let attributes = schema.attributes().filter(|(_, it)| it.is_settable());
        let names = attributes.map(|(name, _)| name);
        let blocks = schema.blocks().map(|(name, _)| name);
        self.error(
            ARGUMENT_UNKNOWN,
            format!("`{}` has no argument `{name}`", place.address),
            did_you_mean(name, names.chain(blocks)),
            attribute.origin,
            place,
        );
    }

    fn known_argument(
        &mut self,
        attribute: &Attribute,
        known: AttributeSchema<'a>,
        level: Level,
        place: &Place<'_>,
    ) {
        let name = &*attribute.name;
        self.expression(&attribute.value, place);
        // The kit that most providers are made with gives each resource an `id` that nobody can set.
        let is_identity =
            level == Level::Resource && name == "id" && known.is_computed() && !known.is_required();
        if is_identity || (!known.is_settable() && known.is_computed()) {
            self.error(
                ARGUMENT_READ_ONLY,
                format!(
                    "`{name}` of `{}` is set by the provider alone",
                    place.address
                ),
                "take it out",
                attribute.origin,
                place,
            );
            return;
        }
        if known.is_deprecated() {
            let what = format!("`{name}` of `{}`", place.address);
            self.deprecated(&what, attribute.origin, place);
        }
        if known.is_required() && matches!(attribute.value.bare().kind, ExpressionKind::Null) {
            self.error(
                ARGUMENT_MISSING,
                format!("`{}` must have `{name}`, and it is null", place.address),
                format!("give `{name}` a value"),
                attribute.value.origin,
                place,
            );
        }
        let mut wanted = Shape::of_type(known.of());
        // A single value where JSON has one element of a list of objects.
        if place.syntax == Syntax::Json && is_block_like(wanted) {
            wanted = Shape::Unknown;
        }
        self.fits(&attribute.value, wanted, name, place);
    }

    /// Says that something should not be used any more.
    fn deprecated(&mut self, what: &str, origin: Origin, place: &Place<'_>) {
        self.found.push(
            Finding::new(
                DEPRECATED_USED,
                Severity::Info,
                format!("{what} is deprecated"),
            )
            .help("the provider's documentation says what takes its place")
            .label(origin.span(), "here")
            .path(place.address),
        );
    }

    /// Checks a nested block; whether the schema has it, as a block or as an argument.
    fn nested(&mut self, block: &Block, schema: BlockSchema<'a>, place: &Place<'_>) -> bool {
        let name = &*block.kind;
        let known = schema.block(name);
        let labels = usize::from(known.is_some_and(|known| known.nesting() == Nesting::Map));
        if block.labels.len() != labels {
            self.error(
                BLOCK_LABELS_WRONG,
                format!(
                    "the block `{name}` has {} labels; it must have {labels}",
                    block.labels.len()
                ),
                "labels are the quoted words before the brace",
                block.origin,
                place,
            );
        }
        match self.block_schema(block, name, schema, place) {
            Some(inner) => {
                self.body(
                    &block.body,
                    inner,
                    Level::Other,
                    &|_| false,
                    block.origin,
                    place,
                );
            }
            None => self.expressions(&block.body, place),
        }
        known.is_some() || schema.attribute(name).is_some()
    }

    /// What stands in a nested block of that name; says so where there is no such block.
    pub(super) fn block_schema(
        &mut self,
        block: &Block,
        name: &str,
        schema: BlockSchema<'a>,
        place: &Place<'_>,
    ) -> Option<BlockSchema<'a>> {
        if let Some(nested) = schema.block(name) {
            return nested.schema();
        }
        let Some(attribute) = schema.attribute(name) else {
            let blocks = schema.blocks().map(|(name, _)| name);
            let attributes = schema.attributes().map(|(name, _)| name);
            self.error(
                BLOCK_UNKNOWN,
                format!("`{}` has no block `{name}`", place.address),
                did_you_mean(name, blocks.chain(attributes)),
                block.origin,
                place,
            );
            return None;
        };
        match Shape::of_type(attribute.of()) {
            // Terraform takes blocks for arguments that are lists of objects.
            Shape::List(Element::Block(inner)) | Shape::Set(Element::Block(inner)) => Some(inner),
            shape if is_block_like(shape) => {
                self.block_of_object(&block.body, shape, place);
                None
            }
            _ => {
                self.error(
                    ARGUMENT_BLOCK_CONFUSED,
                    format!("`{name}` is an argument, and is written as a block"),
                    format!("write `{name} = …`"),
                    block.origin,
                    place,
                );
                None
            }
        }
    }

    /// A block that stands for an object of a list: each of its arguments is a field.
    fn block_of_object(&mut self, body: &Body, shape: Shape<'a>, place: &Place<'_>) {
        let (Shape::List(of) | Shape::Set(of)) = shape else {
            return;
        };
        let Shape::Object(fields) = of.shape() else {
            return;
        };
        for attribute in body.attributes() {
            match fields.get(&attribute.name) {
                Some(shape) => self.fits(&attribute.value, shape, &attribute.name, place),
                None => self.error(
                    ARGUMENT_UNKNOWN,
                    format!("`{}` has no argument `{}`", place.address, attribute.name),
                    did_you_mean(&attribute.name, fields.names()),
                    attribute.origin,
                    place,
                ),
            }
        }
    }

    /// What must be there is there, and nothing is there too often.
    fn complete(
        &mut self,
        body: &Body,
        schema: BlockSchema<'a>,
        counts: &Counts<'_>,
        owner: Origin,
        place: &Place<'_>,
    ) {
        for name in schema.required() {
            let is_given = body.get(name).is_some() || counts.has(name);
            if !is_given {
                self.error(
                    ARGUMENT_MISSING,
                    format!("`{}` must have `{name}`, and it is not set", place.address),
                    format!("set `{name}`"),
                    owner,
                    place,
                );
            }
        }
        for (name, nested) in schema.blocks() {
            self.count(name, nested, counts.get(name), owner, place);
        }
    }

    fn count(
        &mut self,
        name: &str,
        nested: NestedSchema<'_>,
        count: Count,
        owner: Origin,
        place: &Place<'_>,
    ) {
        let least = nested.least();
        if count.certain < least && !count.dynamic {
            self.error(
                BLOCK_MISSING,
                format!(
                    "`{}` must have {least} blocks `{name}`, and has {}",
                    place.address, count.certain
                ),
                format!("add `{name} {{ … }}`"),
                owner,
                place,
            );
        }
        if let Some(most) = nested.most()
            && count.certain > most
        {
            self.error(
                BLOCK_COUNT_EXCEEDED,
                format!(
                    "`{}` has {} blocks `{name}`; there must be at most {most}",
                    place.address, count.certain
                ),
                "merge them, or take the others out",
                count.last.unwrap_or(owner),
                place,
            );
        }
    }
}

/// Whether blocks may stand for a value of that shape: it is a list or a set of objects.
fn is_block_like(shape: Shape<'_>) -> bool {
    match shape {
        Shape::List(of) | Shape::Set(of) => matches!(
            of.shape(),
            Shape::Object(Fields::Types(..) | Fields::Block(_))
        ),
        _ => false,
    }
}

/// The help for a name that is not there.
pub(super) fn did_you_mean<'n>(name: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    match closest(name, names) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => {
            "take it out, or look at what the version in use takes: `csoc catalog show`".to_owned()
        }
    }
}
