#!/usr/bin/env python3
"""`csoc status` against 40 clusters of our own, of which three cannot be read, and how long that takes.

    status_clusters.py CSOC [--looks 3]

Each cluster is an API of its own on 127.0.0.1, every second one with TLS by a certificate authority made here. One
refuses connections, one takes them and never answers (`--timeout 1`), one answers 401. Then three whose TLS is wrong:
another authority, another name, no TLS at all. A token is planted, and looked for in all that is printed. Prints
milliseconds; exit status 1 if anything else is said than what is true, or if the quickest of the looks took 2 s or more.
Standard library and openssl.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

TOKEN = "planted-token"  # noqa: S105, since it is looked for
CLUSTERS = [f"c{number:02}" for number in range(1, 41)]
REFUSED, SILENT, UNKNOWN = "c07", "c19", "c33"
# What an Argo CD has beside its environment, each with as many resources as add-ons have.
OTHERS, RESOURCES = 10, 40
# How many looks may find this machine too busy to answer.
LATE = 10
# Seconds that all clusters may take, of which one is waited for in vain for one.
MOST = 2.0
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def openssl(*arguments):
    subprocess.run([shutil.which("openssl"), *arguments], check=True, capture_output=True)


def authority(folder, name):
    """A certificate authority, and a certificate by it for 127.0.0.1 and one for another host."""
    at = folder / name
    at.mkdir()
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(
        "req", "-x509", *curve, "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{at}/ca.key", "-out", f"{at}/ca.pem"
    )
    for leaf, subject in (("here", "IP:127.0.0.1"), ("there", "DNS:api.example.org")):
        openssl(
            "req", *curve, "-subj", "/CN=api", "-addext", f"subjectAltName={subject}",
            "-keyout", f"{at}/{leaf}.key", "-out", f"{at}/{leaf}.csr",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", f"{at}/{leaf}.csr", "-CA", f"{at}/ca.pem", "-CAkey", f"{at}/ca.key", "-days", "2",
            "-copy_extensions", "copy", "-out", f"{at}/{leaf}.pem",
        )  # fmt: skip
    return at


def application(name, sources, revisions, images):
    resource = {
        "group": "apps",
        "kind": "Deployment",
        "version": "v1",
        "status": "Synced",
        "health": {"status": "Healthy"},
    }
    return {
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {"sources": sources},
        "status": {
            "sync": {"status": "Synced"},
            "health": {"status": "Healthy", "lastTransitionTime": "2026-11-01T00:00:00Z"},
            "summary": {"images": images},
            "history": [{"deployedAt": "2026-11-01T00:00:00Z", "sources": sources, "revisions": revisions}],
            "resources": [resource | {"name": f"{name}-{number}", "namespace": name} for number in range(RESOURCES)],
        },
    }


def applications(cluster):
    """What a cluster has: its environment, and what its own chart made."""
    sources = [
        {"chart": "gen3", "repoURL": "https://helm.gen3.org", "targetRevision": "0.3.90"},
        {"repoURL": "https://git.example.org/fleet", "targetRevision": "main", "ref": "values"},
    ]
    own = application(f"gen3-{cluster}", sources, ["0.3.90", COMMIT], ["quay.io/cdis/fence:2026.07"])
    others = [application(f"{cluster}-addon-{number}", [], [], []) for number in range(OTHERS)]
    for other in others:
        other["metadata"]["labels"] = {"app.kubernetes.io/instance": f"gen3-{cluster}"}
    return [own, *others]


def answer(connection, context, answers):
    """Takes one request, and answers it at once."""
    # Whoever does not trust a certificate goes away in the middle of the handshake.
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stream = stack.enter_context(context.wrap_socket(connection, server_side=True) if context else connection)
        request = b""
        # What begins with 22 is TLS, which is answered in the clear.
        while b"\r\n\r\n" not in request and not request.startswith(b"\x16"):
            request += stream.recv(65536) or b"\r\n\r\n"
        is_known = f"Bearer {TOKEN}".encode() in request
        stream.sendall(answers[is_known])


def serve(cluster, context=None):
    """The address of an API that has the Applications of a cluster."""
    items = {"kind": "ApplicationList", "metadata": {}, "items": applications(cluster)}
    refusal = {"kind": "Status", "code": 401, "message": f"Bearer {TOKEN} is not it"}

    def response(status, body):
        body = json.dumps(body).encode()
        return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body

    refused = response(401, refusal)
    answers = {False: refused, True: refused if cluster == UNKNOWN else response(200, items)}
    listener = socket.create_server(("127.0.0.1", 0), backlog=16)

    def accept():
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection, context, answers), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"{'https' if context else 'http'}://127.0.0.1:{listener.getsockname()[1]}"


def repository(root, clusters):
    for cluster in clusters:
        at = root / cluster / f"{cluster}.example.org"
        (at / "templates").mkdir(parents=True)
        (at / "values").mkdir()
        own = applications(cluster)[0]
        own["spec"]["sources"][0]["helm"] = {
            "valueFiles": [f"$values/{cluster}/{cluster}.example.org/values/values.yaml"]
        }
        own["spec"]["destination"] = {"namespace": cluster, "server": "https://kubernetes.default.svc"}
        rendered = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": own["metadata"],
            "spec": own["spec"],
        }
        (at / "templates/app.yaml").write_text(json.dumps(rendered))
        values = {"fence": {"image": {"repository": "quay.io/cdis/fence", "tag": "2026.07"}}}
        (at / "values/values.yaml").write_text(json.dumps(values))


def kubeconfig(path, servers, authorities):
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": name,
                "cluster": {"server": server}
                | ({"certificate-authority": str(authorities[name])} if name in authorities else {}),
            }
            for name, server in servers.items()
        ],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in servers],
    }
    path.write_text(json.dumps(config))


def used():
    """Seconds of processors that all runs took."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def status(csoc, folder, tree):
    arguments = [
        "status",
        "--rendered",
        str(tree),
        "--kubeconfig",
        str(folder / "kubeconfig"),
        "--timeout",
        "1",
        "--format",
        "json",
    ]
    environment = {name: value for name, value in os.environ.items() if name.lower() != "https_proxy"}
    start, before = time.perf_counter(), used()
    run = subprocess.run([csoc, *arguments], check=False, capture_output=True, text=True, env=environment)
    took = (time.perf_counter() - start, used() - before)
    assert TOKEN not in run.stdout + run.stderr, "the token is printed"
    assert run.returncode == 4, f"status {run.returncode}: {run.stderr}"
    return json.loads(run.stdout), took


def unread(page):
    return {row["cluster"]: row["reason"] for row in page["clusters"] if "reason" in row}


def forty(csoc, folder, context, good, looks):
    servers, authorities = {}, {}
    silent = socket.create_server(("127.0.0.1", 0))
    for number, cluster in enumerate(CLUSTERS):
        if cluster == REFUSED:
            with socket.create_server(("127.0.0.1", 0)) as gone:
                servers[cluster] = f"http://127.0.0.1:{gone.getsockname()[1]}"
        elif cluster == SILENT:
            servers[cluster] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        elif number % 2:
            servers[cluster], authorities[cluster] = serve(cluster, context), good / "ca.pem"
        else:
            servers[cluster] = serve(cluster)
    repository(folder / "tree", CLUSTERS)
    kubeconfig(folder / "kubeconfig", servers, authorities)
    times, late = [], 0
    expected = {REFUSED: "refused", SILENT: "timeout", UNKNOWN: "unauthorized"}
    while len(times) < looks:
        page, took = status(csoc, folder, folder / "tree")
        # A machine that is busy lets clusters wait, which all run on it: they do not answer in a second, and csoc says so.
        slow = {name: why for name, why in unread(page).items() if name not in expected}
        assert {name: why for name, why in unread(page).items() if name in expected} == expected, unread(page)
        assert set(slow.values()) <= {"timeout"}, unread(page)
        if slow:
            late += 1
            assert late < LATE, f"in {late} looks clusters did not answer within a second: {slow}"
            continue
        times.append(took)
        tally = page["tally"]
        assert (tally["clusters"], tally["unread"], tally["applications"], tally["well"]) == (40, 3, 37, 37), tally
        assert not page["problems"], page["problems"][:3]
    shown = ", ".join(f"{took * 1000:.0f}" for took, _ in times)
    processor = ", ".join(f"{spent * 1000:.0f}" for _, spent in times)
    print(f"40 clusters, {len(authorities)} of them with TLS, 3 unreachable, {37 * (OTHERS + 1)} Applications")
    print(f"{shown} ms, of which processors took {processor} ms; {late} looks were of a busy machine")
    best = min(took for took, _ in times)
    assert best < MOST, f"the quickest of {looks} looks took {best:.2f} s, and may take {MOST:.0f} s"


def wrong_tls(csoc, folder, contexts, good):
    servers = {
        "authority": serve("authority", contexts["other"]),
        "host": serve("host", contexts["there"]),
        "plain": serve("plain").replace("http:", "https:"),
    }
    shutil.rmtree(folder / "tree")
    repository(folder / "tree", servers)
    kubeconfig(folder / "kubeconfig", servers, dict.fromkeys(servers, good / "ca.pem"))
    page, _ = status(csoc, folder, folder / "tree")
    assert unread(page) == dict.fromkeys(servers, "tls"), unread(page)
    for row in page["clusters"]:
        print(f"{row['cluster']}: {row['message']}")


def context(at, leaf):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(at / f"{leaf}.pem", at / f"{leaf}.key")
    return context


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("csoc")
    parser.add_argument("--looks", type=int, default=3)
    arguments = parser.parse_args()
    if not shutil.which("openssl"):
        print("skipped: there is no openssl")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        good, other = authority(folder, "good"), authority(folder, "other")
        forty(arguments.csoc, folder, context(good, "here"), good, arguments.looks)
        wrong_tls(arguments.csoc, folder, {"other": context(other, "here"), "there": context(good, "there")}, good)


if __name__ == "__main__":
    sys.exit(main())
