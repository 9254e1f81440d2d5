//! Secrets in the secret manager, looked at, made and made anew: names, versions and reasons, and never a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use csoc_operate::secret::{
    Ask, AskError, Checked, Given, Notes, Rotation, SecretState, SecretsManager, Store, Taken,
    Unseeded, Value, Wanted, check, finish, rotate, seed, seeded_in_words, short,
};
use csoc_operate::{AssumedRoles, Handle, Home, Interrupt, RunId, Who, with_causes};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use serde_json::json;

use super::desk::{Desk, Question, Questions, must_be_called};
use super::options::{Keywords, Options, Place, Refused};
use super::secrets::{Deed, Keeping, Said, Values};
use super::start::Page;
use super::table::PyRunTable;
use super::{Done, PyRun};
use crate::error::{self, value_error};
use crate::fleet::PyFleet;

/// What is asked of somebody: a secret, by its name, what it is for and what it holds.
struct Asked {
    name: String,
    purpose: String,
    keys: Vec<(String, String)>,
}

/// Where values are asked for.
type Prompts = Desk<Asked, Option<Given>>;

impl Questions for Prompts {
    fn is_open(&self) -> bool {
        self.is_asked()
    }

    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(asked) = self.taken() else {
            return Ok(None);
        };
        let question = PyDict::new(py);
        question.set_item("secret", asked.name)?;
        question.set_item("purpose", asked.purpose)?;
        let keys = PyList::empty(py);
        for (name, holds) in asked.keys {
            let key = PyDict::new(py);
            key.set_item("name", name)?;
            key.set_item("holds", holds)?;
            keys.append(key)?;
        }
        question.set_item("keys", keys)?;
        Ok(Some(question.into_any()))
    }

    fn answer(
        &self,
        _py: Python<'_>,
        _asked: &Bound<'_, PyAny>,
        said: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        if said.is_none() {
            self.say(None);
            return Ok(());
        }
        // Why it is no value is not told by what was given: that may be a secret.
        let said = said.extract::<Said>().map_err(|_| {
            let message = "a value of a secret is a text, or a text for each of its keys";
            PyTypeError::new_err(message)
        });
        self.say(said.as_ref().ok().map(given));
        said.map(drop)
    }
}

/// What was said, as a value that is wiped once it is used.
fn given(said: &Said) -> Given {
    match said {
        Said::Text(text) if text.trim_end_matches(['\r', '\n']).contains('\n') => {
            Given::File(Value::new(text.clone()))
        }
        Said::Text(text) => Given::Line(Value::new(text.clone())),
        Said::Keys(keys) => {
            let pair = |(key, text): (&String, &String)| (key.clone(), Value::new(text.clone()));
            Given::Keys(keys.iter().map(pair).collect())
        }
    }
}

/// Where values come from.
enum Source {
    Nowhere,
    /// By the names of secrets; of one secret alone it is used even where csoc would make the value.
    Known(BTreeMap<String, Given>, usize),
    Desk(Arc<Prompts>, Interrupt),
}

impl Ask for Source {
    fn is_given(&self) -> bool {
        matches!(self, Self::Known(known, 1) if !known.is_empty())
    }

    fn ask(&self, wanted: &Wanted) -> Result<Option<Given>, AskError> {
        match self {
            Self::Nowhere => Ok(None),
            Self::Known(known, _) => {
                let mut known = known.iter();
                let found = known.find(|(name, _)| wanted.is_named(name));
                Ok(found.map(|(_, given)| given.clone()))
            }
            Self::Desk(desk, interrupt) => {
                let keys = wanted.keys.iter();
                let asked = Asked {
                    name: wanted.name.clone(),
                    purpose: wanted.purpose.clone(),
                    keys: keys
                        .map(|key| (key.name.clone(), key.holds.clone()))
                        .collect(),
                };
                desk.ask(asked, interrupt)
                    .ok_or_else(|| AskError("it was stopped while somebody was asked".into()))
            }
        }
    }
}

/// Everything that is needed to look at the secrets of an object.
struct Keeper {
    wanted: Vec<Wanted>,
    run: RunId,
    who: Who,
    home: Option<Home>,
    interrupt: Interrupt,
}

impl Keeper {
    fn roles(&self) -> Result<AssumedRoles, Refused> {
        let external_id = std::env::var("CSOC_EXTERNAL_ID").ok();
        let external_id = external_id.as_deref();
        AssumedRoles::new(self.run.as_str(), external_id, self.interrupt.clone()).map_err(|error| {
            Refused::Said(with_causes(&error), error.help().map(ToOwned::to_owned))
        })
    }

    /// The secret manager that they are in: all of an object are in one account and region.
    fn store<'r>(&self, roles: &'r AssumedRoles) -> Result<SecretsManager<'r>, Refused> {
        let first = self.wanted.first();
        let (account, region) = first.map_or(("", ""), |one| (&*one.account, &*one.region));
        let taken = match self.who {
            Who::Roles => Taken::Role,
            _ => Taken::Nothing,
        };
        let store = roles.secrets(account, region, taken);
        store.map_err(|error| {
            Refused::Said(with_causes(&error), error.help().map(ToOwned::to_owned))
        })
    }

    fn notes(&self, store: &SecretsManager<'_>) -> Result<Option<Notes>, Refused> {
        let Some(home) = &self.home else {
            return Ok(None);
        };
        let notes = Notes::open(&home.journal(), self.run.as_str(), store.actor());
        notes
            .map(Some)
            .map_err(|error| Refused::from(with_causes(&error)))
    }

    fn table(&self, columns: &[&str], rows: Vec<serde_json::Value>, ok: bool) -> Page {
        let ok = ok && !self.interrupt.is_stopped();
        Page::Table(PyRunTable::new("secrets", columns, rows).of_run(self.run.as_str(), ok))
    }
}

/// Begins to look at, to make, or to make anew secrets of an object.
pub(super) fn begin(
    py: Python<'_>,
    fleet: &PyFleet,
    keeping: Keeping,
    deed: Deed,
) -> PyResult<PyRun> {
    let all = fleet.0.secrets();
    let all = serde_json::to_value(&all).and_then(serde_json::from_value::<Vec<Wanted>>);
    let all = all.map_err(value_error)?;
    let wanted = Wanted::chosen(all, &keeping.object, &keeping.only);
    let wanted = wanted
        .map_err(|error| error::operate(py, error.to_string(), Some(error.help().to_owned())))?;
    let options = Options::new(Keywords {
        as_: keeping.as_,
        ..Keywords::default()
    })?;
    let who = options.who().map_err(|refused| refused.raised(py))?;
    let is_noted = !matches!(deed, Deed::Check | Deed::Seed { dry_run: true, .. });
    let place = Place {
        home: keeping.home,
        rendered: None,
    };
    let home = is_noted.then(|| place.home(fleet.directory())).transpose();
    let home = home.map_err(|(message, help)| error::operate(py, message, help))?;
    let interrupt = Interrupt::default();
    let keeper = Keeper {
        wanted,
        run: RunId::now(),
        who,
        home,
        interrupt: interrupt.clone(),
    };
    let run = keeper.run.as_str().to_owned();
    let (what, source, question, work): (_, _, _, Work) = match deed {
        Deed::Check => ("check", Source::Nowhere, None, Box::new(checked)),
        Deed::Seed { dry_run, values } => {
            let (source, question) = source(py, values, &keeper)?;
            let work: Work = Box::new(move |keeper, source| seeded(keeper, source, dry_run));
            ("seed", source, question, work)
        }
        Deed::Rotate {
            promote,
            finish,
            overlap,
            values,
        } => {
            let overlap = jiff::SignedDuration::try_from_secs_f64(overlap * 3600.0);
            let overlap = overlap.ok().filter(|overlap| !overlap.is_negative());
            let Some(overlap) = overlap else {
                return Err(PyValueError::new_err("`overlap` is a number of hours"));
            };
            let (source, question) = source(py, values, &keeper)?;
            let how = move || Rotation {
                promote,
                overlap,
                now: jiff::Timestamp::now(),
            };
            let work: Work = Box::new(move |keeper, source| rotated(keeper, source, how(), finish));
            ("rotate", source, question, work)
        }
    };
    let begun = Handle::follow(&run, what, interrupt, Vec::new(), move |_| {
        work(&keeper, &source)
    });
    let begun = begun.map_err(|error| error::operate(py, with_causes(&error), None))?;
    Ok(PyRun::new(begun, options).asked_by(question))
}

type Work = Box<dyn FnOnce(&Keeper, &Source) -> Done + Send>;

/// Where values come from, and whom to ask for them.
fn source(
    py: Python<'_>,
    values: Option<Values>,
    keeper: &Keeper,
) -> PyResult<(Source, Option<Question>)> {
    match values {
        None => Ok((Source::Nowhere, None)),
        Some(Values::Known(known)) => {
            let is_wanted = |name: &&String| !keeper.wanted.iter().any(|one| one.is_named(name));
            if let Some(name) = known.keys().find(is_wanted) {
                let message = format!(
                    "a value is given for `{name}`, which is none of the secrets that are meant"
                );
                return Err(PyValueError::new_err(message));
            }
            let pair = |(name, said): (&String, &Said)| (name.clone(), given(said));
            let known = known.iter().map(pair).collect();
            Ok((Source::Known(known, keeper.wanted.len()), None))
        }
        Some(Values::Asked(call)) => {
            must_be_called(py, "values", &call)?;
            let desk = Arc::new(Prompts::default());
            let source = Source::Desk(desk.clone(), keeper.interrupt.clone());
            Ok((source, Some(Question { desk, call })))
        }
    }
}

fn checked(keeper: &Keeper, _source: &Source) -> Done {
    let roles = keeper.roles()?;
    let store = keeper.store(&roles)?;
    let now = jiff::Timestamp::now();
    let all: Vec<(&Wanted, Checked)> = keeper
        .wanted
        .iter()
        .map(|wanted| (wanted, check(wanted, &store, now)))
        // What was asked while somebody asked to stop was not seen.
        .take_while(|_| !keeper.interrupt.is_stopped())
        .collect();
    let row = |(wanted, one): &(&Wanted, Checked)| {
        let (outcome, remark) = one.in_words();
        json!({
            "secret": one.name, "purpose": wanted.purpose, "outcome": outcome, "version": one.version,
            "days": one.days, "due": one.is_due, "pending": one.pending, "behind": one.behind, "failed": one.failed,
            "remark": remark,
        })
    };
    let is_fine = |(_, one): &(&Wanted, Checked)| {
        !one.is_bad() && !matches!(one.state, SecretState::Unseen { .. })
    };
    let ok = all.iter().all(is_fine);
    let columns = [
        "secret", "purpose", "outcome", "version", "days", "due", "pending", "behind", "failed",
        "remark",
    ];
    Ok(keeper.table(&columns, all.iter().map(row).collect(), ok))
}

fn seeded(keeper: &Keeper, source: &Source, dry_run: bool) -> Done {
    let roles = keeper.roles()?;
    let store = keeper.store(&roles)?;
    let notes = keeper.notes(&store)?;
    let wanted: Vec<&Wanted> = keeper.wanted.iter().collect();
    let results = seed(
        &wanted,
        &store,
        source,
        dry_run,
        &mut |wanted, step, version, is_done| match &notes {
            Some(notes) => notes.note(wanted, step, version, is_done),
            None => Ok(()),
        },
        &mut |_, _| {},
        &|| keeper.interrupt.is_stopped(),
    );
    let row = |(wanted, result): &(&Wanted, Result<_, Unseeded>)| {
        let (outcome, remark) = seeded_in_words(wanted, result);
        let help = result.as_ref().err().and_then(Unseeded::help);
        json!({
            "secret": wanted.name, "purpose": wanted.purpose, "outcome": outcome, "remark": remark, "help": help,
        })
    };
    let is_fine = |(_, result): &(&Wanted, Result<_, Unseeded>)| match result {
        Ok(_) => true,
        Err(error) => error.is_fine() || matches!(error, Unseeded::Others(_)),
    };
    let ok = results.iter().all(is_fine);
    let columns = ["secret", "purpose", "outcome", "remark", "help"];
    Ok(keeper.table(&columns, results.iter().map(row).collect(), ok))
}

fn rotated(keeper: &Keeper, source: &Source, how: Rotation, is_finish: bool) -> Done {
    let Some(wanted) = keeper.wanted.first() else {
        return Err(Refused::from("there is no such secret".to_owned()));
    };
    let roles = keeper.roles()?;
    let store = keeper.store(&roles)?;
    let notes = keeper.notes(&store)?;
    let note = &mut |wanted: &Wanted, step, version: &str, is_done| match &notes {
        Some(notes) => notes.note(wanted, step, version, is_done),
        None => Ok(()),
    };
    let rotated = if is_finish {
        finish(wanted, &store, how, note)
    } else {
        rotate(wanted, &store, source, how, note)
    };
    let rotated = rotated.map_err(|error| {
        let message = format!("`{}`: {}", wanted.name, with_causes(&error));
        Refused::Said(message, error.help().map(ToOwned::to_owned))
    })?;
    let (outcome, version) = rotated.in_words();
    let then = match outcome {
        "staged" => "tell who must know, then again with `promote=True`",
        "current" => "once the overlap is over, again with `finish=True`",
        _ => "",
    };
    let row = json!({
        "secret": wanted.name, "purpose": wanted.purpose, "outcome": outcome, "version": short(version),
        "commands": rotated.commands(wanted), "remark": then,
    });
    let columns = [
        "secret", "purpose", "outcome", "version", "commands", "remark",
    ];
    Ok(keeper.table(&columns, vec![row], true))
}
