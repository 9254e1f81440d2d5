//! A way through a fleet, wave by wave, whose plans somebody approves while they wait for it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use csoc_core::{Context, Fleet, FleetError};
use csoc_operate::{
    Advance, Advanced, Aim, Approval, Choice, Ending, Endings, Event, Follow, Handle, Interrupt,
    JournalError, Operator, PlanPage, Planned, RowState, Stack, StackError, StackId, Standing,
    Unasked, Waiting, Watch, Wave, Workshop, with_causes,
};
use pyo3::prelude::*;
use serde_json::{Value, json};

use super::PyRun;
use super::desk::{Approvals, Question, must_be_called};
use super::options::{Options, Refused};
use super::page::PyPlanPage;
use super::start::{Page, has_no_files, is_whole, recorded, selected};
use super::table::PyRunTable;
use crate::call;
use crate::error::{self, value_error};
use crate::fleet::PyFleet;

/// Begins it. The fleet is read from its files before every wave, since outputs are recorded there.
pub(crate) fn begin(
    py: Python<'_>,
    fleet: &PyFleet,
    approve: Option<Py<PyAny>>,
    unasked: Option<&str>,
    options: Options,
) -> PyResult<PyRun> {
    let Some(source) = fleet.source().map(ToOwned::to_owned) else {
        return Err(has_no_files(py));
    };
    let unasked = unasked.map(read).transpose().map_err(value_error)?;
    if let Some(approve) = &approve {
        must_be_called(py, "approve", approve)?;
    }
    let interrupt = Interrupt::default();
    let opened = call::long(py, call::context(None, None)?, |context| {
        opened(&source, &options, context, &interrupt)
    })?;
    let (fleet, shop) = opened.map_err(|refused| refused.raised(py))?;
    let stacks = selected(py, &shop, &options)?;
    let run = shop.run.as_str().to_owned();
    let (desk, question) = match approve {
        Some(approve) => {
            let desk = Arc::new(Approvals::default());
            let call = approve;
            (Some(desk.clone()), Some(Question { desk, call }))
        }
        None => (None, None),
    };
    let own = options.clone();
    let asked = interrupt.clone();
    let handle = Handle::follow(&run.clone(), "advance", interrupt, stacks, move |follow| {
        let mut way = Way {
            source,
            options: own,
            fleet,
            first: Some(shop),
            interrupt: asked,
            follow,
            desk,
            unasked,
            order: Vec::new(),
            rows: BTreeMap::new(),
        };
        match csoc_operate::advance(&mut way) {
            Ok(_) | Err(Halt::Ended) => Ok(Page::Table(way.table(&run))),
            Err(Halt::Refused(refused)) => Err(*refused),
        }
    });
    let handle = handle.map_err(|error| error::operate(py, with_causes(&error), None))?;
    Ok(PyRun::new(handle, options).asked_by(question))
}

fn read(word: &str) -> Result<Unasked, String> {
    match word {
        "creates" => Ok(Unasked::Creates),
        "changes" => Ok(Unasked::Changes),
        _ => Err(format!("`{word}` must be `creates` or `changes`")),
    }
}

/// The fleet as its files are now, and all that a wave of it needs.
fn opened(
    source: &std::path::Path,
    options: &Options,
    context: &Context,
    interrupt: &Interrupt,
) -> Result<(Fleet, Workshop), Refused> {
    let fleet = Fleet::load(source, context).map_err(|error| match error {
        FleetError::Invalid(report) => Refused::Findings(report),
        other => Refused::Said(with_causes(&other), None),
    })?;
    let own = PyFleet::loaded(fleet.clone(), source.to_owned());
    let shop = options.workshop(&own, context, interrupt.clone())?;
    Ok((fleet, shop))
}

/// Who goes through the fleet.
struct Way<'f> {
    source: PathBuf,
    options: Options,
    fleet: Fleet,
    /// What the first wave needs: it was found before the run began.
    first: Option<Workshop>,
    interrupt: Interrupt,
    follow: &'f dyn Follow,
    /// Where somebody can be asked.
    desk: Option<Arc<Approvals>>,
    unasked: Option<Unasked>,
    /// The stacks that are to be brought there.
    order: Vec<StackId>,
    /// How far each of them came.
    rows: BTreeMap<StackId, Row>,
}

/// How far a stack came.
#[derive(Default)]
struct Row {
    wave: Option<usize>,
    run: Option<String>,
    outcome: &'static str,
    remark: String,
}

/// How it ends before all is done.
enum Halt {
    /// As the rows say.
    Ended,
    /// With this.
    Refused(Box<Refused>),
}

impl From<Refused> for Halt {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

impl From<JournalError> for Halt {
    fn from(error: JournalError) -> Self {
        Refused::from(with_causes(&error)).into()
    }
}

impl Way<'_> {
    fn note(&mut self, stack: &StackId, outcome: &'static str, remark: String) {
        let row = self.rows.entry(stack.clone()).or_default();
        row.outcome = outcome;
        row.remark = remark;
    }

    fn step(&self, standing: Standing) -> Step<'_> {
        Step {
            follow: self.follow,
            standing,
        }
    }

    fn table(&self, run: &str) -> PyRunTable {
        let row = |stack: &StackId| -> Value {
            let row = self.rows.get(stack);
            json!({
                "stack": stack,
                "wave": row.and_then(|row| row.wave),
                "run": row.and_then(|row| row.run.as_deref()),
                "outcome": row.map_or("not begun", |row| row.outcome),
                "remark": row.map_or("", |row| &row.remark),
            })
        };
        let rows: Vec<Value> = self.order.iter().map(row).collect();
        let ok = rows
            .iter()
            .all(|row| matches!(row["outcome"].as_str(), Some("applied" | "clean")));
        let columns = ["stack", "wave", "run", "outcome", "remark"];
        PyRunTable::new("advance", &columns, rows).of_run(run, ok)
    }
}

impl Advance for Way<'_> {
    type Shop = Box<Workshop>;
    type Halt = Halt;

    fn open(&mut self) -> Result<Box<Workshop>, Halt> {
        if let Some(shop) = self.first.take() {
            return Ok(Box::new(shop));
        }
        let context = Context::default();
        let (fleet, shop) = opened(&self.source, &self.options, &context, &self.interrupt)?;
        self.fleet = fleet;
        Ok(Box::new(shop))
    }

    fn select<'s>(&mut self, shop: &'s Box<Workshop>) -> Result<Vec<&'s Stack>, Halt> {
        let selected = shop.select(&self.options.select);
        let selected =
            selected.map_err(|error| Refused::Said(with_causes(&error), error.help()))?;
        self.order = selected.iter().map(|stack| stack.id.clone()).collect();
        Ok(selected)
    }

    fn begun(&mut self, wave: &Wave<'_>) {
        for stack in &wave.stacks {
            self.rows.entry(stack.id.clone()).or_default().wave = Some(wave.number);
        }
    }

    fn plan<'o>(
        &mut self,
        shop: &'o Box<Workshop>,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(PlanPage, Endings<'o, Planned>), Halt> {
        let step = self.step(Standing::Waiting);
        let planned = operator.plan_all(stacks, shop.limits, shop.on_failure, &step);
        let page = PlanPage::new(shop.run.as_str(), &planned);
        for row in &page.rows {
            let outcome = match &row.state {
                RowState::Changes { .. } => "not approved",
                RowState::Clean => "clean",
                RowState::Blocked { .. } => "blocked",
                RowState::Skipped => "not begun",
                _ => "failed",
            };
            self.note(&row.stack, outcome, row.remark());
            if let Some(own) = self.rows.get_mut(&row.stack) {
                own.run = Some(shop.run.as_str().to_owned());
            }
        }
        if is_whole(&planned) && !self.interrupt.is_stopped() {
            Ok((page, planned))
        } else {
            Err(Halt::Ended)
        }
    }

    fn approve(&mut self, page: &PlanPage) -> Result<Approval, Halt> {
        if let Some(unasked) = self.unasked.filter(|unasked| unasked.covers(page)) {
            return Ok(unasked.approval());
        }
        let shown = PyPlanPage::new(page).map_err(|error| Refused::from(error.to_string()))?;
        match &self.desk {
            Some(desk) if desk.ask(shown, &self.interrupt) == Some(true) => Ok(Approval::Digest),
            _ => Err(Halt::Ended),
        }
    }

    fn apply(
        &mut self,
        shop: &Box<Workshop>,
        operator: &Operator<'_>,
        choice: &Choice,
    ) -> Result<(), Halt> {
        let step = self.step(Standing::Waiting);
        let endings = operator.apply_all(choice, shop.limits, shop.on_failure, &step);
        let endings = endings.map_err(|error| Refused::from(with_causes(&error)))?;
        let mut is_all = true;
        for (stack, ending) in &endings {
            let told = ending.told(Aim::Change);
            self.note(&stack.id, told.outcome, told.remark);
            is_all &= matches!(ending, Ending::Done(_));
        }
        if is_all { Ok(()) } else { Err(Halt::Ended) }
    }

    fn pull<'o>(
        &mut self,
        shop: &'o Box<Workshop>,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(), Halt> {
        let endings = operator.outputs_all(stacks, shop.limits, &self.step(Standing::Done));
        let directory = if self.source.is_dir() {
            Some(&*self.source)
        } else {
            self.source.parent()
        };
        let mut is_all = is_whole(&endings) && !self.interrupt.is_stopped();
        let all = recorded(&self.fleet, directory.unwrap_or(&self.source), &endings);
        for ((stack, ending), (_, (outcome, remark))) in endings.iter().zip(all) {
            let is_recorded = matches!(ending, Ending::Done(_)) && outcome != "wrong";
            if !is_recorded {
                is_all = false;
                self.note(&stack.id, outcome, format!("its outputs: {remark}"));
            }
        }
        if is_all { Ok(()) } else { Err(Halt::Ended) }
    }

    fn ended(&mut self, _advanced: &Advanced, left: &[Waiting<'_>]) {
        for Waiting { stack, missing, .. } in left {
            if missing.is_empty() {
                self.note(&stack.id, "not begun", "needs one that waits".to_owned());
            } else {
                self.note(
                    &stack.id,
                    "blocked",
                    format!("needs {}", missing.join(", ")),
                );
            }
        }
    }
}

/// Follows one step of a wave: what was planned is not done yet.
struct Step<'f> {
    follow: &'f dyn Follow,
    /// Where a stack is once the step is done.
    standing: Standing,
}

impl Watch for Step<'_> {
    fn begun(&self, stack: &Stack) {
        self.follow.begun(&stack.id);
    }

    fn said(&self, stack: &Stack, event: Event) {
        self.follow.said(&stack.id, event);
    }

    fn ended(&self, stack: &Stack, error: Option<&StackError>) {
        let (standing, remark) = match error {
            None => (self.standing, String::new()),
            Some(StackError::Blocked(_)) => (Standing::Blocked, String::new()),
            Some(error) => (Standing::Failed, with_causes(error)),
        };
        self.follow.ended(&stack.id, standing, &remark);
    }
}
