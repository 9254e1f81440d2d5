//! A template run over its parameters.

use super::super::parameters::weight;
use super::super::stop::Stop;
use super::MissingKey;
use super::function::call;
use super::parse::{Command, Item, Operand, Pipeline};
use super::print::{is_true, shown};
use crate::value::{Kind, Node, Reading};

/// Bytes that one template may print.
const OUTPUT: usize = 4 << 20;
/// Bytes of values that functions of one template may make: what doubles itself grows fast.
const MADE: usize = 16 << 20;
/// Items that are run: a list in a list in a list grows fast.
const STEPS: usize = 1_000_000;

/// What the items print.
pub(super) fn run(items: &[Item], parameters: &Node, missing: MissingKey) -> Result<String, Stop> {
    let mut run = Run {
        root: parameters,
        missing,
        variables: Vec::new(),
        output: String::new(),
        steps: 0,
        made: 0,
    };
    run.items(items, parameters)?;
    Ok(run.output)
}

struct Run<'p> {
    root: &'p Node,
    missing: MissingKey,
    /// Variables in order of their making; later ones hide earlier ones.
    variables: Vec<(Box<str>, Node)>,
    output: String,
    steps: usize,
    /// Bytes of values that functions made.
    made: usize,
}

impl Run<'_> {
    fn items(&mut self, items: &[Item], dot: &Node) -> Result<(), Stop> {
        let before = self.variables.len();
        for item in items {
            self.item(item, dot)?;
        }
        self.variables.truncate(before);
        Ok(())
    }

    fn item(&mut self, item: &Item, dot: &Node) -> Result<(), Stop> {
        self.steps += 1;
        if self.steps > STEPS || self.output.len() > OUTPUT {
            return Err(Stop::TooMany);
        }
        match item {
            Item::Text(text) => self.output.push_str(text),
            Item::Value(None, pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                self.output.push_str(&shown(&value)?);
            }
            Item::Value(Some(assigned), pipeline) => {
                let value = self.pipeline(pipeline, dot)?;
                if assigned.is_new {
                    self.variables.push((assigned.name.clone(), value));
                } else {
                    let mut known = self.variables.iter_mut().rev();
                    let found = known.find(|(name, _)| *name == assigned.name);
                    let (_, old) = found.ok_or_else(|| {
                        Stop::refused(format!("there is no variable `${}`", assigned.name))
                    })?;
                    *old = value;
                }
            }
            Item::If(branches) => {
                for (condition, body) in branches {
                    let holds = match condition {
                        Some(condition) => is_true(&self.pipeline(condition, dot)?)?,
                        None => true,
                    };
                    if holds {
                        return self.items(body, dot);
                    }
                }
            }
            Item::With(pipeline, body, otherwise) => {
                let value = self.pipeline(pipeline, dot)?;
                if is_true(&value)? {
                    self.items(body, &value)?;
                } else {
                    self.items(otherwise, dot)?;
                }
            }
            Item::Range(variables, pipeline, body, otherwise) => {
                let value = self.pipeline(pipeline, dot)?;
                self.range(variables, &value, body, otherwise, dot)?;
            }
        }
        Ok(())
    }

    fn range(
        &mut self,
        variables: &[Box<str>],
        value: &Node,
        body: &[Item],
        otherwise: &[Item],
        dot: &Node,
    ) -> Result<(), Stop> {
        let mut each: Vec<(Node, Node)> = match &value.kind {
            Kind::List(items) => items
                .iter()
                .enumerate()
                .map(|(at, item)| (Node::integer(at as i128), item.clone()))
                .collect(),
            Kind::Map(entries) => {
                let mut each: Vec<(Node, Node)> = entries
                    .iter()
                    .map(|entry| (Node::string(entry.key.as_str()), entry.node.clone()))
                    .collect();
                // Go goes through maps in order of their keys.
                each.sort_by(|(one, _), (two, _)| one.text().cmp(&two.text()));
                each
            }
            Kind::Scalar(_) if value.is_null() => Vec::new(),
            Kind::Pending(_) => return Err(pending()),
            Kind::Scalar(_) => return Err(Stop::refused("`range` goes over lists and maps only")),
        };
        if each.is_empty() {
            return self.items(otherwise, dot);
        }
        for (key, item) in each.drain(..) {
            let before = self.variables.len();
            match variables {
                [] => {}
                [only] => self.variables.push((only.clone(), item.clone())),
                [first, second, ..] => {
                    self.variables.push((first.clone(), key));
                    self.variables.push((second.clone(), item.clone()));
                }
            }
            let done = self.items(body, &item);
            self.variables.truncate(before);
            done?;
        }
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Node) -> Result<Node, Stop> {
        let mut last: Option<Node> = None;
        for command in pipeline {
            last = Some(self.command(command, last, dot)?);
        }
        last.ok_or_else(|| Stop::refused("an action of a template is empty"))
    }

    fn command(
        &mut self,
        command: &Command,
        piped: Option<Node>,
        dot: &Node,
    ) -> Result<Node, Stop> {
        let Some(function) = &command.function else {
            return match (&*command.operands, piped) {
                ([operand], None) => self.operand(operand, dot),
                _ => Err(Stop::refused(
                    "a value is no function, and takes no argument",
                )),
            };
        };
        // `and` and `or` leave out what no longer matters.
        if matches!(&**function, "and" | "or") {
            let stops_at = &**function == "or";
            let mut last = Node::null();
            for operand in &command.operands {
                last = self.operand(operand, dot)?;
                if is_true(&last)? == stops_at {
                    return Ok(last);
                }
            }
            return Ok(piped.unwrap_or(last));
        }
        let mut arguments = Vec::with_capacity(command.operands.len() + 1);
        for operand in &command.operands {
            arguments.push(self.operand(operand, dot)?);
        }
        arguments.extend(piped);
        if arguments.iter().any(Node::is_pending) {
            return Err(pending());
        }
        let value = call(function, &arguments)?;
        self.made += weight(&value);
        if self.made > MADE {
            return Err(Stop::TooMany);
        }
        Ok(value)
    }

    fn operand(&mut self, operand: &Operand, dot: &Node) -> Result<Node, Stop> {
        match operand {
            Operand::Field(fields) => self.below(dot.clone(), fields),
            Operand::Variable(name, fields) if name.is_empty() => {
                self.below(self.root.clone(), fields)
            }
            Operand::Variable(name, fields) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name);
                let value = found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| Stop::refused(format!("there is no variable `${name}`")))?;
                self.below(value, fields)
            }
            Operand::Text(text) => Ok(Node::string(text.clone())),
            Operand::Number(number) => Ok(Node::integer(*number)),
            Operand::Bool(value) => Ok(Node::bool(*value)),
            Operand::Nil => Ok(Node::null()),
            Operand::Nested(pipeline, fields) => {
                let value = self.pipeline(pipeline, dot)?;
                self.below(value, fields)
            }
        }
    }

    fn below(&self, value: Node, fields: &[Box<str>]) -> Result<Node, Stop> {
        let mut at = value;
        for field in fields {
            at = self.field(at, field)?;
        }
        Ok(at)
    }

    fn field(&self, of: Node, field: &str) -> Result<Node, Stop> {
        match of.kind {
            Kind::Map(entries) => match entries.into_iter().rev().find(|entry| entry.key == *field)
            {
                Some(entry) => Ok(entry.node),
                None if self.missing == MissingKey::Refused => {
                    Err(Stop::refused(format!("there is no parameter `{field}`")))
                }
                None => Ok(Node::null()),
            },
            Kind::Pending(_) => Err(pending()),
            // Below what is not there is nothing, or an error, as Go's own rules say by type.
            Kind::Scalar(scalar) if scalar.reading() == Reading::Null => Err(Stop::undecidable(
                format!("`{field}` is asked of a parameter that is not there"),
            )),
            Kind::Scalar(_) | Kind::List(_) => Err(Stop::refused(format!(
                "`{field}` is asked of a parameter that has no parts"
            ))),
        }
    }
}

fn pending() -> Stop {
    Stop::undecidable("a parameter is not known yet")
}
