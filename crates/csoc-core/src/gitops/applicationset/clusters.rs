//! The cluster generator: one Application for each cluster that Argo CD knows.

use super::super::placed::Placed;
use super::super::registration::{HERE, Registration};
use super::engine::Engine;
use super::generator::Generating;
use super::parameters::Parameters;
use super::selector::{asks, selects};
use super::stop::Stop;
use super::text::normalized;
use crate::value::{Kind, Node, Origin, Reading};

/// The clusters that are registered in files and selected.
///
/// The cluster that Argo CD runs in belongs to those of a generator that
/// selects nothing, unless a registration already is of it.
pub(super) fn generate(body: &Node, generating: Generating<'_>) -> Result<Vec<Parameters>, Stop> {
    let registrations = &generating.world.registrations;
    if registrations.is_empty() {
        return Err(Stop::undecidable(
            "no file registers a cluster, so that only Argo CD knows which there are",
        ));
    }
    let selector = body.get("selector");
    let mut all = Vec::new();
    for registration in registrations {
        if !selects(selector, &|key| registration.labels.get(key))? {
            continue;
        }
        let mut values = parameters(registration, generating.engine);
        generating.with_values(body, &mut values)?;
        all.push(Parameters::new(values, registration.span));
    }
    if !asks(selector) && !registrations.iter().any(Registration::is_here) {
        let mut values = Node::map();
        for (key, value) in [
            ("name", "in-cluster"),
            ("nameNormalized", "in-cluster"),
            ("server", HERE),
            ("project", ""),
        ] {
            values.insert(key, Node::string(value));
        }
        generating.with_values(body, &mut values)?;
        all.push(Parameters::new(values, body.span()));
    }
    let is_flat = body.get("flatList").is_some_and(|flat| {
        matches!(&flat.kind, Kind::Scalar(scalar) if scalar.reading() == Reading::Bool(true))
    });
    if !is_flat {
        return Ok(all);
    }
    let causes = all.iter().flat_map(|one| one.causes.clone()).collect();
    let mut values = Node::map();
    values.insert(
        "clusters",
        Node::list(all.into_iter().map(|one| one.values)),
    );
    Ok(vec![Parameters { values, causes }])
}

/// What is known of a cluster, under the names that templates ask for.
fn parameters(registration: &Registration, engine: Engine) -> Node {
    let text = |placed: Option<&Placed>| match placed {
        Some(placed) => {
            let node = Node::string(placed.text.clone());
            match placed.span {
                Some(span) => node.at(Origin::Text(span)),
                None => node,
            }
        }
        None => Node::new(Kind::Pending([].into())),
    };
    let mut values = Node::map();
    values.insert("name", text(registration.name.as_ref()));
    let normalized = registration.name.as_ref().map(|name| Placed {
        text: normalized(name).into(),
        span: name.span,
    });
    values.insert("nameNormalized", text(normalized.as_ref()));
    values.insert("server", text(registration.server.as_ref()));
    let project = registration.project.as_ref();
    values.insert(
        "project",
        project.map_or_else(|| Node::string(""), |project| text(Some(project))),
    );
    let parts = [
        ("annotations", &registration.annotations),
        ("labels", &registration.labels),
    ];
    let parts = parts
        .into_iter()
        .filter(|(_, map)| !map.entries().is_empty());
    match engine {
        Engine::Go(_) => {
            let mut metadata = Node::map();
            for (name, map) in parts {
                metadata.insert(name, map.clone());
            }
            values.insert("metadata", metadata);
        }
        Engine::Fast => {
            for (name, map) in parts {
                for entry in map.entries() {
                    let key = format!("metadata.{name}.{}", entry.key.as_str());
                    values.insert(key.as_str(), entry.node.clone());
                }
            }
        }
    }
    values
}
