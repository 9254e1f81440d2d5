//! The one driver: check, compile, verify, write.

mod differing;
mod driver;
mod observed;
mod options;
mod pending;
mod rendering;
mod standing;
#[cfg(test)]
mod tests;

pub(crate) use differing::differing;
pub use options::{CompileOptions, RenderOptions, Tidy};
pub use rendering::{PendingFile, RenderError, Rendering};

use rayon::prelude::*;

use crate::backend::{Compiled, FleetView, Task, registry};
use crate::context::{Context, Stopped};
use crate::diagnostic::{Code, Diagnostic, Finding, Report, Root};
use crate::fleet::Fleet;
use crate::rules::Extent;
use crate::tree::Tree;
use crate::{rules, verify};
use driver::Driver;
use options::Filter;

/// A file that an object of the fleet once rendered, and that object is no longer there.
pub(crate) const OBJECT_VANISHED: Code = Code::new("object-vanished");
/// A stack that was rendered is not any more, and nobody destroyed it.
pub(crate) const STACK_LEAVING: Code = Code::new("stack-leaving");

impl Fleet {
    /// Everything that `render` would find, without writing anything. Observed objects are included.
    pub fn check(&self, context: &Context) -> Result<Report, Stopped> {
        context.run(|| {
            let context = &self.facts(context);
            let mut all = self.check_model(context);
            let options = CompileOptions {
                include_observed: true,
                ..CompileOptions::default()
            };
            let tree = self.compile_into(&options, context, &mut all)?;
            all.extend(self.leave(observed::check(self, &tree)));
            Ok(self.report(all, Extent::Whole, context))
        })
    }

    /// The tree that `render` would write, in memory, with what was found.
    ///
    /// Files that wait for outputs are in it, and say so.
    pub fn compile(
        &self,
        options: &CompileOptions,
        context: &Context,
    ) -> Result<(Tree, Report), Stopped> {
        context.run(|| {
            let context = &self.facts(context);
            let mut all = self.check_model(context);
            let tree = self.compile_into(options, context, &mut all)?;
            Ok((tree, self.report(all, self.extent(options), context)))
        })
    }

    /// Checks, compiles, verifies and writes. Nothing is written where a finding is both an error and new.
    pub fn render(
        &self,
        options: &RenderOptions,
        context: &Context,
    ) -> Result<Rendering, RenderError> {
        context.run(|| {
            Driver {
                fleet: self,
                options,
                context: &self.facts(context),
            }
            .run()
        })
    }

    pub(crate) fn compile_into(
        &self,
        options: &CompileOptions,
        context: &Context,
        all: &mut Vec<Diagnostic>,
    ) -> Result<Tree, Stopped> {
        let view = self.view(options);
        let mut tree = Tree::default();
        let filter = Filter::new(options);
        let units = verify::UnitCheck::new(&view, context);
        for backend in registry() {
            if !filter.backend(backend.name()) {
                continue;
            }
            let tasks: Vec<Task<'_>> = backend
                .tasks(&view)
                .into_iter()
                .filter(|task| filter.object(&task.object))
                .collect();
            let done: Vec<Result<Compiled, Stopped>> = tasks
                .par_iter()
                .map(|task| {
                    context.check()?;
                    let mut compiled = task.run();
                    let Compiled { files, found } = &mut compiled;
                    units.check(task.backend, &task.object, files, found);
                    Ok(compiled)
                })
                .collect();
            for compiled in done {
                let compiled = compiled?;
                all.extend(self.leave(compiled.found.into_vec()));
                compiled
                    .files
                    .into_iter()
                    .for_each(|file| tree.insert(file));
            }
        }
        Ok(tree)
    }

    pub(crate) fn view(&self, options: &CompileOptions) -> FleetView<'_> {
        FleetView::new(self.resolved(), self.contracts(), options.include_observed)
    }

    /// The findings with their places as lines and columns. One that only names its field is shown there.
    fn leave(&self, found: Vec<Finding>) -> impl Iterator<Item = Diagnostic> + '_ {
        let fleet = self.resolved();
        found.into_iter().map(|finding| {
            let place = match &finding.path {
                Some(path) if finding.labels.is_empty() => rules::place_of(fleet, path),
                _ => None,
            };
            finding
                .label(place, "here")
                .resolve(&fleet.loaded.sources, Root::Fleet)
        })
    }

    /// How much of the fleet is looked at with these options: what is only observed is rendered when asked for.
    fn extent(&self, options: &CompileOptions) -> Extent {
        let sees_observed = options.include_observed || !observed::is_any(self);
        if Filter::new(options).is_full() && sees_observed {
            Extent::Whole
        } else {
            Extent::Part
        }
    }

    fn report(&self, all: Vec<Diagnostic>, extent: Extent, context: &Context) -> Report {
        rules::apply_policy(Some(self.resolved()), context.as_of.as_ref(), extent, all)
    }
}
