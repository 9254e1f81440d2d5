//! Helm templates read without Helm: what stands in them as plain text.

use crate::span::Span;

/// A template whose actions are replaced by letters of the same length, so that places stay.
#[derive(Debug)]
pub(super) struct Masked {
    /// The text to read as YAML.
    pub(super) text: String,
    /// The bytes of the actions, in order.
    actions: Vec<(usize, usize)>,
}

impl Masked {
    /// Masks every `{{ … }}`. A line of nothing but actions becomes blank; what is not closed runs to the end.
    pub(super) fn new(template: &str) -> Self {
        let mut text = String::with_capacity(template.len());
        let mut actions = Vec::new();
        let mut at = 0;
        while let Some(found) = template[at..].find("{{") {
            let start = at + found;
            let end = template[start..]
                .find("}}")
                .map_or(template.len(), |length| start + length + 2);
            text.push_str(&template[at..start]);
            let letter = if is_alone(template, start, end) {
                ' '
            } else {
                'x'
            };
            text.extend(template[start..end].bytes().map(|byte| match byte {
                b'\n' => '\n',
                _ => letter,
            }));
            actions.push((start, end));
            at = end;
        }
        text.push_str(&template[at..]);
        Self { text, actions }
    }

    /// Whether an action made any of what stands at a place.
    pub(super) fn made(&self, span: Span) -> bool {
        let (start, end) = (span.start as usize, span.end as usize);
        self.actions
            .iter()
            .any(|(first, last)| *first < end && start < *last)
    }
}

/// Whether there is nothing but actions in the lines of one.
fn is_alone(template: &str, start: usize, end: usize) -> bool {
    let line_start = template[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = template[end..]
        .find('\n')
        .map_or(template.len(), |at| end + at);
    let mut rest = &template[line_start..line_end];
    loop {
        rest = rest.trim();
        let Some(inside) = rest.strip_prefix("{{") else {
            return rest.is_empty();
        };
        rest = inside.find("}}").map_or("", |at| &inside[at + 2..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_become_letters_or_blank_lines() {
        let masked = Masked::new("{{- if .a }}\nname: \"{{ .n }}\"\n{{ end }}{{/* é */}}\nx: {{ y");
        assert_eq!(
            masked.text,
            format!(
                "{}\nname: \"xxxxxxxx\"\n{}\nx: xxxx",
                " ".repeat(12),
                " ".repeat(9 + 12)
            )
        );
    }
}
