//! Until when versions of a platform get fixes.

#[cfg(test)]
mod tests;

use super::flat::FlatValue;
use super::provider::ProviderVersion;
use crate::model::version::Date;
use crate::value::Node;

/// The version of our reader of support days.
pub(crate) const READER: u32 = 1;

/// What a list of versions says.
#[derive(Debug)]
pub(crate) struct SupportList {
    /// The platform, where the list says it.
    pub(crate) name: Option<String>,
    /// The day of the list, where it says it.
    pub(crate) version: Option<String>,
    /// The products with their versions.
    pub(crate) tree: Node,
}

/// A product of a platform, with its versions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Product<'a>(FlatValue<'a>);

/// How a version is supported on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Support<'a> {
    /// It gets fixes, or nobody knows it.
    Open,
    /// It gets fixes for more money; standard support ended on that day.
    Extended(&'a str),
    /// It gets none since that day.
    Ended(&'a str),
    /// It is older than all that are listed.
    Forgotten,
}

/// Reads a list; the reason where it is none.
pub(crate) fn read(node: &Node) -> Result<SupportList, String> {
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let products = node.get("products").map_or(&[][..], Node::entries);
    if products.is_empty() {
        return Err("it has no `products`".to_owned());
    }
    let mut all = Node::map();
    for product in products {
        let name = &product.key;
        let mut tree = Node::map();
        for key in ["title", "source"] {
            if let Some(text) = product.node.get(key).and_then(Node::text) {
                tree.append(key, Node::string(text));
            }
        }
        let listed = product.node.get("versions").map_or(&[][..], Node::entries);
        if listed.is_empty() {
            return Err(format!("the product `{name}` has no `versions`"));
        }
        let mut versions = Node::map();
        for entry in listed {
            let mut days = Node::map();
            for key in ["ends", "extended"] {
                let Some(day) = entry.node.get(key) else {
                    continue;
                };
                let day = day.text().filter(|text| text.parse::<Date>().is_ok());
                let day = day.ok_or_else(|| {
                    format!(
                        "`{key}` of `{}` in `{name}` is no day as \"YYYY-MM-DD\"",
                        entry.key
                    )
                })?;
                days.append(key, Node::string(day));
            }
            if days.get("ends").is_none() {
                return Err(format!("`{}` in `{name}` has no `ends`", entry.key));
            }
            versions.append(entry.key.clone(), days);
        }
        tree.append("versions", versions);
        all.append(name.clone(), tree);
    }
    let mut tree = Node::map();
    tree.append("products", all);
    Ok(SupportList {
        name: text("name"),
        version: text("version"),
        tree,
    })
}

/// How many days of a catalog lie before one.
pub(crate) fn days_past(root: FlatValue<'_>, day: &Date) -> usize {
    let products = root
        .get("products")
        .into_iter()
        .flat_map(FlatValue::entries);
    let versions = products.flat_map(|(_, product)| Product(product).versions());
    versions
        .flat_map(|(_, days)| ["ends", "extended"].map(|key| text(days, key)))
        .filter(|last| !last.is_empty() && day.as_str() > *last)
        .count()
}

impl<'a> Product<'a> {
    /// The product of that name in a catalog.
    pub(crate) fn of(root: FlatValue<'a>, name: &str) -> Option<Self> {
        root.path(["products", name]).map(Self)
    }

    /// How a version is supported on a day. What is newer than all that are listed is supported.
    pub(crate) fn support(self, version: &str, day: &Date) -> Support<'a> {
        let Some(days) = self.0.path(["versions", version]) else {
            let Ok(version) = version.parse::<ProviderVersion>() else {
                return Support::Open;
            };
            let mut listed = self.versions().peekable();
            let is_older = listed.peek().is_some()
                && listed.all(|(known, _)| {
                    let known: Result<ProviderVersion, _> = known.parse();
                    known.is_ok_and(|known| version.compare(&known).is_lt())
                });
            return if is_older {
                Support::Forgotten
            } else {
                Support::Open
            };
        };
        Self::on(days, day)
    }

    /// The same for a name that holds listed texts: the one that is supported the longest counts.
    pub(crate) fn support_within(self, name: &str, day: &Date) -> Support<'a> {
        let held = self.versions().filter(|(part, _)| name.contains(part));
        let longest = held.max_by_key(|(_, days)| text(*days, "ends"));
        longest.map_or(Support::Open, |(_, days)| Self::on(days, day))
    }

    /// The oldest version that gets fixes for no more money on a day.
    pub(crate) fn oldest(self, day: &Date) -> Option<&'a str> {
        let supported = self
            .versions()
            .filter(|(_, days)| Self::on(*days, day) == Support::Open);
        let versions = supported.filter_map(|(version, _)| {
            let parsed: ProviderVersion = version.parse().ok()?;
            Some((version, parsed))
        });
        let oldest = versions.min_by(|(_, one), (_, two)| one.compare(two))?;
        Some(oldest.0)
    }

    fn versions(self) -> impl Iterator<Item = (&'a str, FlatValue<'a>)> {
        let versions = self.0.get("versions").into_iter();
        versions.flat_map(FlatValue::entries)
    }

    fn on(days: FlatValue<'a>, day: &Date) -> Support<'a> {
        // Days as text compare as days.
        let is_past = |last: &str| !last.is_empty() && day.as_str() > last;
        let (ends, extended) = (text(days, "ends"), text(days, "extended"));
        if !is_past(ends) {
            Support::Open
        } else if extended.is_empty() {
            Support::Ended(ends)
        } else if is_past(extended) {
            Support::Ended(extended)
        } else {
            Support::Extended(ends)
        }
    }
}

fn text<'a>(days: FlatValue<'a>, key: &str) -> &'a str {
    days.get(key).and_then(FlatValue::str).unwrap_or_default()
}
