//! The index: what an earlier render knew, so that nothing is read or compiled twice.

use std::collections::BTreeMap;

use super::digest::Digest;
use super::home::Home;
use super::index_text::{Reader, Writer};
use super::path::FilePath;
use super::stat::{Moment, Stat};
use super::survey::Known;
use super::unit::{UnitKey, UnitRecord};

/// Starts the file. Another format starts with another line, and is discarded.
const FORMAT: &[u8] = b"csoc index 1\n";

/// What an earlier render knew of files and units. Safe to delete.
///
/// Nothing in it is believed without a look at the file: it answers only for one
/// whose size, times and inode are those it had when its content was known. Two
/// changes within one tick of the clock look alike; so a file is entered only
/// if it was last modified before it was looked at, and is answered for only if
/// that was before the index was written.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The files.
    pub(crate) files: BTreeMap<FilePath, Known>,
    /// The units.
    pub(crate) units: BTreeMap<UnitKey, UnitRecord>,
    written: Option<Moment>,
}

impl Index {
    /// An index of those files and units, to be stored.
    pub(crate) fn new(
        files: BTreeMap<FilePath, Known>,
        units: BTreeMap<UnitKey, UnitRecord>,
    ) -> Self {
        Self {
            files,
            units,
            written: None,
        }
    }

    /// The index of that root; an empty one if there is none, or none that can be read.
    pub(crate) fn load(home: &Home) -> Self {
        let path = home.index();
        let load = || {
            let written = Stat::of(&path.symlink_metadata().ok()?).modified;
            let text = Home::read(&path).ok()??;
            Some(Self {
                written: Some(written),
                ..Self::parse(&text)?
            })
        };
        load().unwrap_or_default()
    }

    /// Whether it knows the same as another.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.files == other.files && self.units == other.units
    }

    /// The content of a file that looks like that, if it is known.
    pub(crate) fn digest(&self, path: &FilePath, stat: &Stat) -> Option<Digest> {
        let known = self.files.get(path)?;
        let is_settled = self.written.is_some_and(|written| stat.modified < written);
        (is_settled && known.stat == *stat).then_some(known.digest)
    }

    /// The unit of that name, as it was rendered last.
    pub(crate) fn unit(&self, key: &UnitKey) -> Option<&UnitRecord> {
        self.units.get(key)
    }

    /// The bytes to store.
    pub(crate) fn to_text(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.count(self.files.len());
        for (path, known) in &self.files {
            writer.string(path.as_str());
            writer.digest(&known.digest);
            writer.stat(&known.stat);
        }
        writer.count(self.units.len());
        for (key, unit) in &self.units {
            writer.string(key.as_str());
            writer.digest(&unit.digest);
            writer.bytes(&unit.findings);
            writer.entries(&unit.files);
            writer.entries(&unit.withheld);
        }
        writer.finish(FORMAT)
    }

    /// The index of those bytes, if they are one.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let mut reader = Reader::open(text, FORMAT)?;
        let mut files = Vec::new();
        for _ in 0..reader.count()? {
            files.push((
                reader.path()?,
                Known {
                    digest: reader.digest()?,
                    stat: reader.stat()?,
                },
            ));
        }
        let mut units = Vec::new();
        for _ in 0..reader.count()? {
            let key = UnitKey::new(reader.string()?);
            let digest = reader.digest()?;
            let findings = reader.bytes()?.to_vec();
            units.push((
                key,
                UnitRecord {
                    digest,
                    findings,
                    files: reader.entries()?,
                    withheld: reader.entries()?,
                },
            ));
        }
        reader
            .is_done()
            .then(|| Self::new(files.into_iter().collect(), units.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::manifest::{Entry, State};
    use super::*;

    fn sample() -> Index {
        let path = FilePath::parse("a/b.yaml").unwrap();
        let stat = Stat {
            size: 3,
            modified: Moment(5),
            changed: Moment(-6),
            inode: u64::MAX,
        };
        let entry = Entry {
            digest: Digest::of(b"abc"),
            object: Arc::from("commons.midrc"),
            backend: Cow::Borrowed("helm"),
            state: State::Pending,
        };
        let unit = UnitRecord {
            digest: Digest::of(b"input"),
            files: vec![(path.clone(), entry.clone())],
            withheld: vec![(FilePath::parse("c").unwrap(), entry)],
            findings: b"{}".to_vec(),
        };
        let known = Known {
            digest: Digest::of(b"abc"),
            stat,
        };
        Index::new(
            BTreeMap::from([(path, known)]),
            BTreeMap::from([(UnitKey::new("helm/midrc"), unit)]),
        )
    }

    #[test]
    fn reads_back() {
        for index in [Index::default(), sample()] {
            assert!(Index::parse(&index.to_text()).unwrap().agrees(&index));
        }
    }

    #[test]
    fn a_file_in_the_tick_of_the_index_is_not_answered_for() {
        let mut index = sample();
        let (path, known) = index
            .files
            .first_key_value()
            .map(|(path, known)| (path.clone(), *known))
            .unwrap();
        assert_eq!(index.digest(&path, &known.stat), None);
        index.written = Some(Moment(5));
        assert_eq!(index.digest(&path, &known.stat), None);
        index.written = Some(Moment(6));
        assert_eq!(index.digest(&path, &known.stat), Some(known.digest));
        assert_eq!(
            index.digest(
                &path,
                &Stat {
                    inode: 1,
                    ..known.stat
                }
            ),
            None
        );
    }

    proptest! {
        #[test]
        fn damaged_bytes_are_no_index(at: prop::sample::Index, bit in 0..8_u32, keep: prop::sample::Index) {
            let text = sample().to_text();
            let mut flipped = text.clone();
            flipped[at.index(text.len())] ^= 1 << bit;
            prop_assert!(Index::parse(&flipped).is_none());
            prop_assert!(Index::parse(&text[..keep.index(text.len())]).is_none());
        }
    }
}
