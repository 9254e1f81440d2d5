//! Actions nested into blocks.

use super::action::{Action, actions};
use super::pipeline::pipeline;
use super::token::{Token, tokens};
use super::{Branch, Define, Fault, Head, Item, Pipeline, Template};
use crate::value::Key;

/// Blocks inside each other that are followed; deeper ones count as text of the one around them.
const DEPTH: usize = 100;

/// Reads a template. It never fails: what is wrong is among its faults.
pub(crate) fn parse(text: &str) -> Template {
    let mut template = Template::default();
    let actions = actions(text, &mut template.faults);
    let mut nest = Nest {
        template,
        open: Vec::new(),
        ignored: 0,
    };
    for action in &actions {
        nest.take(action);
    }
    nest.finish()
}

/// A block that has not ended.
struct Block {
    line: u32,
    kind: Kind,
}

enum Kind {
    Choice(Vec<Branch>),
    Define(Define),
}

struct Nest {
    template: Template,
    open: Vec<Block>,
    /// Open blocks that are too deep to be followed.
    ignored: usize,
}

impl Nest {
    fn fault(&mut self, line: u32, reason: &'static str) {
        self.template.faults.push(Fault { line, reason });
    }

    fn take(&mut self, action: &Action<'_>) {
        let tokens = tokens(action.text);
        let line = action.line;
        let (keyword, rest) = match tokens.as_slice() {
            [Token::Name(name), rest @ ..] => (name.as_str(), rest),
            all => ("", all),
        };
        match keyword {
            "if" | "with" | "range" => {
                let head = self.head(keyword, rest, line);
                self.push(line, Kind::Choice(vec![branch(head)]));
            }
            "define" => {
                let name = self.name(rest, line);
                self.define(name, line);
            }
            "block" => {
                let name = self.name(rest, line);
                self.call(name.clone(), rest, line);
                self.define(name, line);
            }
            "template" => {
                let name = self.name(rest, line);
                self.call(name, rest, line);
            }
            "else" => self.otherwise(rest, line),
            "end" => self.end(line),
            "break" | "continue" if rest.is_empty() => {}
            _ => {
                let pipeline = self.pipeline(&tokens, line);
                self.item(Item::Action(pipeline));
            }
        }
    }

    fn pipeline(&mut self, tokens: &[Token], line: u32) -> Pipeline {
        pipeline(tokens, line, &mut self.template.faults)
    }

    /// The name that a named template is defined or called by.
    fn name(&mut self, rest: &[Token], line: u32) -> Key {
        if let [Token::Text(name), ..] = rest {
            return name.clone();
        }
        self.fault(line, "a named template has no name");
        Key::fixed("")
    }

    fn call(&mut self, name: Key, rest: &[Token], line: u32) {
        let argument = match rest {
            [] | [_] => None,
            [_, argument @ ..] => Some(self.pipeline(argument, line)),
        };
        self.item(Item::Call {
            name,
            argument,
            line,
        });
    }

    fn head(&mut self, keyword: &str, tokens: &[Token], line: u32) -> Head {
        let value = self.pipeline(tokens, line);
        match keyword {
            "if" => Head::If(value),
            "with" => Head::With(value),
            _ => Head::Range(value),
        }
    }

    fn define(&mut self, name: Key, line: u32) {
        let body = Vec::new();
        self.push(line, Kind::Define(Define { name, body }));
    }

    fn push(&mut self, line: u32, kind: Kind) {
        if self.open.len() < DEPTH {
            self.open.push(Block { line, kind });
        } else {
            self.ignored = self.ignored.saturating_add(1);
            self.fault(line, "blocks are nested too deeply");
        }
    }

    fn otherwise(&mut self, rest: &[Token], line: u32) {
        if self.ignored > 0 {
            return;
        }
        let head = match rest {
            [] => Head::Otherwise,
            [Token::Name(name), rest @ ..] if matches!(name.as_str(), "if" | "with") => {
                self.head(name.as_str(), rest, line)
            }
            _ => {
                self.fault(
                    line,
                    "`else` is followed by something else than `if` and `with`",
                );
                Head::If(self.pipeline(rest, line))
            }
        };
        match self.open.last_mut() {
            Some(Block {
                kind: Kind::Choice(branches),
                ..
            }) => branches.push(branch(head)),
            _ => self.fault(line, "`else` belongs to nothing"),
        }
    }

    fn end(&mut self, line: u32) {
        if let Some(ignored) = self.ignored.checked_sub(1) {
            self.ignored = ignored;
            return;
        }
        match self.open.pop() {
            Some(block) => self.close(block.kind),
            None => self.fault(line, "`end` belongs to nothing"),
        }
    }

    fn close(&mut self, kind: Kind) {
        match kind {
            Kind::Choice(branches) => self.item(Item::Choice(branches)),
            Kind::Define(define) => self.template.defines.push(define),
        }
    }

    fn item(&mut self, item: Item) {
        let body = match self.open.last_mut().map(|block| &mut block.kind) {
            Some(Kind::Choice(branches)) => branches.last_mut().map(|branch| &mut branch.body),
            Some(Kind::Define(define)) => Some(&mut define.body),
            None => None,
        };
        body.unwrap_or(&mut self.template.body).push(item);
    }

    fn finish(mut self) -> Template {
        while let Some(block) = self.open.pop() {
            self.fault(block.line, "a block does not end");
            self.close(block.kind);
        }
        self.template.faults.sort_by_key(|fault| fault.line);
        self.template
    }
}

fn branch(head: Head) -> Branch {
    Branch {
        head,
        body: Vec::new(),
    }
}
