//! ApplicationSets as the Applications that they make, each with the environment whose values it reads.

use std::sync::Arc;

use camino::Utf8Path;

use crate::gitops::applications_of;
use crate::tree::{BackendName, Document, File};
use crate::value::Node;

/// What of a set the Applications show.
const SHOWN: [&str; 3] = ["generators", "template", "templatePatch"];

/// The files with the Applications of sets beside them.
///
/// A set all of whose Applications are of environments is left with what they
/// do not show: so an element that changes is a change of one environment.
pub(super) fn with_applications(
    files: Vec<Arc<File>>,
    owner_of: &dyn Fn(&Utf8Path) -> Option<String>,
) -> Vec<Arc<File>> {
    if !files.iter().any(|file| set(file).is_some()) {
        return files;
    }
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        let Some(node) = set(&file) else {
            all.push(file);
            continue;
        };
        let (mut made, mut is_whole) = (Vec::new(), true);
        for application in applications_of(node) {
            match owner(&application, owner_of) {
                Some((directory, object)) => made.push(Arc::new(File::new(
                    format!("{directory}/templates/app.yaml"),
                    object,
                    BackendName::Argocd,
                    Document::Yaml(application),
                ))),
                None => is_whole = false,
            }
        }
        if is_whole && !made.is_empty() {
            let mut rest = node.clone();
            if let Some(spec) = rest.get_mut("spec") {
                for key in SHOWN {
                    spec.remove(key);
                }
            }
            let (path, object) = (file.path().to_owned(), file.object().to_owned());
            all.push(Arc::new(File::new(
                path,
                object,
                file.backend(),
                Document::Yaml(rest),
            )));
        } else {
            all.push(file);
        }
        all.append(&mut made);
    }
    all
}

/// The ApplicationSet that a file is.
fn set(file: &File) -> Option<&Node> {
    match file.document() {
        Document::Yaml(node) if node.get("kind").and_then(Node::text) == Some("ApplicationSet") => {
            Some(node)
        }
        _ => None,
    }
}

/// The directory and the object of the environment whose values an Application reads.
fn owner(
    application: &Node,
    owner_of: &dyn Fn(&Utf8Path) -> Option<String>,
) -> Option<(String, String)> {
    let sources = application.path(&["spec", "sources"]).map(Node::items)?;
    let references = sources
        .iter()
        .filter_map(|source| source.path(&["helm", "valueFiles"]))
        .flat_map(Node::items)
        .filter_map(Node::text)
        .filter_map(|reference| reference.strip_prefix("$values/"));
    for reference in references {
        // The tree may lie in a directory of its repository.
        let mut rest = reference;
        loop {
            let path = format!("gitops/{rest}");
            if let Some(object) = owner_of(Utf8Path::new(&path)) {
                let (directory, _) = path.split_once("/values/")?;
                return Some((directory.to_owned(), object));
            }
            match rest.split_once('/') {
                Some((_, below)) => rest = below,
                None => break,
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::by_object;
    use super::*;
    use crate::span::{SourceFile, Sources};
    use crate::value::yaml_read;

    fn file(path: &str, object: &str, text: &str) -> Arc<File> {
        let mut sources = Sources::default();
        let id = sources.add(SourceFile::new(path, text));
        let (node, _) = yaml_read::read(text, id, &yaml_read::Limits::default());
        let document = Document::Yaml(node.unwrap());
        Arc::new(File::new(path, object, BackendName::Argocd, document))
    }

    #[test]
    fn an_element_is_of_the_environment_whose_values_it_reads() {
        let set = "kind: ApplicationSet
metadata: {name: demo}
spec:
  goTemplate: true
  generators:
  - list: {elements: [{name: dev, files: $values/deep/east/dev.example.org/values/values.yaml}]}
  template:
    metadata: {name: '{{.name}}'}
    spec: {sources: [{helm: {valueFiles: ['{{.files}}']}}]}
";
        let (owner, commons) = ("commons.demo.environments.dev", "commons.demo");
        let objects = by_object([
            file(
                "gitops/east/dev.example.org/values/values.yaml",
                owner,
                "a: 1",
            ),
            file("gitops/hub/applicationsets/demo.yaml", commons, set),
        ]);
        let files = &objects[owner].files;
        let Document::Yaml(made) = files["templates/app.yaml"].document() else {
            panic!("an Application is YAML");
        };
        assert_eq!(made.path(&["metadata", "name"]), Some(&Node::string("dev")));
        let Document::Yaml(rest) = objects[commons].files.values().next().unwrap().document()
        else {
            panic!("a set is YAML");
        };
        assert_eq!(rest.path(&["spec", "generators"]), None);
        assert!(rest.path(&["spec", "goTemplate"]).is_some());
    }
}
