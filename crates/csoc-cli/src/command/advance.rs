//! `csoc apply --advance`: plan, approve, apply, pull outputs and render, wave by wave, until nothing is left to do.

use csoc_operate::{
    Advance, Advanced, Approval, Choice, Endings, JournalError, Operator, PlanPage, Planned, Stack,
    Unasked, Waiting, Wave, advance,
};

use super::operate::Workshop;
use super::outputs::pull;
use super::{apply, plan};
use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::operate_args::{Apply, Approve};
use crate::session::Session;
use crate::terminal::line::Answer;
use crate::terminal::progress::Progress;

pub(super) fn run(arguments: &Apply, session: &Session) -> Result<Exit, Failure> {
    let mut who = Terminal { arguments, session };
    match advance(&mut who) {
        Ok(advanced) if advanced.left == 0 => Ok(Exit::Done),
        Ok(_) => Ok(Exit::Wrong),
        Err(Halt::Exit(exit)) => Ok(exit),
        Err(Halt::Failure(failure)) => Err(failure),
    }
}

/// Who goes through a fleet in front of a terminal, or of a pipeline in which nobody can be asked.
struct Terminal<'a> {
    arguments: &'a Apply,
    session: &'a Session,
}

/// How it ends before all is done.
enum Halt {
    /// With this, which was said already.
    Exit(Exit),
    Failure(Failure),
}

impl From<Failure> for Halt {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<JournalError> for Halt {
    fn from(error: JournalError) -> Self {
        Self::Failure(Failure::new(Exit::Unusable, &error))
    }
}

/// Goes on only where all was done.
fn done(exit: Exit) -> Result<(), Halt> {
    match exit {
        Exit::Done => Ok(()),
        exit => Err(Halt::Exit(exit)),
    }
}

impl Terminal<'_> {
    fn format(&self) -> Format {
        self.arguments.over.format.format
    }
}

impl Advance for Terminal<'_> {
    type Shop = Workshop;
    type Halt = Halt;

    fn open(&mut self) -> Result<Workshop, Halt> {
        let over = &self.arguments.over;
        Ok(Workshop::open(&over.place, &over.together, self.session)?)
    }

    fn select<'s>(&mut self, shop: &'s Workshop) -> Result<Vec<&'s Stack>, Halt> {
        Ok(shop.select(&self.arguments.over.select)?)
    }

    fn begun(&mut self, wave: &Wave<'_>) {
        self.session.say(&format!(
            "\nwave {}: {} of {} stacks\n",
            wave.number,
            wave.stacks.len(),
            wave.of
        ));
    }

    fn plan<'o>(
        &mut self,
        shop: &'o Workshop,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(PlanPage, Endings<'o, Planned>), Halt> {
        let format = self.format();
        let progress = Progress::new("plan", format, stacks.len());
        let planned = operator.plan_all(stacks, shop.limits, shop.on_failure, &progress);
        progress.finish();
        let again = self.arguments.over.again();
        let page = PlanPage::new(shop.run.as_str(), &planned).at(&again);
        plan::print(&page, format, self.session)?;
        done(shop.exit(&planned))?;
        Ok((page, planned))
    }

    fn approve(&mut self, page: &PlanPage) -> Result<Approval, Halt> {
        let unasked = self.arguments.approve.map(|approve| match approve {
            Approve::Creates => Unasked::Creates,
            Approve::Changes => Unasked::Changes,
        });
        if let Some(unasked) = unasked.filter(|unasked| unasked.covers(page)) {
            return Ok(unasked.approval());
        }
        if self.format() == Format::Json || !apply::asks() {
            self.session.say(&format!(
                "stopped: somebody must approve this: `{}`, then `csoc outputs pull{}`, then again with `--advance`\n",
                page.command(),
                self.arguments.over.again()
            ));
            return Err(Halt::Exit(Exit::Wrong));
        }
        let answer = apply::confirmed(self.session)?;
        if answer == Answer::Yes {
            return Ok(Approval::Prompt);
        }
        self.session
            .say("stopped: nothing of this wave was applied\n");
        Err(Halt::Exit(match answer {
            Answer::Interrupted => Exit::Interrupted,
            _ => Exit::Wrong,
        }))
    }

    fn apply(
        &mut self,
        shop: &Workshop,
        operator: &Operator<'_>,
        choice: &Choice,
    ) -> Result<(), Halt> {
        let exit = apply::these(choice, self.arguments, shop, operator, self.session)?;
        done(exit)
    }

    fn pull<'o>(
        &mut self,
        shop: &'o Workshop,
        operator: &Operator<'o>,
        stacks: &[&'o Stack],
    ) -> Result<(), Halt> {
        let place = &self.arguments.over.place;
        let pulled = pull::pull(shop, operator, stacks, place, self.format(), self.session)?;
        if pulled.changed > 0 {
            self.session
                .say(&format!("outputs of {} stacks recorded\n", pulled.changed));
        }
        done(pulled.exit)
    }

    fn ended(&mut self, advanced: &Advanced, left: &[Waiting<'_>]) {
        self.session.say(&format!(
            "{} of {} stacks are as they should be\n",
            advanced.of - advanced.left,
            advanced.of
        ));
        for Waiting { stack, missing, .. } in left {
            let (outcome, why) = if missing.is_empty() {
                ("not begun", "one that it needs".to_owned())
            } else {
                ("blocked", missing.join(", "))
            };
            self.session
                .say(&format!("  {} waits for {why}\n", stack.id));
            self.session.ended.stack(&stack.id, outcome, "", missing);
        }
    }
}
