//! Runs that Python begins: what is asked of csoc-operate, and what its answer becomes.

use std::path::{Path, PathBuf};

use csoc_core::{Context, Fleet, Given, RecordError, Recording};
use csoc_operate::{
    Aim, Approval, Bundle, BundleError, Choice, Destruction, Digest, Ending, Endings, Entry,
    Handle, Home, Journal, Named, PlanName, PlanPage, Stack, StackError, StackId, StackOutputs,
    Told, Watch, Workshop, bundles, last_applied, planned_by, with_causes,
};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::options::{Options, Refused};
use super::page::PyPlanPage;
use super::table::PyRunTable;
use super::{Done, PyRun};
use crate::error;
use crate::fleet::PyFleet;

/// What is to be applied.
#[derive(FromPyObject)]
pub(crate) enum Plans<'py> {
    /// The plans of a run.
    Run(Bound<'py, PyRun>),
    /// Those of a page.
    Page(Bound<'py, PyPlanPage>),
    /// Those of a run, by its name.
    Named(String),
    /// Single ones, by their digests.
    Bundles(Vec<String>),
    /// All of a file.
    File(PathBuf),
}

/// What a run comes to.
#[derive(Debug)]
pub(crate) enum Page {
    Plan(PyPlanPage),
    Table(PyRunTable),
}

/// Plans the stacks that were selected, to change them or to take them away.
///
/// What is planned is kept in a file besides, where one is named: as `csoc plan --out` does.
pub(crate) fn plan(
    py: Python<'_>,
    fleet: &PyFleet,
    aim: Aim,
    out: Option<&Path>,
    options: Options,
) -> PyResult<PyRun> {
    if aim == Aim::Destroy && options.select.is_empty() {
        let message = "nothing says which stacks are to be destroyed".to_owned();
        let help = "`select=` does; all of a fleet are `id = *`".to_owned();
        return Err(error::operate(py, message, Some(help)));
    }
    // Wherever the process goes meanwhile; and before anything is planned, which may take long.
    let out =
        out.map(|path| std::path::absolute(path).map_err(|error| error::from_io(&error, path)));
    let out = out.transpose()?;
    if let Some(path) = out.clone().filter(|path| path.exists()) {
        let message = BundleError::Exists { path }.to_string();
        let help = "name a file that is not there, or take that one away".to_owned();
        return Err(error::operate(py, message, Some(help)));
    }
    let shop = options.open(py, fleet)?;
    let select = options.select.clone();
    begin(py, shop, "plan", options, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let chosen = |selected: Result<_, csoc_operate::NoValue>| {
            selected.map_err(|error| with_causes(&error))
        };
        let endings = if aim == Aim::Destroy {
            let stacks = chosen(shop.select_to_destroy(&select))?;
            operator.plan_destroy_all(&stacks, shop.limits, shop.on_failure, watch)
        } else {
            let stacks = chosen(shop.select(&select))?;
            operator.plan_all(&stacks, shop.limits, shop.on_failure, watch)
        };
        let page = PyPlanPage::new(&PlanPage::new(shop.run.as_str(), &endings));
        let page = page.map_err(|error| error.to_string())?;
        if let Some(path) = &out {
            let bundles = bundles(endings);
            let all: Vec<&Bundle> = bundles.iter().collect();
            Bundle::pack(path, &all).map_err(|error| {
                let help = format!(
                    "the plans are kept all the same, as those of the run `{}`",
                    shop.run.as_str()
                );
                Refused::Said(with_causes(&error), Some(help))
            })?;
        }
        Ok(Page::Plan(page))
    })
}

/// Looks at the stacks that were selected for what differs.
pub(crate) fn drift(py: Python<'_>, fleet: &PyFleet, options: Options) -> PyResult<PyRun> {
    let shop = options.open(py, fleet)?;
    let select = options.select.clone();
    begin(py, shop, "drift", options, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let stacks = shop.select(&select).map_err(|error| with_causes(&error))?;
        let endings = operator.drift_all(&stacks, shop.limits, watch);
        let entries = Journal::verify(&shop.home.journal()).map_err(|error| with_causes(&error))?;
        let applied = last_applied(&entries);
        let row = |(stack, ending): &(&csoc_operate::Stack, Ending<_, StackError>)| {
            let told = Ending::<csoc_operate::Drift, StackError>::told(ending);
            let at = applied
                .get(&stack.id)
                .map(|at| at.strftime(SECOND).to_string());
            let of = |pick: fn(&csoc_operate::Drift) -> &[csoc_operate::Change]| match ending {
                Ending::Done(drift) => pick(drift)
                    .iter()
                    .map(|change| change.address.clone())
                    .collect(),
                _ => Vec::new(),
            };
            json!({
                "stack": stack.id, "outcome": told.outcome, "applied": at,
                "drifted": of(|drift| &drift.drifted), "planned": of(|drift| &drift.planned), "remark": told.remark,
            })
        };
        let columns = [
            "stack", "outcome", "applied", "drifted", "planned", "remark",
        ];
        let rows = endings.iter().map(row).collect();
        Ok(table(shop, "drift", &columns, rows, is_whole(&endings)))
    })
}

/// Asks the states of the stacks that were selected for outputs, and records them in the fleet's directory.
pub(crate) fn pull(py: Python<'_>, fleet: &PyFleet, options: Options) -> PyResult<PyRun> {
    let Some(directory) = fleet.directory().map(ToOwned::to_owned) else {
        return Err(has_no_files(py));
    };
    let shop = options.open(py, fleet)?;
    let select = options.select.clone();
    let fleet = fleet.0.clone();
    begin(py, shop, "pull", options, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let stacks = shop.select(&select).map_err(|error| with_causes(&error))?;
        let endings = operator.outputs_all(&stacks, shop.limits, watch);
        let mut rows = Vec::new();
        let mut is_all = is_whole(&endings);
        for (stack, (outcome, remark)) in recorded(&fleet, &directory, &endings) {
            is_all &= outcome != "wrong";
            rows.push(json!({ "stack": stack.id, "outcome": outcome, "remark": remark }));
        }
        Ok(table(shop, "pull", &OUTCOMES, rows, is_all))
    })
}

/// Outputs cannot be recorded in a fleet that is in memory alone.
pub(super) fn has_no_files(py: Python<'_>) -> PyErr {
    let message = "outputs are recorded in the files of a fleet, and this one has no directory";
    let help = Some("load it with `Fleet.load`".to_owned());
    error::operate(py, message.to_owned(), help)
}

/// Records what stacks gave in the files of a fleet: by stack, what became of that and what there is to say of it.
pub(super) fn recorded<'s>(
    fleet: &Fleet,
    directory: &Path,
    endings: &Endings<'s, StackOutputs>,
) -> Vec<(&'s Stack, (&'static str, String))> {
    let recorded = |ending: &Ending<StackOutputs, StackError>, stack: &Stack| match ending {
        Ending::Done(outputs) => {
            let given = Given::Printed {
                name: "terraform output".to_owned(),
                text: outputs.expose().to_owned(),
            };
            let context = Context::default();
            match fleet.record_outputs(stack.id.as_str(), &given, None, &context) {
                Ok(recording) => written(&recording, directory),
                Err(RecordError::Wrong(report)) => ("wrong", first(&report)),
                Err(error) => ("wrong", with_causes(&error)),
            }
        }
        undone => {
            let told = Told::undone(undone);
            (told.outcome, told.remark)
        }
    };
    let endings = endings.iter();
    endings
        .map(|(stack, ending)| (*stack, recorded(ending, stack)))
        .collect()
}

/// Writes what was recorded, where it is not what there is already.
fn written(recording: &Recording, directory: &Path) -> (&'static str, String) {
    if recording.recorded.is_empty() {
        return ("none", String::new());
    }
    let old = std::fs::read_to_string(directory.join(&recording.file));
    if old.is_ok_and(|old| old == recording.text) {
        return ("as recorded", recording.recorded.join(", "));
    }
    match recording.write(directory) {
        Ok(()) => ("recorded", recording.recorded.join(", ")),
        Err(error) => ("wrong", with_causes(&error)),
    }
}

/// What was found first.
fn first(report: &csoc_core::Report) -> String {
    let found = report.diagnostics().first();
    found.map_or_else(String::new, |found| found.message.clone())
}

/// Applies plans that somebody looked at: the digest says that.
pub(crate) fn apply(
    py: Python<'_>,
    fleet: &PyFleet,
    aim: Aim,
    plans: Plans<'_>,
    digest: Option<&str>,
    allow_destroy: &[String],
    options: Options,
) -> PyResult<PyRun> {
    let options = match &plans {
        Plans::Run(run) => options.or(&run.get().options),
        _ => options,
    };
    // Before anything is rendered or asked for: what is not to be applied costs nothing.
    let shown = match &plans {
        Plans::Run(run) => Some(run.get().page(py)?),
        Plans::Page(page) => Some(page.get().clone()),
        Plans::Named(_) | Plans::Bundles(_) | Plans::File(_) => None,
    };
    if let Some(page) = &shown {
        looked_at(py, &page.bundles, digest)?;
    }
    let shop = options.open(py, fleet)?;
    if let Some(digests) = of_files(py, &plans)? {
        looked_at(py, &digests, digest)?;
    }
    let is_single = matches!(&plans, Plans::Bundles(names) if files(names).next().is_none());
    let (run, single): (Option<String>, Vec<PlanName>) = match (plans, &shown) {
        (_, Some(page)) => (Some(page.run().to_owned()), Vec::new()),
        (Plans::Named(run), None) => {
            looked_at(py, &planned_by(&entries(py, &shop.home)?, &run), digest)?;
            (Some(run), Vec::new())
        }
        (Plans::Bundles(names), None) if names.is_empty() => {
            let help = "`fleet.runs()` lists runs, and a page of plans names its bundles";
            let message = "nothing says which plans to apply".to_owned();
            return Err(error::operate(py, message, Some(help.to_owned())));
        }
        (Plans::Bundles(names), None) => {
            (None, names.iter().map(|name| PlanName::new(name)).collect())
        }
        (Plans::File(path), None) => (None, vec![PlanName::File(path)]),
        (Plans::Run(_) | Plans::Page(_), None) => (None, Vec::new()),
    };
    let approval = match (digest, &run) {
        (Some(_), _) => Approval::Digest,
        (None, Some(_)) => Approval::Run,
        (None, None) => Approval::Bundle,
    };
    let named = Named {
        run: run.as_deref(),
        plans: &single,
    };
    // Of a page on which nothing would change there is no plan, which is no mistake.
    let choice = if shown.as_ref().is_some_and(|page| page.bundles.is_empty()) {
        Choice::new(Vec::new(), approval)
    } else {
        let chosen = py.detach(|| shop.choose(&named, &options.select, approval));
        chosen.map_err(|error| error::operate(py, with_causes(&error), error.help()))?
    };
    if is_single && digest.is_some() {
        let digests: Vec<Digest> = choice.bundles.iter().map(Bundle::digest).collect();
        looked_at(py, &digests, digest)?;
    }
    if choice.bundles.is_empty() && !choice.applied.is_empty() {
        let message = "all of these plans were applied before, or others of their stacks since, and none is applied again";
        let help = "plan again, to see what is to be done now".to_owned();
        return Err(error::operate(py, message.to_owned(), Some(help)));
    }
    let allowed: Vec<Destruction> = allow_destroy
        .iter()
        .filter_map(|text| text.parse().ok())
        .collect();
    let choice = choice.allow(&allowed);
    let stacks = choice
        .bundles
        .iter()
        .map(|bundle| bundle.facts().stack.clone());
    let stacks: Vec<StackId> = shop
        .stacks
        .iter()
        .map(|stack| stack.id.clone())
        .filter(|id| stacks.clone().any(|wanted| wanted == *id))
        .collect();
    let what = match aim {
        Aim::Destroy => "destroy",
        _ => "apply",
    };
    let run = start(py, shop, what, stacks, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let endings = if aim == Aim::Destroy {
            operator.destroy_all(&choice, shop.limits, shop.on_failure, watch)
        } else {
            operator.apply_all(&choice, shop.limits, shop.on_failure, watch)
        };
        let endings = endings.map_err(|error| with_causes(&error))?;
        let is_whole = endings
            .iter()
            .all(|(_, ending)| matches!(ending, Ending::Done(_)));
        let row = |(stack, ending): &(&csoc_operate::Stack, Ending<csoc_operate::Applied, _>)| {
            let told = ending.told(aim);
            json!({ "stack": stack.id, "outcome": told.outcome, "remark": told.remark })
        };
        let rows = endings.iter().map(row).collect();
        Ok(table(shop, what, &OUTCOMES, rows, is_whole))
    })?;
    Ok(PyRun::new(run, options))
}

/// Names of plans that are files.
fn files(names: &[String]) -> impl Iterator<Item = PathBuf> {
    names.iter().filter_map(|name| match PlanName::new(name) {
        PlanName::File(path) => Some(path),
        _ => None,
    })
}

/// The digests of all plans that come out of files; none where no file is named.
fn of_files(py: Python<'_>, plans: &Plans<'_>) -> PyResult<Option<Vec<Digest>>> {
    let paths: Vec<PathBuf> = match plans {
        Plans::File(path) => vec![path.clone()],
        Plans::Bundles(names) => files(names).collect(),
        _ => Vec::new(),
    };
    if paths.is_empty() {
        return Ok(None);
    }
    let peek = |path: &PathBuf| Bundle::peek(path);
    let peeked: Result<Vec<_>, _> = py.detach(|| paths.iter().map(peek).collect());
    let peeked = peeked.map_err(|error| error::operate(py, with_causes(&error), None))?;
    let digests = peeked.into_iter().flatten().map(|(digest, _)| digest);
    Ok(Some(digests.collect()))
}

/// A time as tables have it.
pub(super) const SECOND: &str = "%Y-%m-%dT%H:%M:%SZ";

pub(super) const OUTCOMES: [&str; 3] = ["stack", "outcome", "remark"];

/// Gives up unless the digest is that of these plans: whoever says it has looked at them.
fn looked_at(py: Python<'_>, bundles: &[Digest], digest: Option<&str>) -> PyResult<()> {
    if bundles.is_empty() {
        return Ok(());
    }
    let shown = Digest::of_all(bundles.iter().copied());
    if digest.is_some_and(|digest| shown.is_named(digest)) {
        return Ok(());
    }
    // Whoever is told it here has not looked at what it is of.
    let message = match digest {
        None => "nothing is applied without the digest that was shown of these plans".to_owned(),
        Some(other) => format!("these are not the plans of the digest `{other}`"),
    };
    let help = "look at the page that the run comes to, and say its digest if that is what is meant: `digest=page.digest`";
    Err(error::operate(py, message, Some(help.to_owned())))
}

/// All that was recorded; nothing where nothing was run yet.
pub(super) fn entries(py: Python<'_>, home: &Home) -> PyResult<Vec<Entry>> {
    let path = home.journal();
    py.detach(|| Journal::verify(&path))
        .map_err(|error| error::operate(py, with_causes(&error), None))
}

/// Begins a run over the stacks that were selected.
fn begin(
    py: Python<'_>,
    shop: Workshop,
    what: &'static str,
    options: Options,
    work: impl FnOnce(&Workshop, &dyn Watch) -> Done + Send + 'static,
) -> PyResult<PyRun> {
    let stacks = selected(py, &shop, &options)?;
    Ok(PyRun::new(start(py, shop, what, stacks, work)?, options))
}

/// The stacks that were selected, of which there must be one.
pub(super) fn selected(
    py: Python<'_>,
    shop: &Workshop,
    options: &Options,
) -> PyResult<Vec<StackId>> {
    let selected = shop.select(&options.select);
    let selected =
        selected.map_err(|error| error::operate(py, with_causes(&error), error.help()))?;
    if selected.is_empty() {
        let help = "fields are account, region, layer, cluster, commons, environment, tier, object, status and id";
        let message = "no stack is selected".to_owned();
        return Err(error::operate(py, message, Some(help.to_owned())));
    }
    Ok(selected.iter().map(|stack| stack.id.clone()).collect())
}

pub(super) fn start(
    py: Python<'_>,
    shop: Workshop,
    what: &'static str,
    stacks: Vec<StackId>,
    work: impl FnOnce(&Workshop, &dyn Watch) -> Done + Send + 'static,
) -> PyResult<Handle<Done>> {
    Handle::start(shop, what, stacks, work)
        .map_err(|error| error::operate(py, with_causes(&error), None))
}

fn table(shop: &Workshop, kind: &str, columns: &[&str], rows: Vec<Value>, ok: bool) -> Page {
    Page::Table(PyRunTable::new(kind, columns, rows).of_run(shop.run.as_str(), ok))
}

/// Whether all was done that could be tried.
pub(super) fn is_whole<T>(endings: &Endings<'_, T>) -> bool {
    endings.iter().all(|(_, ending)| {
        matches!(
            ending,
            Ending::Done(_) | Ending::Failed(StackError::Blocked(_))
        )
    })
}
