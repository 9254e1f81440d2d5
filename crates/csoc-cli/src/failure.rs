//! What keeps a command from doing its work.

use std::error::Error;
use std::io;

use csoc_core::{
    AdoptError, CatalogError, DiffError, EditError, ExplainError, FleetError, FocusError,
    ImportError, RecordError, RenderError, ReportError, Stopped, VerifyError,
};
use csoc_operate::{BundleError, NoValue};

use crate::exit::Exit;

/// Why a command gave up: the exit status, and what to say.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Nothing where there is nothing to say, or all was said.
    pub(crate) message: Option<String>,
    pub(crate) help: Option<String>,
}

impl Failure {
    /// One that says so, with the causes of an error.
    pub(crate) fn new(exit: Exit, error: &dyn Error) -> Self {
        Self {
            exit,
            message: Some(csoc_operate::with_causes(error)),
            help: None,
        }
    }

    /// One of wrong usage or unusable input.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self {
            exit: Exit::Unusable,
            message: Some(message.into()),
            help: None,
        }
    }

    /// One of what was to be printed and could not be; nobody is told where nobody reads it any more.
    pub(crate) fn unwritten(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::silent(Exit::Pipe),
            _ => Self::unusable(format!("standard output cannot be written: {error}")),
        }
    }

    /// The same with the way to mend it.
    pub(crate) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    /// One that has nothing to say.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self {
            exit,
            message: None,
            help: None,
        }
    }
}

impl From<BundleError> for Failure {
    fn from(error: BundleError) -> Self {
        Self::new(Exit::Unusable, &error).help(error.help().map(ToOwned::to_owned))
    }
}

impl From<NoValue> for Failure {
    fn from(error: NoValue) -> Self {
        Self::new(Exit::Unusable, &error).help(error.help())
    }
}

impl From<AdoptError> for Failure {
    fn from(error: AdoptError) -> Self {
        let help = error.help();
        match error {
            AdoptError::Stopped(stopped) => stopped.into(),
            AdoptError::Fleet(error) => Self::new(Exit::Wrong, &*error),
            error => Self::new(Exit::Unusable, &error).help(help),
        }
    }
}

impl From<RecordError> for Failure {
    fn from(error: RecordError) -> Self {
        let help = error.help();
        match error {
            RecordError::Stopped(stopped) => stopped.into(),
            RecordError::Fleet(error) => Self::new(Exit::Wrong, &*error),
            error @ RecordError::Wrong(_) => Self::new(Exit::Wrong, &error),
            error => Self::new(Exit::Unusable, &error).help(help),
        }
    }
}

impl From<Stopped> for Failure {
    fn from(_: Stopped) -> Self {
        Self {
            exit: Exit::Interrupted,
            message: Some("interrupted".to_owned()),
            help: None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::silent(Exit::Pipe),
            _ => Self::new(Exit::Unusable, &error),
        }
    }
}

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Stopped(stopped) => stopped.into(),
            FleetError::Lock(error) => error.into(),
            FleetError::Invalid(_) => Self::new(Exit::Wrong, &error),
            error => Self::new(Exit::Unusable, &error).help(
                "name the fleet directory or its `fleet.yaml`, or make one with `csoc init DIR`"
                    .to_owned(),
            ),
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Stopped(stopped) => stopped.into(),
            error => Self::new(Exit::Unusable, &error).help(error.help()),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Stopped(stopped) => stopped.into(),
            error => Self::new(Exit::Unusable, &error),
        }
    }
}

impl From<ExplainError> for Failure {
    fn from(error: ExplainError) -> Self {
        match error {
            ExplainError::Stopped(stopped) => stopped.into(),
            error => Self::new(Exit::Unusable, &error).help(error.help()),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Stopped(stopped) => stopped.into(),
            error => Self::new(Exit::Unusable, &error).help(error.help()),
        }
    }
}

impl From<DiffError> for Failure {
    fn from(error: DiffError) -> Self {
        match error {
            DiffError::Stopped(stopped) => stopped.into(),
            DiffError::NoEnvironment { ref suggestion, .. } => {
                let help = match suggestion {
                    Some(suggestion) => format!("did you mean `{suggestion}`?"),
                    None => "name it as COMMONS/NAME: midrc/prod".to_owned(),
                };
                Self::new(Exit::Unusable, &error).help(help)
            }
            DiffError::Fleet { ref source, .. } => {
                let exit = match **source {
                    FleetError::Invalid(_) => Exit::Wrong,
                    _ => Exit::Unusable,
                };
                Self::new(exit, &error)
            }
            error => Self::new(Exit::Unusable, &error),
        }
    }
}

impl From<FocusError> for Failure {
    fn from(error: FocusError) -> Self {
        Self::new(Exit::Unusable, &error).help(error.help())
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::Stopped(stopped) => stopped.into(),
            other => {
                let help = match &other {
                    ReportError::UnknownEnvironment { suggestion, .. } => suggestion
                        .as_ref()
                        .map(|meant| format!("did you mean `{meant}`?")),
                    _ => None,
                };
                Self::new(Exit::Unusable, &other).help(help)
            }
        }
    }
}

impl From<CatalogError> for Failure {
    fn from(error: CatalogError) -> Self {
        let help = error.help();
        Self::new(Exit::Unusable, &error).help(help)
    }
}

impl From<EditError> for Failure {
    fn from(error: EditError) -> Self {
        let (exit, help) = match &error {
            EditError::Changed { .. } => (Exit::Wrong, Some("run it again".to_owned())),
            EditError::Outside { .. } => (
                Exit::Unusable,
                Some("put the file where the link stands".to_owned()),
            ),
            _ => (Exit::Unusable, None),
        };
        Self::new(exit, &error).help(help)
    }
}
