"""A cluster to practise on: an API on 127.0.0.1 that answers as one whose Argo CD synced what was rendered.

with PracticeCluster("demo", directory) as cluster:
    cluster.sync(fleet.compile(backends=["argocd"]))
    fleet.status(kubeconfig=cluster.kubeconfig)
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import gen3_csoc as csoc

TOKEN = "practice-token"  # noqa: S105 - it opens nothing


def applications(tree: csoc.Tree) -> list[dict[str, Any]]:
    """The Applications of a tree, as Argo CD has them once all of it is synced and well."""
    found = (file.data for path, file in tree.items() if path.endswith(".yaml"))
    status = {"sync": {"status": "Synced"}, "health": {"status": "Healthy"}}
    return [
        {**data, "status": status} for data in found if isinstance(data, dict) and data.get("kind") == "Application"
    ]


class PracticeCluster:
    """An API of Kubernetes that knows Applications, and nothing else."""

    def __init__(self, name: str, directory: Path | str) -> None:
        """Begin to listen, and write a kubeconfig whose context of that name leads here."""
        self.applications: list[dict[str, Any]] = []
        self.status = 200
        self.asked = threading.Event()
        self.answers = threading.Event()
        self.answers.set()
        cluster = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                cluster.asked.set()
                cluster.answers.wait(30)
                body = json.dumps({"kind": "ApplicationList", "metadata": {}, "items": cluster.applications}).encode()
                is_known = self.headers["Authorization"] == f"Bearer {TOKEN}"
                self.send_response(cluster.status if is_known else 401)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nobody reads it."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.kubeconfig = Path(directory, f"kubeconfig-{name}")
        self.kubeconfig.write_text(kubeconfig({name: self.address}), encoding="utf-8")

    def sync(self, tree: csoc.Tree) -> None:
        """Do what Argo CD does: from now on all of a tree is there, and well."""
        self.applications = applications(tree)

    def close(self) -> None:
        """Listen no longer."""
        self.answers.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def kubeconfig(addresses: dict[str, str]) -> str:
    """A kubeconfig with a context of the name of each cluster."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": address}} for name, address in addresses.items()],
        "users": [{"name": "me", "user": {"token": TOKEN}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "me"}} for name in addresses],
    }
    return json.dumps(config)
