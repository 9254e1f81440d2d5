//! Feeds a digest with values, so that no two different ones feed it the same.
//!
//! Each value starts with a byte for its kind; text and bytes have their length
//! before them; whatever holds others has an end. Fields have their names, since
//! some are left out where they hold the default.

use std::fmt::Display;

use serde::Serialize;
use serde::ser::{
    Error, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

use super::Sink;

/// Feeds one value.
pub(super) struct Feed<'a>(pub(super) &'a mut Sink);

/// A value that does not serialize. None of ours is one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(String);

impl Error for Refused {
    fn custom<T: Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Fed = Result<(), Refused>;

impl Feed<'_> {
    fn sized(self, kind: u8, bytes: &[u8]) {
        self.0.write(&[kind]);
        self.0.write(&(bytes.len() as u64).to_le_bytes());
        self.0.write(bytes);
    }

    fn number(self, kind: u8, bytes: [u8; 16]) {
        self.0.write(&[kind]);
        self.0.write(&bytes);
    }
}

impl<'a> Feed<'a> {
    fn open(self, kind: u8) -> Open<'a> {
        self.0.write(&[kind]);
        Open(self.0)
    }

    fn variant(self, kind: u8, index: u32) -> Open<'a> {
        self.0.write(&[kind]);
        self.0.write(&index.to_le_bytes());
        Open(self.0)
    }
}

/// Integers of every size, as the widest one.
macro_rules! integers {
    ($($method:ident: $type:ty,)*) => {
        $(fn $method(self, value: $type) -> Fed {
            self.number(b'i', i128::from(value).to_le_bytes());
            Ok(())
        })*
    };
}

impl<'a> Serializer for Feed<'a> {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    integers! {
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_i128: i128,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
    }

    fn serialize_u128(self, value: u128) -> Fed {
        self.number(b'u', value.to_le_bytes());
        Ok(())
    }

    fn serialize_bool(self, value: bool) -> Fed {
        self.0.write(&[b'b', u8::from(value)]);
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Fed {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Fed {
        self.number(b'f', u128::from(value.to_bits()).to_le_bytes());
        Ok(())
    }

    fn serialize_char(self, value: char) -> Fed {
        self.number(b'c', u128::from(value).to_le_bytes());
        Ok(())
    }

    fn serialize_str(self, value: &str) -> Fed {
        self.sized(b's', value.as_bytes());
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Fed {
        self.sized(b'y', value);
        Ok(())
    }

    fn serialize_none(self) -> Fed {
        self.0.write(b"n");
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Fed {
        self.0.write(b"o");
        value.serialize(self)
    }

    fn serialize_unit(self) -> Fed {
        self.0.write(b"0");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Fed {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, index: u32, _: &'static str) -> Fed {
        self.variant(b'v', index);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Fed {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Fed {
        value.serialize(Feed(self.variant(b'w', index).0))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, Refused> {
        Ok(self.open(b'['))
    }

    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, Refused> {
        Ok(self.open(b'('))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Refused> {
        Ok(self.open(b'('))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Refused> {
        Ok(self.variant(b')', index))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, Refused> {
        Ok(self.open(b'{'))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Refused> {
        Ok(self.open(b'<'))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Refused> {
        Ok(self.variant(b'>', index))
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// Something that holds others and is not at its end.
pub(super) struct Open<'a>(&'a mut Sink);

impl Open<'_> {
    fn add<T: Serialize + ?Sized>(&mut self, value: &T) -> Fed {
        value.serialize(Feed(self.0))
    }

    fn close(self) {
        self.0.write(b".");
    }
}

/// What holds others without names for them.
macro_rules! unnamed {
    ($($trait:ident: $method:ident,)*) => {
        $(impl $trait for Open<'_> {
            type Ok = ();
            type Error = Refused;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Fed {
                self.add(value)
            }

            fn end(self) -> Fed {
                self.close();
                Ok(())
            }
        })*
    };
}

unnamed! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field,
}

/// What holds others by the names of fields.
macro_rules! named {
    ($($trait:ident,)*) => {
        $(impl $trait for Open<'_> {
            type Ok = ();
            type Error = Refused;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Fed {
                self.add(name)?;
                self.add(value)
            }

            fn end(self) -> Fed {
                self.close();
                Ok(())
            }
        })*
    };
}

named! {
    SerializeStruct,
    SerializeStructVariant,
}

impl SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Refused;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Fed {
        self.add(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Fed {
        self.add(value)
    }

    fn end(self) -> Fed {
        self.close();
        Ok(())
    }
}
