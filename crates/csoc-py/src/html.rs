//! Static HTML for notebooks: tables of escaped text, no scripts, nothing to fetch.

use std::fmt::Write as _;

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Rows that a notebook shows; more are counted.
const SHOWN: usize = 100;

/// A heading over a table.
pub(crate) fn table<const N: usize>(
    caption: &str,
    head: [&str; N],
    table: impl ExactSizeIterator<Item = [String; N]>,
) -> String {
    rows(caption, &head, table)
}

/// A heading over a table of as many columns as its head has.
pub(crate) fn rows<R: AsRef<[String]>>(
    caption: &str,
    head: &[&str],
    rows: impl ExactSizeIterator<Item = R>,
) -> String {
    let left_out = rows.len().saturating_sub(SHOWN);
    let mut html = String::from("<table class=\"csoc\"><caption style=\"text-align:left\">");
    escape(caption, &mut html);
    html.push_str("</caption><thead><tr>");
    for text in head {
        cell("th", text, &mut html);
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows.take(SHOWN) {
        html.push_str("<tr>");
        for text in row.as_ref() {
            cell("td", text, &mut html);
        }
        html.push_str("</tr>");
    }
    if left_out > 0 {
        let _ = write!(
            html,
            "<tr><td colspan=\"{}\">and {left_out} more</td></tr>",
            head.len()
        );
    }
    html.push_str("</tbody></table>");
    html
}

/// A heading over text as it is.
pub(crate) fn preformatted(caption: &str, text: &str) -> String {
    let mut html = String::from("<div class=\"csoc\"><div>");
    escape(caption, &mut html);
    html.push_str("</div><pre style=\"text-align:left\">");
    escape(text, &mut html);
    html.push_str("</pre></div>");
    html
}

fn cell(tag: &str, text: &str, html: &mut String) {
    let _ = write!(html, "<{tag} style=\"text-align:left\">");
    escape(text, html);
    let _ = write!(html, "</{tag}>");
}

fn escape(text: &str, html: &mut String) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            other => html.push(other),
        }
    }
}

/// What a notebook asks an object for: the same as text and as HTML.
pub(crate) fn bundle(py: Python<'_>, plain: String, html: String) -> PyResult<Bound<'_, PyDict>> {
    let bundle = PyDict::new(py);
    bundle.set_item("text/plain", plain)?;
    bundle.set_item("text/html", html)?;
    Ok(bundle)
}
