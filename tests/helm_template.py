#!/usr/bin/env python3
"""Renders every environment and every cluster of a rendered GitOps tree with the real charts, and looks for smells.

    helm_template.py GITOPS HELM CHECKOUT

GITOPS is the `gitops` directory that csoc rendered, HELM the helm binary, CHECKOUT a checkout of uc-cdis/gen3-helm.
Standard library only; nothing is fetched. Exit status 1 if a rendering fails or smells; `skipped: …` and 0 where helm
or the charts are missing.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What no rendered manifest may hold: Go's way to print what was not meant to be printed, ARNs with holes,
# and values that only examples have.
SMELLS = {
    "a map printed as text": r"map\[",
    "a value that is not there": r"<nil>|%!\w\(|<no value>",
    "a number in scientific notation": r"\b\d(?:\.\d+)?e\+\d+\b",
    "an ARN without account": r":::role/",
    "an ARN without role": r"role/[\"']?\s*$",
    "an ARN inside an ARN": r"role/arn:",
    "the example's prefix": r"(?<![$\w])PREFIX/",
    "the example's search domain": r"test\.us-east-1\.es\.amazonaws\.com",
    "the example's certificate": r"arn:aws:acm:us-east-1:123456:certificate",
    "the example's secret": r"REPLACEME",
    "the example's users": r"cdis-gen3-users/helm-test|username\d@gmail",
    "the example's dashboard": r"generic-dashboard-bucket|(?<![\w.-])hostname\.com\b",
    "the example's account": r"\b123456789012(?:34567890)?\b",
    "the example's dictionary": r"datadictionary/develop/schema\.json",
    "a source at no revision": r"^\s*targetRevision:\s*(?:[\"']{2})?\s*$",
    "somebody else's infrastructure": r"planx-pla\.net|authorized_keys/ops_team|uc-cdis/gen3-gitops|xxxxxxxxxxxx|YOUR_(?:ACCESS|SECRET)",
}
# Lines that the charts make whatever the values say: object, text of the line.
ACCEPTED = [
    (r"^ConfigMap/.*ssh-known-hosts$", r"sftp-dev\.planx-pla\.net"),
    (r"^ConfigMap/revproxy", r"planx-pla\.net"),
    (r"^Secret/fence-creds$", r"."),
    (r"^ConfigMap/manifest-global$", r"^\"?netpolicy\"?:"),
]
# Images that move and that no value can pin: object, image.
UNPINNABLE = [
    (r"^CronJob/usersync$", r"^quay\.io/curl/curl:latest$"),
    (r"^Job/indexd-userdb$", r"curlimages/curl:latest$"),
    (r"^Deployment/dashboard-deployment$", r"^quay\.io/cdis/awshelper$"),
    (r"^Deployment/(portal|frontend-framework)-deployment$", r"^alpine/git$"),
    (r"^Deployment/portal-deployment$", r"^quay\.io/prometheus/busybox:latest$"),
    (r"^CronJob/metadata-aggregate-sync$", r"^alpine/curl$"),
    (r"hot-node", r"^busybox:latest$"),
    (r"-test-connection$|^Job/(fence-check|gen3-integration-tests)$", r"^(busybox|curlimages/curl|bitnami/kubectl)$"),
]
MOVING = re.compile(
    r"([\w./-]+/[\w.-]+:(?:master|main|latest|develop|stable|(?:feat|fix|chore|qa)[_-][\w.-]+))(?![\w.-])"
)
UNTAGGED = re.compile(r"^\s*-?\s*image:\s*[\"']?([\w./-]+(?::\d+/[\w./-]+)?)[\"']?\s*$")


def prepare(checkout, chart, place):
    """Copies a chart with its local dependencies; what would come from the network becomes an empty chart."""
    source = checkout / "helm" / chart
    target = place / chart
    skip = shutil.ignore_patterns("charts", "Chart.lock", "*.tgz")
    shutil.copytree(source, target, ignore=skip)
    text = (source / "Chart.yaml").read_text(encoding="utf-8").partition("\ndependencies:")[2]
    for block in re.split(r"^\s*- ", text, flags=re.MULTILINE)[1:]:
        fields = dict(re.findall(r"^\s*(name|version|repository):\s*[\"']?([^\"'\s#]*)", block, flags=re.MULTILINE))
        child = target / "charts" / fields["name"]
        repository = fields.get("repository", "")
        if repository.startswith("file://"):
            shutil.copytree((source / repository.removeprefix("file://")).resolve(), child, ignore=skip)
        else:
            version = fields.get("version", "")
            version = version if re.match(r"^\d+\.\d+\.\d+", version) else "0.0.0"
            child.mkdir(parents=True)
            (child / "Chart.yaml").write_text(f"apiVersion: v2\nname: {fields['name']}\nversion: {version}\n")
    return target


def rendered(helm, chart, release, namespace, files, *more):
    command = [helm, "template", release, chart, "--namespace", namespace, *more]
    for file in files:
        command += ["--values", file]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return done.stdout, done.stderr if done.returncode else ""


def objects(text):
    """Each manifest by kind and name, with its lines."""
    for block in re.split(r"^---\s*$", text, flags=re.MULTILINE):
        kind = re.search(r"^kind:\s*[\"']?(\w+)", block, flags=re.MULTILINE)
        name = re.search(r"^metadata:\n(?:\s+.*\n)*?\s+name:\s*[\"']?([^\s\"']+)", block, flags=re.MULTILINE)
        yield f"{kind[1] if kind else '?'}/{name[1] if name else '?'}", block.splitlines()


def smells(text):
    for who, lines in objects(text):
        for line in lines:
            if line.lstrip().startswith("#"):
                continue
            shown = line.strip()
            for what, pattern in SMELLS.items():
                if re.search(pattern, line) and not any(re.search(o, who) and re.search(t, shown) for o, t in ACCEPTED):
                    yield f"{who}: {what}: {shown[:160]}"
            images = MOVING.findall(line) + [match[1] for match in [UNTAGGED.match(line)] if match]
            for image in images:
                if not any(re.search(o, who) and re.search(i, image) for o, i in UNPINNABLE):
                    yield f"{who}: an image that moves: {image}"


def field(text, name):
    match = re.search(rf"^\s*(?:- )?{name}:\s*[\"']?([^\s\"']+)", text, flags=re.MULTILINE)
    return match[1] if match else ""


def units(gitops):
    """Each Application's directory, release, namespace and values files; each cluster's values."""
    for application in sorted(gitops.glob("*/*/templates/app.yaml")):
        text = application.read_text(encoding="utf-8")
        files = []
        for name in re.findall(r"\$values/(\S+\.yaml)", text):
            # The tree may lie in a directory of its repository.
            at = name.find(f"{application.parts[-4]}/{application.parts[-3]}/")
            files.append(gitops / name[at:])
        namespace = re.search(r"destination:\n(?:.*\n)*?\s+namespace:\s*(\S+)", text)[1]
        yield "gen3", application.parent.parent, field(text, "releaseName"), namespace, files
    yield from pushed(gitops)
    for values in sorted(gitops.glob("*/cluster-values/cluster-values.yaml")):
        yield "cluster-level-resources", values.parent, "cluster-level-resources", "argocd", [values]


def pushed(gitops):
    """The same of what a hub pushes: elements of ApplicationSets; what all have in common stands in the template."""
    for path in sorted(gitops.glob("hub/**/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "\nkind: ApplicationSet" not in text:
            continue
        for element in re.split(r"^\s+- (?=name: )", text, flags=re.MULTILINE)[1:]:
            namespace = field(element, "namespace")
            if not namespace or not field(element, "cluster"):
                continue
            named = re.findall(r"\$values/(\S+\.yaml)", element) or re.findall(r"\$values/(\S+\.yaml)", text)
            # The tree may lie in a directory of its repository.
            tails = [[name.split("/", cut)[-1] for cut in range(name.count("/") + 1)] for name in named]
            files = [next((gitops / tail for tail in of if (gitops / tail).is_file()), gitops / of[0]) for of in tails]
            if files:
                release = field(element, "releaseName") or field(text, "releaseName")
                yield "gen3", files[0].parent.parent, release, namespace, files


def main(argv):
    if len(argv) != 4:
        sys.exit(__doc__)
    gitops, helm, checkout = (Path(argument) for argument in argv[1:])
    if not gitops.is_dir():
        sys.exit(f"{gitops}: no such directory")
    if not shutil.which(str(helm)):
        print(f"skipped: no helm at {helm}")
        return 0
    if not (checkout / "helm" / "gen3" / "Chart.yaml").is_file():
        print(f"skipped: no gen3-helm checkout at {checkout}")
        return 0
    counts = {"gen3": 0, "cluster-level-resources": 0}
    manifests = bad = 0
    with tempfile.TemporaryDirectory() as place:
        charts = {chart: prepare(checkout, chart, Path(place)) for chart in counts}
        for chart, where, release, namespace, files in units(gitops):
            counts[chart] += 1
            more = ["--kube-version", "1.33.0"]
            text, error = rendered(helm, charts[chart], release, namespace, files, *more)
            found = [f"helm: {error.strip()}"] if error else sorted(set(smells(text)))
            manifests += sum(1 for _, lines in objects(text) if any(line.strip() for line in lines))
            bad += len(found)
            for line in found:
                print(f"{where.relative_to(gitops)}: {line}")
    print(
        f"{counts['gen3']} environments and {counts['cluster-level-resources']} clusters, "
        f"{manifests} manifests, {bad} smells"
    )
    return 1 if bad or not any(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
