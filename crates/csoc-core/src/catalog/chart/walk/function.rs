//! What functions of templates do with the keys that they are given.

/// Kinds of functions, as far as keys are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// Takes something out of a map or list by name.
    Index,
    /// Asks whether a map has a key.
    HasKey,
    /// Goes down a row of names, with a value for when nothing is there.
    Dig,
    /// Makes a map.
    Dict,
    /// Makes a list.
    List,
    /// Sets a key of a map.
    Set,
    /// Evaluates a named template.
    Include,
    /// Evaluates text as a template.
    Template,
    /// Gives back part of a map, whose keys are named.
    Part,
    /// Gives back one of its arguments as it is.
    Choice,
    /// Merges maps.
    Merge,
    /// Prints all of its arguments, or makes a text of them.
    Printed,
    /// Answers with something that no key is below of.
    Answer,
    /// Gives back something made of its arguments.
    Other,
}

impl Function {
    /// The kind of a function. What is not known is taken to give back something made of its arguments.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "index" | "get" => Self::Index,
            "hasKey" => Self::HasKey,
            "dig" => Self::Dig,
            "dict" => Self::Dict,
            "list" | "tuple" => Self::List,
            "set" => Self::Set,
            "include" | "template" => Self::Include,
            "tpl" => Self::Template,
            "pick" | "omit" => Self::Part,
            "default" | "coalesce" | "ternary" | "required" | "and" | "or" => Self::Choice,
            "merge" | "mergeOverwrite" | "mustMerge" | "mustMergeOverwrite" | "deepCopy"
            | "mustDeepCopy" => Self::Merge,
            "toYaml" | "toYamlPretty" | "toJson" | "mustToJson" | "toPrettyJson"
            | "mustToPrettyJson" | "toRawJson" | "mustToRawJson" | "toToml" | "print"
            | "println" | "printf" | "quote" | "squote" | "values" | "keys" | "join" | "concat"
            | "append" | "mustAppend" | "prepend" | "first" | "last" | "rest" | "initial"
            | "toStrings" | "sortAlpha" | "uniq" | "b64enc" | "sha256sum" | "trim" | "nindent"
            | "indent" | "replace" | "splitList" | "len" => Self::Printed,
            "eq" | "ne" | "not" | "gt" | "lt" | "ge" | "le" | "contains" | "empty" | "kindIs"
            | "kindOf" | "typeOf" | "typeIs" | "hasPrefix" | "hasSuffix" | "semverCompare"
            | "regexMatch" | "mustRegexMatch" | "genCA" | "genSignedCert" | "genSelfSignedCert"
            | "genPrivateKey" | "randAlphaNum" | "lookup" | "fromJson" | "fromYaml"
            | "fromJsonArray" | "fromYamlArray" | "dateInZone" | "now" | "fail" => Self::Answer,
            _ => Self::Other,
        }
    }
}
