//! Tokens of an action as a pipeline.

use super::token::Token;
use super::{Command, Fault, Operand, Pipeline};
use crate::value::Key;

/// Brackets inside each other that are followed.
const DEPTH: usize = 100;

/// Reads a pipeline to the end of the tokens. What does not belong there is a fault, and left out.
pub(super) fn pipeline(tokens: &[Token], line: u32, faults: &mut Vec<Fault>) -> Pipeline {
    let mut reader = Reader {
        tokens,
        line,
        faults,
        depth: 0,
    };
    let mut whole = reader.pipeline();
    // A bracket too many: what follows is read as well, so that no key is lost.
    while let [_, rest @ ..] = reader.tokens {
        reader.fault("a bracket closes nothing");
        reader.tokens = rest;
        whole.commands.extend(reader.pipeline().commands);
    }
    whole
}

struct Reader<'t> {
    tokens: &'t [Token],
    line: u32,
    faults: &'t mut Vec<Fault>,
    depth: usize,
}

impl Reader<'_> {
    fn fault(&mut self, reason: &'static str) {
        let fault = Fault {
            line: self.line,
            reason,
        };
        if self.faults.last() != Some(&fault) {
            self.faults.push(fault);
        }
    }

    /// Up to the end, or to a bracket that closes, which is left.
    fn pipeline(&mut self) -> Pipeline {
        let mut pipeline = Pipeline {
            variables: self.variables(),
            commands: Vec::new(),
            line: self.line,
        };
        loop {
            let command = self.command();
            if command.function.is_none() && command.operands.is_empty() {
                self.fault("a command is missing");
            } else {
                pipeline.commands.push(command);
            }
            match self.tokens {
                [Token::Pipe, rest @ ..] => self.tokens = rest,
                _ => return pipeline,
            }
        }
    }

    /// The variables before `:=` or `=`.
    fn variables(&mut self) -> Vec<Key> {
        let (names, rest) = match self.tokens {
            [Token::Variable(one, below), Token::Assign, rest @ ..] if below.is_empty() => {
                (vec![one.clone()], rest)
            }
            [
                Token::Variable(one, _),
                Token::Comma,
                Token::Variable(two, _),
                Token::Assign,
                rest @ ..,
            ] => (vec![one.clone(), two.clone()], rest),
            _ => return Vec::new(),
        };
        self.tokens = rest;
        names
    }

    fn command(&mut self) -> Command {
        let mut command = Command::default();
        let mut is_first = true;
        while let [first, rest @ ..] = self.tokens {
            if matches!(first, Token::Pipe | Token::Close(_)) {
                break;
            }
            self.tokens = rest;
            match first {
                Token::Name(name) if is_first && !is_word(name) => {
                    command.function = Some(name.clone());
                }
                Token::Name(name) if matches!(name.as_str(), "true" | "false") => {
                    command.operands.push(Operand::Bool(*name == "true"));
                }
                Token::Number(text)
                    if !text.as_str().is_empty()
                        && text.as_str().bytes().all(|byte| byte.is_ascii_digit()) =>
                {
                    command.operands.push(Operand::Number(text.clone()));
                }
                Token::Name(_) | Token::Number(_) => command.operands.push(Operand::Constant),
                Token::Field(fields) => command.operands.push(Operand::Field(fields.clone())),
                Token::Variable(name, fields) => {
                    command
                        .operands
                        .push(Operand::Variable(name.clone(), fields.clone()));
                }
                Token::Text(text) => command.operands.push(Operand::Text(text.clone())),
                Token::Open => {
                    let nested = self.nested();
                    command.operands.push(nested);
                }
                _ => self.fault("an action holds something that is not of the template language"),
            }
            is_first = false;
        }
        command
    }

    fn nested(&mut self) -> Operand {
        if self.depth == DEPTH {
            self.fault("brackets are nested too deeply");
            return Operand::Constant;
        }
        let depth = self.depth;
        self.depth = depth.saturating_add(1);
        let inner = self.pipeline();
        self.depth = depth;
        let mut below = Vec::new();
        if let [Token::Close(fields), rest @ ..] = self.tokens {
            self.tokens = rest;
            below.clone_from(fields);
        } else {
            self.fault("a bracket does not close");
        }
        Operand::Nested(Box::new(inner), below)
    }
}

fn is_word(name: &Key) -> bool {
    matches!(name.as_str(), "true" | "false" | "nil")
}
