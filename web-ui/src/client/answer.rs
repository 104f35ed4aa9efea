//! What box and hub answer, from JSON. Of what serde can read, only what they write is read here: no struct as a list, no reason why something
//! cannot be read. Each of the two would be compiled for every type of an answer: a twentieth of the kiosk’s program, once compressed.

use std::fmt;

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;

/// Reads an answer; nothing if it says something else than a `T`.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value = serde_json::from_str(text).ok()?;
    T::deserialize(Answer(value)).ok()
}

/// A text that is no `T`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

struct Answer(Value);

impl<'de> Deserializer<'de> for Answer {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_i64(self.0.as_i64().ok_or(Unreadable)?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.0.as_u64().ok_or(Unreadable)?)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Value::String(text) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_string(text)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_string(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Value::Array(values) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_seq(Values(values.into_iter()))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let Value::Object(fields) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_map(Fields {
            left: fields.into_iter(),
            value: Value::Null,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let Value::String(word) = self.0 else {
            return Err(Unreadable);
        };
        visitor.visit_enum(named(word))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { i8 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct }
}

/// The name of a field or of a variant.
fn named(name: String) -> StringDeserializer<Unreadable> {
    name.into_deserializer()
}

struct Values(std::vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Values {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        let Some(value) = self.0.next() else {
            return Ok(None);
        };
        seed.deserialize(Answer(value)).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Fields {
    left: serde_json::map::IntoIter,
    /// Of the field whose name was read last.
    value: Value,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = value;
        seed.deserialize(named(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, Unreadable> {
        seed.deserialize(Answer(self.value.take()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use appliance_api::{LinkState, Status};
    use box_office::{Money, SeatKind};
    use counter_api::{Format, SeatChange};
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::read;

    /// It is read as serde_json reads it.
    fn check<T: DeserializeOwned + PartialEq + Debug>(value: &Value) -> Option<T> {
        let text = value.to_string();
        let answer = read::<T>(&text);
        assert_eq!(answer, serde_json::from_str(&text).ok(), "{text}");
        answer
    }

    fn is_read<T: DeserializeOwned + PartialEq + Debug>(value: &Value) {
        assert!(check::<T>(value).is_some(), "{value}");
    }

    fn is_refused<T: DeserializeOwned + PartialEq + Debug>(value: &Value) {
        assert_eq!(check::<T>(value), None, "{value}");
    }

    fn status() -> Value {
        json!({
            "link": "up", "link_for_ms": 12, "link_trouble": null, "unsent_sales": 0, "printer": "ready", "terminal": "none",
            "open_cases": 3, "out_of_service": "F01", "device": "Foyer “links”", "now": "2026-11-23T19:00:00+01:00[Europe/Berlin]",
            "of_a_later_version": [{ "nested": [1, null, true] }],
        })
    }

    #[test]
    fn what_is_written_is_read() {
        is_read::<Status>(&status());
        is_read::<Option<LinkState>>(&json!("down"));
        is_read::<Option<LinkState>>(&Value::Null);
        is_read::<Vec<SeatKind>>(&json!(["standard", "love-seat", "wheelchair"]));
        is_read::<Format>(&json!("3D"));
        is_read::<BTreeMap<String, Vec<u16>>>(&json!({ "a": [1, 65_535], "b": [] }));
        let seats =
            json!([{ "seat": "A1", "state": "sold" }, { "seat": "A2", "state": "out_of_reach" }]);
        is_read::<SeatChange>(&json!({ "version": u64::MAX, "seats": seats }));
        is_read::<Money>(&json!({ "minor": -1250, "currency": "EUR" }));
    }

    #[test]
    fn what_says_something_else_is_refused() {
        is_refused::<Vec<u16>>(&json!([65_536]));
        is_refused::<Vec<u16>>(&json!([-1]));
        is_refused::<Vec<u16>>(&json!([1.5]));
        is_refused::<bool>(&json!("true"));
        is_refused::<Format>(&json!("4D"));
        is_refused::<Money>(&json!({ "minor": 1250, "currency": "euro" }));
        is_refused::<Money>(&json!({ "minor": 1250 }));
        let mut without_a_field = status();
        without_a_field.as_object_mut().unwrap().remove("link");
        is_refused::<Status>(&without_a_field);
        assert_eq!(read::<Vec<u16>>("[1, 2"), None);
        assert_eq!(read::<Vec<u16>>(""), None);
    }
}
