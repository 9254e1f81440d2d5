//! The page as HTML: a whole document without scripts, for a notebook or a browser.

use std::fmt::Write as _;

use super::markdown::html;
use super::{PlanPage, Row, RowState, signs};

const STYLE: &str = "\
.csoc{font:14px/1.5 system-ui,sans-serif;max-width:72em}.csoc table{border-collapse:collapse}\
.csoc td,.csoc th{text-align:left;padding:.2em .8em;border-bottom:1px solid #8884;vertical-align:top}\
.csoc code{font-size:90%}.csoc .failed,.csoc .danger{color:#c0392b}.csoc .clean{opacity:.7}";

impl PlanPage {
    /// The page as an HTML document.
    pub fn to_html(&self) -> String {
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>{}</body></html>\n",
            html(&self.title()),
            self.to_html_fragment()
        )
    }

    /// The page as an element to be put into another document.
    pub fn to_html_fragment(&self) -> String {
        let mut text = format!(
            "<div class=\"csoc\"><style>{STYLE}</style><h2>{}</h2><p>{}.</p>\n",
            html(&self.title()),
            html(&self.headline())
        );
        let all = signs(|action| self.count(action));
        if !all.is_empty() {
            let _ = writeln!(text, "<p>Over all: <code>{}</code></p>", html(&all));
        }
        let dangers = self.dangers();
        if !dangers.is_empty() {
            text.push_str("<h3>What would go away</h3><ul>\n");
            for danger in dangers {
                let kind = if danger.is_stateful {
                    "<strong>cannot be made again</strong>, "
                } else {
                    ""
                };
                let _ = writeln!(
                    text,
                    "<li class=\"danger\">{kind}{} <code>{}</code> in <code>{}</code></li>",
                    danger.change.action,
                    html(&danger.change.address),
                    html(danger.stack)
                );
            }
            text.push_str("</ul>\n");
        }
        text.push_str("<table><thead><tr><th>stack</th><th>tier</th><th>plan</th><th></th></tr></thead><tbody>\n");
        self.rows.iter().for_each(|row| write_row(&mut text, row));
        text.push_str("</tbody></table>\n");
        if let Some(expires) = self.expires {
            let _ = writeln!(
                text,
                "<p>Apply exactly this with <code>{}</code>, until {}.</p>",
                html(&self.command()),
                expires.strftime("%Y-%m-%d %H:%M UTC")
            );
        }
        text.push_str("</div>");
        text
    }
}

fn write_row(text: &mut String, row: &Row) {
    let class = match row.state {
        RowState::Failed { .. } => "failed",
        RowState::Clean => "clean",
        _ => "",
    };
    let _ = write!(
        text,
        "<tr class=\"{class}\"><td><code>{}</code></td><td>{}</td><td>",
        html(row.stack.as_str()),
        html(row.tier.as_deref().unwrap_or_default())
    );
    if row.changes().is_empty() {
        text.push_str(&html(&row.outcome()));
    } else {
        let _ = write!(
            text,
            "<details><summary>{}</summary><ul>",
            html(&row.outcome())
        );
        for change in row.changes() {
            let _ = write!(
                text,
                "<li>{} <code>{}</code></li>",
                change.action,
                html(&change.address)
            );
        }
        text.push_str("</ul></details>");
    }
    let _ = writeln!(text, "</td><td>{}</td></tr>", html(&row.remark()));
}
