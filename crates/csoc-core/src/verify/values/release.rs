//! The values files of a release as texts.

use camino::{Utf8Path, Utf8PathBuf};

use super::{ValuesFile, check};
use crate::catalog::Catalogs;
use crate::diagnostic::{Diagnostics, Report, Root};
use crate::span::{FileId, SourceFile, Sources};
use crate::value::{Node, yaml_read};
use crate::verify::document::no_duplicates;

/// A values file that was read.
struct Read {
    path: Utf8PathBuf,
    file: FileId,
    node: Option<Node>,
    /// Whether it could not be read, which is another thing than being empty.
    is_broken: bool,
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
        let readable = read.iter().filter(|file| !file.is_broken);
        let files: Vec<ValuesFile<'_>> = readable
            .map(|file| ValuesFile {
                path: &file.path,
                file: file.file,
                node: file.node.as_ref(),
            })
            .collect();
        check(&chart, &files, &mut sink);
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
    let is_broken = found.has_errors() && node.is_none();
    sink.append(found);
    if let Some(node) = &node {
        no_duplicates(node, sink);
    }
    Read {
        path: path.to_owned(),
        file,
        node,
        is_broken,
    }
}
