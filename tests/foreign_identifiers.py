#!/usr/bin/env python3
"""Looks through rendered trees and manifests for what belongs to an organisation outside of the fleet.

    foreign_identifiers.py FLEET DIRECTORY...

FLEET is the directory of the fleet: its account numbers are its own, and so is every name below a domain that is
reserved for examples, and what its recorded outputs name. DIRECTORIES hold what was rendered of it: Terraform, GitOps,
manifests of helm. Found are numbers of accounts, buckets, hosts, repositories, keys and registries. What is public and meant stands in ALLOWED with a reason;
anything else fails. Standard library only.
"""

import re
import sys
from collections import defaultdict
from pathlib import Path

# Domains that nobody has (RFC 2606), which examples use for what is theirs.
OWN = re.compile(r"(?:^|[.@])(?:example\.(?:org|com|net)|[\w-]+\.(?:example|invalid|test)|localhost)$")
# What a fleet may name although it is not its own: kinds, pattern of the whole text, and why.
ALLOWED = [
    ("host", r"(?:[\w-]+\.)*(?:k8s|kubernetes)\.io", "groups of the API, labels and annotations of Kubernetes"),
    ("host", r"(?:[\w-]+\.)*argoproj\.io", "the group of Argo's API, its finalizer and annotations"),
    (
        "host",
        r"(?:generators\.)?(?:external-secrets|cert-manager|prometheus|getambassador|karpenter)\.(?:io|sh)",
        "groups of APIs, annotations",
    ),
    (
        "host",
        r"(?:[\w-]+\.)*(?:gen3|projectcalico|tigera)\.(?:io|org)",
        "labels of the charts, addresses of Gen3's pages and of Calico",
    ),
    ("host", r"resources-finalizer\.argocd\.argoproj\.io", "the finalizer of Argo CD"),
    (
        "host",
        r"(?:[\w.-]+\.)?svc\.cluster\.local|[\w-]+\.[\w-]+\.svc(?:\.cluster\.local)?",
        "services inside of a cluster",
    ),
    (
        "host",
        r"(?:ec2|sts|sqs|s3|ecr|eks|secretsmanager|kms|oidc\.eks)(?:\.[a-z]{2}-[a-z]+-\d)?\.amazonaws\.com",
        "services of AWS itself",
    ),
    ("host", r"(?:[a-z-]+\.)?[a-z0-9-]+\.amazonaws\.com", "services of AWS by their principal", r"\.(?:tf|json|md)$"),
    (
        "host",
        r"ebs\.csi\.eks\.amazonaws\.com",
        "what makes volumes in Auto Mode, by its name",
        r"/storage-class-auto-ebs\.yaml$",
    ),
    (
        "host",
        r"token\.actions\.githubusercontent\.com",
        "who signs for GitHub's workflows, where the fleet trusts them",
    ),
    (
        "host",
        r"(?:helm\.gen3|argoproj\.github|aws\.github|charts\.external-secrets|charts\.jetstack|kubernetes-sigs\.github|docs\.tigera)\.(?:io|org)",
        "repositories of the charts that cluster-level-resources names, public",
    ),
    (
        "host",
        r"quay\.io|docker\.io|public\.ecr\.aws|registry\.k8s\.io|ghcr\.io",
        "registries of the charts' public images",
    ),
    ("host", r"github\.com", "who owns the repository is looked at by itself"),
    ("host", r"commons\.[\w-]+\.environments\.\w+", "objects of the model"),
    ("host", r"helm\.sh|karpenter\.k8s\.aws", "labels of Helm, the group of Karpenter's API"),
    ("address", r"127\.0\.0\.1", "the machine itself"),
    ("host", r"www\.w3\.org", "a name space of SVG, which nobody fetches"),
    ("repository", r"(?:uc-cdis/gen3-helm|uc-cdis/gen3-terraform)", "the charts and modules themselves, public"),
]
# What the real charts write whatever the values say: file, kind, pattern, and why no value can change it.
OF_CHARTS = [
    (r"\.gen3\.yaml$", "key", r"ssh-(?:rsa|ed25519) .*", "keys of hosts, in fence-ssh-known-hosts: they let nobody in"),
    (
        r"\.gen3\.yaml$",
        "host",
        r"sftp-dev\.planx-pla\.net|s-[0-9a-f]{17}\.server\.transfer\.us-east-1\.amazonaws\.com",
        "the hosts of those keys",
    ),
    (r"\.gen3\.yaml$", "host", r"grafana\.grafana|prometheus-server\.prometheus", "services inside of a cluster"),
    (
        r"\.gen3\.yaml$",
        "host",
        r"nginx\.org|www\.nginx\.com|fullvalence\.com|pmav\.eu",
        "words in programs that the charts hold",
    ),
    (r"\.gen3\.yaml$", "repository", r"uc-cdis/arborist", "where a program's documentation is"),
]
CATALOG = Path(__file__).parent.parent / "crates/csoc-core/src/catalog/data/components.yaml"
SUFFIXES = {".yaml", ".yml", ".json", ".tf", ".tfvars", ".hcl", ".md", ".txt", ".conf", ".sh", ".tpl"}
COMMENT = re.compile(r"^\s*(?:#|//|\*|/\*|<!--)")

HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:net|io|edu|gov|com|org|dev|aws|sh|eu|be|cloud|ai)"
PATTERNS = {
    "account": re.compile(r"(?<![\w.-])(\d{12})(?![\w-]|\.\d)"),
    "bucket": re.compile(
        r"(?:s3://|arn:aws[\w-]*:s3:::)([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])|//([a-z0-9][a-z0-9-]{1,61})\.s3[.-][\w.-]*amazonaws\.com"
    ),
    "host": re.compile(rf"(?<![\w.$/-])((?<!://)(?<!@){HOST})(?![\w-]|\.\w)|(?:://|@)({HOST})(?![\w-])", re.IGNORECASE),
    "address": re.compile(r"\bhttps?://(\d{1,3}(?:\.\d{1,3}){3})"),
    "repository": re.compile(r"\bgithub\.com[/:]([\w.-]+/[\w-]+)"),
    "key": re.compile(
        r"(ssh-(?:rsa|ed25519|dss) [A-Za-z0-9+/=]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16})"
    ),
    "registry": re.compile(r"\b(\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com[\w.]*)"),
}


def files(directories):
    for directory in directories:
        for path in sorted(Path(directory).rglob("*")):
            if path.is_file() and path.suffix in SUFFIXES:
                yield directory, path


def accounts(fleet):
    own = set()
    for path in Path(fleet).rglob("*.yaml"):
        own |= set(re.findall(r"\b\d{12}\b", path.read_text(encoding="utf-8")))
    return own


def buckets(fleet, directories):
    """Names of buckets that Terraform of the fleet makes, or that the fleet itself names."""
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in Path(fleet).rglob("*.yaml"))
    own = set(re.findall(r"[a-z0-9][a-z0-9-]{2,62}", text))
    for _, path in files(directories):
        if path.suffix == ".tf" or path.name.endswith(".tfvars.json"):
            own |= set(re.findall(r"[\"']?bucket[\"']?\s*[=:]\s*\"([a-z0-9.-]+)\"", path.read_text(encoding="utf-8")))
    return own


def is_allowed(kind, what, name):
    for of, pattern, _, *where in ALLOWED:
        if kind == of and re.fullmatch(pattern, what) and (not where or re.search(where[0], name)):
            return True
    return any(
        re.search(file, name) and kind == of and re.fullmatch(pattern, what) for file, of, pattern, _ in OF_CHARTS
    )


def catalog():
    """Hosts and repositories of the charts that csoc installs: the catalog says of each where it comes from."""
    text = CATALOG.read_text(encoding="utf-8") if CATALOG.is_file() else ""
    named = re.findall(r"repository:\s*\"?(?:\w+://)?([\w./-]+)", text)
    return {part.lower() for name in named for part in (name.split("/")[0], "/".join(name.split("/")[1:3]))}


class Own:
    """What is the fleet's: its accounts and buckets, names for examples, and what its recorded outputs name."""

    def __init__(self, fleet, directories):
        texts = [path.read_text(encoding="utf-8", errors="replace") for _, path in files([fleet])]
        self.text = "\n".join(texts).lower()
        self.catalog = {re.sub(r"\.git$", "", name) for name in catalog()}
        self.accounts, self.buckets = accounts(fleet), buckets(fleet, directories)

    def has(self, kind, what):
        if kind in ("account", "registry"):
            return what[:12] in self.accounts
        if kind == "bucket":
            return what in self.buckets
        if kind in ("host", "repository"):
            return bool(OWN.search(what)) or what in self.text or what in self.catalog
        return bool(OWN.search(what))


def identifiers(path):
    """Each identifier of a file by kind, with its line; comments are left out."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if COMMENT.match(line):
            continue
        for kind, pattern in PATTERNS.items():
            for match in pattern.finditer(line):
                yield kind, next(group for group in match.groups() if group).lower(), number


def main(argv):
    if len(argv) < 3:
        sys.exit(__doc__)
    fleet, *directories = argv[1:]
    own, foreign, looked_at = Own(fleet, directories), defaultdict(list), 0
    for directory, path in files(directories):
        looked_at += 1
        name = path.relative_to(directory).as_posix()
        for kind, what, number in identifiers(path):
            if not own.has(kind, what) and not is_allowed(kind, what, name):
                foreign[kind, what].append(f"{name}:{number}")
    for (kind, what), places in sorted(foreign.items()):
        print(f"{kind} {what[:80]}: {len(places)} times, first in {places[0]}")
    print(f"{looked_at} files, {len(foreign)} identifiers that are not the fleet's")
    return 1 if foreign or not looked_at else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
