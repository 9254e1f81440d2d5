//! [`Node`]s into typed values, by serde. The walker comes first, so an error here is a bug of ours.

use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::node::{Entry, Key, Kind, Node, Origin, Reading};

/// A node that is not what its type must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", Below(.keys))]
pub(crate) struct DecodeError {
    message: String,
    /// The innermost key first.
    keys: Vec<Key>,
    /// Where the innermost value that failed came from.
    pub(crate) origin: Origin,
}

struct Below<'a>(&'a [Key]);

impl fmt::Display for Below<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().rev().enumerate() {
            write!(f, "{}{key}", if at == 0 { ", at " } else { "." })?;
        }
        Ok(())
    }
}

impl DecodeError {
    fn at(mut self, origin: Origin) -> Self {
        if self.origin == Origin::Unknown {
            self.origin = origin;
        }
        self
    }

    fn below(mut self, key: &Key) -> Self {
        self.keys.push(key.clone());
        self
    }
}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            keys: Vec::new(),
            origin: Origin::Unknown,
        }
    }
}

/// Decodes a node. Strings are taken only from what reads as a string, numbers only from numbers.
pub(crate) fn decode<T: DeserializeOwned>(node: &Node) -> Result<T, DecodeError> {
    T::deserialize(node)
}

impl Node {
    /// What serde may say of it in `invalid type: …`.
    fn unexpected(&self) -> de::Unexpected<'_> {
        match &self.kind {
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Null => de::Unexpected::Unit,
                Reading::Bool(value) => de::Unexpected::Bool(value),
                Reading::Integer(value) => match i64::try_from(value) {
                    Ok(value) => de::Unexpected::Signed(value),
                    Err(_) => de::Unexpected::Other("integer"),
                },
                Reading::Float(value) => de::Unexpected::Float(value),
                Reading::Text(text) => de::Unexpected::Str(text),
            },
            Kind::List(_) => de::Unexpected::Seq,
            Kind::Map(_) => de::Unexpected::Map,
            Kind::Pending(_) => de::Unexpected::Other("pending value"),
        }
    }

    fn mismatch(&self, expected: &dyn de::Expected) -> DecodeError {
        <DecodeError as de::Error>::invalid_type(self.unexpected(), expected).at(self.origin)
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match &self.kind {
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Null => visitor.visit_unit(),
                Reading::Bool(value) => visitor.visit_bool(value),
                Reading::Integer(value) => match (i64::try_from(value), u64::try_from(value)) {
                    (Ok(value), _) => visitor.visit_i64(value),
                    (_, Ok(value)) => visitor.visit_u64(value),
                    _ => visitor.visit_i128(value),
                },
                Reading::Float(value) => visitor.visit_f64(value),
                Reading::Text(text) => visitor.visit_borrowed_str(text),
            },
            Kind::List(items) => visitor.visit_seq(Items(items.iter())),
            Kind::Map(entries) => visitor.visit_map(Entries {
                rest: entries.iter(),
                value: None,
            }),
            Kind::Pending(_) => Err(self.mismatch(&visitor)),
        }
        .map_err(|error| error.at(self.origin))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor
            .visit_newtype_struct(self)
            .map_err(|error| error.at(self.origin))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match &self.kind {
            Kind::Scalar(scalar) => match scalar.reading() {
                Reading::Text(text) => visitor.visit_enum(text.into_deserializer()),
                _ => Err(self.mismatch(&"the name of a variant")),
            },
            Kind::Map(entries) => match entries.as_slice() {
                [entry] => visitor
                    .visit_enum(entry)
                    .map_err(|error| error.below(&entry.key)),
                _ => Err(de::Error::invalid_length(
                    entries.len(),
                    &"a map of one variant",
                )),
            },
            _ => Err(self.mismatch(&"a variant")),
        }
        .map_err(|error| error.at(self.origin))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier
    }
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        self.0.next().map(|node| seed.deserialize(node)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries<'de> {
    rest: std::slice::Iter<'de, Entry>,
    value: Option<&'de Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, DecodeError> {
        self.value = self.rest.next();
        let Some(entry) = self.value else {
            return Ok(None);
        };
        seed.deserialize(KeyText(entry.key.as_str()))
            .map(Some)
            .map_err(|error| error.at(entry.key_origin))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        let entry = self
            .value
            .take()
            .ok_or_else(|| de::Error::custom("a value was asked for before its key"))?;
        seed.deserialize(&entry.node)
            .map_err(|error| error.below(&entry.key))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A key, which may be a newtype or a unit variant.
struct KeyText<'de>(&'de str);

impl<'de> Deserializer<'de> for KeyText<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(self.0)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for &'de Entry {
    type Error = DecodeError;
    type Variant = &'de Node;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, &'de Node), DecodeError> {
        let variant = seed
            .deserialize(KeyText(self.key.as_str()))
            .map_err(|error| error.at(self.key_origin))?;
        Ok((variant, &self.node))
    }
}

impl<'de> VariantAccess<'de> for &'de Node {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        if self.is_null() || self.entries().is_empty() && self.is_map() {
            Ok(())
        } else {
            Err(self.mismatch(&"nothing below this variant"))
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<S::Value, DecodeError> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.deserialize_any(visitor)
    }
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;
    use serde::Deserialize;

    use super::super::yaml_read::{Limits, read};
    use super::*;
    use crate::span::{SourceFile, Sources};

    #[derive(Debug, Deserialize, PartialEq, Eq, Hash)]
    struct AccountId(String);

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
    enum Certificate {
        Acm,
        Byo { secret_name: String },
        Arn(String),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields, rename_all = "camelCase")]
    struct Environment {
        account: AccountId,
        size: Option<u8>,
        ratio: f64,
        #[serde(default)]
        tags: IndexMap<AccountId, Vec<Certificate>>,
        #[serde(default)]
        note: Option<String>,
        #[serde(default)]
        version: Option<semver::Version>,
    }

    fn node(text: &str) -> Node {
        let file = Sources::default().add(SourceFile::new("a.yaml", text));
        read(text, file, &Limits::default()).0.unwrap()
    }

    #[test]
    fn decodes_what_serde_derives() {
        let node = node(
            "{account: '0123', size: 3, ratio: 1, tags: {a: [acm, {byo: {secretName: x}}, {arn: z}]}, note: ~, version: 1.2.3}",
        );
        let environment: Environment = decode(&node).unwrap();
        assert_eq!(
            environment,
            Environment {
                account: AccountId("0123".into()),
                size: Some(3),
                ratio: 1.0,
                tags: IndexMap::from([(
                    AccountId("a".into()),
                    vec![
                        Certificate::Acm,
                        Certificate::Byo {
                            secret_name: "x".into()
                        },
                        Certificate::Arn("z".into())
                    ]
                )]),
                note: None,
                version: Some(semver::Version::new(1, 2, 3)),
            }
        );
    }

    #[test]
    fn numbers_are_no_strings_and_errors_know_their_place() {
        let node = node("{account: 0123, ratio: 1}");
        let error = decode::<Environment>(&node).unwrap_err();
        assert_eq!(
            error.to_string(),
            "invalid type: integer `83`, expected a string, at account"
        );
        assert_eq!(error.origin, node.get("account").unwrap().origin);
        assert!(decode::<u8>(&Node::integer(256)).is_err());
        assert!(decode::<Certificate>(&Node::string("rsa")).is_err());
        assert!(decode::<String>(&Node::new(Kind::Pending(Box::from(["a".into()])))).is_err());
    }
}
