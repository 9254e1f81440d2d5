//! `csoc status`: what runs in clusters, against what is rendered.

mod expected;
#[cfg(feature = "kubernetes")]
mod text;
#[cfg(feature = "kubernetes")]
mod watch;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::session::Session;
use crate::status_args::Status;

/// The namespace that Argo CD is in.
#[cfg(feature = "kubernetes")]
const ARGO_CD: &str = "argocd";

#[cfg(feature = "kubernetes")]
pub(crate) fn run(arguments: &Status, session: &Session) -> Result<Exit, Failure> {
    use std::time::Duration;

    use csoc_operate::{Clusters, Reach, StatusPage};

    use crate::session::{Level, label};
    use crate::terminal::interrupt;

    let reaching = &arguments.reach;
    let expectation = expected::expectation(arguments, session)?;
    let named = reaching.context.iter().cloned();
    let named = named.map(|it| (it.cluster, it.context)).collect();
    let reach = Reach {
        timeout: Duration::from_secs(reaching.timeout),
        parallel: reaching.parallel,
    };
    let mut clusters =
        Clusters::open(reaching.kubeconfig.as_deref(), named, reach).map_err(|error| {
            Failure::new(Exit::Unusable, &error).help(
                "name one with `--kubeconfig FILE`; `aws eks update-kubeconfig` makes one"
                    .to_owned(),
            )
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

/// Clusters are not asked by this csoc; what is wrong with the fleet and the arguments is said all the same.
#[cfg(not(feature = "kubernetes"))]
pub(crate) fn run(arguments: &Status, session: &Session) -> Result<Exit, Failure> {
    expected::expectation(arguments, session)?;
    Err(
        Failure::unusable("this csoc was built without Kubernetes, and asks no clusters").help(
            "take one that was built with the feature `kubernetes`, as the wheel is".to_owned(),
        ),
    )
}

/// A cluster that could not be read is part of the work that was not done; a difference is what was asked for.
#[cfg(feature = "kubernetes")]
fn exit(page: &csoc_operate::StatusPage, asks_for_differences: bool) -> Exit {
    if page.tally.unread > 0 {
        Exit::Partial
    } else if asks_for_differences && !page.is_well() {
        Exit::Different
    } else {
        Exit::Done
    }
}
