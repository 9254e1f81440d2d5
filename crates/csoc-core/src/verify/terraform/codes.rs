//! The codes of what is wrong in Terraform; what each says stands in the registry of codes.

use crate::diagnostic::Code;

/// A resource, data source or provider has no such argument.
pub(super) const ARGUMENT_UNKNOWN: Code = Code::new("argument-unknown");
/// An argument that must be set is not.
pub(super) const ARGUMENT_MISSING: Code = Code::new("argument-missing");
/// An argument that only the provider sets is set.
pub(super) const ARGUMENT_READ_ONLY: Code = Code::new("argument-read-only");
/// A value has another type than its argument takes.
pub(super) const ARGUMENT_WRONG_TYPE: Code = Code::new("argument-wrong-type");
/// Something is used that nobody should use any more.
pub(super) const DEPRECATED_USED: Code = Code::new("deprecated-used");
/// A block is written as an argument, or an argument as a block.
pub(super) const ARGUMENT_BLOCK_CONFUSED: Code = Code::new("argument-block-confused");
/// An argument is set twice in one block.
pub(super) const ARGUMENT_DUPLICATE: Code = Code::new("argument-duplicate");
/// There is no such block where it stands.
pub(super) const BLOCK_UNKNOWN: Code = Code::new("block-unknown");
/// A block that must be there is not.
pub(super) const BLOCK_MISSING: Code = Code::new("block-missing");
/// A block is there more often than it may be.
pub(super) const BLOCK_COUNT_EXCEEDED: Code = Code::new("block-count-exceeded");
/// A block has too many labels, or too few.
pub(super) const BLOCK_LABELS_WRONG: Code = Code::new("block-labels-wrong");
/// A `dynamic` block lacks a part.
pub(super) const DYNAMIC_BLOCK_INVALID: Code = Code::new("dynamic-block-invalid");
/// The provider has no such resource or data source.
pub(super) const RESOURCE_TYPE_UNKNOWN: Code = Code::new("resource-type-unknown");
/// What is referred to is not declared.
pub(super) const REFERENCE_UNDECLARED: Code = Code::new("reference-undeclared");
/// `each`, `count` or `self` stand where they mean nothing.
pub(super) const REFERENCE_OUT_OF_CONTEXT: Code = Code::new("reference-out-of-context");
/// Things refer to each other in a circle.
pub(super) const REFERENCE_CYCLE: Code = Code::new("reference-cycle");
/// What is referred to has no such attribute.
pub(super) const ATTRIBUTE_UNKNOWN: Code = Code::new("attribute-unknown");
/// An index where there is nothing to count, or none where there is.
pub(super) const INDEX_INVALID: Code = Code::new("index-invalid");
/// The same thing is declared twice.
pub(super) const DECLARATION_DUPLICATE: Code = Code::new("declaration-duplicate");
/// A name that Terraform does not take.
pub(super) const DECLARATION_NAME_INVALID: Code = Code::new("declaration-name-invalid");
/// `count`, `for_each`, `depends_on`, `provider` or `lifecycle` say something impossible.
pub(super) const META_ARGUMENT_INVALID: Code = Code::new("meta-argument-invalid");
/// An output shows what is not to be shown.
pub(super) const OUTPUT_SENSITIVE_EXPOSED: Code = Code::new("output-sensitive-exposed");
/// Terraform has no such function.
pub(super) const FUNCTION_UNKNOWN: Code = Code::new("function-unknown");
/// A function is called with too many arguments, or too few.
pub(super) const FUNCTION_ARGUMENTS_WRONG: Code = Code::new("function-arguments-wrong");
/// A provider's configuration is named that is not there.
pub(super) const PROVIDER_UNDECLARED: Code = Code::new("provider-undeclared");
/// There are no facts about a provider, or none about a version that is allowed.
pub(super) const PROVIDER_CATALOG_MISSING: Code = Code::new("provider-catalog-missing");
/// A version constraint that is none.
pub(super) const VERSION_CONSTRAINT_INVALID: Code = Code::new("version-constraint-invalid");
/// A variable's type is none.
pub(super) const VARIABLE_TYPE_INVALID: Code = Code::new("variable-type-invalid");
/// A variable that nothing refers to.
pub(super) const VARIABLE_UNUSED: Code = Code::new("variable-unused");
/// A variable is set that is not declared.
pub(super) const VARIABLE_NOT_DECLARED: Code = Code::new("variable-not-declared");
/// A module that Terraform refuses, however it is called.
pub(super) const MODULE_BROKEN: Code = Code::new("module-broken");
/// A call of a module that is known to fail.
pub(super) const MODULE_COMBINATION_BROKEN: Code = Code::new("module-combination-broken");
/// A variable of a module is set that does nothing.
pub(super) const MODULE_VARIABLE_DEAD: Code = Code::new("module-variable-dead");
/// A module that is not where its source says.
pub(super) const MODULE_MISSING: Code = Code::new("module-missing");
