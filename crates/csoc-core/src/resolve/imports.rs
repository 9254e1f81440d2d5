//! Recorded imports: which resource of a stack is which that exists already, kept in the fleet beside the outputs.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostics, Finding};
use crate::hcl::is_resource_address;
use crate::model::stack::StackId;
use crate::span::Span;
use crate::value::Node;

/// A file of recorded imports whose path is no stack's.
pub(crate) const IMPORT_UNKNOWN_STACK: Code = Code::new("import-unknown-stack");
/// A recorded import that is no address with an identifier.
pub(crate) const IMPORT_MALFORMED: Code = Code::new("import-malformed");
/// A recorded import whose address the stack's root does not have.
pub(crate) const IMPORT_UNKNOWN_ADDRESS: Code = Code::new("import-unknown-address");

/// A resource that exists, as Terraform imports it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct RecordedImport {
    /// Its address in the root: `aws_s3_bucket.data`, with a key or number where there are several.
    pub(crate) address: String,
    /// What it is imported by.
    pub(crate) id: String,
    /// Where it is recorded.
    #[serde(skip)]
    pub(crate) span: Option<Span>,
}

/// All recorded imports.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    stacks: BTreeMap<StackId, Vec<RecordedImport>>,
}

impl Imports {
    /// Takes the files below `imports/` by their path there.
    pub(crate) fn read(files: BTreeMap<String, Node>, sink: &mut Diagnostics) -> Self {
        let mut stacks = BTreeMap::new();
        for (path, node) in files {
            match path.parse::<StackId>() {
                Ok(stack) => {
                    let imports = recorded(&stack, &node, sink);
                    stacks.insert(stack, imports);
                }
                Err(error) => sink.push(
                    Finding::error(
                        IMPORT_UNKNOWN_STACK,
                        format!("`imports/{path}.json` is the path of no stack"),
                    )
                    .help(format!("name the file by the stack's state key: {error}"))
                    .label(node.span(), "recorded here")
                    .path(format!("imports.{path}")),
                ),
            }
        }
        Self { stacks }
    }

    /// The imports of a stack, sorted by their addresses.
    pub(crate) fn of(&self, stack: &StackId) -> &[RecordedImport] {
        self.stacks
            .get(stack)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }
}

fn recorded(stack: &StackId, node: &Node, sink: &mut Diagnostics) -> Vec<RecordedImport> {
    let mut imports = Vec::new();
    let mut wrong = |what: String, span: Option<Span>, path: String| {
        let help = "write `\"TYPE.NAME\": \"IDENTIFIER\"`; of several, `TYPE.NAME[0]` or `TYPE.NAME[\\\"KEY\\\"]`";
        sink.push(
            Finding::error(IMPORT_MALFORMED, what)
                .help(help)
                .label(span, "recorded here")
                .path(path),
        );
    };
    if !node.is_map() {
        let what = format!("the imports of `{stack}` are no map of addresses to identifiers");
        wrong(what, node.span(), format!("imports.\"{stack}\""));
    }
    for entry in node.entries() {
        let (address, path) = (
            entry.key.as_str(),
            format!("imports.\"{stack}\".\"{}\"", entry.key),
        );
        if !is_resource_address(address) {
            let what = format!("`{address}` is no address of a resource");
            wrong(what, entry.key_origin.span(), path);
            continue;
        }
        match entry.node.text().filter(|text| !text.is_empty()) {
            Some(id) => imports.push(RecordedImport {
                address: address.to_owned(),
                id: id.to_owned(),
                span: entry.key_origin.span(),
            }),
            None => wrong(
                format!("the identifier of `{address}` is no text"),
                entry.node.span(),
                path,
            ),
        }
    }
    imports.sort_by(|one, other| one.address.cmp(&other.address));
    imports
}
