//! The walk itself.

use std::collections::{BTreeMap, BTreeSet};

use super::function::Function;
use super::path::{PathId, Paths, Step};
use super::reading::{Condition, Place, Reading, Use};
use super::scope::Scope;
use super::value::Value;
use crate::catalog::chart::template::{
    Branch, Command, Head, Item, Operand, Pipeline, Template, parse,
};
use crate::value::Key;

/// Named templates inside each other that are followed.
const DEPTH: usize = 64;
/// Actions that are followed for one chart: nearly three times what the largest known, loki's, takes.
const ACTIONS: usize = 100_000;
/// Paths that are named in one chart: seven times what the largest known names.
const PATHS: usize = 25_000;
/// Parts of values and conditions that are handled for one chart: more than twice what the largest known takes.
const PARTS: usize = 1_500_000;

/// Named templates, each with the file that it stands in.
pub(crate) type Defines<'t> = BTreeMap<Key, (u32, &'t [Item])>;

/// A named template with what it is given and the conditions around it: following it again shows nothing new.
type Call = (Key, Value, BTreeSet<Condition>);

/// A walk through the templates of one chart.
#[derive(Debug)]
pub(crate) struct Walker<'t> {
    chart: Key,
    defines: &'t Defines<'t>,
    /// The paths that were named.
    pub(crate) paths: Paths,
    /// What is done with them.
    pub(crate) readings: BTreeMap<PathId, Reading>,
    seen: BTreeSet<Call>,
    conditions: BTreeSet<Condition>,
    file: u32,
    line: u32,
    /// Lines before the text that is followed, in its file.
    offset: u32,
    depth: usize,
    actions: usize,
    parts: usize,
}

impl<'t> Walker<'t> {
    /// A walk through a chart of that name, whose templates can call these.
    pub(crate) fn new(chart: Key, defines: &'t Defines<'t>) -> Self {
        Self {
            chart,
            defines,
            paths: Paths::default(),
            readings: BTreeMap::new(),
            seen: BTreeSet::new(),
            conditions: BTreeSet::new(),
            file: 0,
            line: 1,
            offset: 0,
            depth: 0,
            actions: 0,
            parts: 0,
        }
    }

    /// Follows a template file as Helm renders it.
    pub(crate) fn file(&mut self, file: u32, template: &Template) {
        self.file = file;
        self.items(&template.body, &mut Scope::new(Value::context()));
    }

    /// Follows a text of a values file that templates evaluate; `line` is where it stands.
    pub(crate) fn text(&mut self, file: u32, line: u32, text: &str) {
        self.file = file;
        self.line = line;
        self.inline(text, Value::context());
    }

    /// Whether the walk stopped because the templates call each other without end.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.actions >= ACTIONS || self.paths.len() >= PATHS || self.parts >= PARTS
    }

    /// Counts what is handled, since values and conditions can grow with each action.
    fn handle(&mut self, parts: usize) {
        self.parts = self.parts.saturating_add(parts);
    }

    fn at(&mut self, line: u32) {
        self.line = line.saturating_add(self.offset);
    }

    fn items(&mut self, items: &[Item], scope: &mut Scope) {
        for item in items {
            if self.is_exhausted() {
                return;
            }
            self.actions = self.actions.saturating_add(1);
            match item {
                Item::Action(pipeline) => {
                    self.pipeline(pipeline, scope);
                }
                Item::Call {
                    name,
                    argument,
                    line,
                } => {
                    self.at(*line);
                    let value = argument
                        .as_ref()
                        .map(|argument| self.pipeline(argument, scope));
                    self.call(name, value.unwrap_or_default());
                }
                Item::Choice(branches) => self.choice(branches, scope),
            }
        }
    }

    fn choice(&mut self, branches: &[Branch], scope: &mut Scope) {
        let around = self.conditions.clone();
        // What must be false for a later branch to be reached.
        let mut refused = BTreeSet::new();
        for branch in branches {
            self.handle(scope.parts().saturating_add(parts(&around)));
            if self.is_exhausted() {
                break;
            }
            let mut inner = scope.clone();
            self.conditions = around.union(&refused).cloned().collect();
            let truth = match &branch.head {
                Head::If(value) => {
                    self.pipeline(value, &mut inner);
                    let truth = self.truth(value, &inner);
                    self.at(value.line);
                    Some(truth)
                }
                Head::With(value) => {
                    inner.dot = self.pipeline(value, &mut inner);
                    Some(self.truth(value, scope))
                }
                Head::Range(value) => {
                    self.range(value, &mut inner);
                    None
                }
                Head::Otherwise => None,
            };
            if let Some(truth) = truth {
                refused.extend(truth.negated().all);
                self.conditions.extend(truth.all);
            }
            self.items(&branch.body, &mut inner);
            scope.join(&inner);
        }
        self.conditions = around;
    }

    fn range(&mut self, pipeline: &Pipeline, scope: &mut Scope) {
        let list = self.commands(pipeline, scope);
        let by_name = pipeline.variables.len() == 2;
        self.read(&list, if by_name { Use::Pairs } else { Use::Value });
        let mut item = self.step(&list, &Step::Element);
        for member in list.members.values() {
            item.add(member);
        }
        match pipeline.variables.as_slice() {
            [name] => scope.set(name, item.clone()),
            [key, name] => {
                let texts = list.members.keys().cloned().collect();
                scope.set(
                    key,
                    Value {
                        texts,
                        ..Value::default()
                    },
                );
                scope.set(name, item.clone());
            }
            _ => {}
        }
        scope.dot = item;
    }

    /// The value of a pipeline, given to its variables.
    fn pipeline(&mut self, pipeline: &Pipeline, scope: &mut Scope) -> Value {
        let value = self.commands(pipeline, scope);
        for name in &pipeline.variables {
            scope.set(name, value.clone());
        }
        value
    }

    fn commands(&mut self, pipeline: &Pipeline, scope: &mut Scope) -> Value {
        self.at(pipeline.line);
        let mut value: Option<Value> = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, value, scope));
        }
        value.unwrap_or_default()
    }

    fn command(&mut self, command: &Command, piped: Option<Value>, scope: &mut Scope) -> Value {
        let mut arguments: Vec<Value> = command
            .operands
            .iter()
            .map(|operand| self.operand(operand, scope))
            .collect();
        arguments.extend(piped);
        let Some(name) = &command.function else {
            for argument in &arguments {
                self.read(argument, Use::Value);
            }
            return arguments.into_iter().next().unwrap_or_default();
        };
        if *name == "set"
            && let [Operand::Variable(variable, below), ..] = command.operands.as_slice()
            && below.is_empty()
            && let [_, key, value, ..] = arguments.as_slice()
            && let Some(map) = scope.variable_mut(variable)
        {
            for key in &key.texts {
                map.members.entry(key.clone()).or_default().add(value);
            }
        }
        self.apply(Function::of(name.as_str()), &arguments)
    }

    /// What an operand can be. Nothing is read of it yet.
    pub(super) fn operand(&mut self, operand: &Operand, scope: &mut Scope) -> Value {
        if self.is_exhausted() {
            return Value::default();
        }
        let value = self.source(operand, scope);
        self.handle(value.parts());
        value
    }

    fn source(&mut self, operand: &Operand, scope: &mut Scope) -> Value {
        match operand {
            Operand::Field(fields) => self.fields(scope.dot.clone(), fields),
            Operand::Variable(name, fields) => self.fields(scope.variable(name), fields),
            Operand::Text(text) => Value::text(text.clone()),
            Operand::Number(place) => Value {
                place: Some(place.clone()),
                ..Value::default()
            },
            Operand::Nested(inner, fields) => {
                let value = self.pipeline(inner, scope);
                self.fields(value, fields)
            }
            Operand::Bool(_) | Operand::Constant => Value::default(),
        }
    }

    fn fields(&mut self, value: Value, fields: &[Key]) -> Value {
        fields
            .iter()
            .fold(value, |value, field| self.field(&value, field))
    }

    fn field(&mut self, value: &Value, field: &Key) -> Value {
        let mut next = self.step(value, &Step::Key(field.clone()));
        // Whatever has values is what templates are given, also where it was passed on in a way not seen here.
        if *field == "Values" && (value.is_context || value.is_unknown()) {
            next.paths.insert(Paths::ROOT);
        }
        if *field == "Chart" && value.is_context {
            let name = Value::text(self.chart.clone());
            next.members.insert(Key::fixed("Name"), name);
        }
        if let Some(member) = value.members.get(field) {
            next.add(member);
        }
        next
    }

    /// One step below the keys that a value can come from.
    fn step(&mut self, value: &Value, step: &Step) -> Value {
        let paths = value.paths.iter();
        Value::of(
            paths
                .filter_map(|path| self.paths.child(*path, step.clone()))
                .collect::<Vec<_>>(),
        )
    }

    /// What stands under the names that `key` can be; any element where it can be anything.
    fn below(&mut self, value: &Value, key: &Value) -> Value {
        if let Some(member) = key.place.as_ref().and_then(|at| value.members.get(at)) {
            return member.clone();
        }
        if key.texts.is_empty() {
            return self.step(value, &Step::Element);
        }
        let mut next = Value::default();
        for name in &key.texts {
            next.add(&self.field(value, name));
        }
        next
    }

    fn apply(&mut self, function: Function, arguments: &[Value]) -> Value {
        match (function, arguments) {
            (Function::Index, [value, keys @ ..]) => {
                let mut at = value.clone();
                for key in keys {
                    at = self.below(&at, key);
                }
                self.read(&at, Use::Value);
                at
            }
            (Function::HasKey, [map, key]) => {
                if !key.texts.is_empty() {
                    let at = self.below(map, key);
                    self.read(&at, Use::Value);
                }
                Value::default()
            }
            (Function::Dig, [keys @ .., otherwise, map]) => {
                let mut at = map.clone();
                for key in keys {
                    at = self.below(&at, key);
                }
                self.read(&at, Use::Value);
                at.or(otherwise)
            }
            (Function::Dict, _) => {
                let mut map = Value::default();
                for [keys, value] in arguments.as_chunks().0 {
                    self.read(value, Use::Value);
                    for key in &keys.texts {
                        map.members.entry(key.clone()).or_default().add(value);
                    }
                }
                map
            }
            (Function::List, _) => {
                let mut list = Value::default();
                for (at, item) in arguments.iter().enumerate() {
                    self.read(item, Use::Value);
                    list.members.insert(Key::from(at.to_string()), item.clone());
                }
                list
            }
            (Function::Set, [map, key, value]) => {
                self.read(value, Use::Value);
                let mut map = map.clone();
                for key in &key.texts {
                    map.members.entry(key.clone()).or_default().add(value);
                }
                map
            }
            (Function::Include, [names, rest @ ..]) => {
                let argument = rest.first().cloned().unwrap_or_default();
                for name in &names.texts {
                    self.call(name, argument.clone());
                }
                Value::default()
            }
            (Function::Template, [text, rest @ ..]) => {
                self.read(text, Use::Whole);
                let argument = rest.first().cloned().unwrap_or_default();
                for text in &text.texts {
                    self.inline(text.as_str(), argument.clone());
                }
                Value::of(text.paths.iter().copied())
            }
            (Function::Part, [map, ..]) => {
                self.read(map, Use::Whole);
                map.clone()
            }
            _ => self.apply_to_all(function, arguments),
        }
    }

    /// Functions that treat their arguments alike.
    fn apply_to_all(&mut self, function: Function, arguments: &[Value]) -> Value {
        let use_of_each = if function == Function::Printed {
            Use::Whole
        } else {
            Use::Value
        };
        let mut all = Value::default();
        for argument in arguments {
            self.read(argument, use_of_each);
            all.add(argument);
        }
        match function {
            Function::Choice | Function::Merge => all,
            Function::Answer => Value::default(),
            // Whatever it makes of its arguments, the names in them are names no more.
            _ => Value {
                texts: BTreeSet::new(),
                is_context: false,
                ..all
            },
        }
    }

    /// Follows a named template.
    fn call(&mut self, name: &Key, argument: Value) {
        let Some((file, body)) = self.defines.get(name).copied() else {
            return;
        };
        self.handle(argument.parts().saturating_add(parts(&self.conditions)));
        let call = (name.clone(), argument.clone(), self.conditions.clone());
        if self.depth == DEPTH || !self.seen.insert(call) {
            return;
        }
        let from = (self.file, self.line, self.offset, self.depth);
        (self.file, self.offset) = (file, 0);
        self.depth = self.depth.saturating_add(1);
        self.items(body, &mut Scope::new(argument));
        (self.file, self.line, self.offset, self.depth) = from;
    }

    /// Follows a text that is evaluated as a template.
    fn inline(&mut self, text: &str, argument: Value) {
        if self.depth == DEPTH || !text.contains("{{") {
            return;
        }
        let template = parse(text);
        let from = (self.line, self.offset, self.depth);
        self.offset = self.line.saturating_sub(1);
        self.depth = self.depth.saturating_add(1);
        self.items(&template.body, &mut Scope::new(argument));
        (self.line, self.offset, self.depth) = from;
    }

    /// Records that the keys which a value can come from are read.
    fn read(&mut self, value: &Value, how: Use) {
        // What is printed as a whole is printed with all that a template put into it.
        if how == Use::Whole {
            for member in value.members.values() {
                self.read(member, how);
            }
        }
        let conditions = parts(&self.conditions);
        for path in value.paths.iter().filter(|path| **path != Paths::ROOT) {
            self.handle(conditions);
            if self.is_exhausted() {
                return;
            }
            let reading = self.readings.entry(*path).or_default();
            reading.uses.insert(how);
            reading.place.get_or_insert(Place {
                file: self.file,
                line: self.line,
            });
            reading.gates.add(*path, &self.conditions, &self.paths);
        }
    }
}

/// How much conditions hold.
fn parts(conditions: &BTreeSet<Condition>) -> usize {
    let keys = conditions.iter().map(|condition| condition.keys.len());
    keys.fold(1, usize::saturating_add)
}
