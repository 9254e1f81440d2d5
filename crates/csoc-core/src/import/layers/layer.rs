//! The layers of a draft that environments may move values to.

use crate::import::draft::Draft;
use crate::model::name::ObjectName;
use crate::resolve::EnvironmentRef;
use crate::value::Node;

/// A layer of the draft that environments may move values to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    Fleet,
    Cluster(ObjectName),
    Commons(ObjectName),
    Environment(EnvironmentRef),
}

impl Draft {
    pub(super) fn layer(&self, layer: &Layer) -> Option<&Node> {
        match layer {
            Layer::Fleet => self.fleet.get("defaults"),
            Layer::Cluster(name) => self.clusters.get(name)?.get("environmentDefaults"),
            Layer::Commons(name) => self.commons.get(name),
            Layer::Environment(at) => self.environments.get(at),
        }
    }

    /// The layer, made where it is not there.
    pub(super) fn layer_mut(&mut self, layer: &Layer) -> Option<&mut Node> {
        let (object, field) = match layer {
            Layer::Fleet => (Some(&mut self.fleet), Some("defaults")),
            Layer::Cluster(name) => (self.clusters.get_mut(name), Some("environmentDefaults")),
            Layer::Commons(name) => (self.commons.get_mut(name), None),
            Layer::Environment(at) => (self.environments.get_mut(at), None),
        };
        let object = object?;
        let Some(field) = field else {
            return Some(object);
        };
        if object.get(field).is_none() {
            object.insert(field, Node::map());
        }
        object.get_mut(field)
    }
}
