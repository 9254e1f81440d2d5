//! The six routes.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, Path, Request as HttpRequest, State as Shared};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event as Sent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::stream::{self, Stream};
use jiff::Timestamp;
use serde_json::json;

use super::answer::{self, Answer};
use super::engine::{PortalEngine, PortalTask};
use super::execution::{Execution, KEPT, State};
use super::executions::{Executions, NotBegun, lock};
use super::operation::Operation;
use super::request::{Request, Unfit};
use super::token::Token;
use crate::digest::Digest;
use crate::run::RunId;
use crate::stack::{Stack, Stacks};

/// The most that a request may hold, in bytes.
const LIMIT: usize = 256 * 1024;

/// What all routes share.
#[derive(Clone)]
struct Desk {
    engine: Arc<dyn PortalEngine>,
    executions: Arc<Executions>,
}

/// All routes, behind the token.
pub(super) fn routes(
    engine: Arc<dyn PortalEngine>,
    token: Arc<Token>,
    executions: Arc<Executions>,
) -> Router {
    let guard = middleware::from_fn_with_state(token, guard);
    Router::new()
        .route("/api/terraform/execute", post(execute))
        .route("/api/terraform/executions", get(list))
        .route("/api/terraform/executions/{id}", get(show).delete(stop))
        .route("/api/terraform/executions/{id}/stream", get(follow))
        .route("/api/terraform/bootstrap-secret", post(bootstrap_secret))
        .fallback(async || refuse(StatusCode::NOT_FOUND, "there is no such route"))
        .layer(DefaultBodyLimit::max(LIMIT))
        .layer(guard)
        .with_state(Desk { engine, executions })
}

/// Lets only those in who show the token.
async fn guard(Shared(token): Shared<Arc<Token>>, request: HttpRequest, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION);
    if token.is_shown(shown.and_then(|value| value.to_str().ok())) {
        return next.run(request).await;
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        header::WWW_AUTHENTICATE,
        header::HeaderValue::from_static("Bearer"),
    );
    let refused = refuse(StatusCode::UNAUTHORIZED, "a bearer token is needed");
    (headers, refused).into_response()
}

/// What is said of a body that is none.
const UNFIT: &str = "the body must be a JSON object with the texts `operation` and `work_dir`, of less than 256 KiB, and be called `application/json`";

fn refuse(status: StatusCode, error: &str) -> Response {
    // The interface of the portal prints `stderr`, too.
    (status, Json(json!({ "error": error, "stderr": "" }))).into_response()
}

async fn execute(
    Shared(desk): Shared<Desk>,
    asked: Result<Json<Request>, JsonRejection>,
) -> Response {
    let Json(request) = match asked {
        Ok(request) => request,
        // What is wrong with it is not told: that could quote a variable.
        Err(error) => return refuse(error.status(), UNFIT),
    };
    // Stacks are read from disk, and bundles.
    let begun = tokio::task::spawn_blocking(move || begin(&desk, &request)).await;
    match begun {
        Ok(Ok(answer)) => (StatusCode::ACCEPTED, Json(answer)).into_response(),
        Ok(Err((status, error))) => refuse(status, &error),
        Err(_) => refuse(StatusCode::INTERNAL_SERVER_ERROR, "it could not be begun"),
    }
}

fn begin(desk: &Desk, request: &Request) -> Result<serde_json::Value, (StatusCode, String)> {
    let unfit = |Unfit(error)| (StatusCode::BAD_REQUEST, error);
    let operation = request.operation().map_err(unfit)?;
    let stacks = desk.engine.stacks();
    let stacks = stacks.map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error))?;
    let stack = request.stack(&stacks).map_err(unfit)?.clone();
    let conflict = |error: String| (StatusCode::CONFLICT, error);
    let id = RunId::new(Timestamp::now());
    let bundle = if operation == Operation::Apply {
        let shown = desk.executions.take_shown(&stack.id).ok_or_else(|| {
            conflict(format!(
                "no plan of {} was shown that is not applied yet: plan first, and look at it",
                stack.id
            ))
        })?;
        if let Some(over) = desk.engine.is_over(&shown) {
            return Err(conflict(format!("the plan that was shown is over: {over}")));
        }
        Some(shown)
    } else {
        None
    };
    let begun = desk
        .executions
        .begin(id.as_str(), operation, &stack, request.work_dir());
    let one = begun.map_err(|not_begun| {
        if let Some(bundle) = &bundle {
            // It was not begun, and may still be.
            desk.executions.put_shown(&stack.id, *bundle);
        }
        match not_begun {
            NotBegun::TooMany(limit) => (
                StatusCode::TOO_MANY_REQUESTS,
                format!("executions that may run at once: {limit}; wait until one has ended"),
            ),
            NotBegun::TooManyOfAccount(limit) => (
                StatusCode::TOO_MANY_REQUESTS,
                format!(
                    "executions that may run at once in account {}: {limit}; wait until one has ended",
                    stack.account
                ),
            ),
            NotBegun::Closed => (
                StatusCode::SERVICE_UNAVAILABLE,
                "the server comes to its end".to_owned(),
            ),
        }
    })?;
    if request.says_variables() {
        desk.executions.change(&one, |one| {
            one.say(
                "the fleet says the variables of its stacks: those of the request are not used",
            );
        });
    }
    let running = desk.clone();
    let work = {
        let one = Arc::clone(&one);
        let stack = stack.clone();
        move || running.work(&one, &stacks, &stack, bundle.as_ref())
    };
    if let Err(error) = std::thread::Builder::new().spawn(work) {
        // Nothing of it was begun.
        if let Some(bundle) = bundle {
            desk.executions.put_shown(&stack.id, bundle);
        }
        let error = format!("it could not be begun: {error}");
        desk.executions.change(&one, |one| one.fail(&error));
        return Err((StatusCode::SERVICE_UNAVAILABLE, error));
    }
    Ok(json!({
        "id": id.as_str(),
        "message": format!("{} begins", operation.name()),
        "runtime": "csoc",
    }))
}

impl Desk {
    /// Does it, to its end.
    fn work(&self, one: &Mutex<Execution>, stacks: &Stacks, stack: &Stack, shown: Option<&Digest>) {
        let (id, operation, interrupt) = {
            let one = lock(one);
            (one.id.clone(), one.operation, one.interrupt.clone())
        };
        let task = PortalTask {
            run: &id,
            stacks,
            stack,
            interrupt: &interrupt,
        };
        let work = std::panic::AssertUnwindSafe(|| self.done(&task, operation, shown, one));
        let done = std::panic::catch_unwind(work)
            .unwrap_or_else(|_| Err("it ended by a defect of csoc".to_owned()));
        self.executions.change(one, |one| match done {
            Ok(text) => one.complete(&text),
            Err(error) => one.fail(&error),
        });
    }

    fn done(
        &self,
        task: &PortalTask<'_>,
        operation: Operation,
        shown: Option<&Digest>,
        one: &Mutex<Execution>,
    ) -> Result<String, String> {
        let mut said = |event| {
            if let Some(line) = answer::line(&event) {
                self.executions.change(one, |one| one.say(&line));
            }
        };
        let note = |bundle: &Digest| {
            let bundle = *bundle;
            self.executions.change(one, |one| one.bundle = Some(bundle));
        };
        match (operation, shown) {
            (Operation::Init, _) => {
                Ok("nothing is to be done: a plan gets its stack ready".to_owned())
            }
            (Operation::Validate, _) => {
                Ok("the fleet was checked when this stack was rendered".to_owned())
            }
            (Operation::Plan, _) => Ok(match self.engine.plan(task, &mut said)? {
                Some((digest, facts)) => {
                    let text = answer::plan(&digest, &facts);
                    // What is not shown whole is not applied from here.
                    if text.lines().count() > KEPT {
                        return Err(format!(
                            "the plan has more than {KEPT} lines: `csoc show {digest}` shows it, and `csoc apply --bundle` applies it"
                        ));
                    }
                    note(&digest);
                    text
                }
                None => "nothing is to be done".to_owned(),
            }),
            (Operation::Apply, Some(bundle)) => {
                note(bundle);
                let totals = self.engine.apply(task, bundle, &mut said)?;
                Ok(format!(
                    "applied: {} added, {} changed, {} destroyed",
                    totals.add, totals.change, totals.remove
                ))
            }
            (Operation::Apply, None) => Err("no plan was shown".to_owned()),
            (Operation::Output, _) => {
                let names = self.engine.outputs(task, &mut said)?;
                Ok(format!(
                    "outputs: {}; `csoc outputs pull` records them",
                    names.join(", ")
                ))
            }
        }
    }
}

async fn list(Shared(desk): Shared<Desk>) -> Response {
    let all = desk.executions.all();
    let all: Vec<Answer> = all.iter().map(|one| Answer::of(&lock(one))).collect();
    Json(all).into_response()
}

async fn show(Shared(desk): Shared<Desk>, Path(id): Path<String>, method: Method) -> Response {
    let Some(one) = desk.executions.find(&id) else {
        return unknown();
    };
    let (answer, state) = {
        let one = lock(&one);
        (Answer::of(&one), one.state)
    };
    // A HEAD shows nothing, and what ended meanwhile is not in this answer.
    if state != State::Running && method == Method::GET {
        desk.executions.show(&one);
    }
    let status = match state {
        State::Running => StatusCode::ACCEPTED,
        State::Complete => StatusCode::OK,
        State::Error => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, Json(answer)).into_response()
}

async fn stop(Shared(desk): Shared<Desk>, Path(id): Path<String>) -> Response {
    let Some(one) = desk.executions.find(&id) else {
        return unknown();
    };
    let message = if lock(&one).state == State::Running {
        desk.executions.change(&one, |one| one.interrupt.stop());
        "asked to stop: what was begun is ended and its state written"
    } else {
        "it has ended already"
    };
    Json(json!({ "message": message })).into_response()
}

fn unknown() -> Response {
    refuse(StatusCode::NOT_FOUND, "there is no such execution")
}

/// No long-lived keys are kept: sessions are made from roles when they are needed.
async fn bootstrap_secret() -> Response {
    refuse(
        StatusCode::FORBIDDEN,
        "csoc keeps no keys: it takes the roles of each account, as whoever it runs as",
    )
}

/// How far a listener is.
struct Follower {
    desk: Desk,
    one: Arc<Mutex<Execution>>,
    next: usize,
    changes: tokio::sync::watch::Receiver<u64>,
    ready: std::collections::VecDeque<Sent>,
    is_over: bool,
}

async fn follow(Shared(desk): Shared<Desk>, Path(id): Path<String>) -> Response {
    let Some(one) = desk.executions.find(&id) else {
        return unknown();
    };
    let follower = Follower {
        changes: desk.executions.changes(),
        desk,
        one,
        next: 0,
        ready: std::collections::VecDeque::new(),
        is_over: false,
    };
    Sse::new(follower.stream())
        .keep_alive(KeepAlive::default())
        .into_response()
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Sent, Infallible>> {
        stream::unfold(self, async |mut follower| {
            loop {
                if let Some(sent) = follower.ready.pop_front() {
                    return Some((Ok(sent), follower));
                }
                if follower.is_over {
                    // All of it went out: from here on it was shown.
                    follower.desk.executions.show(&follower.one);
                    return None;
                }
                follower.changes.mark_unchanged();
                follower.look();
                if follower.ready.is_empty() && follower.changes.changed().await.is_err() {
                    return None;
                }
            }
        })
    }

    /// Takes what is new.
    fn look(&mut self) {
        let one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let (lines, next) = one.lines(self.next);
        self.next = next;
        let message = |line: Box<str>| Sent::default().event("message").data(line);
        self.ready.extend(lines.into_iter().map(message));
        match one.state {
            State::Running => return,
            State::Complete => {
                if let Some(bundle) = &one.bundle {
                    let plan = Sent::default().event("plan").data(bundle.to_string());
                    self.ready.push_back(plan);
                }
                let done = Sent::default().event("done").data("completed");
                self.ready.push_back(done);
            }
            // Once, and no `done` behind it: the interface takes that for success.
            State::Error => {
                let error = one.error.as_deref().unwrap_or("it failed");
                let error: String = error.chars().filter(|one| !one.is_control()).collect();
                self.ready
                    .push_back(Sent::default().event("error").data(error));
            }
        }
        self.is_over = true;
    }
}
