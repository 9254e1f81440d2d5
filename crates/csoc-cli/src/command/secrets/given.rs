//! Values that a person gives: on a terminal that does not show them, in a file, or through a descriptor. Never an argument, which
//! everybody on a machine can see.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use csoc_operate::secret::{Ask, AskError, Given, Value, Wanted};

use super::prompt::hidden;
use crate::failure::Failure;
use crate::secrets_args::Given as Arguments;

/// More than a secret holds, so that what is too large is told from what is not.
const MOST: u64 = 1 << 17;

/// Where values come from.
pub(super) enum Source {
    /// A terminal.
    Terminal,
    /// Standard input.
    Input,
    /// A file, or a descriptor by its path.
    File(PathBuf),
    /// Nowhere: nobody can be asked.
    Nowhere,
}

impl Source {
    /// What the arguments say, for so many secrets.
    pub(super) fn of(arguments: &Arguments, secrets: usize) -> Result<Self, Failure> {
        let is_given = arguments.from_file.is_some() || arguments.from_fd.is_some();
        if is_given && secrets != 1 {
            return Err(
                Failure::unusable(format!("one value is given, for {secrets} secrets"))
                    .help("name the one that it is of with `--only NAME`".to_owned()),
            );
        }
        Ok(match (&arguments.from_file, arguments.from_fd) {
            (Some(path), _) if path == Path::new("-") => Self::Input,
            (Some(path), _) => Self::File(path.clone()),
            (None, Some(number)) => Self::File(format!("/dev/fd/{number}").into()),
            (None, None) if io::stdin().is_terminal() && io::stderr().is_terminal() => {
                Self::Terminal
            }
            (None, None) => Self::Nowhere,
        })
    }
}

impl Ask for Source {
    fn is_given(&self) -> bool {
        matches!(self, Self::Input | Self::File(_))
    }

    fn ask(&self, wanted: &Wanted) -> Result<Option<Given>, AskError> {
        let wrong = |error: &dyn std::error::Error| AskError(error.to_string().into());
        match self {
            Self::Nowhere => Ok(None),
            Self::Input => {
                let value = read(&mut io::stdin().lock())?;
                Ok(Some(Given::Line(value)))
            }
            Self::File(path) => {
                let mut file = fs_err::File::open(path).map_err(|error| wrong(&error))?;
                let value = read(&mut file)?;
                let is_pipe = path.starts_with("/dev/fd");
                Ok(Some(if is_pipe {
                    Given::Line(value)
                } else {
                    Given::File(value)
                }))
            }
            Self::Terminal if wanted.is_document() => Err(AskError(
                "it has several lines, which are not asked for: give it with `--from-file`".into(),
            )),
            Self::Terminal => {
                if wanted.keys.is_empty() {
                    let value = hidden(&format!("{}: ", wanted.name)).map_err(|it| wrong(&it))?;
                    return Ok(Some(Given::Line(value)));
                }
                let mut values = Vec::new();
                for key in &wanted.keys {
                    let prompt = format!("{}, `{}`, {}: ", wanted.name, key.name, key.holds);
                    let value = hidden(&prompt).map_err(|error| wrong(&error))?;
                    values.push((key.name.clone(), value.trimmed()));
                }
                Ok(Some(Given::Keys(values)))
            }
        }
    }
}

fn read(from: &mut dyn Read) -> Result<Value, AskError> {
    // It does not grow, so that nothing of it stays elsewhere.
    let mut bytes = Vec::with_capacity(usize::try_from(MOST).unwrap_or(0));
    from.take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|error| AskError(error.to_string().into()))?;
    Value::read(bytes).map_err(|error| AskError(error.to_string().into()))
}
