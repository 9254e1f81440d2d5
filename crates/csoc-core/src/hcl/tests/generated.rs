//! The laws on generated bodies.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::hcl::*;
use crate::span::{FileId, SourceFile, Sources};

pub(super) fn file() -> FileId {
    Sources::default().add(SourceFile::new("main.tf", ""))
}

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a", "bb", "name", "aws_role", "x-y", "tags", "depends", "if", "in", "é1",
    ])
    .prop_map(str::to_owned)
}

fn identifier() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "a", "bb", "name", "aws_role", "x-y", "each", "for_each",
    ])
    .prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let pieces = vec![
        "${",
        "%{",
        "$",
        "%",
        "\"",
        "\\",
        "\n",
        "\n",
        "\r",
        "\t",
        "a",
        "b c",
        " ",
        "  ",
        "é",
        "漢",
        "e\u{301}",
        "\u{0}",
        "\u{202e}",
        "{",
        "}",
        "\\u0041",
        "\\n",
        "EOT",
        "#",
        "//",
        "'",
        "~}",
        "a/b:*",
        "\u{1f600}",
        "${x}",
        "$${x}",
    ];
    let pieces = prop::collection::vec(prop::sample::select(pieces), 0..6)
        .prop_map(|pieces| pieces.concat());
    prop_oneof![3 => pieces, 1 => any::<String>(), 1 => "[a-z]{60,90}"]
}

fn number() -> impl Strategy<Value = ExpressionKind> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        "-?[0-9]{1,3}\\.[0-9]{1,3}",
        "[1-9]e[1-9]"
    ]
    .prop_map(|text| ExpressionKind::Number(text.into()))
}

fn leaf() -> impl Strategy<Value = Expression> {
    prop_oneof![
        1 => Just(Expression::null()),
        1 => any::<bool>().prop_map(Expression::from),
        2 => number().prop_map(Expression::new),
        4 => text().prop_map(Expression::from),
        1 => text().prop_map(|text| Expression::from(text + "\n").layout(Layout::Heredoc)),
        2 => (identifier(), prop::collection::vec(identifier(), 0..3)).prop_map(|(root, steps)| {
            steps.into_iter().fold(Expression::reference(&root), Expression::dot)
        }),
    ]
}

fn layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(vec![
        Layout::Automatic,
        Layout::Automatic,
        Layout::OneLine,
        Layout::Broken,
        Layout::Hugged,
        Layout::Heredoc,
    ])
}

fn parts(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    let trim = (any::<bool>(), any::<bool>()).prop_map(|(before, behind)| Trim { before, behind });
    let whole = prop_oneof![
        3 => text().prop_map(|text| vec![Part::from(text)]),
        3 => (inner.clone(), trim.clone()).prop_map(|(inner, trim)| vec![Part::Interpolation(inner, trim)]),
        1 => (inner.clone(), inner.clone(), text(), trim.clone()).prop_map(|(condition, then, text, trim)| vec![
            Part::Directive(Directive::If(condition), trim),
            Part::from(then),
            Part::Directive(Directive::Else, Trim::default()),
            text.into(),
            Part::Directive(Directive::EndIf, trim),
        ]),
        1 => (identifier(), inner.clone(), text(), trim.clone()).prop_map(|(value, all, text, trim)| vec![
            Part::Directive(Directive::For(Some("k".into()), value.into(), all), trim),
            text.into(),
            Part::Directive(Directive::EndFor, trim),
        ]),
    ];
    prop::collection::vec(whole, 1..4)
        .prop_map(|parts| Expression::template(parts.into_iter().flatten()))
}

fn object(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    let key = prop_oneof![
        3 => name().prop_map(ObjectKey::from),
        2 => text().prop_map(|text| ObjectKey::String(text.into())),
        // `terraform fmt` loses its way at a key with a `=` in it, so none holds an object.
        1 => leaf().prop_map(|key| ObjectKey::Expression(Box::new(key))),
        1 => parts(leaf().boxed()).prop_map(|key| ObjectKey::Expression(Box::new(key))),
    ];
    prop::collection::vec((key, inner), 0..5).prop_map(|fields| {
        let mut seen = BTreeSet::new();
        let unique = fields.into_iter().filter(|(key, _)| {
            seen.insert(key.as_str().map_or_else(|| "(".to_owned(), str::to_owned))
        });
        Expression::object(unique)
    })
}

fn operation(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    use BinaryOperator::*;
    let operator = prop::sample::select(vec![
        Or,
        And,
        Equal,
        NotEqual,
        Less,
        LessOrEqual,
        Greater,
        GreaterOrEqual,
        Plus,
        Minus,
        Times,
        Divide,
        Modulo,
    ]);
    let unary =
        (any::<bool>(), inner.clone()).prop_map(|(not, operand)| match operand.bare().kind {
            _ if not => {
                Expression::new(ExpressionKind::Unary(UnaryOperator::Not, Box::new(operand)))
            }
            // `-` before a number is the number's.
            ExpressionKind::Number(_) => operand,
            _ => Expression::new(ExpressionKind::Unary(
                UnaryOperator::Negative,
                Box::new(operand),
            )),
        });
    prop_oneof![
        unary,
        (inner.clone(), operator, inner.clone())
            .prop_map(|(left, operator, right)| Expression::binary(left, operator, right)),
        (inner.clone(), inner.clone(), inner)
            .prop_map(|(a, b, c)| Expression::conditional(a, b, c)),
    ]
}

fn for_each(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    let optional = prop::option::of(inner.clone());
    (
        prop::option::of(identifier()),
        identifier(),
        inner.clone(),
        optional.clone(),
        inner,
        any::<bool>(),
        optional,
    )
        .prop_map(
            |(key, value, collection, result_key, result, grouped, condition)| {
                let grouped = grouped && result_key.is_some();
                let key = key.map(Into::into);
                let value = value.into();
                Expression::new(ExpressionKind::For(Box::new(For {
                    key,
                    value,
                    collection,
                    result_key,
                    result,
                    grouped,
                    condition,
                })))
            },
        )
}

fn access(
    inner: impl Strategy<Value = Expression> + Clone + 'static,
) -> impl Strategy<Value = Expression> {
    let step = prop_oneof![
        identifier().prop_map(|name| Step::Attribute(name.into())),
        // `terraform fmt` makes `x[]` of `x[null]` and of `x[true]`.
        inner
            .clone()
            .prop_filter("an index", |index| !matches!(
                index.bare().kind,
                ExpressionKind::Null | ExpressionKind::Bool(_)
            ))
            .prop_map(Step::Index),
        Just(Step::Splat),
    ];
    (inner, prop::collection::vec(step, 1..3))
        .prop_map(|(base, steps)| steps.into_iter().fold(base, Expression::step))
}

fn expression() -> impl Strategy<Value = Expression> + Clone {
    let recursive = leaf().prop_recursive(4, 24, 5, |inner| {
        let call = (identifier(), prop::collection::vec(inner.clone(), 0..4), any::<bool>()).prop_map(|(name, arguments, spread)| {
            let spread = spread && !arguments.is_empty();
            Expression::new(ExpressionKind::Call(Call { name: name.into(), arguments, spread }))
        });
        let kinds = prop_oneof![
            3 => prop::collection::vec(inner.clone(), 0..5).prop_map(Expression::list),
            3 => object(inner.clone()),
            2 => parts(inner.clone()),
            2 => call,
            1 => operation(inner.clone()),
            1 => for_each(inner.clone()),
            1 => access(inner.clone()),
            1 => inner.prop_map(|inner| Expression::new(ExpressionKind::Parenthesis(Box::new(inner)))),
        ];
        (kinds, layout()).prop_map(|(expression, layout)| expression.layout(layout))
    });
    recursive.boxed()
}

/// Any body.
pub(super) fn body() -> impl Strategy<Value = Body> {
    let attribute = (name(), expression())
        .prop_map(|(name, value)| Item::Attribute(Attribute::new(name, value)));
    let flat = prop_oneof![
        4 => attribute,
        1 => text().prop_map(|text| Item::Comment(text.into())),
        1 => Just(Item::Blank),
    ];
    let unique = |items: Vec<Item>| {
        let mut seen = BTreeSet::new();
        let items = items.into_iter().filter(|item| match item {
            Item::Attribute(attribute) => seen.insert(attribute.name.clone()),
            _ => true,
        });
        let items: Vec<_> = items.collect();
        // A body of one attribute takes one line here, and several where it is a file.
        let spacing = match &*items {
            [Item::Attribute(_)] => Spacing::OneLine,
            _ => Spacing::Automatic,
        };
        Body { items, spacing }
    };
    let flat_body = prop::collection::vec(flat.clone(), 0..6).prop_map(unique);
    flat_body.prop_recursive(2, 12, 4, move |inner| {
        let label = prop_oneof![name(), Just("a \"b\"".to_owned())];
        let block = (name(), prop::collection::vec(label, 0..3), inner)
            .prop_map(|(kind, labels, body)| Item::Block(Block::new(kind, labels).body(body)));
        prop::collection::vec(prop_oneof![2 => flat.clone(), 1 => block], 0..6).prop_map(unique)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_undoes_printing(body in body()) {
        let text = print(&body);
        let read = parse(&text, file()).map_err(|findings| TestCaseError::fail(format!("{}\n{text}", findings[0].message)))?;
        prop_assert_eq!(&read, &body, "{}", text);
        prop_assert_eq!(print(&read), text);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[a-z{}\\[\\]()\"$%~=.,:?!<>\\-*/#\\\\ \n0-9é]{0,60}") {
        if let Ok(body) = parse(&text, file()) {
            let printed = print(&body);
            let read = parse(&printed, file()).map_err(|findings| TestCaseError::fail(format!("{}\n{printed}", findings[0].message)))?;
            prop_assert_eq!(read, body, "{}", printed);
        }
    }

    #[test]
    fn json_is_json(body in body()) {
        prop_assert!(serde_json::from_str::<serde_json::Value>(&print_json(&body)).is_ok());
    }
}
