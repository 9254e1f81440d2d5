//! Go templates as Helm has them, read so that a fault in one action loses that action only.
//!
//! Go stops at the first fault of a file, and so do parsers made after it.
//! For a catalog that would lose every key the rest of the file reads, so this
//! one names each fault with its line and goes on behind it.

mod action;
mod nest;
mod pipeline;
mod token;

use crate::value::Key;

pub(crate) use nest::parse;

/// A template file: what it prints, and the named templates that it defines.
#[derive(Debug, Default)]
pub(crate) struct Template {
    /// What is evaluated when the file is rendered.
    pub(crate) body: Vec<Item>,
    /// Its `define` and `block` templates, wherever they stand.
    pub(crate) defines: Vec<Define>,
    /// What Go would refuse.
    pub(crate) faults: Vec<Fault>,
}

/// A named template.
#[derive(Debug)]
pub(crate) struct Define {
    /// Its name.
    pub(crate) name: Key,
    /// What it prints.
    pub(crate) body: Vec<Item>,
}

/// Something that is not a Go template, and the line that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line, from 1.
    pub(crate) line: u32,
    /// What is wrong.
    pub(crate) reason: &'static str,
}

/// One thing that a template does; text between actions does nothing to values and is left out.
#[derive(Debug)]
pub(crate) enum Item {
    /// Prints or assigns a value.
    Action(Pipeline),
    /// `template "name" value`, and what a `block` does.
    Call {
        /// The named template.
        name: Key,
        /// What it gets.
        argument: Option<Pipeline>,
        /// The line, from 1.
        line: u32,
    },
    /// `if`, `with` and `range`, each with its `else` branches.
    Choice(Vec<Branch>),
}

/// One branch of an [`Item::Choice`].
#[derive(Debug)]
pub(crate) struct Branch {
    /// When it is taken, and what that does to the scope.
    pub(crate) head: Head,
    /// What it does.
    pub(crate) body: Vec<Item>,
}

/// How a branch begins.
#[derive(Debug)]
pub(crate) enum Head {
    /// `if`: taken where the value is true.
    If(Pipeline),
    /// `with`: the same, and the value becomes `.`.
    With(Pipeline),
    /// `range`: taken for each element, which becomes `.`.
    Range(Pipeline),
    /// `else`.
    Otherwise,
}

/// Commands, each of which gets the value of the one before as its last argument.
#[derive(Debug, Default)]
pub(crate) struct Pipeline {
    /// Variables that get the value: none, one, or the two of `range`.
    pub(crate) variables: Vec<Key>,
    /// The commands.
    pub(crate) commands: Vec<Command>,
    /// The line, from 1.
    pub(crate) line: u32,
}

/// A function with its arguments, or a value.
#[derive(Debug, Default)]
pub(crate) struct Command {
    /// The function, where it is a call.
    pub(crate) function: Option<Key>,
    /// Its arguments, or the value.
    pub(crate) operands: Vec<Operand>,
}

/// A value of a template.
#[derive(Debug)]
pub(crate) enum Operand {
    /// `.` and what is below it: `.Values.a`.
    Field(Vec<Key>),
    /// `$name` and what is below it; the name is empty for `$`.
    Variable(Key, Vec<Key>),
    /// Text.
    Text(Key),
    /// `true` or `false`.
    Bool(bool),
    /// A whole number: the place of an item in a list.
    Number(Key),
    /// Any other number, `nil`, or a function without arguments: nothing that names a key.
    Constant,
    /// A pipeline in parentheses and what is below its value.
    Nested(Box<Pipeline>, Vec<Key>),
}

#[cfg(test)]
mod tests;
