"""Writes inputs for the fuzz targets, made of the examples and fixtures: `python3 fuzz/seeds.py DIRECTORY`.

What they add to coverage is kept in `fuzz/corpus`; `make fuzz-corpus` runs this.
"""

import gzip
import io
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "crates/csoc-core/tests/fixtures"
# Inputs that are longer are slow to mutate, and add nothing.
LONGEST = 12_000


def files(directory: Path, *ends: str) -> list[Path]:
    found = (path for path in directory.rglob("*") if path.is_file())
    return sorted(path for path in found if path.name.endswith(ends))


def joined(directory: Path, first: str, paths: list[Path]) -> bytes:
    """One input of several files: the first has no name, each other stands behind a line that names it."""
    texts = {path.relative_to(directory).as_posix(): path.read_text() for path in paths}
    text = texts.pop(first, "")
    for name, more in texts.items():
        text += f"\n%%% {name}\n{more}"
    return text.encode()


def fleets() -> Iterator[bytes]:
    for directory in [
        ROOT / "examples/quickstart",
        FIXTURES / "base",
        FIXTURES / "twelve-defects",
        *sorted((ROOT / "tests/fleets").iterdir()),
    ]:
        yield joined(directory, "fleet.yaml", files(directory, ".yaml"))
    consortium = ROOT / "examples/consortium"
    for commons in sorted(path.stem for path in (consortium / "commons").glob("*.yaml")):
        own = [
            path
            for path in files(consortium, ".yaml")
            if path.relative_to(consortium).parts[0] not in ("commons", "content")
            or commons in path.parts
            or path.stem == commons
        ]
        yield joined(consortium, "fleet.yaml", own)
    for path in files(ROOT / "examples", ".yaml", ".json"):
        name = "fleet.yaml" if path.suffix == ".yaml" else "outputs/v1/one.json"
        yield f"\n%%% {name}\n".encode() + path.read_bytes()
    for rule in sorted((FIXTURES / "rules").iterdir()):
        for kind in ("bad", "good"):
            overlay = rule / kind
            if overlay.is_dir():
                whole = {path.relative_to(FIXTURES / "base"): path for path in files(FIXTURES / "base", ".yaml")}
                whole |= {path.relative_to(overlay): path for path in files(overlay, ".yaml", ".json")}
                text = b"".join(f"\n%%% {name}\n".encode() + path.read_bytes() for name, path in whole.items())
                yield text


def templates() -> Iterator[bytes]:
    for path in files(FIXTURES / "charts", ".yaml", ".tpl", ".conf"):
        if "templates" in path.parts or "files" in path.parts:
            values = path.parent.parent / "values.yaml"
            yield path.read_bytes() + b"\n%%% values.yaml\n" + values.read_bytes()
    # What any chart is made of; the functions that are told apart.
    yield b'{{- define "a" }}{{ .Values.a | default "b" | quote }}{{ end }}{{ include "a" . }}{{ template "a" $ }}'
    yield b"{{ range $k, $v := .Values.a }}{{ $k }}: {{ tpl $v $ }}{{ else }}{{ break }}{{ end }}"
    yield b'{{ with (index .Values "a" "b" 0) }}{{ .c.d }}{{ end }}{{ if and .Values.e (not .Values.f) }}x{{ else if or .g .h }}{{ end }}'
    yield b'{{ $x := dict "a" .Values.b "c" (list 1 2.5 0x1f true nil) }}{{ $_ := set $x "d" `raw` }}{{ $x.a }}{{ hasKey $x "e" }}'
    yield b"{{/* c */}}{{- toYaml (merge .Values.a .Values.b) | nindent 2 -}}{{ coalesce .Values.c .Values.d }}{{ ternary 1 2 .Values.e }}"
    yield b'{{ required "m" .Values.a }}{{ get .Values.b "c" }}{{ dig "a" "b" "c" .Values }}{{ block "b" .Values.x }}{{ .y }}{{ end }}'


def roots() -> Iterator[bytes]:
    ends = (".tf", ".tf.json", ".tfvars", ".tfvars.json")
    for part in ("terraform", "rules"):
        for fixture in sorted((FIXTURES / part).iterdir()):
            for kind in ("bad", "good", "terraform-bad", "terraform-good"):
                found = files(fixture / kind, *ends)
                if found:
                    yield joined(fixture / kind, "main.tf", found)
    for path in files(FIXTURES / "printers", ".tf", ".hcl", ".json", ".txt"):
        name = "main.tf.json" if path.suffix == ".json" else "main.tf"
        yield f"\n%%% {name}\n".encode() + path.read_bytes()
    yield b'variable "a" {\n  type = map(object({ b = optional(string, "c") }))\n}\n\n%%% terraform.tfvars\na = { d = { b = "e" } }\n\n%%% terraform.tfvars.json\n{"a": {"d": {"b": "${e}"}}}\n'


def tar(entries: dict[str, bytes], form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    # Without what pads it to ten kilobytes.
    return out.getvalue().rstrip(b"\0") + b"\0" * 1024


def archives() -> Iterator[bytes]:
    chart = {"demo/Chart.yaml": b"name: demo\nversion: 1.0.0\n", "demo/values.yaml": b"a: 1\n"}
    inner = {"a/Chart.yaml": b"name: a\n", "a/values.yaml": b"b: 1\n"}
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        long = {**chart, "demo/" + "l" * 120 + "/\u00e9.yaml" if form != tarfile.USTAR_FORMAT else "demo/b": b"c: 2\n"}
        yield b"t" + tar(long, form)
        yield b"r" + gzip.compress(tar(chart, form), mtime=0)
    nested = {**chart, "demo/charts/a-1.tgz": gzip.compress(tar(inner, tarfile.GNU_FORMAT), mtime=0)}
    yield b"t" + tar(nested, tarfile.GNU_FORMAT)
    whole = b"0demo/Chart.yaml\nname: demo\nversion: 1.0.0\n%%% 0demo/values.yaml\na: 1\n%%% 0demo/templates/a.yaml\n{{ .Values.a }}"
    yield b"e" + whole
    for entry in (
        b"0../evil\nx",
        b"0demo/../../evil\nx",
        b"0/etc/evil\nx",
        b"0C:\\evil\nx",
        b"0demo/./b\nx",
        b"0demo/values.yaml\nx",
        b"2demo/link\n",
        b"1demo/link\n",
        b"3demo/device\n",
        b"5demo/\n",
        b"6demo/pipe\n",
        b"7demo/continuous\nx",
        b"gpax_global_header\n30 comment=0123456789abcdef012\n",
        b"xdemo/p\n16 path=demo/q\n\n%%% 0demo/p\nx",
        b"xdemo/p\n10 size=1\n\n%%% 0demo/p\nx",
        b"L././@LongLink\ndemo/long\0\n%%% 0demo/short\nx",
        b"K././@LongLink\n../long\0\n%%% 2demo/short\n",
        b"Sdemo/sparse\nx",
        b"tdemo/charts/a.tgz\n%%% 0a/Chart.yaml\nname: a\n%%% 0a/values.yaml\nb: 1",
        b"tdemo/charts/a.tgz\n%%% ta/charts/b.tgz\n%%% tb/charts/c.tgz\n%%% tc/charts/d.tgz\n%%% 0d/Chart.yaml\nname: d",
        b"0demo/large\n" + b"x" * 5000,
    ):
        yield b"e" + whole + b"\n%%% " + entry
    for high, low in ((0, 0), (0, 100), (1, 0), (2, 3), (0, 41), (4, 1)):
        yield bytes([ord("d"), high, low]) + whole


def main() -> None:
    into = Path(sys.argv[1])
    for target, seeds in (
        ("fleet", fleets()),
        ("template", templates()),
        ("terraform", roots()),
        ("archive", archives()),
    ):
        directory = into / target
        directory.mkdir(parents=True, exist_ok=True)
        count = 0
        for count, seed in enumerate((seed for seed in seeds if len(seed) <= LONGEST), start=1):
            (directory / f"seed-{count:03}").write_bytes(seed)
        print(f"{target}: {count}")


if __name__ == "__main__":
    main()
