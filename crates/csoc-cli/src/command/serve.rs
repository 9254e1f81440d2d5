//! `csoc serve`: the six routes by which the portal of gen3-admin drives runs.

use crate::exit::Exit;
use crate::failure::Failure;
use crate::serve_args::Serve;
use crate::session::Session;

#[cfg(feature = "serve")]
pub(crate) fn run(arguments: &Serve, session: &Session) -> Result<Exit, Failure> {
    use std::sync::Arc;

    use csoc_operate::{Interrupt, Portal, SessionError, Sessions, TerraformEngine, Token};

    use super::operate;
    use crate::terminal::interrupt;

    let running = &arguments.running;
    let stop = Interrupt::default();
    interrupt::stops(&stop);
    let program = operate::program(running, &stop)?;
    let home = operate::home(&arguments.place)?;
    let tree = operate::tree(&arguments.place, session)?;
    let path = match &arguments.token_file {
        Some(path) => path.clone(),
        None => home.journal().with_file_name("serve.token"),
    };
    let token = Token::of_file(&path).map_err(|error| Failure::new(Exit::Unusable, &error))?;
    let who = running.r#as;
    // Better now than at the first plan.
    operate::sessions(who, "serve", &stop)?;
    let asked = stop.clone();
    let engine = TerraformEngine {
        tree,
        program,
        home,
        lock_timeout: running.lock_timeout,
        sessions: Box::new(move |run| -> Result<Box<dyn Sessions>, SessionError> {
            let sessions = operate::sessions(who, run, &asked)
                .map_err(|failure| SessionError(failure.message.unwrap_or_default().into()))?;
            Ok(sessions)
        }),
    };
    if !arguments.listen.ip().is_loopback() {
        session.say(
            "warning: this listens beyond this machine, without TLS: put a proxy in front of it\n",
        );
    }
    let portal = Portal::new(Arc::new(engine), token, running.limits());
    let ready = |address| {
        session.say(&format!(
            "listening on http://{address}/api/terraform/, for whoever shows the token in {}\n",
            path.display()
        ));
    };
    portal
        .serve(arguments.listen, &stop, ready)
        .map_err(|error| {
            Failure::unusable(format!("cannot listen on {}: {error}", arguments.listen))
        })?;
    Ok(if stop.is_detached() {
        Exit::Interrupted
    } else {
        Exit::Done
    })
}

/// This csoc serves nothing.
#[cfg(not(feature = "serve"))]
pub(crate) fn run(_arguments: &Serve, _session: &Session) -> Result<Exit, Failure> {
    Err(Failure::unusable("this csoc was built without its server")
        .help("take one that was built with the feature `serve`, as the wheel is".to_owned()))
}
