//! The values files of a release as texts.

use camino::{Utf8Path, Utf8PathBuf};

use super::{ValuesFile, check};
use crate::catalog::Catalogs;
use crate::diagnostic::{Diagnostics, Report, Root};
use crate::span::{SourceFile, Sources};
use crate::value::{Node, yaml_read};
use crate::verify::document::no_duplicates;

/// A values file that was read.
struct Read {
    path: Utf8PathBuf,
    node: Option<Node>,
}

impl Catalogs {
    /// What is wrong with the values files of a release of a chart, given with their paths in the order that
    /// Helm merges them. `None` where no catalog knows the chart.
    ///
    /// ```
    /// use csoc_core::Catalogs;
    ///
    /// let files = [("values.yaml", "ambassador:\n  enable: false\n")];
    /// let report = Catalogs::embedded().check_values("gen3", files).unwrap();
    /// assert_eq!(report.diagnostics()[0].help.as_deref(), Some("did you mean `enabled`?"));
    /// ```
    pub fn check_values<'f, P: AsRef<Utf8Path>>(
        &self,
        chart: &str,
        files: impl IntoIterator<Item = (P, &'f str)>,
    ) -> Option<Report> {
        let chart = self.chart(chart, None)?;
        let mut sources = Sources::default();
        let mut sink = Diagnostics::default();
        let read: Vec<Read> = files
            .into_iter()
            .map(|(path, text)| read(path.as_ref(), text, &mut sources, &mut sink))
            .collect();
        let files: Vec<ValuesFile<'_>> = read
            .iter()
            .map(|file| ValuesFile {
                path: &file.path,
                node: file.node.as_ref(),
            })
            .collect();
        check(chart, &files, &mut sink);
        let found = sink.into_vec().into_iter();
        Some(Report::new(
            found
                .map(|finding| finding.resolve(&sources, Root::Tree))
                .collect(),
        ))
    }
}

fn read(path: &Utf8Path, text: &str, sources: &mut Sources, sink: &mut Diagnostics) -> Read {
    let file = sources.add(SourceFile::new(path, text));
    let (node, found) = yaml_read::read(text, file, &yaml_read::Limits::default());
    sink.append(found);
    if let Some(node) = &node {
        no_duplicates(node, sink);
    }
    Read {
        path: path.to_owned(),
        node,
    }
}
