//! The model's fields, read from values: each projection of the Helm backend, run the other way.
//!
//! A reading need not be right: what compiling does not give back stays as raw
//! values. It is only worth something if it is right more often than not.

mod asked;
mod cloud;
mod clusters;
mod content;
mod cutover;
mod image;
mod parents;
mod pods;
mod services;
mod subject;
mod switches;

use super::draft::Draft;
use super::foreign::Foreign;
use super::group::Place;
use super::note::Notes;

/// Fills the fields of all environments and of what they share.
pub(super) fn read(draft: &mut Draft, foreign: &Foreign, places: &[Place], notes: &mut Notes) {
    content::read(draft, foreign, places);
    let usual = image::usual_registry(foreign);
    if let Some(registry) = &usual {
        super::skeleton::set_typed::<crate::model::network::Registry>(
            &mut draft.fleet,
            &["registry"],
            registry,
        );
    }
    let usual_release = image::usual_release(foreign);
    for (environment, place) in foreign.environments.iter().zip(places) {
        let Some(node) = draft.environments.get_mut(&place.at) else {
            continue;
        };
        let enabled = services::read(environment, place.tier, node);
        image::read(
            environment,
            &enabled,
            usual.as_deref(),
            usual_release.as_deref(),
            node,
        );
        switches::read(environment, place.tier, node);
        asked::read(environment, &enabled, node);
        pods::read(environment, node);
    }
    cloud::read(draft, foreign, places);
    clusters::read(draft, foreign);
    parents::read(draft, foreign, places);
    cutover::read(draft, foreign, places, notes);
}
