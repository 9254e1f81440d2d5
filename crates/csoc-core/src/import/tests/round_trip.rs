//! The recorded part of the production fleet: imported, compiled, compared as data.

use std::time::Instant;

use camino::Utf8Path;

use crate::backend::fixture::shared;
use crate::import::compiled::Compiled;
use crate::import::foreign::Layout;
use crate::import::gitops::Gen3Gitops;
use crate::import::note::Notes;
use crate::span::Sources;
use crate::verify::{Taking, read_repository};
use crate::{Context, ImportKind, ImportOptions, import_directory};

#[test]
fn the_imported_fleet_compiles_to_what_it_came_from() {
    let Some(place) = shared("data/gen3-gitops") else {
        println!("skipped: no ../shared/data/gen3-gitops");
        return;
    };
    let place = Utf8Path::from_path(&place).unwrap();
    let context = Context::default();
    let before = Instant::now();
    let import = import_directory(
        ImportKind::Gen3Gitops,
        place,
        &ImportOptions::default(),
        &context,
    )
    .unwrap_or_else(|error| panic!("{error:?}"));
    println!("import: {:?}", before.elapsed());
    let compiled = Compiled::of(import.sources().clone(), &context).unwrap();
    let files = read_repository(place, Taking::Everything).unwrap();
    let foreign = Gen3Gitops
        .read(&files, &mut Sources::default(), &mut Notes::default())
        .unwrap();
    let (mut values, mut applications, mut clusters) = ((0, 0), (0, 0), (0, 0));
    for environment in &foreign.environments {
        let directory = environment.title();
        if let Some(theirs) = &environment.values {
            values.1 += 1;
            let ours = compiled.values(&directory);
            if ours.as_ref() == Some(theirs) {
                values.0 += 1;
            } else {
                println!("values differ: {directory}");
            }
        }
        if let Some(theirs) = &environment.application {
            applications.1 += 1;
            if compiled.application(&directory) == Some(theirs) {
                applications.0 += 1;
            } else {
                println!("application differs: {directory}");
            }
        }
    }
    for cluster in &foreign.clusters {
        let Some(theirs) = &cluster.values else {
            continue;
        };
        clusters.1 += 1;
        let path = format!("{}/cluster-values/cluster-values.yaml", cluster.directory);
        let beside = cluster.beside.iter().all(|file| {
            let path = format!("{}/cluster-values/{}", cluster.directory, file.name);
            match &file.node {
                Some(node) if compiled.yaml(&path).is_some() => compiled.yaml(&path) == Some(node),
                _ => compiled
                    .files
                    .get(&path)
                    .is_some_and(|ours| ours.bytes() == file.bytes),
            }
        });
        if compiled.yaml(&path) == Some(theirs) && beside {
            clusters.0 += 1;
        } else {
            println!(
                "cluster differs: {} (files beside: {beside})",
                cluster.directory
            );
        }
    }
    println!("values {values:?}, applications {applications:?}, clusters {clusters:?}");
    assert_eq!(values.0, values.1);
    assert_eq!(applications.0, applications.1);
    assert_eq!(clusters.0, clusters.1);
}
