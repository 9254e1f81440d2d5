//! `csoc init`: a new fleet from a few answers.

use std::fs;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use csoc_core::init::{Answers, AnswersError, QUESTIONS, Question, new_fleet};

use crate::args::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::new_args::{AnswerOptions, Init};
use crate::report;
use crate::session::Session;

pub(crate) fn run(arguments: &Init, session: &Session) -> Result<Exit, Failure> {
    let directory = arguments.directory.as_path();
    if !is_free(directory)? {
        return Err(
            Failure::unusable(format!("`{}` is not empty", directory.display())).help(
                "name a directory that is not there yet, or use `csoc add` for a fleet that is"
                    .to_owned(),
            ),
        );
    }
    let answers = answers(&arguments.answers, session)?;
    let files = new_fleet(&answers);
    for (path, text) in &files {
        let path = directory.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| cannot_write(parent, &error))?;
        }
        fs::write(&path, text).map_err(|error| cannot_write(&path, &error))?;
    }
    match arguments.format.format {
        Format::Json => session.print_json(&serde_json::json!({
            "directory": directory,
            "files": files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
        }))?,
        Format::Text => {
            for (path, _) in &files {
                session.print(&format!("{}\n", directory.join(path).display()))?;
            }
            session.say(&format!(
                "\nnext: csoc check {0} && csoc render {0} --out build\n",
                directory.display()
            ));
        }
    }
    Ok(Exit::Done)
}

fn is_free(directory: &Path) -> Result<bool, Failure> {
    match fs::read_dir(directory) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(cannot_write(directory, &error)),
    }
}

/// A failure to write, which names the path.
pub(super) fn cannot_write(path: &Path, error: &io::Error) -> Failure {
    Failure::unusable(format!("failed to write `{}`: {error}", path.display()))
}

/// The answers of flags, of the file, and of the person at the terminal.
fn answers(options: &AnswerOptions, session: &Session) -> Result<Answers, Failure> {
    let mut given = options.given();
    let text = match &options.answers {
        Some(path) => Some(fs::read_to_string(path).map_err(|error| {
            Failure::unusable(format!("failed to read `{}`: {error}", path.display()))
        })?),
        None => None,
    };
    let path = options
        .answers
        .as_ref()
        .map(|path| path.display().to_string());
    let file = path.as_deref().zip(text.as_deref());
    if file.is_none() && io::stdin().is_terminal() {
        for (field, values) in &mut given {
            if let Some(question) = QUESTIONS
                .iter()
                .find(|question| question.field == *field && values.is_empty())
            {
                *values = ask(question)?;
            }
        }
    }
    Answers::collect(file, &given).map_err(|AnswersError(found)| {
        session.say(&found.to_text(report::style(session.colors_err())));
        Failure {
            exit: Exit::Unusable,
            message: None,
            help: Some(
                "give each answer by its flag, or all by `--answers FILE`: see `csoc init --help`"
                    .to_owned(),
            ),
        }
    })
}

/// Asks until there is an answer, where there must be one.
fn ask(question: &Question) -> Result<Vec<String>, Failure> {
    let mut lines = io::stdin().lock().lines();
    loop {
        let mut err = io::stderr().lock();
        match question.default {
            Some("") => write!(err, "{} (empty for none): ", question.text)?,
            Some(default) => write!(err, "{} [{default}]: ", question.text)?,
            None => write!(err, "{}: ", question.text)?,
        }
        err.flush()?;
        drop(err);
        let Some(line) = lines.next().transpose()? else {
            return Err(Failure::unusable("the answers ended early"));
        };
        let answer = line.trim();
        let parts = |text: &str| -> Vec<String> {
            if question.many {
                text.split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect()
            } else {
                vec![text.to_owned()]
            }
        };
        match (answer, question.default) {
            ("", None) => {}
            ("", Some("")) => return Ok(Vec::new()),
            ("", Some(default)) => return Ok(parts(default)),
            (answer, _) => return Ok(parts(answer)),
        }
    }
}
