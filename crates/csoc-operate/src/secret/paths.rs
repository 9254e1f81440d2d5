//! The paths of keys in what a secret holds: of maps, and of texts in them that are JSON or YAML themselves. Values are never taken.

use std::collections::BTreeSet;
use std::fmt;

use secrecy::zeroize::Zeroizing;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::value::buffer;

/// Keys, the outermost first. What stands in a list has the path of the list.
pub(super) type Paths = BTreeSet<Vec<String>>;

/// The paths in a JSON or a YAML map.
pub(super) fn paths(text: &str) -> Paths {
    let mut paths = Paths::new();
    if !json(text, &[], &mut paths) {
        yaml(text, &[], &mut paths);
    }
    paths
}

/// The paths that are missing in what is new, the outermost alone, as people write them.
pub(super) fn lost(old: &Paths, new: &Paths) -> Vec<String> {
    let is_lost = |path: &[String]| !path.is_empty() && !new.contains(path);
    old.iter()
        .filter(|path| is_lost(path) && !path.split_last().is_some_and(|(_, outer)| is_lost(outer)))
        .map(|path| path.join("."))
        .collect()
}

/// The key of a line `key: value`, and what follows it. Whatever else has a colon may be a value.
pub(super) fn entry(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let key = key.trim_end();
    let inner = ['"', '\''].iter();
    let mut inner = inner.filter_map(|mark| key.strip_prefix(*mark)?.strip_suffix(*mark));
    let key = inner.next().unwrap_or(key);
    let is_key = !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
    let is_end = rest.is_empty() || rest.starts_with([' ', '\t']);
    (is_key && is_end).then(|| (key, rest.trim()))
}

fn below(path: &[String], key: &str) -> Vec<String> {
    let mut path = path.to_vec();
    path.push(key.to_owned());
    path
}

/// Adds what a JSON map or list has; says whether it is one.
fn json(text: &str, path: &[String], paths: &mut Paths) -> bool {
    if !text.trim_start().starts_with(['{', '[']) {
        return false;
    }
    let mut found = Paths::new();
    let mut reader = serde_json::Deserializer::from_str(text);
    let walk = Walk {
        path,
        paths: &mut found,
    };
    let is_json = walk.deserialize(&mut reader).is_ok() && reader.end().is_ok();
    if is_json {
        paths.append(&mut found);
    }
    is_json
}

/// Adds what a text within has, where it is JSON, or lines of a YAML map: a password is neither.
fn within(text: &str, path: &[String], paths: &mut Paths) {
    if json(text, path, paths) || !text.contains('\n') {
        return;
    }
    let mut lines = text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with([' ', '\t', '#', '-', '.']))
        .peekable();
    if lines.peek().is_some() && lines.all(|line| entry(line).is_some()) {
        yaml(text, path, paths);
    }
}

/// Adds what the lines of a YAML map have, by how far they are indented.
fn yaml(text: &str, path: &[String], paths: &mut Paths) {
    // Keys that the next line may stand below, and how far each is indented.
    let mut outer: Vec<(usize, Vec<String>)> = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let margin = indent(line);
        let mut rest = line.trim_start();
        let mut depth = margin;
        while let Some(item) = rest.strip_prefix("- ") {
            let item = item.trim_start();
            depth = depth.saturating_add(rest.len().saturating_sub(item.len()));
            rest = item;
        }
        let Some((key, value)) = entry(rest) else {
            continue;
        };
        while outer.last().is_some_and(|(at, _)| *at >= depth) {
            outer.pop();
        }
        let path = below(outer.last().map_or(path, |(_, path)| path), key);
        paths.insert(path.clone());
        if value.starts_with(['|', '>']) {
            let mut block = buffer();
            let mut inner = None;
            let is_within = |line: &&str| line.trim().is_empty() || indent(line) > depth;
            while let Some(line) = lines.next_if(is_within) {
                let cut = *inner.get_or_insert_with(|| indent(line));
                block.push_str(line.get(cut..).unwrap_or_default());
                block.push('\n');
            }
            within(&block, &path, paths);
        } else if value.starts_with('"') {
            if let Ok(text) = serde_json::from_str::<String>(value) {
                within(&Zeroizing::new(text), &path, paths);
            }
        } else if let Some(text) = value.strip_prefix('\'') {
            let text = Zeroizing::new(text.trim_end_matches('\'').replace("''", "'"));
            within(&text, &path, paths);
        } else if !json(value, &path, paths) && value.starts_with(['{', '[']) && value.contains('{')
        {
            // Keys are there that cannot be read: that there are some is known.
            paths.insert(below(&path, "{…}"));
        }
        outer.push((depth, path));
    }
}

fn indent(line: &str) -> usize {
    line.len()
        .saturating_sub(line.trim_start_matches(' ').len())
}

/// Goes through JSON.
struct Walk<'a> {
    path: &'a [String],
    paths: &'a mut Paths,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            let path = below(self.path, &key);
            self.paths.insert(path.clone());
            map.next_value_seed(Walk {
                path: &path,
                paths: self.paths,
            })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let (path, paths) = (self.path, self.paths);
        while list
            .next_element_seed(Walk {
                path,
                paths: &mut *paths,
            })?
            .is_some()
        {}
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        within(text, self.path, self.paths);
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
