//! Runs that Python begins: what is asked of csoc-operate, and what its answer becomes.

use std::path::Path;

use csoc_core::{Context, Given, RecordError, Recording};
use csoc_operate::{
    Aim, Approval, Bundle, Choice, Destruction, Digest, Ending, Endings, Entry, Handle, Home,
    Journal, Named, PastRun, PlanName, PlanPage, StackError, StackId, Told, Watch, Workshop,
    last_applied, past_runs, planned_by, with_causes,
};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::options::{Options, Place};
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
}

/// What a run comes to.
#[derive(Debug)]
pub(crate) enum Page {
    Plan(PyPlanPage),
    Table(PyRunTable),
}

/// Plans the stacks that were selected, to change them or to take them away.
pub(crate) fn plan(py: Python<'_>, fleet: &PyFleet, aim: Aim, options: Options) -> PyResult<PyRun> {
    if aim == Aim::Destroy && options.select.is_empty() {
        let message = "nothing says which stacks are to be destroyed".to_owned();
        let help = "`select=` does; all of a fleet are `id = *`".to_owned();
        return Err(error::operate(py, message, Some(help)));
    }
    let shop = options.open(py, fleet)?;
    let select = options.select.clone();
    begin(py, shop, "plan", options, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let stacks = shop.select(&select).map_err(|error| with_causes(&error))?;
        let endings = if aim == Aim::Destroy {
            operator.plan_destroy_all(&stacks, shop.limits, shop.on_failure, watch)
        } else {
            operator.plan_all(&stacks, shop.limits, shop.on_failure, watch)
        };
        let page = PyPlanPage::new(&PlanPage::new(shop.run.as_str(), &endings));
        page.map(Page::Plan).map_err(|error| error.to_string())
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
        let message = "outputs are recorded in the files of a fleet, and this one has no directory";
        let help = Some("load it with `Fleet.load`".to_owned());
        return Err(error::operate(py, message.to_owned(), help));
    };
    let shop = options.open(py, fleet)?;
    let select = options.select.clone();
    let fleet = fleet.0.clone();
    begin(py, shop, "pull", options, move |shop, watch| {
        let operator = shop.operator().map_err(|error| with_causes(&error))?;
        let stacks = shop.select(&select).map_err(|error| with_causes(&error))?;
        let endings = operator.outputs_all(&stacks, shop.limits, watch);
        let mut rows = Vec::new();
        let mut is_whole = is_whole(&endings);
        for (stack, ending) in &endings {
            let (outcome, remark) = match ending {
                Ending::Done(outputs) => {
                    let given = Given::Printed {
                        name: "terraform output".to_owned(),
                        text: outputs.expose().to_owned(),
                    };
                    let context = Context::default();
                    match fleet.record_outputs(stack.id.as_str(), &given, None, &context) {
                        Ok(recording) => written(&recording, &directory),
                        Err(RecordError::Wrong(report)) => ("wrong", first(&report)),
                        Err(error) => ("wrong", with_causes(&error)),
                    }
                }
                undone => {
                    let told = Told::undone(undone);
                    (told.outcome, told.remark)
                }
            };
            is_whole &= outcome != "wrong";
            rows.push(json!({ "stack": stack.id, "outcome": outcome, "remark": remark }));
        }
        Ok(table(shop, "pull", &OUTCOMES, rows, is_whole))
    })
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
        Plans::Named(_) | Plans::Bundles(_) => None,
    };
    if let Some(page) = &shown {
        looked_at(py, &page.bundles, digest)?;
    }
    let shop = options.open(py, fleet)?;
    let is_single = matches!(plans, Plans::Bundles(_));
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
        let message = "all of these plans were applied before, and none is applied again";
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

/// A time as tables have it.
const SECOND: &str = "%Y-%m-%dT%H:%M:%SZ";

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
    let short: String = shown.to_string().chars().take(12).collect();
    let message = match digest {
        None => format!(
            "nothing is applied without the digest that was shown: `{short}` is shown of these plans"
        ),
        Some(other) => {
            format!("these are not the plans of the digest `{other}`: `{short}` is shown of them")
        }
    };
    let help = format!(
        "look at the page of the plans, and say `digest=\"{short}\"` if that is what is meant"
    );
    Err(error::operate(py, message, Some(help)))
}

/// All that was recorded; nothing where nothing was run yet.
fn entries(py: Python<'_>, home: &Home) -> PyResult<Vec<Entry>> {
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
    let selected = shop.select(&options.select);
    let selected =
        selected.map_err(|error| error::operate(py, with_causes(&error), error.help()))?;
    let stacks: Vec<StackId> = selected.iter().map(|stack| stack.id.clone()).collect();
    if stacks.is_empty() {
        let help = "fields are account, region, layer, cluster, commons, environment, tier, object, status and id";
        let message = "no stack is selected".to_owned();
        return Err(error::operate(py, message, Some(help.to_owned())));
    }
    Ok(PyRun::new(start(py, shop, what, stacks, work)?, options))
}

fn start(
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
fn is_whole<T>(endings: &Endings<'_, T>) -> bool {
    endings.iter().all(|(_, ending)| {
        matches!(
            ending,
            Ending::Done(_) | Ending::Failed(StackError::Blocked(_))
        )
    })
}

/// Which runs there were, the last one first.
pub(crate) fn past(py: Python<'_>, fleet: &PyFleet, place: &Place) -> PyResult<PyRunTable> {
    let home = place
        .home(fleet.directory())
        .map_err(|(message, help)| error::operate(py, message, help))?;
    let row = |run: PastRun| {
        json!({
            "run": run.run, "began": run.began.strftime(SECOND).to_string(), "by": run.by, "planned": run.planned,
            "applied": run.applied, "not_done": run.not_done,
        })
    };
    let rows = past_runs(&entries(py, &home)?)
        .into_iter()
        .map(row)
        .collect();
    let columns = ["run", "began", "by", "planned", "applied", "not_done"];
    Ok(PyRunTable::new("runs", &columns, rows))
}
