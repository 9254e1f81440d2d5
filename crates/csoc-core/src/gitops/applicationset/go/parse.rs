//! Actions nested into blocks, and words into pipelines.

use std::collections::VecDeque;

use super::super::stop::Stop;
use super::token::{Part, Token, parts, tokens};

/// Blocks and brackets inside each other that are followed.
const DEPTH: usize = 50;

/// One thing that a template does.
#[derive(Debug)]
pub(super) enum Item {
    /// Prints text.
    Text(Box<str>),
    /// Prints a value, or gives it to a variable.
    Value(Option<Assigned>, Pipeline),
    /// `if`, with its branches in order; no condition for `else`.
    If(Vec<Branch>),
    /// `with`, and what its `else` does.
    With(Pipeline, Vec<Item>, Vec<Item>),
    /// `range`, its variables, and what its `else` does.
    Range(Vec<Box<str>>, Pipeline, Vec<Item>, Vec<Item>),
}

/// A branch of an `if`: its condition, none for `else`, and its body.
pub(super) type Branch = (Option<Pipeline>, Vec<Item>);

/// A variable that gets a value.
#[derive(Debug)]
pub(super) struct Assigned {
    /// Its name without `$`.
    pub(super) name: Box<str>,
    /// Whether it is made here, and is gone when the block ends.
    pub(super) is_new: bool,
}

/// Commands, each of which gets the value of the one before as its last argument.
pub(super) type Pipeline = Vec<Command>;

/// A function with its arguments, or a value.
#[derive(Debug)]
pub(super) struct Command {
    /// The function, where it is a call.
    pub(super) function: Option<Box<str>>,
    /// Its arguments, or the value alone.
    pub(super) operands: Vec<Operand>,
}

/// A value of a template.
#[derive(Debug)]
pub(super) enum Operand {
    /// `.` and what is below it.
    Field(Vec<Box<str>>),
    /// `$name` and what is below it; the name is empty for `$`.
    Variable(Box<str>, Vec<Box<str>>),
    /// Text.
    Text(Box<str>),
    /// A whole number.
    Number(i64),
    /// `true` or `false`.
    Bool(bool),
    /// `nil`.
    Nil,
    /// A pipeline in brackets, and what is below its value.
    Nested(Pipeline, Vec<Box<str>>),
}

/// Reads a template.
pub(super) fn parse(text: &str) -> Result<Vec<Item>, Stop> {
    let mut parts: VecDeque<Part<'_>> = parts(text)?.into();
    let (items, end) = block(&mut parts, 0)?;
    match end {
        Ended::Text => Ok(items),
        Ended::Else(_) | Ended::Block => Err(Stop::refused("`end` or `else` belongs to nothing")),
    }
}

/// What ended a block.
enum Ended {
    /// The template's own end.
    Text,
    /// `end`.
    Block,
    /// `else`, and what follows it.
    Else(Vec<Token>),
}

fn block(parts: &mut VecDeque<Part<'_>>, depth: usize) -> Result<(Vec<Item>, Ended), Stop> {
    if depth > DEPTH {
        return Err(Stop::undecidable(
            "blocks of the template are nested too deeply",
        ));
    }
    let mut items = Vec::new();
    while let Some(part) = parts.pop_front() {
        let action = match part {
            Part::Text("") => continue,
            Part::Text(text) => {
                items.push(Item::Text(text.into()));
                continue;
            }
            Part::Action(action) => action,
        };
        let tokens = tokens(action)?;
        let (keyword, rest) = match tokens.as_slice() {
            [Token::Name(name), rest @ ..] => (&**name, rest),
            all => ("", all),
        };
        match keyword {
            "end" if rest.is_empty() => return Ok((items, Ended::Block)),
            "else" => return Ok((items, Ended::Else(rest.to_vec()))),
            "if" => items.push(Item::If(branches(rest, parts, depth)?)),
            "with" => {
                let value = pipeline(rest)?;
                let (body, otherwise) = two(parts, depth)?;
                items.push(Item::With(value, body, otherwise));
            }
            "range" => {
                let (variables, value, is_new) = assigned(rest)?;
                if !is_new && !variables.is_empty() {
                    return Err(Stop::undecidable(
                        "`range` gives values to variables of others",
                    ));
                }
                let value = pipeline(value)?;
                let (body, otherwise) = two(parts, depth)?;
                items.push(Item::Range(variables, value, body, otherwise));
            }
            "define" | "block" | "template" | "break" | "continue" => {
                return Err(Stop::undecidable(format!("`{keyword}` is not followed")));
            }
            _ => {
                let (mut variables, value, is_new) = assigned(&tokens)?;
                let variable = match variables.len() {
                    0 => None,
                    1 => variables.pop().map(|name| Assigned { name, is_new }),
                    _ => return Err(Stop::refused("two variables get one value")),
                };
                items.push(Item::Value(variable, pipeline(value)?));
            }
        }
    }
    Ok((items, Ended::Text))
}

/// The branches of an `if`.
fn branches(
    condition: &[Token],
    parts: &mut VecDeque<Part<'_>>,
    depth: usize,
) -> Result<Vec<Branch>, Stop> {
    let mut found = Vec::new();
    let mut condition = Some(pipeline(condition)?);
    loop {
        let (body, end) = block(parts, depth + 1)?;
        found.push((condition, body));
        condition = match end {
            Ended::Text => return Err(Stop::refused("a block of a template does not end")),
            Ended::Block => return Ok(found),
            Ended::Else(rest) => match rest.as_slice() {
                [] => None,
                [Token::Name(name), rest @ ..] if **name == *"if" => Some(pipeline(rest)?),
                _ => {
                    return Err(Stop::undecidable(
                        "`else` is followed by something else than `if`",
                    ));
                }
            },
        };
    }
}

/// The body of a block, and that of its `else`.
fn two(parts: &mut VecDeque<Part<'_>>, depth: usize) -> Result<(Vec<Item>, Vec<Item>), Stop> {
    let (body, end) = block(parts, depth + 1)?;
    match end {
        Ended::Text => Err(Stop::refused("a block of a template does not end")),
        Ended::Block => Ok((body, Vec::new())),
        Ended::Else(rest) if rest.is_empty() => match block(parts, depth + 1)? {
            (otherwise, Ended::Block) => Ok((body, otherwise)),
            _ => Err(Stop::refused("a block of a template does not end")),
        },
        Ended::Else(_) => Err(Stop::undecidable("`else` is followed by a condition")),
    }
}

/// Variables, the words that say their value, and whether they are made by it.
type Assignment<'t> = (Vec<Box<str>>, &'t [Token], bool);

/// The variables that get a value, the words behind the mark, and whether it makes them.
fn assigned(tokens: &[Token]) -> Result<Assignment<'_>, Stop> {
    let is_mark = |token: &Token| matches!(token, Token::Declare | Token::Assign);
    let Some(at) = tokens.iter().position(is_mark) else {
        return Ok((Vec::new(), tokens, false));
    };
    let is_new = tokens[at] == Token::Declare;
    let mut names = Vec::new();
    for token in &tokens[..at] {
        match token {
            Token::Variable(name, fields) if fields.is_empty() => names.push(name.clone()),
            Token::Comma => {}
            _ => return Err(Stop::refused("only a variable gets a value")),
        }
    }
    Ok((names, &tokens[at + 1..], is_new))
}

/// Words as a pipeline; none may be left.
fn pipeline(tokens: &[Token]) -> Result<Pipeline, Stop> {
    let mut rest: VecDeque<&Token> = tokens.iter().collect();
    let found = commands(&mut rest, 0)?;
    if rest.is_empty() {
        Ok(found)
    } else {
        Err(Stop::refused("a bracket closes nothing"))
    }
}

fn commands(rest: &mut VecDeque<&Token>, depth: usize) -> Result<Pipeline, Stop> {
    if depth > DEPTH {
        return Err(Stop::undecidable("brackets are nested too deeply"));
    }
    let mut found = Vec::new();
    loop {
        let mut command = Command {
            function: None,
            operands: Vec::new(),
        };
        while let Some(token) = rest.front() {
            if matches!(token, Token::Pipe | Token::Close(_)) {
                break;
            }
            let is_first = command.function.is_none() && command.operands.is_empty();
            match rest.pop_front() {
                Some(Token::Name(name)) => match &**name {
                    "true" | "false" => command.operands.push(Operand::Bool(&**name == "true")),
                    "nil" => command.operands.push(Operand::Nil),
                    _ if is_first => command.function = Some(name.clone()),
                    // A function without arguments.
                    _ => command.operands.push(Operand::Nested(
                        vec![Command {
                            function: Some(name.clone()),
                            operands: Vec::new(),
                        }],
                        Vec::new(),
                    )),
                },
                Some(Token::Field(fields)) => command.operands.push(Operand::Field(fields.clone())),
                Some(Token::Variable(name, fields)) => command
                    .operands
                    .push(Operand::Variable(name.clone(), fields.clone())),
                Some(Token::Text(text)) => command.operands.push(Operand::Text(text.clone())),
                Some(Token::Number(number)) => command.operands.push(Operand::Number(*number)),
                Some(Token::Open) => {
                    let inner = commands(rest, depth + 1)?;
                    let Some(Token::Close(fields)) = rest.pop_front() else {
                        return Err(Stop::refused("a bracket does not close"));
                    };
                    command
                        .operands
                        .push(Operand::Nested(inner, fields.clone()));
                }
                _ => return Err(Stop::refused("an action of a template is no pipeline")),
            }
        }
        if command.function.is_none() && command.operands.len() != 1 {
            return Err(Stop::refused(
                "an action of a template is empty, or no call",
            ));
        }
        found.push(command);
        match rest.front() {
            Some(Token::Pipe) => rest.pop_front(),
            _ => return Ok(found),
        };
    }
}
