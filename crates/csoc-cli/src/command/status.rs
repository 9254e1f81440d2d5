//! `csoc status`: what runs in clusters, against what is rendered.

mod expected;
mod text;
mod watch;

use std::time::Duration;

use csoc_operate::{Clusters, Reach, StatusPage};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::{Level, Session, label};
use crate::status_args::Status;
use crate::terminal::interrupt;

/// The namespace that Argo CD is in.
const ARGO_CD: &str = "argocd";

pub(crate) fn run(arguments: &Status, session: &Session) -> Result<Exit, Failure> {
    let reaching = &arguments.reach;
    // What is wrong with the fleet and the arguments is said whoever is asked, or nobody.
    let expectation = expected::expectation(arguments, session)?;
    let named = reaching.context.iter().cloned();
    let named = named.map(|it| (it.cluster, it.context)).collect();
    let reach = Reach {
        timeout: Duration::from_secs(reaching.timeout),
        parallel: reaching.parallel,
    };
    let mut clusters =
        Clusters::open(reaching.kubeconfig.as_deref(), named, reach).map_err(|error| {
            Failure::new(Exit::Unusable, &error).help(error.help("--kubeconfig FILE"))
        })?;
    if let Some(hub) = &reaching.hub
        && let Err(unread) = clusters.register(hub, ARGO_CD)
    {
        let word = label("warning:", Level::Warning, session.colors_err());
        session.say(&format!(
            "{word} nothing is known of the clusters of the hub `{hub}`: {unread}\n"
        ));
    }
    if arguments.watch {
        return watch::run(arguments, &expectation, &clusters, session);
    }
    let Some(snapshot) = clusters.look(&expectation, &interrupt::happened) else {
        return Ok(Exit::Interrupted);
    };
    let page = StatusPage::new(&expectation, &snapshot);
    text::print(&page, arguments.format.format, session)?;
    Ok(exit(&page, arguments.exit_code))
}

/// A cluster that could not be read is part of the work that was not done; a difference is what was asked for.
fn exit(page: &StatusPage, asks_for_differences: bool) -> Exit {
    if page.tally.unread > 0 {
        Exit::Partial
    } else if asks_for_differences && !page.is_well() {
        Exit::Different
    } else {
        Exit::Done
    }
}
