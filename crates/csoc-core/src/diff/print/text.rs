//! Differences on a terminal.

use std::fmt::Write as _;

use super::super::change::{Change, Diff};
use super::super::danger::Danger;
use super::{PLACES, Shown, sources};
use crate::diagnostic::TextStyle;

impl Diff {
    /// The differences for people: an object after the other, in it the worst first.
    pub fn to_text(&self, style: TextStyle) -> String {
        let mut text = String::new();
        for (object, changes) in self.objects() {
            let _ = writeln!(text, "{}", paint(object, "1", style));
            for change in changes {
                one(change, style, &mut text);
            }
            text.push('\n');
        }
        let _ = writeln!(text, "{}", self.summary());
        text
    }
}

fn one(change: &Change, style: TextStyle, text: &mut String) {
    let danger = paint(
        &format!("{:<9}", change.danger.title()),
        colour(change.danger),
        style,
    );
    let _ = writeln!(
        text,
        "  {} {danger}  {}: {}",
        change.action.mark(),
        change.what(),
        change.how()
    );
    let _ = writeln!(text, "               {}", change.reason);
    for line in &change.consequences {
        let _ = writeln!(text, "               ⤷ {line}");
    }
    let shown = Shown::of(change, PLACES);
    for (at, how) in &shown.lines {
        let _ = writeln!(text, "               {at}: {how}");
    }
    if let Some(rest) = shown.rest() {
        let _ = writeln!(text, "               {rest}");
    }
    if let Some(sources) = sources(change) {
        let _ = writeln!(text, "               {sources}");
    }
}

const fn colour(danger: Danger) -> &'static str {
    match danger {
        Danger::DataLoss => "1;31",
        Danger::Outage => "31",
        Danger::Exposure => "35",
        Danger::Identity => "33",
        Danger::Cost => "36",
        Danger::Harmless => "32",
    }
}

fn paint(text: &str, colour: &str, style: TextStyle) -> String {
    if style.is_coloured() {
        format!("\u{1b}[{colour}m{text}\u{1b}[0m")
    } else {
        text.to_owned()
    }
}
