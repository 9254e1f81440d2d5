//! Differences as a static page: escaped text, no scripts, nothing to fetch.

use std::fmt::Write as _;

use super::super::change::{Change, Diff};
use super::super::danger::Danger;
use super::{PLACES, Shown, sources};

impl Diff {
    /// The differences as HTML that a notebook shows: a table for each object.
    pub fn to_html(&self) -> String {
        let mut html = String::from("<div class=\"csoc\"><div>");
        if !self.old.is_empty() && !self.new.is_empty() {
            let _ = write!(html, "{} → {}: ", escape(&self.old), escape(&self.new));
        }
        let _ = write!(html, "{}</div>", escape(&self.summary()));
        for (object, changes) in self.objects() {
            let _ = write!(
                html,
                "<table class=\"csoc\"><caption style=\"text-align:left\">{}</caption><thead><tr>",
                escape(object)
            );
            for head in ["danger", "what", "change", "why, and what follows"] {
                let _ = write!(html, "<th style=\"text-align:left\">{head}</th>");
            }
            html.push_str("</tr></thead><tbody>");
            for change in changes {
                row(change, &mut html);
            }
            html.push_str("</tbody></table>");
        }
        html.push_str("</div>");
        html
    }

    /// The same as a whole page.
    pub fn to_page(&self) -> String {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Differences</title></head><body>{}</body></html>\n",
            self.to_html()
        )
    }
}

fn row(change: &Change, html: &mut String) {
    let mut why = escape(&change.reason);
    for line in &change.consequences {
        let _ = write!(why, "<br>⤷ {}", escape(line));
    }
    let shown = Shown::of(change, PLACES);
    for (at, how) in &shown.lines {
        let _ = write!(why, "<br><code>{}</code> {}", escape(at), escape(how));
    }
    if let Some(rest) = shown.rest() {
        let _ = write!(why, "<br>{rest}");
    }
    if let Some(sources) = sources(change) {
        let _ = write!(why, "<br>{}", escape(&sources));
    }
    html.push_str("<tr>");
    let _ = write!(
        html,
        "<td style=\"text-align:left;color:{}\">{}</td>",
        colour(change.danger),
        change.danger
    );
    for cell in [escape(&change.what()), escape(&change.how()), why] {
        let _ = write!(html, "<td style=\"text-align:left\">{cell}</td>");
    }
    html.push_str("</tr>");
}

const fn colour(danger: Danger) -> &'static str {
    match danger {
        Danger::DataLoss => "#a40000",
        Danger::Outage => "#c04000",
        Danger::Exposure => "#8020a0",
        Danger::Identity => "#806000",
        Danger::Cost => "#006080",
        Danger::Harmless => "#206020",
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}
