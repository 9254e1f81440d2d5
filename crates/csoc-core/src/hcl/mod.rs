//! HCL as a tree of our own, its printers, its reader and a small evaluator.
//!
//! The tree says what a file means; how its lines break is a hint beside it,
//! so two bodies are equal if Terraform reads them alike. Text of a literal
//! ([`ExpressionKind::String`]) is never looked at for `${`, a template is;
//! the printers escape, so nothing that a person wrote becomes an expression.
//!
//! ```text
//! Body::new().block(
//!     Block::new("resource", ["aws_sqs_queue", "uploads"])
//!         .attribute("name", "midrc-prod-uploads")
//!         .attribute("kms_master_key_id", Expression::reference("aws_kms_key.data.arn")),
//! )
//! ```

mod body;
mod eval;
mod expression;
mod function;
mod json;
mod module_source;
mod node;
mod operation;
mod policy;
mod print;
mod quote;
mod read;
mod reference;
mod scope;
#[cfg(test)]
mod tests;

pub(crate) use read::{TERRAFORM_SYNTAX, read_json, value_of};
pub(crate) use reference::{is_resource_address, parse_reference};
#[cfg(test)]
use {body::Spacing, eval::Evaluated, expression::Trim, operation::UnaryOperator};
pub(crate) use {
    body::{Attribute, Block, Body, Item, Label, Name},
    eval::evaluate,
    expression::{
        Call, Directive, Expression, ExpressionKind, Field, For, Layout, ObjectKey, Part, Step,
    },
    json::{print_json, sorted},
    module_source::{CALL_ARGUMENTS, is_local_source, module_directory},
    operation::BinaryOperator,
    policy::policy,
    print::{print, print_behind, print_in_line},
    read::parse,
    scope::{HOLE, Holes, Scope},
};
