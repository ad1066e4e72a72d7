//! JSON (RFC 8259), strict, for messages of a line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

/// Arrays and objects that are nested more deeply are refused.
const MAX_DEPTH: usize = 500;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    Null,
    Bool(bool),
    /// A number as it was written, so that nothing is lost of a large one.
    Number(String),
    String(String),
    Array(Vec<Json>),
    Object(Object),
}

/// The fields of an object by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(BTreeMap<String, Json>);

impl Object {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field, or replaces it.
    pub fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        self.0.insert(key.to_string(), value.into());
        self
    }

    /// Returns a field, if it is there and has the type that is asked for.
    pub fn get<T: FromJson>(&self, key: &str) -> Result<T, WrongKind> {
        let value = self
            .field(key)
            .ok_or_else(|| WrongKind(format!("{key} is missing")))?;
        T::from_json(value).map_err(|e| WrongKind(format!("{key}: {e}")))
    }

    /// Returns a field as it is.
    pub fn field(&self, key: &str) -> Option<&Json> {
        self.0.get(key)
    }
}

/// A field is missing, or not of the type that was asked for.
#[derive(Debug)]
pub struct WrongKind(String);

impl fmt::Display for WrongKind {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn wrong_kind<T>(want: &str) -> Result<T, WrongKind> {
    Err(WrongKind(format!("want {want}")))
}

/// The types that values of JSON can be read as.
pub trait FromJson: Sized {
    fn from_json(value: &Json) -> Result<Self, WrongKind>;
}

impl FromJson for Json {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        Ok(value.clone())
    }
}

impl FromJson for i64 {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        match value {
            Json::Number(text) => text
                .parse()
                .or_else(|_| wrong_kind("an integer of 64 bits")),
            _ => wrong_kind("an integer"),
        }
    }
}

impl FromJson for String {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        match value {
            Json::String(text) => Ok(text.clone()),
            _ => wrong_kind("a string"),
        }
    }
}

impl FromJson for Object {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        match value {
            Json::Object(object) => Ok(object.clone()),
            _ => wrong_kind("an object"),
        }
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        match value {
            Json::Object(object) => object
                .0
                .iter()
                .map(|(k, v)| Ok((k.clone(), T::from_json(v)?)))
                .collect(),
            _ => wrong_kind("an object"),
        }
    }
}

fn items<T: FromJson, C: FromIterator<T>>(value: &Json) -> Result<C, WrongKind> {
    match value {
        Json::Array(items) => items.iter().map(T::from_json).collect(),
        _ => wrong_kind("an array"),
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        items(value)
    }
}

impl<T: FromJson + Ord> FromJson for BTreeSet<T> {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        items(value)
    }
}

impl<A: FromJson, B: FromJson, C: FromJson> FromJson for (A, B, C) {
    fn from_json(value: &Json) -> Result<Self, WrongKind> {
        match value {
            Json::Array(items) if items.len() == 3 => Ok((
                A::from_json(&items[0])?,
                B::from_json(&items[1])?,
                C::from_json(&items[2])?,
            )),
            _ => wrong_kind("an array of three"),
        }
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Self {
        Json::Number(number.to_string())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::String(text.to_string())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Json::String(text)
    }
}

impl From<Object> for Json {
    fn from(object: Object) -> Self {
        Json::Object(object)
    }
}

impl<T: Into<Json>> From<BTreeMap<String, T>> for Json {
    fn from(map: BTreeMap<String, T>) -> Self {
        Json::Object(Object(
            map.into_iter().map(|(k, v)| (k, v.into())).collect(),
        ))
    }
}

impl<T: Into<Json>> From<Vec<T>> for Json {
    fn from(items: Vec<T>) -> Self {
        Json::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Json>> From<BTreeSet<T>> for Json {
    fn from(items: BTreeSet<T>) -> Self {
        Json::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<A: Into<Json>, B: Into<Json>> From<(A, B)> for Json {
    fn from((a, b): (A, B)) -> Self {
        Json::Array(vec![a.into(), b.into()])
    }
}

impl<A: Into<Json>, B: Into<Json>, C: Into<Json>> From<(A, B, C)> for Json {
    fn from((a, b, c): (A, B, C)) -> Self {
        Json::Array(vec![a.into(), b.into(), c.into()])
    }
}

/// Writes the value on one line.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Json::Null => f.write_str("null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Number(text) => f.write_str(text),
            Json::String(text) => write_string(f, text),
            Json::Array(items) => {
                f.write_char('[')?;
                for (i, item) in items.iter().enumerate() {
                    let comma = if i > 0 { "," } else { "" };
                    write!(f, "{comma}{item}")?;
                }
                f.write_char(']')
            }
            Json::Object(object) => write!(f, "{object}"),
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_char('{')?;
        for (i, (key, value)) in self.0.iter().enumerate() {
            f.write_str(if i > 0 { "," } else { "" })?;
            write_string(f, key)?;
            write!(f, ":{value}")?;
        }
        f.write_char('}')
    }
}

fn write_string(f: &mut fmt::Formatter, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\0'..='\x1f' => write!(f, "\\u{:04x}", c as u32)?,
            _ => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl Json {
    /// Parses a text, all of it. If an object has a key twice, the later one counts.
    pub fn parse(text: &str) -> Result<Json, String> {
        let mut parser = Parser {
            text,
            at: 0,
            depth: 0,
        };
        let value = parser.value().filter(|_| parser.rest().is_empty());
        value.ok_or_else(|| format!("not JSON at byte {}", parser.at))
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize, // the number of arrays and objects around
}

/// The methods return None, or false, if the text is not JSON at this point.
impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn skip_space(&mut self) {
        self.at = self.text.len()
            - self
                .rest()
                .trim_start_matches([' ', '\t', '\r', '\n'])
                .len();
    }

    fn skip_digits(&mut self) -> bool {
        let before = self.at;
        self.at = self.text.len()
            - self
                .rest()
                .trim_start_matches(|c: char| c.is_ascii_digit())
                .len();
        self.at > before
    }

    /// Parses a value, and the white space around it.
    fn value(&mut self) -> Option<Json> {
        self.skip_space();
        let value = match self.rest().as_bytes().first()? {
            b'{' => self.object()?,
            b'[' => self.array()?,
            b'"' => Json::String(self.string()?),
            b'n' if self.skip("null") => Json::Null,
            b't' if self.skip("true") => Json::Bool(true),
            b'f' if self.skip("false") => Json::Bool(false),
            _ => self.number()?,
        };
        self.skip_space();
        Some(value)
    }

    fn array(&mut self) -> Option<Json> {
        let mut items = Vec::new();
        self.items("[", "]", |parser| {
            items.push(parser.value()?);
            Some(())
        })?;
        Some(Json::Array(items))
    }

    fn object(&mut self) -> Option<Json> {
        let mut fields = BTreeMap::new();
        self.items("{", "}", |parser| {
            parser.skip_space();
            let key = parser.string()?;
            parser.skip_space();
            if !parser.skip(":") {
                return None;
            }
            fields.insert(key, parser.value()?);
            Some(())
        })?;
        Some(Json::Object(Object(fields)))
    }

    fn items(
        &mut self,
        begin: &str,
        end: &str,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.skip(begin);
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        self.skip_space();
        if !self.skip(end) {
            item(self)?;
            while self.skip(",") {
                item(self)?;
            }
            if !self.skip(end) {
                return None;
            }
        }
        self.depth -= 1;
        Some(())
    }

    fn number(&mut self) -> Option<Json> {
        let start = self.at;
        self.skip("-");
        if !self.skip("0") && !self.skip_digits() {
            return None;
        }
        if self.skip(".") && !self.skip_digits() {
            return None;
        }
        if self.skip("e") || self.skip("E") {
            let _sign = self.skip("+") || self.skip("-");
            if !self.skip_digits() {
                return None;
            }
        }
        Some(Json::Number(self.text[start..self.at].to_string()))
    }

    fn string(&mut self) -> Option<String> {
        if !self.skip("\"") {
            return None;
        }
        let mut text = String::new();
        loop {
            let plain = self.rest().find(|c| c == '"' || c == '\\' || c < ' ')?;
            text.push_str(&self.rest()[..plain]);
            self.at += plain;
            if self.skip("\"") {
                return Some(text);
            }
            text.push(self.escape()?);
        }
    }

    fn escape(&mut self) -> Option<char> {
        if !self.skip("\\") {
            return None;
        }
        let letter = self.rest().chars().next()?;
        self.at += letter.len_utf8();
        Some(match letter {
            '"' | '\\' | '/' => letter,
            'b' => '\x08',
            'f' => '\x0c',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return None,
        })
    }

    /// Parses what follows `\u`, which may be the first half of a pair.
    fn unicode(&mut self) -> Option<char> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high);
        }
        if !self.skip("\\u") {
            return None;
        }
        let low = self.hex()?;
        if !(0xdc00..0xe000).contains(&low) {
            return None;
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        self.at += 4;
        let all_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        u32::from_str_radix(digits, 16).ok().filter(|_| all_hex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back() {
        for text in [
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1.50",
            "1e3",
            "-2.5E-7",
            "9223372036854775807",
            "18446744073709551617",
            "\"\"",
            "[]",
            "{}",
            "[[],{\"\":[0]}]",
            "\"é漢😀\"",
        ] {
            assert_eq!(text, Json::parse(text).unwrap().to_string());
        }
        for (text, want) in [
            (
                " { \"b\" : 1 ,\t\"a\" : [ 2 , 3 ] , \"b\" : 4 }\r\n",
                r#"{"a":[2,3],"b":4}"#,
            ),
            (
                r#""\"\\\/\b\f\n\r\t\u0000\u001F""#,
                r#""\"\\/\u0008\u000c\u000a\u000d\u0009\u0000\u001f""#,
            ),
            (r#""\u00e9\u6f22\ud83d\ude00""#, "\"é漢😀\""),
        ] {
            assert_eq!(want, Json::parse(text).unwrap().to_string());
        }
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            " ",
            "nul",
            "truee",
            "01",
            "+1",
            "-",
            "1.",
            ".5",
            "1e",
            "1e+",
            "NaN",
            "[",
            "[1",
            "[1,]",
            "[,1]",
            "[1 2]",
            "]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:2}",
            "1 2",
            "1\0",
            "\"",
            "\"\\x\"",
            "\"\\é\"",
            "\"\\u12\"",
            "\"\\u12g4\"",
            "\"\\u+123\"",
            "\"\\u12é\"",
            "\"\\ud83d\"",
            "\"\\ud83d\\u0041\"",
            "\"\\ude00\"",
            "\"\t\"",
            "'a'",
            "\u{a0}1",
        ] {
            assert!(Json::parse(text).is_err(), "{text}");
        }
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(Json::parse(&nested(MAX_DEPTH)).is_ok());
        assert!(Json::parse(&nested(MAX_DEPTH + 1)).is_err());
    }

    #[test]
    fn fields_have_types() {
        let Json::Object(object) = Json::parse(
            r#"{"low":-9223372036854775808,"high":9223372036854775808,"list":[1,2],"map":{"a":1}}"#,
        )
        .unwrap() else {
            panic!("not an object");
        };
        assert_eq!(i64::MIN, object.get::<i64>("low").unwrap());
        assert_eq!(
            "high: want an integer of 64 bits",
            object.get::<i64>("high").unwrap_err().to_string()
        );
        assert_eq!(
            "list: want a string",
            object.get::<String>("list").unwrap_err().to_string()
        );
        assert_eq!(
            "none is missing",
            object.get::<Json>("none").unwrap_err().to_string()
        );
        assert_eq!(vec![1, 2], object.get::<Vec<i64>>("list").unwrap());
        assert!(object.get::<Vec<String>>("list").is_err());
        assert_eq!(
            Json::from(object.get::<BTreeMap<String, i64>>("map").unwrap()),
            object.get::<Json>("map").unwrap()
        );
    }
}
