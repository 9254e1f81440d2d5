#!/usr/bin/env python3
"""Runs or parses what a rendered tree holds in languages of others: Lua of Argo CD, PromQL and LogQL of what observes.

    observability_languages.py TREE [--logql DIRECTORY]

TREE is what csoc rendered. DIRECTORY is where npm installed @grafana/lezer-logql; without it, or without node, LogQL is
said to be skipped. Checked are:

- the health of an Application in each `argocd-cm`: it is run, with no library of Lua at hand, for each state that Argo CD
  knows, for an Application that a person syncs, and for one of which nothing is known yet;
- every expression of an alert rule and of a dashboard's panel that asks for metrics, as PromQL;
- every expression of a panel that asks for logs, and every selector in a configuration of Alloy, as LogQL.

Needs PyYAML, lupa and promql-parser. Exit status 1 if anything is wrong.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import lupa.lua51
import promql_parser
import yaml

HEALTH = re.compile(
    r'"resource\.customizations\.health\.argoproj\.io_Application"\s*=\s*<<-EOT\n(.*?)\n\s*EOT\n', re.DOTALL
)
SELECTOR = re.compile(r'^\s*selector\s*=\s*("(?:[^"\\]|\\.)*")', re.MULTILINE)
AUTOMATED = {"syncPolicy": {"automated": {"selfHeal": True}}}
BY_HAND = {"syncPolicy": {"retry": {"limit": 3}}}


def states():
    """Applications, and how healthy each must be said to be."""
    for status in ("Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"):
        health = {"health": {"status": status, "message": f"is {status}"}}
        yield f"{status}, synced by itself", {"spec": AUTOMATED, "status": health}, status, f"is {status}"
        # What a person has yet to sync for the first time keeps nothing waiting that comes after it.
        waits = ("Healthy", "a person syncs it") if status == "Missing" else (status, f"is {status}")
        yield f"{status}, synced by a person", {"spec": BY_HAND, "status": health}, *waits
        yield f"{status}, without a policy", {"spec": {}, "status": health}, *waits
    for name, object_ in (
        ("nothing is known yet", {"spec": AUTOMATED}),
        ("its state is empty", {"spec": AUTOMATED, "status": {}}),
        ("its health is empty", {"spec": AUTOMATED, "status": {"health": {}}}),
        ("it is empty", {}),
    ):
        yield name, object_, "Progressing", ""


def health(script):
    """What is wrong with a script about an Application's health."""
    # Argo CD gives it no libraries either; `obj` is all that there is.
    runtime = lupa.lua51.LuaRuntime(unpack_returned_tuples=True, register_eval=False, register_builtins=False)
    run = runtime.execute("""
        return function(script, obj)
            local program, wrong = loadstring(script)
            if not program then error(wrong) end
            setfenv(program, { obj = obj })
            return program()
        end
    """)
    for name, object_, status, message in states():
        try:
            said = run(script, runtime.table_from(object_, recursive=True))
            found = (said["status"], said["message"])
        except (lupa.lua51.LuaError, TypeError) as error:
            yield f"{name}: {error}"
            continue
        if found != (status, message):
            yield f"{name}: must be {(status, message)}, is {found}"


def documents(tree):
    for path in sorted((tree / "gitops").rglob("*.yaml")):
        if "/platform/" in str(path):
            for document in yaml.safe_load_all(path.read_text()):
                if isinstance(document, dict) and document.get("kind") == "ConfigMap":
                    yield path, document


def alerts(text):
    """Name and expression of each rule of a file for the ruler."""
    for group in (yaml.safe_load(text) or {}).get("groups", []):
        for rule in group.get("rules", []):
            yield f"{group['name']}/{rule.get('alert') or rule.get('record')}", rule["expr"]


def panels(board):
    """Name, kind of source and expression of each question that a dashboard asks."""
    for panel in board.get("panels", []):
        yield from panels(panel)
        for target in panel.get("targets", []):
            source = target.get("datasource") or panel.get("datasource") or {}
            yield panel["title"], source.get("type"), target["expr"]


def expressions(tree):
    """Place, language and text of every expression."""
    for path, document in documents(tree):
        for name, text in (document.get("data") or {}).items():
            place = f"{path.relative_to(tree)} {name}"
            if name.endswith(".json") and '"panels"' in text:
                for title, source, expression in panels(json.loads(text)):
                    language = {"prometheus": "promql", "loki": "logql"}.get(source)
                    yield f"{place} {title}", language, expression
            elif text.startswith("groups:"):
                for rule, expression in alerts(text):
                    yield f"{place} {rule}", "promql", expression
            elif "loki.process" in text:
                for number, quoted in enumerate(SELECTOR.findall(text), 1):
                    yield f"{place} selector {number}", "logql", json.loads(quoted)


def promql(questions):
    for place, text in questions:
        try:
            promql_parser.parse(text)
        except ValueError as error:
            yield f"{place}: {str(error).splitlines()[0]}: {text}"


def logql(questions, node, directory):
    """What a parser of LogQL does not take; nothing is asked where there is none."""
    program = Path(__file__).parent / "logql_parse.mjs"
    lines = "".join(json.dumps({"where": place, "text": text}) + "\n" for place, text in questions)
    run = subprocess.run([node, program, directory], input=lines, capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        answer = json.loads(line)
        if answer["errors"]:
            yield f"{answer['where']}: not LogQL at {answer['errors']}: {answer['text']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--logql", type=Path)
    arguments = parser.parse_args()
    wrong = []
    roots = sorted((arguments.tree / "terraform").rglob("delivery/*/main.tf"))
    scripts = {textwrap.dedent(script) for root in roots for script in HEALTH.findall(root.read_text())}
    if roots and not scripts:
        wrong.append("no root of the layer delivery says how healthy an Application is")
    for script in sorted(scripts):
        wrong += [f"health of an Application: {line}" for line in health(script)]
    asked = list(expressions(arguments.tree))
    wrong += [f"{place}: of no language that is known" for place, language, _ in asked if language is None]
    by = {
        language: [(place, text) for place, kind, text in asked if kind == language] for language in ("promql", "logql")
    }
    wrong += promql(by["promql"])
    module = arguments.logql and arguments.logql / "node_modules/@grafana/lezer-logql"
    node = shutil.which("node")
    if module and module.exists() and node:
        wrong += logql(by["logql"], node, arguments.logql)
        parsed = f"{len(by['logql'])} of LogQL"
    else:
        print("skipped: LogQL (there is no node with @grafana/lezer-logql)")
        parsed = "none of LogQL"
    for line in wrong:
        print(line)
    ran = len(scripts) * len(list(states()))
    print(
        f"{arguments.tree}: {ran} states of an Application, {len(by['promql'])} expressions of PromQL, {parsed}; {len(wrong)} wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
