#!/usr/bin/env python3
"""Plants secrets wherever a run meets them, runs every command about runs, and looks for them in all that comes out.

    planted_secrets.py CSOC

Planted are: credentials and tokens of the surroundings, a sensitive variable, values of resources and of a sensitive
output, what a provisioner prints, a line of a root that Terraform quotes in an error, the token of the server. Looked
through are standard output and standard error of every command in both formats, pages, the journal, the facts of
bundles, and answers of the server. What must hold secrets (plans, states, logs) must be the owner's alone.

Exit status 0 if none was found, else 1 with where; `skipped: …` where there is no terraform.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

MARK = "PLANTED"

SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": f"AKIA{MARK}KEY",
    "AWS_SECRET_ACCESS_KEY": f"{MARK}-secret-key",
    "AWS_SESSION_TOKEN": f"{MARK}-session",
    "CSOC_EXTERNAL_ID": f"{MARK}-external",
    "TF_TOKEN_app_terraform_io": f"{MARK}-registry",
    "TF_VAR_password": f"{MARK}-hidden",
    # Nobody answers there, at once.
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "AWS_MAX_ATTEMPTS": "1",
}

GOOD = f"""
variable "password" {{
  type      = string
  sensitive = true
  default   = "{MARK}-variable"
}}

resource "terraform_data" "secret" {{
  input = var.password

  provisioner "local-exec" {{
    command = "echo {MARK}-printed"
  }}
}}

resource "terraform_data" "plain" {{
  input = "{MARK}-value"
}}

output "password" {{
  value     = var.password
  sensitive = true
}}
"""

FAILS = f"""
variable "password" {{
  type      = string
  sensitive = true
  default   = "{MARK}-variable"
}}

resource "terraform_data" "fails" {{
  provisioner "local-exec" {{
    command     = "echo $PASSWORD; exit 3"
    environment = {{ PASSWORD = var.password }}
  }}
}}
"""

BROKEN = f'resource "terraform_data" "broken" {{\n  input = "{MARK}-quoted" + nothing.at.all\n}}\n'

ROOTS = {"good": GOOD, "fails": FAILS, "broken": BROKEN}


class Scan:
    """A tree, what was run over it, and where a secret was found."""

    def __init__(self, csoc: pathlib.Path, place: pathlib.Path):
        self.csoc = csoc
        self.place = place
        self.tree = place / "tree"
        self.found: list[str] = []
        self.seen = 0
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        self.environment |= SURROUNDINGS
        self.make()

    def make(self):
        """Writes a tree with a stack for each root."""
        stacks = []
        for layer, text in ROOTS.items():
            path = f"demo/us-east-1/{layer}/main"
            root = self.tree / "terraform" / path
            root.mkdir(parents=True)
            state = self.place / "states" / f"{layer}.tfstate"
            state.parent.mkdir(exist_ok=True, mode=0o700)
            (root / "terraform.tf").write_text(f'terraform {{\n  backend "local" {{\n    path = "{state}"\n  }}\n}}\n')
            (root / "main.tf").write_text(text)
            stacks.append(
                {
                    "id": f"v1/111122223333/us-east-1/{layer}/cluster/main",
                    "path": path,
                    "object": "clusters.main",
                    "kind": layer,
                    "account": "111122223333",
                    "region": "us-east-1",
                    "tier": "dev",
                    "depends_on": [],
                    "inputs": [],
                    "status": "ready",
                }
            )
        listing = {"format": 1, "stacks": stacks}
        (self.tree / "terraform" / "stacks.json").write_text(json.dumps(listing))

    def look(self, where: str, text: str):
        """Notes every line with a secret."""
        self.seen += 1
        self.found += [f"{where}: {line[:900]}" for line in text.splitlines() if MARK in line]

    def run(self, *arguments: str, expected: tuple[int, ...] = (0,), tree: bool = True) -> str:
        """Runs a command, looks through what it says, and gives its standard output and error."""
        command = [self.csoc, *arguments, *(["--rendered", self.tree] if tree else [])]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        said = " ".join(arguments)
        self.look(f"standard output of `csoc {said}`", done.stdout)
        self.look(f"standard error of `csoc {said}`", done.stderr)
        if done.returncode not in expected:
            self.found.append(f"`csoc {said}` ended with {done.returncode}, not {expected}: {done.stderr[-500:]}")
        return done.stdout + done.stderr

    def planned(self, layer: str) -> str:
        """Plans a stack, and gives the run."""
        said = self.run("plan", "--select", f"layer = {layer}")
        return said.split("--run ")[1].split("`")[0].split()[0]

    def serve(self):
        """Plans through the server, and looks through its answers."""
        token = self.place / "token"
        command = [self.csoc, "serve", "--rendered", self.tree, "--listen", "127.0.0.1:0", "--token-file", token]
        server = subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            first = server.stderr.readline()
            self.look("standard error of `csoc serve`", first)
            if "without its server" in first:
                return
            address = first.split("listening on ")[1].split(",")[0]
            secret = token.read_text().strip()
            if secret in first:
                self.found.append("the server shows its token")

            def ask(method: str, path: str, body: dict | None = None, shown: str = secret) -> str:
                request = urllib.request.Request(  # noqa: S310 (it is on this machine)
                    address + path,
                    method=method,
                    data=json.dumps(body).encode() if body else None,
                    headers={"Authorization": f"Bearer {shown}", "Content-Type": "application/json"},
                )
                try:
                    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                        text = answer.read().decode()
                except urllib.error.HTTPError as error:
                    text = error.read().decode()
                self.look(f"{method} {path}", text)
                if secret in text:
                    self.found.append(f"{method} {path} shows the token")
                return text

            ask("GET", "executions", shown=f"{MARK}-wrong")
            for layer in ROOTS:
                body = {"operation": "plan", "work_dir": f"demo/us-east-1/{layer}/main", "tfvars": f"x = {MARK}"}
                begun = json.loads(ask("POST", "execute", body))
                ask("GET", f"executions/{begun['id']}/stream")
            ask("GET", "executions")
            ask("POST", "bootstrap-secret", {"aws_secret_access_key": f"{MARK}-sent"})
        finally:
            server.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                _, said = server.communicate(timeout=60)
                self.look("standard error of `csoc serve`", said)
            server.kill()

    def files(self):
        """What is shown to others holds none; what must hold some is the owner's alone."""
        home = self.tree / ".csoc" / "runs"
        for path in home.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            if path.name in {"journal.jsonl", "bundle.json"}:
                self.look(str(path.relative_to(home)), content.decode())
            if MARK.encode() not in content and path.suffix != ".tfplan":
                continue
            line = [path, *path.parents]
            line = line[: line.index(home) + 1]
            if all(stat.S_IMODE(one.stat().st_mode) & 0o077 for one in line):
                self.found.append(f"{path.relative_to(home)} holds a secret and is not the owner's alone")


def scan(csoc: pathlib.Path, place: pathlib.Path) -> Scan:
    """Runs everything once."""
    scanned = Scan(csoc, place)
    page = str(place / "plan.md")
    both = ("plan", "--select", "layer in (good, fails)")
    scanned.run(*both, "--markdown", page, "--html", str(place / "plan.html"))
    scanned.run(*both, "--format", "json")
    for name in ("plan.md", "plan.html"):
        scanned.look(name, (place / name).read_text())
    scanned.run("plan", "--select", "layer = broken", expected=(4,))
    scanned.run("plan", "--select", "layer = broken", "--format", "json", expected=(4,))
    run = scanned.planned("good")
    bundle = next(path for path in (scanned.tree / ".csoc/runs/bundles").iterdir() if path.is_dir())
    for form in ("text", "json"):
        scanned.run("show", bundle.name, "--format", form, expected=(0, 2))
    scanned.run("apply", "--run", run)
    scanned.run("apply", "--run", run, "--format", "json")
    scanned.run("apply", "--run", scanned.planned("fails"), "--format", "json", expected=(4,))
    scanned.run("apply", "--run", scanned.planned("fails"), expected=(4,))
    (scanned.tree / "terraform/demo/us-east-1/good/main/main.tf").write_text(GOOD.replace("-value", "-changed"))
    for form in ("text", "json"):
        scanned.run("drift", "--select", "layer = good", "--format", form)
        scanned.run("runs", "list", "--format", form)
        scanned.run("runs", "show", run, "--format", form)
        scanned.run("runs", "verify", "--format", form)
    scanned.run("plan", "--as", "roles", expected=(2,))
    scanned.run("plan", "--terraform", "/nowhere", expected=(2,))
    scanned.serve()
    scanned.files()
    return scanned


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if not shutil.which("terraform"):
        print("skipped: there is no terraform")
        return 0
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="csoc-planted-") as place:
        scanned = scan(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(place))
    for found in scanned.found:
        print(found)
    took = time.monotonic() - begun
    print(f"{scanned.seen} texts looked through in {took:.0f} s, {len(scanned.found)} secrets or failures found")
    return 1 if scanned.found else 0


if __name__ == "__main__":
    sys.exit(main())
