//! Which findings speak about which control.

use std::collections::BTreeMap;

use super::codes::codes;
use crate::catalog::ControlTitles;
use crate::diagnostic::{CodeFacts, Control};

/// A control with the codes that evidence it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ControlFacts {
    /// The control.
    pub control: Control,
    /// What it is called.
    pub title: &'static str,
    /// The codes, sorted.
    pub codes: Vec<&'static CodeFacts>,
}

/// Every control that some finding speaks about, by family and number.
///
/// ```
/// let all = csoc_core::controls();
/// let boundary = all.iter().find(|facts| facts.control.number() == "SC-7").unwrap();
/// assert!(boundary.codes.iter().any(|facts| facts.code.as_str() == "cidr-overlap"));
/// ```
pub fn controls() -> Vec<ControlFacts> {
    let mut all: BTreeMap<(&str, u32), ControlFacts> = BTreeMap::new();
    for facts in codes() {
        for control in facts.controls {
            let (family, number) = control
                .number()
                .split_once('-')
                .unwrap_or((control.number(), ""));
            all.entry((family, number.parse().unwrap_or_default()))
                .or_insert_with(|| ControlFacts {
                    control: *control,
                    title: ControlTitles::embedded()
                        .get(control.number())
                        .unwrap_or_default(),
                    codes: Vec::new(),
                })
                .codes
                .push(facts);
        }
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_has_a_title() {
        for facts in controls() {
            assert!(!facts.title.is_empty(), "{}", facts.control);
        }
        let numbers: Vec<&str> = controls()
            .iter()
            .map(|facts| facts.control.number())
            .collect();
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(
            numbers.iter().position(|number| *number == "CP-9")
                < numbers.iter().position(|number| *number == "CP-10")
        );
    }
}
