//! Two fleets compiled as far as they differ: a unit of the same digest gives the same files, so neither is compiled.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::options::{CompileOptions, Filter};
use crate::backend::{InputDigest, Task, registry};
use crate::context::{Context, Stopped};
use crate::fleet::Fleet;
use crate::tree::{BackendName, File};

/// The files of units that are not the same in both fleets: those of the first, and those of the second.
pub(crate) fn differing(
    old: &Fleet,
    new: &Fleet,
    options: &CompileOptions,
    context: &Context,
) -> Result<(Vec<File>, Vec<File>), Stopped> {
    let filter = Filter::new(options);
    let (before, after) = (old.view(options), new.view(options));
    let mut files = (Vec::new(), Vec::new());
    for backend in registry() {
        if !filter.backend(backend.name()) {
            continue;
        }
        context.check()?;
        let (before, after) = rayon::join(|| backend.tasks(&before), || backend.tasks(&after));
        let index = |tasks: &[Task<'_>]| -> BTreeMap<(BackendName, String), InputDigest> {
            tasks
                .iter()
                .map(|task| ((task.backend, task.id.clone()), task.digest))
                .collect()
        };
        let (known, other) = (index(&before), index(&after));
        let run = |tasks: Vec<Task<'_>>, there: &BTreeMap<(BackendName, String), InputDigest>| {
            let done: Result<Vec<Vec<File>>, Stopped> = tasks
                .into_par_iter()
                .filter(|task| filter.object(&task.object))
                .filter(|task| there.get(&(task.backend, task.id.clone())) != Some(&task.digest))
                .map(|task| {
                    context.check()?;
                    Ok(task.run().files)
                })
                .collect();
            done.map(|files| files.into_iter().flatten())
        };
        files.0.extend(run(before, &other)?);
        files.1.extend(run(after, &known)?);
    }
    Ok(files)
}
