#!/usr/bin/env python3
"""Plants secrets wherever a run meets them, runs every command about runs, and looks for them in all that comes out.

    planted_secrets.py CSOC

Planted are: credentials and tokens of the surroundings, a sensitive variable, values of resources and of a sensitive
output, what a provisioner prints, a line of a root that Terraform quotes in an error, the token of the server. Looked
through are standard output and standard error of every command in both formats, pages, the journal, the facts of
bundles, recorded outputs, and answers of the server. What must hold secrets (plans, files of plans, states, logs) must
be the owner's alone. `apply --advance` goes through a fleet with a pretended Terraform, which says secrets wherever a
real one could.

Exit status 0 if none was found, else 1 with where; `skipped: …` where there is no terraform.
"""

import contextlib
import http.server
import json
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import needed

MARK = "PLANTED"

SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": f"AKIA{MARK}KEY",
    "AWS_SECRET_ACCESS_KEY": f"{MARK}-secret-key",
    "AWS_SESSION_TOKEN": f"{MARK}-session",
    "CSOC_EXTERNAL_ID": f"{MARK}-external",
    "TF_TOKEN_app_terraform_io": f"{MARK}-registry",
    "TF_VAR_password": f"{MARK}-hidden",
    "AWS_MAX_ATTEMPTS": "1",
    "AWS_REGION": "us-east-1",
}


class Sts(http.server.BaseHTTPRequestHandler):
    """AWS, as far as saying who somebody is: a csoc that knows of AWS asks before it plans. No role is given."""

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if "GetCallerIdentity" in asked:
            known = "<Arn>arn:aws:iam::111122223333:user/us</Arn><UserId>A</UserId><Account>111122223333</Account>"
            result = f"<GetCallerIdentityResult>{known}</GetCallerIdentityResult>"
            self.answer(200, f"<GetCallerIdentityResponse>{result}</GetCallerIdentityResponse>")
        else:
            error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>it is said so</Message></Error>"
            self.answer(403, f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>")

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        """Nothing is said."""


@contextlib.contextmanager
def pretended_sts():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Sts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


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

SLOW = f"""
resource "terraform_data" "slow" {{
  triggers_replace = "BEGUN"

  provisioner "local-exec" {{
    command = "echo {MARK}-printed; touch BEGUN; sleep 2; echo {MARK}-printed"
  }}
}}
"""

# The example whose stacks are advanced, and a Terraform that has secrets in all that it says.
FLEET = pathlib.Path(__file__).resolve().parent.parent / "examples" / "quickstart"
PRETENDED = f"""#!/bin/sh
echo '{MARK}-complaint' >&2
case $1 in
version) echo '{{"terraform_version": "1.11.4"}}' ;;
init)
  state=$STATES/${{PWD##*/work/}}
  mkdir -p .terraform "${{state%/*}}"
  echo '{{"version": 3, "backend": {{"type": "local", "config": {{"path": "'"$state"'", "key": "{MARK}"}}}}}}' \
    > .terraform/terraform.tfstate ;;
plan)
  echo '{{"@level":"info","@message":"Terraform 1.11.4","type":"version","terraform":"1.11.4","ui":"1.2"}}'
  echo '{MARK}-text of a provider'
  echo '{{"@level":"info","@message":"{MARK}-message","type":"log"}}'
  echo '{{"@level":"info","@message":"{MARK}-message","type":"something_new"}}'
  echo '{{"@level":"info","@message":"","type":"outputs","outputs":{{"password":{{"sensitive":true,"value":"{MARK}"}}}}}}'
  echo '{MARK}-plan' > plan.tfplan; code=2 ;;
show)
  echo '{{"format_version":"1.2","terraform_version":"1.11.4","complete":true,"variables":{{"a":{{"value":"{MARK}"}}}},'
  echo '"output_changes":{{"password":{{"actions":["create"],"after":"{MARK}"}}}},"resource_changes":[{{'
  echo '"address":"terraform_data.it","mode":"managed","type":"terraform_data","change":{{"actions":["create"],'
  echo '"after":{{"input":"{MARK}"}},"after_sensitive":{{"input":"{MARK}"}}}}}}]}}' ;;
state) echo '{{"version":4,"lineage":"a","serial":1,"outputs":{{"a":{{"value":"{MARK}"}}}},"resources":[]}}' ;;
output) echo '{{"password":{{"sensitive":true,"type":"string","value":"{MARK}-output"}}}}' ;;
apply)
  echo '{MARK}-text of a provider'
  echo '{{"@level":"info","@message":"{MARK}","type":"change_summary","changes":{{"add":1,"change":0,"remove":0}}}}' ;;
esac
exit ${{code:-0}}
"""

ROOTS = {"good": GOOD, "fails": FAILS, "broken": BROKEN, "slow": SLOW}


class Scan:
    """A tree, what was run over it, and where a secret was found."""

    def __init__(self, csoc: pathlib.Path, place: pathlib.Path, sts: str):
        self.csoc = csoc
        self.place = place
        self.tree = place / "tree"
        self.found: list[str] = []
        self.seen = 0
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        self.environment |= {**SURROUNDINGS, "AWS_ENDPOINT_URL": sts}
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

    def planned(self, layer: str, *, verb: str = "plan") -> str:
        """Plans a stack, or that it goes, and gives the run."""
        said = self.run(verb, "--select", f"layer = {layer}")
        return said.split("--run ")[1].split("`")[0].split()[0]

    def left(self):
        """What csoc left to itself when it was killed: its lock, how it goes, how it ended."""
        main = self.tree / "terraform/demo/us-east-1/slow/main/main.tf"
        stack = "v1/111122223333/us-east-1/slow/cluster/main"
        for form in ("text", "json"):
            begun = self.place / f"begun-{form}"
            main.write_text(SLOW.replace("BEGUN", str(begun)))
            run = self.planned("slow")
            words = [self.csoc, "apply", "--run", run, "--rendered", self.tree]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = subprocess.Popen(words, env=self.environment, **quiet)
            deadline = time.monotonic() + 60
            while not begun.exists() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
            process.kill()
            process.wait()
            self.run("unlock", stack, "--format", form, expected=(1,))
            self.run("runs", "show", run, "--format", form)
            self.run("runs", "attach", run, "--format", form)
            self.run("runs", "attach", run, "--format", form, expected=(2,))
            self.run("runs", "show", run, "--format", form)
            self.run("unlock", stack, "--format", form)

    def kept(self):
        """Plans in a file: made, shown, applied elsewhere."""
        main = self.tree / "terraform/demo/us-east-1/good/main/main.tf"
        for number, (verb, form) in enumerate((("plan", "text"), ("plan", "json"), ("destroy", "text"))):
            main.write_text(GOOD.replace("-value", f"-value-{number}"))
            file = self.place / f"{number}.tar"
            self.run(verb, "--select", "layer = good", "--out", str(file), "--format", form)
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                self.found.append(f"{file.name} holds plans and is not the owner's alone")
            self.run("show", str(file), "--format", "text", tree=False)
            self.run("show", str(file), "--format", "json", tree=False)
            again = "apply" if verb == "plan" else "destroy"
            self.run(again, "--bundle", str(file), "--home", str(self.place / "elsewhere"), "--format", form)
        self.run("runs", "verify", "--home", str(self.place / "elsewhere"))

    def destroyed(self):
        """What goes away again."""
        self.run("apply", "--run", self.planned("good"))
        page = self.place / "gone.md"
        words = (
            "destroy",
            "--select",
            "layer = good",
            "--markdown",
            str(page),
            "--html",
            str(self.place / "gone.html"),
        )
        self.run(*words, "--format", "json")
        for path in (page, page.with_suffix(".html")):
            self.look(path.name, path.read_text())
        run = self.planned("good", verb="destroy")
        self.run("destroy", "--run", run)
        self.run("destroy", "--run", run, "--format", "json")
        self.run("runs", "show", run)

    def advanced(self):
        """A fleet from nothing on, with a Terraform that says secrets."""
        fleet = self.place / "fleet"
        shutil.copytree(FLEET, fleet, ignore=shutil.ignore_patterns(".csoc"))
        program = self.place / "terraform"
        program.write_text(PRETENDED)
        program.chmod(0o755)
        self.environment["STATES"] = str(self.place / "states")
        for form in ("text", "json"):
            words = ("apply", "--advance", "--approve", "creates", str(fleet), "--terraform", str(program))
            # Outputs that are not sensitive are never there, so that what needs some waits.
            said = self.run(*words, "--format", form, expected=(1,), tree=False)
            if "terraform_data" not in said and "applied" not in said:
                self.found.append(f"nothing was advanced: {said[-500:]}")
            words = ("outputs", "pull", str(fleet), "--terraform", str(program))
            self.run(*words, "--format", form, tree=False)
        for path in (fleet / "outputs").rglob("*"):
            if path.is_file():
                self.look(str(path.relative_to(fleet)), path.read_text())
        self.files(fleet / ".csoc" / "runs")

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
            for wrong in ({"operation": "plan", "vars": f"{MARK}-sent"}, {"operation": [f"{MARK}-sent"]}):
                ask("POST", "execute", wrong)
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

    def files(self, home: pathlib.Path):
        """What is shown to others holds none; what must hold some is the owner's alone."""
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


def scan(csoc: pathlib.Path, place: pathlib.Path, sts: str) -> Scan:
    """Runs everything once."""
    scanned = Scan(csoc, place, sts)
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
    scanned.run("plan", "--as", "roles", expected=(4,))
    scanned.run("plan", "--terraform", "/nowhere", expected=(2,))
    scanned.left()
    scanned.kept()
    scanned.destroyed()
    scanned.serve()
    scanned.files(scanned.tree / ".csoc" / "runs")
    scanned.files(place / "elsewhere")
    scanned.advanced()
    return scanned


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if (status := needed.without_terraform()) is not None:
        return status
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="csoc-planted-") as place, pretended_sts() as sts:
        scanned = scan(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(place), sts)
    for found in scanned.found:
        print(found)
    took = time.monotonic() - begun
    print(f"{scanned.seen} texts looked through in {took:.0f} s, {len(scanned.found)} secrets or failures found")
    return 1 if scanned.found else 0


if __name__ == "__main__":
    sys.exit(main())
