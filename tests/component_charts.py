#!/usr/bin/env python3
"""Renders the charts of others with the values that csoc gives them, and looks at what comes of it.

    component_charts.py GITOPS --helm HELM --charts CHARTS [--checkout CHECKOUT]

GITOPS is the `gitops` directory that csoc rendered. CHARTS has a directory for each chart that is at hand, by its name. Every
Application of a component, whatever observes, an add-on or a service of the hub, is rendered by its chart; with CHECKOUT, a
checkout of gen3-helm, those too that cluster-level-resources makes of add-ons with values of ours. Charts that are not there
are named and skipped, and components whose values wait for outputs counted. What a chart would get from the network is left
out, as if it were switched off. A chart at hand may be of another version than the one that runs.

Checked are: objects of Kubernetes itself against the schemas of its version, with nothing that a schema does not know; and
what no schema says: names of volumes, containers and ports that the API server takes, and that each mount has its volume.
Needs PyYAML and kubernetes-validate. Exit status 1 if anything is wrong.
"""

import argparse
import re
import shutil
import sys
import tempfile
from pathlib import Path

import helm_template
from rendered_manifests import KUBERNETES, Checks, documents, named

# Charts that other tests render, from a checkout of gen3-helm.
ELSEWHERE = {"gen3", "cluster-level-resources"}
LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
PORT = re.compile(r"(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?")


def components(gitops):
    """Each chart with its release, namespace, Application and values files."""
    for path in sorted(gitops.glob("**/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "\nkind: Application\n" in text:
            yield from of_applications(gitops, text, path.relative_to(gitops))


def of_clusters(gitops, helm, checkout, place):
    """The same of the Applications that cluster-level-resources makes."""
    for chart, directory, release, namespace, files in helm_template.units(gitops):
        if chart != "cluster-level-resources":
            continue
        target = place / chart if (place / chart).exists() else helm_template.prepare(checkout, chart, place)
        text, error = helm_template.rendered(helm, target, release, namespace, files)
        if error:
            # helm_template.py says it of the same values.
            continue
        yield from of_applications(gitops, text, directory.relative_to(gitops))


def of_applications(gitops, text, where):
    """What the Applications in a text install by charts, with values in files."""
    for document in documents(text):
        if document.get("kind") != "Application":
            continue
        spec = document.get("spec", {})
        for source in spec.get("sources") or [spec.get("source", {})]:
            helm = source.get("helm") or {}
            at = source.get("path", "")
            chart = source.get("chart") or (at.rsplit("/", 1)[-1] if helm.get("releaseName") else "")
            if not chart or chart in ELSEWHERE or not helm.get("valueFiles"):
                continue
            files = [file_of(gitops, name) for name in helm["valueFiles"]]
            release = helm.get("releaseName") or document["metadata"]["name"]
            yield chart, release, spec["destination"]["namespace"], where, files


def file_of(gitops, name):
    """A values file; the tree may lie in a directory of its repository."""
    below = name.removeprefix("$values/")
    tails = [below.split("/", cut)[-1] for cut in range(below.count("/") + 1)]
    return next((gitops / tail for tail in tails if (gitops / tail).is_file()), gitops / below)


def prepared(charts, chart, place):
    """A copy of a chart without what would come from the network."""
    target = place / chart
    if not target.exists():
        shutil.copytree(charts / chart, target, ignore=shutil.ignore_patterns("charts", "Chart.lock", "*.tgz"))
        file = target / "Chart.yaml"
        kept = re.sub(r"^dependencies:\n(?:[ -].*\n?|\n)*", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
        # A version that is filled in where the chart is published.
        kept = re.sub(r"^version: *v?0\.0\.0.*$", "version: 0.0.1", kept, flags=re.MULTILINE)
        file.write_text(kept, encoding="utf-8")
    return target


def pods(document):
    """The specifications of pods in an object."""
    spec = document.get("spec") or {}
    if document.get("kind") == "Pod":
        yield spec
    if document.get("kind") == "CronJob":
        spec = (spec.get("jobTemplate") or {}).get("spec") or {}
    template = spec.get("template") if isinstance(spec, dict) else None
    if isinstance(template, dict) and isinstance(template.get("spec"), dict):
        yield template["spec"]


def listed(all_documents):
    """Objects; those of a list, which is applied as each of them."""
    for document in all_documents:
        if document.get("kind") == "List":
            yield from document.get("items") or []
        else:
            yield document


def unnamed(document):
    """What the API server refuses of a pod, though its schema does not say so."""
    claims = (document.get("spec") or {}).get("volumeClaimTemplates") or []
    for pod in pods(document):
        volumes = [volume.get("name", "") for volume in pod.get("volumes") or []]
        mountable = {*volumes, *(claim["metadata"]["name"] for claim in claims)}
        containers = [*(pod.get("initContainers") or []), *(pod.get("containers") or [])]
        yield from labels("volume", volumes)
        yield from labels("container", [container.get("name", "") for container in containers])
        for container in containers:
            yield from inside(container, mountable)


def labels(what, names):
    """Names that are no labels, and those that are there twice."""
    for name in sorted(set(names)):
        if not LABEL.fullmatch(name):
            yield f"`{name}` is no name of a {what}: it must be a DNS label"
        if names.count(name) > 1:
            yield f"there are several {what}s `{name}`"


def inside(container, mountable):
    """What is wrong with a container's ports and mounts."""
    for port in container.get("ports") or []:
        if "name" in port and not PORT.fullmatch(port["name"]):
            yield f"`{port['name']}` is no name of a port: 15 lower-case letters, digits and dashes at most"
    for mount in container.get("volumeMounts") or []:
        if mount.get("name") not in mountable:
            yield f"`{container['name']}` mounts `{mount.get('name')}`, which is no volume of the pod"


class Components:
    """What came of rendering each component."""

    def __init__(self, helm, charts):
        self.helm, self.charts = helm, charts
        self.checks = Checks(None, None)
        self.missing = set()
        self.rendered = self.waiting = 0

    def look(self, component, place):
        """Renders a component, and looks at what its chart makes."""
        chart, release, namespace, where, files = component
        if not (self.charts / chart / "Chart.yaml").is_file():
            self.missing.add(chart)
            return
        if not all(file.is_file() for file in files):
            self.waiting += 1
            return
        directory = prepared(self.charts, chart, place)
        more = ["--kube-version", f"{KUBERNETES}.0"]
        text, error = helm_template.rendered(self.helm, directory, release, namespace, files, *more)
        self.rendered += 1
        if error:
            self.checks.wrong.append(f"{where}: {chart}: helm: {error.strip()[:300]}")
            return
        for definitions in sorted(directory.glob("crds/**/*.yaml")):
            self.checks.brought(documents(definitions.read_text(encoding="utf-8")))
        for document in listed(documents(text)):
            self.checks.object(f"{where}: {chart}", document)
            self.checks.wrong += [f"{where}: {chart}: {named(document)}: {what}" for what in unnamed(document)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gitops", type=Path)
    for option in ("--helm", "--charts"):
        parser.add_argument(option, type=Path, required=True)
    parser.add_argument("--checkout", type=Path)
    options = parser.parse_args()
    found = list(components(options.gitops))
    chart = options.checkout and options.checkout / "helm/cluster-level-resources/Chart.yaml"
    if chart and chart.is_file() and shutil.which(str(options.helm)):
        with tempfile.TemporaryDirectory() as place:
            found += of_clusters(options.gitops, options.helm, options.checkout, Path(place))
    if not found:
        print("no component is there")
        return 0
    if not shutil.which(str(options.helm)) or not options.charts.is_dir():
        print(f"skipped: {len(found)} components (no helm, or no charts at {options.charts})")
        return 0
    looked = Components(options.helm, options.charts)
    with tempfile.TemporaryDirectory() as place:
        for component in found:
            looked.look(component, Path(place))
    wrong = sorted(set(looked.checks.wrong))
    for line in wrong:
        print(line)
    for chart in sorted(looked.missing):
        print(f"skipped: the chart {chart} is not at hand")
    for what, count in sorted(looked.checks.counts.items()):
        print(f"{count} {what}")
    waits = f", {looked.waiting} wait for outputs" if looked.waiting else ""
    print(
        f"{looked.rendered} of {len(found)} components rendered by their charts{waits}, {len(wrong)} things are wrong"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
