use proptest::prelude::*;

use super::body::{Shape, Tag};
use super::*;
use crate::value::{Key, Kind, Node, Scalar};

fn header() -> Header {
    Header {
        kind: CatalogKind::Chart,
        name: "gen3".to_owned(),
        version: "0.3.1".to_owned(),
        source: "a test".to_owned(),
        digest: format!("sha256:{}", "0".repeat(64)),
        reader: 1,
    }
}

fn sample() -> Node {
    let mut shared = Node::map();
    shared.insert("type", Node::string("string"));
    shared.insert("optional", Node::bool(true));
    let mut map = Node::map();
    map.insert("zeta", shared.clone());
    map.insert("alpha", shared.clone());
    map.insert(
        "größe",
        Node::list([Node::integer(-5), Node::integer(7), shared]),
    );
    map.insert("long", Node::integer(i64::MAX));
    map.insert("ratio", Node::new(Kind::Scalar(Scalar::plain("0.5"))));
    map.insert("nothing", Node::null());
    map.insert("empty", Node::list([]));
    map
}

#[test]
fn reads_what_was_written() {
    let bytes = encode(&header(), &sample()).unwrap();
    let catalog = Catalog::open(&bytes).unwrap();
    assert_eq!(catalog.header(), &header());
    assert_eq!(Catalog::peek(&bytes).unwrap(), header());
    let root = catalog.root();
    assert_eq!(root.to_node(), sample());
    assert!(root.keys().is_sorted());
    assert_eq!(root.len(), 7);
    assert_eq!(root.path(["alpha", "type"]).unwrap().str(), Some("string"));
    assert_eq!(root.path(["alpha", "optional"]).unwrap().bool(), Some(true));
    assert_eq!(root.get("long").unwrap().integer(), Some(i64::MAX));
    assert_eq!(root.get("ratio").unwrap().number_text(), Some("0.5"));
    assert!(root.get("nothing").unwrap().is_null());
    assert!(root.get("nobody").is_none());
    assert!(root.get("alpha").unwrap().items().next().is_none());
    let items: Vec<_> = root.get("größe").unwrap().items().collect();
    assert_eq!(items[0].integer(), Some(-5));
    assert_eq!(items[2].id(), root.get("zeta").unwrap().id());
    assert_eq!(
        root.get("alpha").unwrap().id(),
        root.get("zeta").unwrap().id()
    );
}

#[test]
fn the_order_of_keys_does_not_change_the_bytes() {
    let mut turned = Node::map();
    for entry in sample().entries().iter().rev() {
        turned.insert(entry.key.clone(), entry.node.clone());
    }
    assert_eq!(
        encode(&header(), &sample()).unwrap(),
        encode(&header(), &turned).unwrap()
    );
}

#[test]
fn refuses_what_it_cannot_hold_or_read() {
    let mut deep = Node::null();
    for _ in 0..200 {
        deep = Node::list([deep]);
    }
    assert!(matches!(
        encode(&header(), &deep),
        Err(FlatError::Unfit { .. })
    ));
    let pending = Node::new(Kind::Pending([Key::from("output")].into()));
    assert!(matches!(
        encode(&header(), &pending),
        Err(FlatError::Unfit { .. })
    ));
    let mut bytes = encode(&header(), &sample()).unwrap();
    bytes[8] = 2;
    assert_eq!(
        Catalog::open(&bytes).unwrap_err(),
        FlatError::Newer { found: 2 }
    );
    assert_eq!(Catalog::open(b"{}").unwrap_err(), FlatError::NotACatalog);
    assert!(Catalog::open(b"csoc-cat").is_err());
}

#[test]
fn what_holds_itself_many_times_over_is_refused() {
    // Each list holds the one before eight times: few bytes, and more values than there are atoms.
    let mut laughs = Node::list([Node::null()]);
    for _ in 0..8 {
        laughs = Node::list(vec![laughs; 3]);
    }
    let mut bytes = encode(&header(), &laughs).unwrap();
    assert!(Catalog::open(&bytes).is_ok());
    let mut words = vec![Shape::List.with(1), 0];
    let mut before = 0;
    for _ in 0..20 {
        let at = u32::try_from(words.len()).unwrap();
        words.push(Shape::List.with(8));
        words.extend([Tag::Node.with(before); 8]);
        before = at;
    }
    let mut inflated = super::header::write(&header()).unwrap();
    let count = u32::try_from(words.len()).unwrap();
    for number in [0, count, Tag::Node.with(before), 0]
        .into_iter()
        .chain(words)
    {
        inflated.extend(number.to_le_bytes());
    }
    bytes = envelope(&inflated);
    assert_eq!(
        Catalog::open(&bytes).unwrap_err(),
        FlatError::Damaged {
            what: "it holds too many values"
        }
    );
}

fn envelope(inflated: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut bytes = MAGIC.to_vec();
    bytes.extend(FORMAT.to_le_bytes());
    bytes.extend(u32::try_from(inflated.len()).unwrap().to_le_bytes());
    let mut encoder = flate2::write::ZlibEncoder::new(bytes, flate2::Compression::fast());
    encoder.write_all(inflated).unwrap();
    encoder.finish().unwrap()
}

/// Every value of a catalog is read, and every way to ask.
fn visit(value: FlatValue<'_>) -> usize {
    let _ = (
        value.str(),
        value.bool(),
        value.integer(),
        value.number_text(),
    );
    1 + value
        .entries()
        .map(|(_, child)| visit(child))
        .sum::<usize>()
        + value.items().map(visit).sum::<usize>()
}

fn any_node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Node::null()),
        any::<bool>().prop_map(Node::bool),
        any::<i64>().prop_map(Node::integer),
        (0_i64..100).prop_map(Node::integer),
        "[a-zé]{0,6}".prop_map(Node::string),
    ];
    leaf.prop_recursive(4, 64, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Node::list),
            proptest::collection::btree_map("[a-zé]{0,4}", inner, 0..6).prop_map(|entries| {
                let mut map = Node::map();
                for (key, node) in entries {
                    map.insert(key, node);
                }
                map
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_tree_comes_back(tree in any_node()) {
        let bytes = encode(&header(), &tree).unwrap();
        prop_assert_eq!(Catalog::open(&bytes).unwrap().root().to_node(), tree);
    }

    #[test]
    fn damaged_files_are_errors(at in 0_usize..4096, byte in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = encode(&header(), &sample()).unwrap();
        let at = at % bytes.len();
        if cut {
            bytes.truncate(at);
            prop_assert!(Catalog::open(&bytes).is_err());
        } else if bytes[at] != byte {
            bytes[at] = byte;
            // The checksum finds every byte that says something; the last bits before it say nothing.
            if let Ok(catalog) = Catalog::open(&bytes) {
                prop_assert_eq!(catalog.root().to_node(), sample());
            }
            let _ = Catalog::peek(&bytes);
        }
    }

    #[test]
    fn damaged_tables_are_errors_or_readable(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
        cut in 0_usize..8,
    ) {
        let bytes = encode(&header(), &sample()).unwrap();
        let mut inflated = super::header::inflate(&bytes).unwrap();
        let start = 4 + usize::try_from(u32::from_le_bytes(inflated[..4].try_into().unwrap())).unwrap();
        for (at, byte) in changes {
            let at = start + at.index(inflated.len() - start);
            inflated[at] = byte;
        }
        inflated.truncate(inflated.len() - cut);
        if let Ok(catalog) = Catalog::open(&envelope(&inflated)) {
            prop_assert!(visit(catalog.root()) > 0);
        }
    }
}
