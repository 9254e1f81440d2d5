//! Which stacks are meant: `account=research and layer in (waf, dns) and tier != prod`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use super::{Stack, Status};

/// Which stacks are meant.
///
/// Comparisons of fields with words, joined by `and`, `or`, `not` and parentheses; `*` in a word stands for anything.
/// The fields are `account`, `region`, `layer`, `cluster`, `commons`, `environment`, `tier`, `object`, `status` and
/// `id`. What a stack does not have equals nothing: `tier != prod` is true of the stacks of an account.
///
/// ```
/// let selection: csoc_operate::Selection = "layer in (waf, dns) and tier != prod".parse()?;
/// assert_eq!(selection.to_string(), "layer in (waf, dns) and tier != prod");
/// # Ok::<(), csoc_operate::SelectionError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    text: Box<str>,
    expression: Expression,
}

/// Why text is no selection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no selection: at character {column} {problem}")]
pub struct SelectionError {
    text: Box<str>,
    /// From 1.
    column: usize,
    problem: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Expression {
    Everything,
    Any(Vec<Expression>),
    All(Vec<Expression>),
    Not(Box<Expression>),
    Is(Field, Vec<Word>),
}

/// What of a stack is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Account,
    Region,
    Layer,
    Cluster,
    Commons,
    Environment,
    Tier,
    Object,
    Status,
    Id,
}

/// What a field is compared with: parts between which anything may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word(Vec<Box<str>>);

/// A field is compared with what no stack has in it: `tier != PROD` would mean all stacks, those of `prod` too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no stack has the {field} `{value}`, which `{selection}` says")]
pub struct NoValue {
    field: &'static str,
    value: Box<str>,
    selection: Box<str>,
    /// What stacks have in it.
    known: Vec<Box<str>>,
}

impl NoValue {
    /// How to mend it; nothing where stacks have too many values to tell.
    pub fn help(&self) -> Option<String> {
        let mut known = self.known.iter();
        if let Some(alike) = known.find(|known| known.eq_ignore_ascii_case(&self.value)) {
            return Some(format!(
                "`{} = {alike}` is one: upper case matters",
                self.field
            ));
        }
        let field = self.field;
        match self.known.len() {
            0 => Some(format!("no stack has a {field} at all")),
            1..=12 => Some(format!("{field} is one of {}", self.known.join(", "))),
            _ => None,
        }
    }
}

/// How deep parentheses and `not` may nest.
const DEPTH: usize = 64;

impl Selection {
    /// All stacks.
    pub fn everything() -> Self {
        Self {
            text: Box::default(),
            expression: Expression::Everything,
        }
    }

    /// Whether a stack is meant.
    pub fn matches(&self, stack: &Stack) -> bool {
        self.means(&Subject::of(stack))
    }

    /// Says so where a field is compared with what none of some stacks has in it. A word with `*` may mean nothing.
    pub(super) fn is_of(&self, stacks: &[Stack]) -> Result<(), NoValue> {
        let mut compared = Vec::new();
        self.expression.compared(&mut compared);
        for (field, word) in compared {
            let [value] = &*word.0 else { continue };
            let known: BTreeSet<&str> = if field == Field::Status {
                ["ready", "blocked", "leaving"].into()
            } else {
                let values = stacks.iter().map(|stack| field.of(&Subject::of(stack)));
                values.flatten().flatten().collect()
            };
            if !known.contains(&**value) {
                return Err(NoValue {
                    field: field.name(),
                    value: value.clone(),
                    selection: self.text.clone(),
                    known: known.into_iter().map(Box::from).collect(),
                });
            }
        }
        Ok(())
    }

    /// Whether anything else that has such fields is meant.
    pub(crate) fn means(&self, subject: &Subject<'_>) -> bool {
        self.expression.matches(subject)
    }
}

/// What a selection compares; nothing where there is no such thing.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Subject<'s> {
    /// The account is known by its number and by its name.
    pub(crate) account: [Option<&'s str>; 2],
    pub(crate) region: Option<&'s str>,
    pub(crate) layer: Option<&'s str>,
    pub(crate) cluster: Option<&'s str>,
    pub(crate) commons: Option<&'s str>,
    pub(crate) environment: Option<&'s str>,
    pub(crate) tier: Option<&'s str>,
    pub(crate) object: Option<&'s str>,
    pub(crate) status: Option<&'s str>,
    pub(crate) id: Option<&'s str>,
}

impl<'s> Subject<'s> {
    fn of(stack: &'s Stack) -> Self {
        Self {
            account: [Some(&stack.account), stack.account_name()],
            region: stack.region.as_deref(),
            layer: Some(&*stack.kind),
            cluster: stack.id.cluster(),
            commons: stack.id.commons(),
            environment: stack.id.environment(),
            tier: stack.tier.as_deref(),
            object: Some(&*stack.object),
            status: Some(match stack.status {
                Status::Ready => "ready",
                Status::Blocked => "blocked",
                Status::Leaving => "leaving",
            }),
            id: Some(stack.id.as_str()),
        }
    }
}

impl Expression {
    fn matches(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Everything => true,
            Self::Any(any) => any.iter().any(|one| one.matches(subject)),
            Self::All(all) => all.iter().all(|one| one.matches(subject)),
            Self::Not(inner) => !inner.matches(subject),
            Self::Is(field, words) => field
                .of(subject)
                .into_iter()
                .flatten()
                .any(|value| words.iter().any(|word| word.matches(value))),
        }
    }
}

impl Expression {
    /// What fields are compared with.
    fn compared<'e>(&'e self, found: &mut Vec<(Field, &'e Word)>) {
        match self {
            Self::Everything => {}
            Self::Any(several) | Self::All(several) => {
                for one in several {
                    one.compared(found);
                }
            }
            Self::Not(inner) => inner.compared(found),
            Self::Is(field, words) => found.extend(words.iter().map(|word| (*field, word))),
        }
    }
}

impl Field {
    /// Its name, as people write it.
    fn name(self) -> &'static str {
        let named = Self::ALL.into_iter().find(|(_, field)| *field == self);
        named.map_or("field", |(name, _)| name)
    }

    const ALL: [(&str, Self); 11] = [
        ("account", Self::Account),
        ("region", Self::Region),
        ("layer", Self::Layer),
        ("kind", Self::Layer),
        ("cluster", Self::Cluster),
        ("commons", Self::Commons),
        ("environment", Self::Environment),
        ("tier", Self::Tier),
        ("object", Self::Object),
        ("status", Self::Status),
        ("id", Self::Id),
    ];

    fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(known, _)| *known == name)
            .map(|(_, field)| field)
    }

    /// What a subject has of it.
    fn of<'s>(self, subject: &Subject<'s>) -> [Option<&'s str>; 2] {
        let value = match self {
            Self::Account => return subject.account,
            Self::Region => subject.region,
            Self::Layer => subject.layer,
            Self::Cluster => subject.cluster,
            Self::Commons => subject.commons,
            Self::Environment => subject.environment,
            Self::Tier => subject.tier,
            Self::Object => subject.object,
            Self::Status => subject.status,
            Self::Id => subject.id,
        };
        [value, None]
    }
}

impl Word {
    fn new(text: &str) -> Self {
        Self(text.split('*').map(Box::from).collect())
    }

    fn matches(&self, value: &str) -> bool {
        let [first, between @ .., last] = &*self.0 else {
            return self.0.first().is_some_and(|only| **only == *value);
        };
        let Some(mut rest) = value.strip_prefix(&**first) else {
            return false;
        };
        for part in between {
            match rest.split_once(&**part) {
                Some((_, behind)) => rest = behind,
                None => return false,
            }
        }
        rest.ends_with(&**last)
    }
}

impl fmt::Display for Selection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Selection {
    type Err = SelectionError;

    fn from_str(text: &str) -> Result<Self, SelectionError> {
        let mut reader = Reader {
            text,
            tokens: tokens(text),
            at: 0,
            depth: 0,
        };
        let expression = reader.any()?;
        match reader.token() {
            None => Ok(Self {
                text: text.trim().into(),
                expression,
            }),
            Some(_) => Err(reader.problem("`and` or `or` must stand")),
        }
    }
}

/// A word or a sign, and where it stands.
type Token<'t> = (usize, &'t str);

/// The words and signs of a text.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let is_sign = |char: char| "(),=!".contains(char);
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let start = text.len() - rest.len();
        let length = match rest.chars().next() {
            None => return tokens,
            Some('!') if rest.starts_with("!=") => 2,
            Some('=') if rest.starts_with("==") => 2,
            Some(sign) if is_sign(sign) => 1,
            Some(_) => rest
                .find(|char: char| char.is_whitespace() || is_sign(char))
                .unwrap_or(rest.len()),
        };
        let (token, behind) = rest.split_at(length);
        tokens.push((start, token));
        rest = behind;
    }
}

/// Reads a selection token by token.
struct Reader<'t> {
    text: &'t str,
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    fn token(&self) -> Option<&'t str> {
        self.tokens.get(self.at).map(|(_, token)| *token)
    }

    fn takes(&mut self, token: &str) -> bool {
        let is_there = self.token() == Some(token);
        self.at += usize::from(is_there);
        is_there
    }

    fn problem(&self, must: &str) -> SelectionError {
        let here = self
            .tokens
            .get(self.at)
            .map_or(self.text.len(), |(at, _)| *at);
        let before = self.text.get(..here).unwrap_or_default();
        SelectionError {
            text: self.text.into(),
            column: before.chars().count() + 1,
            problem: match self.token() {
                Some(token) => format!("stands `{token}`, where {must}"),
                None => format!("it ends, where {must}"),
            },
        }
    }

    fn any(&mut self) -> Result<Expression, SelectionError> {
        let mut any = vec![self.all()?];
        while self.takes("or") {
            any.push(self.all()?);
        }
        Ok(one_or(any, Expression::Any))
    }

    fn all(&mut self) -> Result<Expression, SelectionError> {
        let mut all = vec![self.single()?];
        while self.takes("and") {
            all.push(self.single()?);
        }
        Ok(one_or(all, Expression::All))
    }

    fn single(&mut self) -> Result<Expression, SelectionError> {
        if self.depth == DEPTH {
            return Err(self.problem("it nests too deeply"));
        }
        self.depth += 1;
        let expression = if self.takes("not") {
            Expression::Not(Box::new(self.single()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            if !self.takes(")") {
                return Err(self.problem("`)` must stand"));
            }
            inner
        } else {
            self.comparison()?
        };
        self.depth -= 1;
        Ok(expression)
    }

    fn comparison(&mut self) -> Result<Expression, SelectionError> {
        const FIELDS: &str = "a field must stand: account, region, layer, cluster, commons, environment, tier, object, status or id";
        let Some(field) = self.token().and_then(Field::named) else {
            return Err(self.problem(FIELDS));
        };
        self.at += 1;
        let is_not = self.takes("not");
        let words = if self.takes("in") {
            self.words()?
        } else if is_not {
            return Err(self.problem("`in` must stand"));
        } else if self.takes("!=") {
            return Ok(Expression::Not(Box::new(Expression::Is(
                field,
                vec![self.word()?],
            ))));
        } else if self.takes("=") || self.takes("==") {
            vec![self.word()?]
        } else {
            return Err(self.problem("`=`, `!=`, `in` or `not in` must stand"));
        };
        let is = Expression::Is(field, words);
        Ok(if is_not {
            Expression::Not(Box::new(is))
        } else {
            is
        })
    }

    fn words(&mut self) -> Result<Vec<Word>, SelectionError> {
        if !self.takes("(") {
            return Err(self.problem("`(` must stand"));
        }
        let mut words = vec![self.word()?];
        while self.takes(",") {
            words.push(self.word()?);
        }
        if self.takes(")") {
            Ok(words)
        } else {
            Err(self.problem("`,` or `)` must stand"))
        }
    }

    fn word(&mut self) -> Result<Word, SelectionError> {
        match self.token() {
            // No name has one: whoever quotes a word means the word.
            Some(word) if word.contains(['"', '\'']) => {
                Err(self.problem("a word without quotes must stand"))
            }
            Some(word) if !["(", ")", ",", "=", "==", "!", "!="].contains(&word) => {
                self.at += 1;
                Ok(Word::new(word))
            }
            _ => Err(self.problem("a word must stand")),
        }
    }
}

fn one_or(mut several: Vec<Expression>, many: fn(Vec<Expression>) -> Expression) -> Expression {
    match several.len() {
        1 => several.remove(0),
        _ => many(several),
    }
}
