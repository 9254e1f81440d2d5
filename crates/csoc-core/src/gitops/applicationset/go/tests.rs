//! What Go's own templates print, from its documentation and that of Sprig.

use super::*;
use crate::span::{SourceFile, Sources};
use crate::value::yaml_read;

fn parameters() -> Node {
    let text = "
name: Fence
path: {path: a/b/c_d, segments: [a, b, c_d]}
labels: {tier: prod, app.kubernetes.io/name: x}
on: true
off: false
copies: 3
large: 1234567
round: 2000000
half: 0.5
empty: ''
none: null
list: [x, z]
map: {b: 2, a: 1}
";
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("p.yaml", text));
    let (node, _) = yaml_read::read(text, file, &yaml_read::Limits::default());
    node.unwrap()
}

#[test]
fn actions_print_what_go_prints() {
    for (template, printed) in [
        ("{{.name}}", "Fence"),
        ("{{ .path.path }}/{{- .name -}} /x", "a/b/c_d/Fence/x"),
        ("a {{- /* nothing */ -}} b", "ab"),
        ("{{lower .name}} {{.name | upper}}", "fence FENCE"),
        ("{{index .path.segments 1}}", "b"),
        (r#"{{index .labels "app.kubernetes.io/name"}}"#, "x"),
        (r#"{{ .name | replace "F" "h" | trimSuffix "e" }}"#, "henc"),
        (
            r#"{{default "x" .empty}}{{default "x" .name}}{{ .none | default "y" }}"#,
            "xFencey",
        ),
        (
            "{{.copies}} {{.large}} {{.round}} {{.half}} {{.on}}",
            "3 1.234567e+06 2e+06 0.5 true",
        ),
        ("{{.list}} {{.map}}", "[x z] map[a:1 b:2]"),
        (
            "{{quote .name}} {{squote .name .copies}}",
            "\"Fence\" 'Fence' '3'",
        ),
        (r#"{{printf "%s-%v%%" .name .copies}}"#, "Fence-3%"),
        (
            "{{if .on}}yes{{else}}no{{end}}{{if .off}}yes{{else if .on}}also{{end}}",
            "yesalso",
        ),
        (
            r#"{{if and .on (eq .name "Fence") (ne .name "x")}}both{{end}}"#,
            "both",
        ),
        ("{{if or .off .empty}}x{{else}}neither{{end}}", "neither"),
        ("{{if not .off}}not{{end}}", "not"),
        ("{{range .list}}<{{.}}>{{end}}", "<x><z>"),
        (
            "{{range $at, $it := .list}}{{$at}}={{$it}} {{$.name}};{{end}}",
            "0=x Fence;1=z Fence;",
        ),
        (
            "{{range $key, $value := .map}}{{$key}}{{$value}}{{end}}",
            "a1b2",
        ),
        ("{{range .none}}x{{else}}none{{end}}", "none"),
        (
            "{{with .path}}{{.path}}{{end}}{{with .empty}}x{{else}}{{.name}}{{end}}",
            "a/b/c_dFence",
        ),
        (
            "{{$x := .name}}{{range .list}}{{$x = .}}{{$y := .}}{{end}}{{$x}}",
            "z",
        ),
        ("{{$x := .name}}{{if .on}}{{$x := 1}}{{end}}{{$x}}", "Fence"),
        (
            "{{$x := .name}}{{$x}}{{$x := lower $x}}{{$x}}",
            "Fencefence",
        ),
        (
            r#"{{dig "path" "path" "none" .}}{{dig "path" "gone" "none" .}}"#,
            "a/b/c_dnone",
        ),
        (
            "{{base .path.path}} {{dir .path.path}} {{normalize .path.path}}",
            "c_d a/b a-b-c-d",
        ),
        (
            "{{toJson .map}}{{.list | toJson}}",
            r#"{"a":1,"b":2}["x","z"]"#,
        ),
        ("{{b64enc .name}} {{b64dec \"RmVuY2U=\"}}", "RmVuY2U= Fence"),
        (
            r#"{{join "-" .list}} {{(splitList "/" .path.path) | len}}"#,
            "x-z 3",
        ),
        (
            r#"{{ternary "a" "b" .on}}{{coalesce .empty .name}}{{empty .empty}}"#,
            "aFencetrue",
        ),
        (
            r#"{{hasPrefix "F" .name}}{{contains "z" .name}}{{trunc 3 .name}}"#,
            "truefalseFen",
        ),
        ("{{`{{ raw }}`}}", "{{ raw }}"),
        (r#"{{"a\n\"b\""}}"#, "a\n\"b\""),
        ("x:{{ .name | nindent 2 }}", "x:\n  Fence"),
        (
            r#"{{cat .name "x"}} {{(index .path.segments 0)}} {{ .list | len }}"#,
            "Fence x a 2",
        ),
    ] {
        assert_eq!(
            render(template, &parameters(), MissingKey::Refused),
            Ok(printed.to_owned()),
            "{template}"
        );
    }
}

#[test]
fn what_is_not_there_is_refused_or_printed() {
    assert_eq!(
        render("{{.gone}}", &parameters(), MissingKey::Refused),
        Err(Stop::refused("there is no parameter `gone`"))
    );
    assert_eq!(
        render("{{.gone}}", &parameters(), MissingKey::Printed),
        Ok("<no value>".to_owned())
    );
}

#[test]
fn what_doubles_itself_ends() {
    let double = "{{$x := cat $x $x}}".repeat(60);
    let template = format!("{{{{$x := \"aaaa\"}}}}{double}");
    assert_eq!(
        render(&template, &parameters(), MissingKey::Refused),
        Err(Stop::TooMany)
    );
    let replaced = "{{$x := replace \"a\" $x $x}}".repeat(6);
    let template = format!("{{{{$x := \"aaaaaaaa\"}}}}{replaced}");
    assert_eq!(
        render(&template, &parameters(), MissingKey::Refused),
        Err(Stop::TooMany)
    );
}

#[test]
fn what_is_not_evaluated_is_never_guessed() {
    for template in [
        "{{now}}",
        "{{randAlphaNum 5}}",
        "{{slugify 23 .name}}",
        "{{eq .copies 3}}",
        "{{template \"x\"}}",
        "{{printf \"%d\" .copies}}",
        "{{ .name | sha256sum }}",
        "{{index .labels \"gone\"}}",
    ] {
        assert!(
            matches!(
                render(template, &parameters(), MissingKey::Refused),
                Err(Stop::Undecidable(_))
            ),
            "{template}"
        );
    }
    for template in [
        "{{",
        "{{.name",
        "{{end}}",
        "{{if .on}}",
        "{{(.name}}",
        "{{.name)}}",
        "{{}}",
        "{{.name.x}}",
        "{{$y}}",
        "{{index .list 7}}",
    ] {
        assert!(
            matches!(
                render(template, &parameters(), MissingKey::Refused),
                Err(Stop::Refused(_))
            ),
            "{template}"
        );
    }
}
