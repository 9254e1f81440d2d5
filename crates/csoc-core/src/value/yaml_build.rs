//! Nodes from the events of the YAML parser: keys, aliases, merge keys and tags.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, ScalarStyle, StructureStyle, Tag};

use super::node::{Entry, Key, Kind, Node, Origin, Reading, Scalar, Style};
use super::yaml_budget::{Budget, Weight};
use super::yaml_error::too_deep;
use super::yaml_read::Limits;
use super::yaml_tag::{Tagged, fits_collection, tag_scalar, written};
use super::{yaml_finding, yaml_merge};
use crate::diagnostic::{Diagnostics, Finding};
use crate::span::Span;

/// A list or map that is not closed yet.
struct Frame {
    place: Span,
    flow: bool,
    anchor: usize,
    weight: Weight,
    held: Held,
}

enum Held {
    List(Vec<Node>),
    Map {
        entries: Vec<Entry>,
        slot: Slot,
        merged: Option<Vec<Vec<Entry>>>,
    },
}

/// What the next node of a map is.
enum Slot {
    Key,
    Value(Key, Span),
    Merge(Span),
    /// The value of a key that could not be used; it was reported.
    Refused,
}

/// Makes nodes of events, one call an event.
pub(super) struct Builder<'l> {
    keys: HashSet<Key>,
    anchors: HashMap<usize, (Node, Weight)>,
    frames: Vec<Frame>,
    budget: Budget<'l>,
    documents: Vec<Node>,
    sink: Diagnostics,
}

/// Why reading must stop. Boxed, since it is rare and large.
type Stop = Box<Finding>;

impl<'l> Builder<'l> {
    /// A builder that has seen nothing.
    pub(super) fn new(limits: &'l Limits) -> Self {
        Self {
            keys: HashSet::new(),
            anchors: HashMap::new(),
            frames: Vec::new(),
            budget: Budget::new(limits),
            documents: Vec::new(),
            sink: Diagnostics::default(),
        }
    }

    /// What was found, with the finding that ended it.
    pub(super) fn stopped(mut self, finding: Finding) -> Diagnostics {
        self.sink.push(finding);
        self.sink
    }

    /// The documents, and what was found in them.
    pub(super) fn finish(self) -> (Vec<Node>, Diagnostics) {
        (self.documents, self.sink)
    }

    /// Takes the next event, its place, and the place of its tag.
    pub(super) fn event(
        &mut self,
        event: Event<'_>,
        place: Span,
        tag_place: Span,
    ) -> Result<(), Stop> {
        match event {
            Event::Scalar(text, style, anchor, None) => self.scalar(text, style, anchor, place),
            Event::Scalar(text, style, anchor, Some(tag)) => {
                let scalar = self.tagged(&tag, plain_or_quoted(text, style), tag_place);
                self.budget.written();
                self.add_scalar(scalar, anchor, place)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), "seq", tag_place);
                self.open(Held::List(Vec::new()), style, anchor, place)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.check_tag(tag.as_deref(), "map", tag_place);
                let held = Held::Map {
                    entries: Vec::new(),
                    slot: Slot::Key,
                    merged: None,
                };
                self.open(held, style, anchor, place)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(place),
            Event::Alias(anchor) => self.alias(anchor, place),
            Event::UnresolvedAlias(name) => {
                self.sink.push(yaml_finding::unknown_alias(&name, place));
                self.add(
                    Node::null().at(Origin::Text(place)),
                    Weight::default(),
                    place,
                );
                Ok(())
            }
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        place: Span,
    ) -> Result<(), Stop> {
        self.budget.written();
        let plain = matches!(style, ScalarStyle::Plain);
        // The parser makes `~` of a value that is not written.
        let text = if plain && place.start == place.end {
            Cow::Borrowed("")
        } else {
            text
        };
        if plain && text.is_empty() && anchor == 0 && self.frames.is_empty() {
            return Ok(()); // an empty document
        }
        let scalar = plain_or_quoted(text, style);
        if self.expects_key() {
            if plain && *scalar.text == *"<<" {
                self.fill(Slot::Merge(place));
                return Ok(());
            }
            if anchor == 0 && matches!(scalar.reading(), Reading::Text(_)) {
                self.key(&scalar.text, place);
                return Ok(());
            }
        }
        self.add_scalar(scalar, anchor, place)
    }

    fn add_scalar(&mut self, scalar: Scalar, anchor: usize, place: Span) -> Result<(), Stop> {
        let weight = Weight::scalar(&scalar.text);
        let node = Node {
            kind: Kind::Scalar(scalar),
            origin: Origin::Text(place),
        };
        self.spend(weight, place)?;
        self.anchor(anchor, &node, weight, place)?;
        self.add(node, weight, place);
        Ok(())
    }

    fn tagged(&mut self, tag: &Tag, scalar: Scalar, place: Span) -> Scalar {
        match tag_scalar(tag, scalar.text.clone()) {
            Tagged::Scalar(scalar) => return scalar,
            Tagged::Mismatch(must) => {
                self.sink.push(yaml_finding::wrong_tag(
                    &written(tag),
                    &scalar.text,
                    must,
                    place,
                ));
            }
            Tagged::Unknown => self
                .sink
                .push(yaml_finding::unknown_tag(&written(tag), place)),
        }
        scalar
    }

    fn check_tag(&mut self, tag: Option<&Tag>, kind: &str, place: Span) {
        if let Some(tag) = tag
            && !fits_collection(tag, kind)
        {
            self.sink
                .push(yaml_finding::unknown_tag(&written(tag), place));
        }
    }

    fn alias(&mut self, anchor: usize, place: Span) -> Result<(), Stop> {
        self.budget.written();
        let Some((node, weight)) = self.anchors.get(&anchor) else {
            self.sink.push(yaml_finding::endless_alias(place));
            self.add(
                Node::null().at(Origin::Text(place)),
                Weight::default(),
                place,
            );
            return Ok(());
        };
        let weight = *weight;
        if self.frames.len().saturating_add(weight.height) > self.budget.limits.depth {
            return Err(Box::new(too_deep(place)));
        }
        if !self.budget.spend(weight) {
            return Err(Box::new(yaml_finding::over_budget(place)));
        }
        let node = node.clone(); // only after it is paid for
        self.add(node, weight, place);
        Ok(())
    }

    /// Keeps a node that an alias may name.
    fn anchor(
        &mut self,
        anchor: usize,
        node: &Node,
        weight: Weight,
        place: Span,
    ) -> Result<(), Stop> {
        if anchor != 0 {
            self.spend(weight, place)?;
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        Ok(())
    }

    fn spend(&mut self, cost: Weight, place: Span) -> Result<(), Stop> {
        if self.budget.spend(cost) {
            Ok(())
        } else {
            Err(Box::new(yaml_finding::over_budget(place)))
        }
    }

    fn open(
        &mut self,
        held: Held,
        style: StructureStyle,
        anchor: usize,
        place: Span,
    ) -> Result<(), Stop> {
        self.budget.written();
        if self.frames.len() >= self.budget.limits.depth {
            return Err(Box::new(too_deep(Span {
                end: place.end.max(place.start.saturating_add(1)),
                ..place
            })));
        }
        let weight = Weight::collection();
        self.spend(weight, place)?;
        let flow = matches!(style, StructureStyle::Flow);
        self.frames.push(Frame {
            place,
            flow,
            anchor,
            weight,
            held,
        });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else {
            return Ok(());
        };
        let place = if frame.flow {
            frame.place.to(end)
        } else {
            frame.place
        };
        let kind = match frame.held {
            Held::List(items) => Kind::List(items),
            Held::Map {
                entries,
                merged: None,
                ..
            } => Kind::Map(entries),
            Held::Map {
                entries,
                merged: Some(sources),
                ..
            } => Kind::Map(yaml_merge::merge(sources, entries)),
        };
        let weight = Weight {
            height: frame.weight.height.saturating_add(1),
            ..frame.weight
        };
        let node = Node {
            kind,
            origin: Origin::Text(place),
        };
        self.anchor(frame.anchor, &node, weight, place)?;
        self.add(node, weight, place);
        Ok(())
    }

    /// Puts a node where it belongs: into the list or map that is open, or as the document.
    fn add(&mut self, node: Node, weight: Weight, place: Span) {
        if self.expects_key() {
            return self.node_key(&node, place);
        }
        let Some(frame) = self.frames.last_mut() else {
            return self.documents.push(node);
        };
        frame.weight.add(weight);
        if !frame.flow {
            frame.place = frame.place.to(place);
        }
        match &mut frame.held {
            Held::List(items) => items.push(node),
            Held::Map {
                entries,
                slot,
                merged,
            } => match std::mem::replace(slot, Slot::Key) {
                Slot::Value(key, at) => {
                    entries.push(Entry {
                        key,
                        key_origin: Origin::Text(at),
                        node,
                    });
                }
                Slot::Merge(at) => match yaml_merge::sources(node) {
                    Some(sources) if merged.is_none() => *merged = Some(sources),
                    Some(_) => self.sink.push(yaml_finding::second_merge(at)),
                    None => self.sink.push(yaml_finding::merge_of_no_map(at, place)),
                },
                Slot::Refused | Slot::Key => {}
            },
        }
    }

    fn expects_key(&self) -> bool {
        matches!(
            self.frames.last(),
            Some(Frame {
                held: Held::Map {
                    slot: Slot::Key,
                    ..
                },
                ..
            })
        )
    }

    fn fill(&mut self, filled: Slot) {
        if let Some(Frame {
            held: Held::Map { slot, .. },
            ..
        }) = self.frames.last_mut()
        {
            *slot = filled;
        }
    }

    /// Takes text as the next key; equal keys of a file share their text.
    fn key(&mut self, text: &str, place: Span) {
        let key = if let Some(key) = self.keys.get(text) {
            key.clone()
        } else {
            let key = Key::from(text);
            self.keys.insert(key.clone());
            key
        };
        self.fill(Slot::Value(key, place));
    }

    /// Takes a node as the next key, and says so where it is none.
    fn node_key(&mut self, node: &Node, place: Span) {
        let Kind::Scalar(scalar) = &node.kind else {
            self.fill(Slot::Refused);
            return self.sink.push(yaml_finding::key(node, place));
        };
        if !matches!(scalar.reading(), Reading::Text(_)) {
            self.sink.push(yaml_finding::key(node, place));
        }
        self.key(&scalar.text, place);
    }
}

fn plain_or_quoted(text: Cow<'_, str>, style: ScalarStyle) -> Scalar {
    let style = if matches!(style, ScalarStyle::Plain) {
        Style::Plain
    } else {
        Style::Quoted
    };
    Scalar {
        text: text.into(),
        style,
    }
}
