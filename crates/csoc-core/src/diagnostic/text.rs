//! Findings as people read them: the message, the source lines, the fix.

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str,
};

use super::{Diagnostic, Label, Report, Severity, Status, Summary};

/// How text is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextStyle {
    is_coloured: bool,
    width: usize,
}

impl TextStyle {
    /// Without colour: for files and pipes.
    pub const fn plain() -> Self {
        Self {
            is_coloured: false,
            width: DEFAULT_TERM_WIDTH,
        }
    }

    /// With colour: for terminals.
    pub const fn coloured() -> Self {
        Self {
            is_coloured: true,
            width: DEFAULT_TERM_WIDTH,
        }
    }

    /// Whether it is with colour.
    pub(crate) const fn is_coloured(self) -> bool {
        self.is_coloured
    }

    /// The same on a terminal of that many columns; longer source lines are cut around what matters.
    #[must_use]
    pub const fn width(self, columns: usize) -> Self {
        Self {
            width: columns,
            ..self
        }
    }
}

impl Default for TextStyle {
    fn default() -> Self {
        Self::plain()
    }
}

impl Report {
    /// The report for people: each finding with its source lines, then how many there are. Empty where nothing was found.
    ///
    /// What the baseline knows is only counted: whoever reads this looks for what is new. As data all of it is there.
    pub fn to_text(&self, style: TextStyle) -> String {
        let mut text = String::new();
        let told = self.diagnostics().iter();
        for diagnostic in told.filter(|it| it.status != Status::Baselined) {
            text.push_str(&diagnostic.to_text(style));
            text.push('\n');
        }
        if !self.diagnostics().is_empty() {
            let summary = self.summary();
            text.push_str(&summary.to_string());
            text.push('\n');
            if summary.baselined > 0 {
                text.push_str(
                    "what the baseline knows is counted here, and shown with `--format json`\n",
                );
            }
        }
        text
    }
}

impl Diagnostic {
    /// The finding for people, with its source lines; it ends with a line break.
    pub fn to_text(&self, style: TextStyle) -> String {
        let renderer = if style.is_coloured {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.term_width(style.width);
        let mut text = renderer.render(&[group(self)]);
        text.push('\n');
        text
    }
}

fn group(diagnostic: &Diagnostic) -> Group<'_> {
    let (level, name) = match diagnostic.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Warning => (Level::WARNING, "warning"),
        Severity::Info => (Level::INFO, "info"),
    };
    let level = match diagnostic.status {
        Status::New => level.with_name(name),
        Status::Baselined => level.with_name(format!("baselined {name}")),
        Status::Waived => level.with_name(format!("waived {name}")),
    };
    let title = level
        .primary_title(normalize_untrusted_str(&diagnostic.message))
        .id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    for lines in by_line(&diagnostic.labels) {
        let [first, ..] = lines[..] else { continue };
        if first.excerpt.is_empty() {
            group = group.element(Origin::path(first.file.as_str()));
            continue;
        }
        let annotations = lines
            .iter()
            .map(|label| annotation(label, &diagnostic.labels));
        group = group.element(
            Snippet::source(first.excerpt.as_str())
                .line_start(first.line as usize)
                .path(first.file.as_str())
                .annotations(annotations),
        );
    }
    match &diagnostic.help {
        Some(help) => group.element(Level::HELP.message(normalize_untrusted_str(help))),
        None => group,
    }
}

/// Labels of one line together, in the order of the first of each.
fn by_line(labels: &[Label]) -> Vec<Vec<&Label>> {
    let mut lines: Vec<Vec<&Label>> = Vec::new();
    for label in labels {
        let same = lines.iter_mut().find(|line| {
            line.first()
                .is_some_and(|first| first.file == label.file && first.line == label.line)
        });
        match same {
            Some(line) => line.push(label),
            None => lines.push(vec![label]),
        }
    }
    lines
}

fn annotation<'a>(label: &'a Label, all: &[Label]) -> Annotation<'a> {
    let kind = if all.first() == Some(label) {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let start = byte(&label.excerpt, label.column);
    let end = if label.end_line == label.line {
        byte(&label.excerpt, label.end_column)
    } else {
        label.excerpt.trim_end().len()
    };
    let annotation = kind.span(start..end.max(start));
    if label.message.is_empty() {
        annotation
    } else {
        annotation.label(normalize_untrusted_str(&label.message))
    }
}

/// The offset of a column, which counts characters from 1.
fn byte(line: &str, column: u32) -> usize {
    line.char_indices()
        .nth(column.saturating_sub(1) as usize)
        .map_or(line.len(), |(at, _)| at)
}

impl std::fmt::Display for Summary {
    /// `2 errors, 1 warning, 3 baselined`: what there is of.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let counted = |count: usize, what: &str| match count {
            0 => None,
            1 => Some(format!("1 {what}")),
            _ => Some(format!("{count} {what}s")),
        };
        let plain = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let parts: Vec<String> = [
            counted(self.errors, "error"),
            counted(self.warnings, "warning"),
            counted(self.infos, "remark"),
            plain(self.baselined, "baselined"),
            plain(self.waived, "waived"),
        ]
        .into_iter()
        .flatten()
        .collect();
        if parts.is_empty() {
            f.write_str("nothing found")
        } else {
            f.write_str(&parts.join(", "))
        }
    }
}
