#!/usr/bin/env python3
"""Validates every Kubernetes object of a rendered GitOps tree, and of what the real charts make of it.

    rendered_manifests.py GITOPS [--helm HELM --checkout CHECKOUT] [--crds CRDS] [--models MODELS] [--write DIRECTORY]

GITOPS is the `gitops` directory that csoc rendered. HELM and CHECKOUT (of uc-cdis/gen3-helm) render each environment and
each cluster whose own Argo CD pulls. CRDS holds schemas of Argo CD's objects as compressed JSON, MODELS is a directory in
which npm installed @kubernetes-models/* (validators of objects of cert-manager, External Secrets and Karpenter). What is
not there is said and skipped. DIRECTORY gets the manifests, for other tests.

Checked are: objects of Kubernetes itself against the schemas of its version (kubernetes-validate), with nothing that a
schema does not know; custom resources against theirs, where they are at hand; and of what cluster-level-resources makes
and of a cluster's own Argo CD, that each Application stays in the cluster, reads values files that are in the tree, and
names a revision.
Needs PyYAML and kubernetes-validate. Exit status 1 if anything is wrong.
"""

import argparse
import gzip
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import helm_template
import jsonschema
import kubernetes_validate
import yaml

# The version of Kubernetes whose schemas are used.
KUBERNETES = "1.33"
# Groups of custom resources, and the npm package that validates each.
MODELS = {
    "cert-manager.io": "cert-manager",
    "external-secrets.io": "external-secrets",
    "generators.external-secrets.io": "external-secrets",
    "karpenter.sh": "karpenter",
    "karpenter.k8s.aws": "karpenter",
}
# Groups of which no schema is at hand in a registry, and why that is enough.
UNCHECKED = {
    "eks.amazonaws.com": "node classes of EKS Auto Mode: no package has their schema",
    "elbv2.k8s.aws": "kinds of the load balancer controller: no package has their schemas",
    "projectcalico.org": "no package has the schemas of Calico",
    "crd.projectcalico.org": "no package has the schemas of Calico",
    "monitoring.coreos.com": "only when monitors are switched on, by charts of others",
    "apiextensions.k8s.io": "definitions of custom resources, as their projects ship them",
}
# What the real charts make whatever the values say: object, text of the finding, and why it does no harm.
ACCEPTED = [
    ("CronJob/etl-cronjob", "backoffLimit", "the chart puts it beside the pod, where the API server drops it"),
]
HERE = "https://kubernetes.default.svc"


class Text(yaml.SafeLoader):
    """Reads dates as text, as JSON would have them."""


Text.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(text):
    return [document for document in yaml.load_all(text, Loader=Text) if isinstance(document, dict)]


def named(document):
    return f"{document.get('kind', '?')}/{(document.get('metadata') or {}).get('name', '?')}"


def group_of(document):
    version = str(document.get("apiVersion", ""))
    return version.split("/", maxsplit=1)[0] if "/" in version else ""


def closed(schema):
    """A structural schema under which a field that it does not know is an error, as `kubectl --validate=strict` has it."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items() if key != "format"}
    if schema.get("x-kubernetes-int-or-string"):
        made.pop("type", None)
        made["anyOf"] = [{"type": "integer"}, {"type": "string"}]
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if isinstance(schema.get("properties"), dict) and not is_open:
        made["additionalProperties"] = False
    return made


def validator(schema):
    """What checks objects by the schema of a CRD."""
    made = closed(schema)
    # Of an object's own data a CRD says only that it is one.
    made["properties"]["metadata"] = {"type": "object"}
    return jsonschema.Draft7Validator(made)


def argo_schemas(directory):
    schemas = {}
    for path in sorted(directory.glob("argocd-*.json.gz")) if directory and directory.is_dir() else []:
        loaded = json.loads(gzip.decompress(path.read_bytes()))
        for schema in loaded["versions"].values():
            schemas[loaded["kind"]] = validator(schema)
    return schemas


class Checks:
    """Collects what is wrong, and counts what was looked at."""

    def __init__(self, crds, models):
        self.argo = argo_schemas(crds)
        self.own = {}
        self.models = models if models and (models / "node_modules/@kubernetes-models").is_dir() else None
        self.wrong = []
        self.counts = Counter()
        self.later = []

    def object(self, where, document):
        group, name = group_of(document), named(document)
        own = self.own.get((document.get("apiVersion"), document.get("kind")))
        if own is not None:
            self.counts["of kinds that their own chart brings"] += 1
            self.valid(where, name, document, own)
        elif group in UNCHECKED:
            self.counts[f"of {group}, not checked ({UNCHECKED[group]})"] += 1
        elif group == "argoproj.io":
            self.argo_object(where, name, document)
        elif group in MODELS:
            self.later.append((where, document))
        else:
            self.counts["of Kubernetes"] += 1
            try:
                kubernetes_validate.validate(document, KUBERNETES, strict=True)
            except kubernetes_validate.SchemaNotFoundError:
                self.fail(where, name, f"no schema of {document.get('apiVersion')} {document.get('kind')}")
            except kubernetes_validate.ValidationError as error:
                self.fail(where, name, f"{'.'.join(map(str, error.path))}: {error.message[:160]}")

    def argo_object(self, where, name, document):
        known = self.argo.get(document.get("kind"))
        if known is None:
            self.counts["of Argo, without a schema at hand"] += 1
            return
        self.counts["of Argo CD"] += 1
        self.valid(where, name, document, known)

    def brought(self, definitions):
        """Takes the kinds that a chart brings, by its definitions of custom resources."""
        for definition in definitions:
            if definition.get("kind") != "CustomResourceDefinition":
                continue
            spec = definition["spec"]
            for version in spec["versions"]:
                kind = (f"{spec['group']}/{version['name']}", spec["names"]["kind"])
                self.own[kind] = validator(version["schema"]["openAPIV3Schema"])

    def valid(self, where, name, document, known):
        for error in known.iter_errors(document):
            self.fail(where, name, f"{'.'.join(map(str, error.path))}: {error.message[:160]}")

    def fail(self, where, name, what):
        if not any(re.fullmatch(who, name) and text in what for who, text, _ in ACCEPTED):
            self.wrong.append(f"{where}: {name}: {what}")

    def custom(self):
        """Runs the validators of npm's packages over what waits for them."""
        if self.models is None:
            if self.later:
                self.counts["custom resources, skipped: no @kubernetes-models at hand"] += len(self.later)
            return
        script = Path(__file__).parent / "kubernetes_models.mjs"
        lines = []
        for where, document in self.later:
            package = MODELS[group_of(document)]
            lines.append(json.dumps({"where": where, "package": package, "object": document}))
        done = subprocess.run(
            [shutil.which("node") or "node", str(script), str(self.models)],
            input="\n".join(lines),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"node: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            found = json.loads(line)
            self.counts["custom resources " + found["state"]] += 1
            for error in found["errors"]:
                self.fail(found["where"], found["name"], error)


def rendered_files(gitops, checks):
    for path in sorted(gitops.rglob("*.yaml")):
        where = path.relative_to(gitops)
        parts = where.parts
        is_values = "values" in parts or path.name in {"values.yaml", "Chart.yaml"}
        if is_values or (len(parts) > 1 and parts[1] == "cluster-values" and "custom-objects" not in parts):
            continue
        text = path.read_text(encoding="utf-8")
        # A template of the wrapper chart writes `{{` as Helm reads it.
        for document in documents(text.replace('{{ "{{" }}', "{{")):
            if "apiVersion" in document and "kind" in document:
                checks.object(str(where), document)
                if document["kind"] == "Application" and parts[0] != "hub":
                    checks.counts["Applications of a cluster's own Argo CD"] += 1
                    own_application(str(where), document, gitops, checks)
            else:
                checks.wrong.append(f"{where}: neither values nor an object of Kubernetes")


def own_application(where, document, gitops, checks):
    """What a cluster's own Argo CD installs stays in that cluster, and reads what is there."""
    name, spec = named(document), document.get("spec", {})
    destination = spec.get("destination", {})
    if destination.get("server") != HERE and destination.get("name") != "in-cluster":
        checks.fail(where, name, f"goes to {destination}, and must stay in its own cluster")
    sources = spec.get("sources") or [spec.get("source", {})]
    for source in sources:
        if not source.get("targetRevision"):
            checks.fail(where, name, f"names no revision of {source.get('repoURL')}")
        for file in (source.get("helm") or {}).get("valueFiles") or []:
            below = file.removeprefix("$values/")
            # The tree may lie in a directory of its repository.
            tails = (below.split("/", cut)[-1] for cut in range(below.count("/") + 1))
            if not file.startswith("$values/") or not any((gitops / tail).is_file() for tail in tails):
                checks.fail(where, name, f"reads {file}, which is not in the tree")


def charts(gitops, helm, checkout, checks, write):
    with tempfile.TemporaryDirectory() as place:
        prepared = {}
        for chart, where, release, namespace, files in helm_template.units(gitops):
            if chart not in prepared:
                prepared[chart] = helm_template.prepare(checkout, chart, Path(place))
            more = ["--kube-version", f"{KUBERNETES}.0"]
            text, error = helm_template.rendered(helm, prepared[chart], release, namespace, files, *more)
            shown = f"{chart} of {where.relative_to(gitops)}"
            if error:
                checks.wrong.append(f"{shown}: helm: {error.strip()[:300]}")
                continue
            if write:
                path = write / f"{str(where.relative_to(gitops)).replace('/', '__')}.{chart}.yaml"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            for document in documents(text):
                checks.object(shown, document)
                if chart == "cluster-level-resources" and document.get("kind") == "Application":
                    checks.counts["Applications of cluster-level-resources"] += 1
                    own_application(shown, document, gitops, checks)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gitops", type=Path)
    for option in ("--helm", "--checkout", "--crds", "--models", "--write"):
        parser.add_argument(option, type=Path)
    options = parser.parse_args()
    checks = Checks(options.crds, options.models)
    rendered_files(options.gitops, checks)
    has_chart = options.checkout and (options.checkout / "helm/gen3/Chart.yaml").is_file()
    if options.helm and options.helm.is_file() and has_chart:
        charts(options.gitops, options.helm, options.checkout, checks, options.write)
    else:
        print("skipped: what the charts make (no helm, or no checkout of gen3-helm)")
    checks.custom()
    for line in sorted(set(checks.wrong)):
        print(line)
    for what, count in sorted(checks.counts.items()):
        print(f"{count} {what}")
    print(f"{len(set(checks.wrong))} objects are not what their schemas say")
    return 1 if checks.wrong or not checks.counts else 0


if __name__ == "__main__":
    sys.exit(main())
