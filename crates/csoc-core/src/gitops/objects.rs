//! Objects of an Argo CD in a file: Applications, what makes Applications, projects and clusters.

use super::application::Application;
use super::applicationset::ApplicationSet;
use super::project::Project;
use super::registration::Registration;
use crate::span::FileId;
use crate::value::Node;

/// The objects of a file, by what they are.
#[derive(Debug, Default)]
pub(super) struct Objects {
    pub(super) applications: Vec<Application>,
    pub(super) sets: Vec<ApplicationSet>,
    pub(super) projects: Vec<Project>,
    pub(super) registrations: Vec<Registration>,
}

impl Objects {
    /// Those of a file that is no place of Argo CD's: what makes Applications, and clusters.
    pub(super) fn delivered(nodes: &[Node], file: FileId) -> Self {
        let mut objects = Self::read(nodes, file);
        objects.applications.clear();
        objects.projects.clear();
        objects
    }

    /// Those among some documents.
    pub(super) fn read(nodes: &[Node], file: FileId) -> Self {
        let mut objects = Self::default();
        for node in nodes {
            objects
                .applications
                .extend(Application::of_document(node, file));
            objects.sets.extend(ApplicationSet::read(node, file, false));
            objects.projects.extend(Project::read(node));
            objects.registrations.extend(Registration::read(node));
        }
        objects
    }
}
