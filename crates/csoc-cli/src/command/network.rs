//! `csoc network`: addresses of clusters, taken from the pool, and how they are cut.

use std::fmt::Write as _;

use csoc_core::{AllocateError, NetworkPool, PlannedNetworks};

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::network_args::{Network, NetworkAllocate, NetworkCommand, NetworkShow};
use crate::session::Session;
use crate::table::{Table, count};

pub(crate) fn run(arguments: &Network, session: &Session) -> Result<Exit, Failure> {
    match &arguments.command {
        NetworkCommand::Allocate(arguments) => allocate(arguments, session),
        NetworkCommand::Show(arguments) => show(arguments, session),
    }
}

fn allocate(arguments: &NetworkAllocate, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let allocation = fleet.allocate_networks(&session.context)?;
    if !arguments.dry_run && !allocation.files.is_empty() {
        let mut root = Session::fleet_path(&arguments.fleet)?;
        if root.is_file() {
            root.pop();
        }
        allocation.write(&root)?;
    }
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({
            "networks": allocation.networks,
            "written": !arguments.dry_run && !allocation.files.is_empty(),
        }))?,
        Format::Text => {
            let mut table = Table::new(["cluster", "network", "file"]);
            for network in &allocation.networks {
                table.row([
                    network.cluster.clone(),
                    network.cidr.clone(),
                    network.file.clone(),
                ]);
            }
            if allocation.networks.is_empty() {
                session.say(
                    "nothing to allocate: every cluster whose network the fleet makes has one\n",
                );
            } else {
                session.print(&table.text(""))?;
                if arguments.dry_run {
                    session.say("nothing was written: --dry-run\n");
                }
            }
        }
    }
    Ok(Exit::Done)
}

fn show(arguments: &NetworkShow, session: &Session) -> Result<Exit, Failure> {
    let fleet = session.fleet(&arguments.fleet)?;
    let planned = fleet.networks(&session.context)?;
    match arguments.format.format {
        Format::Json => {
            let value = serde_json::to_value(&planned).unwrap_or_default();
            session.print_json(&value)?;
        }
        Format::Text => session.print(&text(&planned))?,
    }
    Ok(Exit::Done)
}

fn text(planned: &PlannedNetworks) -> String {
    let mut text = String::new();
    for network in &planned.networks {
        let _ = writeln!(
            text,
            "{}  {}  tier {}, NAT {}",
            network.cluster,
            network.cidr,
            network.tier.unwrap_or("none"),
            network.nat
        );
        let mut table = Table::new(["subnet", "zone", "network", "addresses"]);
        for subnet in &network.subnets {
            table.row([
                subnet.role.to_owned(),
                subnet.zone.clone(),
                subnet.cidr.clone(),
                subnet.addresses.to_string(),
            ]);
        }
        text.push_str(&table.text("  "));
        let _ = writeln!(
            text,
            "  {} nodes with {} pods fit, {} are expected\n",
            network.nodes, network.pods, network.expected_nodes
        );
    }
    let NetworkPool {
        ranges,
        prefix,
        total,
        left,
        ..
    } = &planned.pool;
    let _ = writeln!(
        text,
        "pool  {}  {left} of {} of /{prefix} left",
        ranges.join(", "),
        count(usize::try_from(*total).unwrap_or(usize::MAX), "network"),
    );
    text
}

impl From<AllocateError> for Failure {
    fn from(error: AllocateError) -> Self {
        let help = error.help();
        match error {
            AllocateError::Stopped(stopped) => stopped.into(),
            error => Self::new(Exit::Wrong, &error).help(help),
        }
    }
}
