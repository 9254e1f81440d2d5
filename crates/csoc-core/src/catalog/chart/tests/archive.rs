//! Archives, good and bad: whatever they hold, there is a chart or there are findings.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

use super::fixture::{catalog, fixtures, lines};
use crate::catalog::chart::archive::unpack;
use crate::catalog::chart::make::facts;
use crate::catalog::chart::{ChartCatalog, ChartLimits, ReadChart, read};
use crate::diagnostic::Diagnostics;

const CHART: (&str, &[u8]) = (
    "demo/Chart.yaml",
    b"apiVersion: v2\nname: demo\nversion: 1.0.0\n",
);

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn header(name: &str, kind: EntryType, length: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(length as u64);
    header.set_mode(0o644);
    // Around the builder, which refuses what must be refused.
    let field = &mut header.as_old_mut().name;
    field[..name.len()].copy_from_slice(name.as_bytes());
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        header.set_link_name("target").unwrap();
    }
    header.set_cksum();
    header
}

fn archive_of(entries: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(Vec::new());
    for (name, kind, bytes) in entries {
        builder
            .append(&header(name, *kind, bytes.len()), *bytes)
            .unwrap();
    }
    gzip(&builder.into_inner().unwrap())
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = files
        .iter()
        .map(|(name, bytes)| (*name, EntryType::Regular, *bytes))
        .collect();
    archive_of(&entries)
}

fn chart_of(bytes: &[u8], limits: ChartLimits) -> ReadChart {
    let mut sink = Diagnostics::default();
    let files = unpack(bytes, limits, &mut sink);
    facts(&files, String::new(), sink)
}

fn small() -> ChartLimits {
    ChartLimits {
        archive_bytes: 100_000,
        total_bytes: 10_000,
        file_bytes: 5_000,
        entries: 20,
        depth: 3,
    }
}

#[track_caller]
fn assert_refused(bytes: &[u8], expected: &str) {
    let chart = chart_of(bytes, small());
    assert!(chart.facts.is_none());
    let lines = lines(&chart.found);
    assert!(
        lines.iter().any(|line| line.contains(expected)),
        "{lines:?}"
    );
}

#[test]
fn an_archive_says_what_its_directory_says() {
    let inner = archive(&[
        ("inner/Chart.yaml", b"name: inner\nversion: 1.0.0\n"),
        ("inner/values.yaml", b"depth: 1\n"),
    ]);
    let bytes = archive(&[
        CHART,
        ("./demo/values.yaml", b"size: 1\n"),
        (
            "demo/templates/a.yaml",
            b"{{ .Values.size }}{{ .Values.more }}",
        ),
        ("demo/charts/inner-1.0.0.tgz", &inner),
    ]);
    let chart = chart_of(&bytes, small());
    assert_eq!(lines(&chart.found), Vec::<String>::new());
    let catalog = catalog(chart);
    let chart = ChartCatalog::new(&catalog).unwrap();
    let keys: Vec<&str> = chart.values().children().map(|(name, _)| name).collect();
    assert_eq!(keys, ["inner", "more", "size"]);
    assert_eq!(
        chart
            .declared_at(chart.at(["inner", "depth"]).unwrap())
            .unwrap(),
        "demo/charts/inner/values.yaml:1"
    );
    // On disk it is the same, also as a directory with archives below it.
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("demo-1.0.0.tgz");
    fs_err::write(&path, &bytes).unwrap();
    let of_file = read(&path, ChartLimits::default()).unwrap();
    let directory = place.path().join("demo");
    fs_err::create_dir_all(directory.join("charts")).unwrap();
    fs_err::write(directory.join("Chart.yaml"), CHART.1).unwrap();
    fs_err::write(directory.join("charts/inner-1.0.0.tgz"), &inner).unwrap();
    let of_directory = read(&directory, ChartLimits::default()).unwrap();
    assert_eq!(of_file.facts.unwrap().name, "demo");
    let tree = of_directory.facts.unwrap().tree;
    assert!(tree.path(&["values", "k", "inner", "k", "depth"]).is_some());
}

#[test]
fn entries_that_could_leave_the_archive_are_refused() {
    for name in [
        "../evil",
        "demo/../../evil",
        "/etc/evil",
        "C:\\evil",
        "demo\\evil",
        "c:evil",
        ".",
    ] {
        assert_refused(&archive(&[CHART, (name, b"x")]), "leads out of the archive");
    }
    for (kind, why) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Fifo, "neither a file nor a directory"),
        (EntryType::Char, "neither a file nor a directory"),
    ] {
        let entries = [
            (CHART.0, EntryType::Regular, CHART.1),
            ("demo/odd", kind, &b""[..]),
        ];
        assert_refused(&archive_of(&entries), why);
    }
    assert_refused(&archive(&[CHART, CHART]), "is there twice");
}

#[test]
fn what_is_too_large_is_refused() {
    let large = vec![b' '; 6_000];
    assert_refused(&archive(&[CHART, ("demo/a", &large)]), "chart-too-large");
    let half = vec![b' '; 4_000];
    let files = [
        CHART,
        ("demo/a", &half),
        ("demo/b", &half),
        ("demo/c", &half),
    ];
    assert_refused(&archive(&files), "chart-too-large");
    let many: Vec<(String, &[u8])> = (0..30).map(|at| (format!("demo/{at}"), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (&**name, *bytes)).collect();
    assert_refused(&archive(&many), "chart-too-large");
    assert_refused(&vec![0; 200_000], "chart-too-large");
    // 100 MB of nothing between two files.
    let mut raw = vec![0; 100 << 20];
    raw[..512].copy_from_slice(header("demo/a", EntryType::Regular, 90 << 20).as_bytes());
    assert_refused(&gzip(&raw), "chart-too-large");
    let mut nested = archive(&[("a/Chart.yaml", b"name: a\n")]);
    for _ in 0..5 {
        nested = archive(&[("a/charts/a.tgz", &nested)]);
    }
    assert_refused(&nested, "chart-too-large");
}

#[test]
fn what_is_no_archive_or_no_chart_is_refused() {
    let whole = archive(&[CHART, ("demo/values.yaml", &[b'a'; 600])]);
    for bytes in [
        &b""[..],
        b"not gzip",
        &gzip(b"not tar"),
        &whole[..whole.len() / 2],
    ] {
        assert_refused(bytes, "chart-invalid");
    }
    assert_refused(
        &archive(&[("demo/values.yaml", b"a: 1")]),
        "has no `Chart.yaml`",
    );
    for text in [&b"version: 1"[..], b"", b"# nothing\n"] {
        assert_refused(&archive(&[("demo/Chart.yaml", text)]), "names no chart");
    }
    assert_refused(&archive(&[("demo/Chart.yaml", b"a: [")]), "yaml");
    assert_refused(&archive(&[CHART, ("demo/values.yaml", b"a: [")]), "yaml");
    assert_refused(
        &archive(&[CHART, ("demo/templates/a", b"\xff")]),
        "is not UTF-8",
    );
    assert_refused(
        &archive(&[CHART, ("demo/charts/a.tgz", b"x")]),
        "an archive in `demo/charts` is no gzipped tar archive",
    );
}

#[test]
fn charts_that_hold_each_other_are_refused() {
    let place = tempfile::tempdir().unwrap();
    for (name, other) in [("one", "two"), ("two", "one")] {
        let directory = place.path().join(name);
        fs_err::create_dir_all(&directory).unwrap();
        let text = format!(
            "name: {name}\nversion: 1.0.0\ndependencies:\n- name: {other}\n  repository: file://../{other}\n"
        );
        fs_err::write(directory.join("Chart.yaml"), text).unwrap();
    }
    let chart = read(&place.path().join("one"), ChartLimits::default()).unwrap();
    assert!(chart.facts.is_none());
    assert!(lines(&chart.found)[0].starts_with("error chart-cycle"));
}

#[test]
fn charts_that_multiply_are_refused() {
    let place = tempfile::tempdir().unwrap();
    for at in 0..16 {
        let directory = place.path().join(format!("c{at}"));
        fs_err::create_dir_all(&directory).unwrap();
        let mut text = format!("name: c{at}\ndependencies:\n");
        for alias in ["a", "b", "c", "d"] {
            write!(
                text,
                "- name: c{0}\n  alias: {alias}\n  repository: file://../c{0}\n",
                at + 1
            )
            .unwrap();
        }
        fs_err::write(directory.join("Chart.yaml"), text).unwrap();
        fs_err::write(directory.join("values.yaml"), "one: 1\n").unwrap();
    }
    let chart = read(&place.path().join("c0"), ChartLimits::default()).unwrap();
    assert!(chart.facts.is_none());
    let lines = lines(&chart.found);
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("error chart-too-large")),
        "{lines:?}"
    );
}

#[test]
fn templates_that_call_themselves_end() {
    let template = b"{{ define \"a\" }}{{ include \"a\" .x }}{{ include \"a\" .y }}{{ end }}{{ include \"a\" .Values }}";
    let chart = chart_of(&archive(&[CHART, ("demo/templates/a", template)]), small());
    let lines = lines(&chart.found);
    assert!(
        chart.facts.is_some() || lines[0].contains("without end"),
        "{lines:?}"
    );
}

#[test]
fn templates_that_ask_for_ever_more_end() {
    let template = b"{{ define \"a\" }}{{ if or .a .b .c .d }}{{ include \"a\" (or .a .b .c .d) }}{{ end }}{{ end }}{{ include \"a\" .Values }}";
    assert_refused(
        &archive(&[CHART, ("demo/templates/a", template)]),
        "without end",
    );
    let mut doubled = b"{{ $m := dict \"a\" .Values.a }}".to_vec();
    doubled.extend(b"{{ $_ := set $m \"b\" (list $m $m) }}".repeat(100));
    assert_refused(
        &archive(&[CHART, ("demo/templates/a", &doubled)]),
        "without end",
    );
}

#[cfg(unix)]
#[test]
fn links_of_a_directory_that_lead_out_are_refused() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("demo");
    fs_err::create_dir_all(directory.join("templates")).unwrap();
    fs_err::write(directory.join("Chart.yaml"), CHART.1).unwrap();
    fs_err::write(place.path().join("secret"), "x").unwrap();
    std::os::unix::fs::symlink("../../secret", directory.join("templates/a")).unwrap();
    std::os::unix::fs::symlink(".", directory.join("templates/again")).unwrap();
    let chart = read(&directory, ChartLimits::default()).unwrap();
    assert!(chart.facts.is_none());
    let lines = lines(&chart.found);
    assert!(
        lines
            .iter()
            .any(|line| line.contains("chart-file-refused")
                && line.contains("leads out of the chart")),
        "{lines:?}"
    );
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("error chart-too-large")),
        "{lines:?}"
    );
    assert!(read(&place.path().join("nothing"), ChartLimits::default()).is_err());
    assert!(read(&place.path().join("secret"), ChartLimits::default()).is_err());
    assert!(
        read(&fixtures(), ChartLimits::default())
            .unwrap()
            .facts
            .is_none()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..2000), at in 0..2000_usize) {
        let _ = chart_of(&bytes, small());
        let _ = chart_of(&gzip(&bytes), small());
        let mut broken = archive(&[CHART, ("demo/values.yaml", &bytes)]);
        let length = broken.len();
        broken[at % length] ^= 0x55;
        let _ = chart_of(&broken, small());
    }

    #[test]
    fn no_text_breaks_the_template_reader(parts in prop::collection::vec(prop::sample::select(vec![
        "{{", "}}", "-", " ", "if", "else", "end", "with", "range", "define", "\"a\"", "`", "\"", "'", "(", ")", "|", ":=", "=",
        ",", ".", ".Values", "$", "$x", "include", "template", "block", "tpl", "dict", "list", "index", "set", "/*", "*/", "é", "0", "\n",
    ]), 0..80)) {
        let text = parts.concat();
        let template = format!("{{{{ define \"a\" }}}}{text}{{{{ end }}}}{text}{{{{ include \"a\" . }}}}");
        let files = [CHART, ("demo/templates/a", template.as_bytes()), ("demo/values.yaml", b"a: '{{ .Values.b }}'")];
        let chart = chart_of(&archive(&files), ChartLimits::default());
        // There are facts, but for templates that call themselves without end.
        let is_endless = || lines(&chart.found).iter().any(|line| line.contains("without end"));
        prop_assert!(chart.facts.is_some() || is_endless());
    }
}
