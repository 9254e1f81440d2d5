"""The native half of gen3-csoc: everything that `gen3_csoc` re-exports."""

from collections.abc import (
    AsyncIterator,
    Awaitable,
    Callable,
    Generator,
    ItemsView,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
    ValuesView,
)
from datetime import date
from os import PathLike
from types import GenericAlias
from typing import Any, Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar, final, overload

_Object = TypeVar("_Object", Account, Cluster, Commons, Environment)
_Default = TypeVar("_Default")
_Result = TypeVar("_Result", PlanPage, RunTable)
_Path: TypeAlias = str | PathLike[str]
_Backend: TypeAlias = Literal["terraform", "helm", "argocd", "kro"]
_Severity: TypeAlias = Literal["error", "warning", "info"]
_Status: TypeAlias = Literal["new", "baselined", "waived"]
# `object` and `bytes` are also names of properties below.
_Anything: TypeAlias = object
_Bytes: TypeAlias = bytes
# Whatever YAML or JSON can hold.
_Data: TypeAlias = Any
_Root: TypeAlias = Literal["fleet", "tree"]
_Action: TypeAlias = Literal["added", "removed", "changed"]
_Danger: TypeAlias = Literal["harmless", "cost", "identity", "exposure", "outage", "data-loss"]

class _Summary(TypedDict):
    errors: int
    warnings: int
    infos: int
    baselined: int
    waived: int

class _Place(TypedDict):
    file: str
    line: int
    column: int

class _LayerValue(TypedDict):
    layer: str
    place: _Place | None
    value: Any
    effect: Literal["sets", "merges", "resets", "overridden"]

class _GraphNode(TypedDict):
    id: str
    kind: str
    scope: str
    name: str
    object: str | None

# `from` is a word of Python's.
_GraphLink = TypedDict("_GraphLink", {"from": str, "relation": str, "to": str})

class _Reached(TypedDict):
    distance: int
    node: str
    relation: str
    over: str

_CatalogKind: TypeAlias = Literal["chart", "crd", "git-refs", "module", "provider", "support"]

class _Catalog(TypedDict):
    kind: str
    name: str
    version: str
    digest: str
    source: str
    pinned: bool

# `from` is a word of Python's.
_CatalogMove = TypedDict("_CatalogMove", {"from": _Catalog | None, "to": _Catalog})
_EditionMove = TypedDict("_EditionMove", {"from": str | None, "to": str})

class _CatalogUpdate(TypedDict):
    edition: _EditionMove | None
    moved: list[_CatalogMove]
    kept: list[_Catalog]
    missing: list[str]

class _ChangedPlace(TypedDict):
    at: str
    old: str | None
    new: str | None
    source: NotRequired[str]

class _Change(TypedDict):
    object: str
    kind: str
    subject: str
    action: _Action
    old: str | None
    new: str | None
    danger: _Danger
    reason: str
    consequences: list[str]
    places: list[_ChangedPlace]
    shows_in: NotRequired[list[str]]

class _ChangeRecord(TypedDict):
    object: str
    kind: str
    subject: str
    action: _Action
    old: str | None
    new: str | None
    danger: _Danger
    reason: str
    consequences: list[str]
    places: int
    sources: list[str]

class _Pending(TypedDict):
    path: str
    object: str
    outputs: list[str]

_Who: TypeAlias = Literal["surroundings", "roles"]
_Runner: TypeAlias = Literal["local", "docker"]
_What: TypeAlias = Literal[
    "plan", "advance", "apply", "destroy", "drift", "pull", "attach", "accounts", "check", "seed", "rotate"
]
_EventKind: TypeAlias = Literal[
    "begun",
    "ended",
    "version",
    "diagnostic",
    "planned",
    "drifted",
    "summary",
    "started",
    "progress",
    "completed",
    "failed",
    "reading",
    "outputs",
]

class _PlannedChange(TypedDict):
    address: str
    of: str
    action: Literal["import", "create", "update", "forget", "replace", "destroy"]
    reason: NotRequired[str]
    because: NotRequired[list[str]]

class _PlanRow(TypedDict):
    stack: str
    object: str
    layer: str
    tier: str | None
    state: Literal["clean", "changes", "blocked", "failed", "skipped"]
    bundle: NotRequired[str]
    changes: NotRequired[list[_PlannedChange]]
    outputs: NotRequired[list[str]]
    drift: NotRequired[list[_PlannedChange]]
    needs: NotRequired[list[str]]
    message: NotRequired[str]
    diagnostics: NotRequired[list[dict[str, Any]]]

# `import` is a word of Python's.
_PlanRecord = TypedDict(
    "_PlanRecord",
    {
        "stack": str,
        "object": str,
        "layer": str,
        "tier": str | None,
        "state": str,
        "outcome": str,
        "bundle": str | None,
        "remark": str,
        "import": int,
        "create": int,
        "update": int,
        "replace": int,
        "destroy": int,
        "forget": int,
    },
)

class _SecretKey(TypedDict):
    name: str
    holds: str

class _Secret(TypedDict):
    object: str
    purpose: str
    service: str
    name: str
    account: str
    region: str
    kubernetes: str | None
    shape: str
    keys: list[_SecretKey]
    seeder: str
    phase: str
    readers: list[str]
    rotation: dict[str, Any]
    stack: str | None
    layer: str
    encryption: dict[str, Any]
    content: dict[str, Any] | None

class _AskedSecret(TypedDict):
    secret: str
    purpose: str
    keys: list[_SecretKey]

# All that a secret holds, or a text for each of its keys.
_SecretValue: TypeAlias = str | Mapping[str, str]

class _StackProgress(TypedDict):
    stack: str
    standing: Literal["waiting", "running", "done", "blocked", "failed"]
    seconds: float | None
    remark: str

class _StepRecord(TypedDict):
    track: str
    number: int
    kind: Literal["command", "stack", "hand"]
    title: str
    who: str
    reach: str

_Sync: TypeAlias = Literal["Synced", "OutOfSync", "Unknown"]
_Health: TypeAlias = Literal["Healthy", "Suspended", "Progressing", "Degraded", "Missing", "Unknown"]

class _StatusTally(TypedDict):
    clusters: int
    unread: int
    applications: int
    well: int
    missing: int
    foreign: int

class _StatusCluster(TypedDict):
    cluster: str
    applications: int | None
    is_partly_seen: bool
    reason: NotRequired[str]
    message: str | None

class _ChartRevision(TypedDict):
    found: str | None
    wanted: str

class _ImageCount(TypedDict):
    running: int
    other: int
    wanted: str | None

class _StatusObject(TypedDict):
    object: str
    tier: str | None
    cluster: str
    deploys_to: str
    applications: int
    sync: _Sync | None
    health: _Health | None
    chart: _ChartRevision | None
    images: _ImageCount | None
    problems: int
    since: str | None

class _StatusProblem(TypedDict):
    cluster: str
    application: str
    namespace: str
    object: str | None
    since: str | None
    kind: str
    message: str
    said: NotRequired[str]
    source: NotRequired[str]
    found: NotRequired[str]
    wanted: NotRequired[str]
    images: NotRequired[list[dict[str, Any]]]

class _StatusRecord(TypedDict):
    object: str
    tier: str | None
    cluster: str
    deploys_to: str
    applications: int
    sync: _Sync | None
    health: _Health | None
    chart: str | None
    chart_wanted: str | None
    images: int | None
    images_other: int | None
    problems: int
    since: str | None
    unread: str | None

__all__ = [
    "Account",
    "BootstrapReport",
    "Catalogs",
    "Cluster",
    "Commons",
    "Diagnostic",
    "Diff",
    "Environment",
    "Explanation",
    "File",
    "Fleet",
    "Graph",
    "ImportReport",
    "Label",
    "ObjectMap",
    "PlanPage",
    "Promotion",
    "Rendering",
    "Report",
    "Run",
    "RunEvent",
    "RunTable",
    "StatusPage",
    "StatusWatch",
    "Tree",
    "__version__",
    "_compile_again",
    "_diff_again",
    "import_fleet",
    "run_cli",
    "schema",
    "verify",
]

__version__: str
"""The version of csoc."""

def import_fleet(
    kind: Literal["gen3-gitops", "cdis-manifest", "gen3-kro", "gen3-terraform"],
    source: _Path,
    out: _Path,
    *,
    name: str | None = None,
    mapping: _Path | None = None,
    live: _Path | None = None,
    fix: Sequence[str] | None = None,
    threads: int | None = None,
    as_of: date | str | None = None,
) -> ImportReport:
    """Make a fleet of a directory of somebody else's layout, and write it to a directory that is empty or absent.

    Args:
        kind: The layout.
        source: The directory to import; it is only read.
        out: The directory of the fleet.
        name: The fleet's name; made of the directory's where it is not said.
        mapping: A YAML file that says which environment is of which commons.
        live: What `kubectl get applications -A -o json` printed.
        fix: Codes of findings to mend on the way.
        threads: How many threads to use; one a core where it is not said.
        as_of: The day of the import.

    Raises:
        FileNotFoundError: There is no such directory.
        FleetError: `mapping` or `live` cannot be read.
        ValueError: The directory is of another layout, or a code cannot be fixed.
        WriteError: `out` is not empty, or cannot be written.
    """

def schema(
    object: Literal["fleet", "account", "cluster", "commons", "environment"] = "fleet",  # noqa: A002
) -> dict[str, Any]:
    """The JSON Schema of fleet files, or of one kind of object in them.

    Raises:
        ValueError: There is no such kind of object.
    """

def verify(
    path: _Path,
    *,
    fleet: Fleet | Catalogs | _Path | None = None,
    baseline: _Path | None = None,
    git_refs: _Path | Mapping[str, Iterable[str]] | None = None,
    as_of: date | str | None = None,
    threads: int | None = None,
) -> Report:
    """Check a tree that anyone wrote: what csoc rendered, a GitOps repository, or Terraform.

    What the directory holds is seen from its layout. Neither Terraform nor Helm nor a network is needed.

    Args:
        path: The directory.
        fleet: Whose facts about charts, providers and custom resources count: a fleet or its directory
            for those that its `csoc.lock` pins, or catalogs. Those that csoc carries by default.
        baseline: Findings that are known, as `csoc verify --write-baseline` wrote them.
        git_refs: The branches and tags that repositories have, by address, or a file with them:
            revisions of Applications are looked up in it.
        as_of: The day that expiry dates are compared with; without one, rules about dates
            are not evaluated.
        threads: How many threads to use; one a core by default.

    Raises:
        FleetError: `csoc.lock` or a catalog that it pins is not as it must be.
        CsocError: The directory holds nothing that can be verified.
        OSError: It cannot be read.
    """

def run_cli(argv: Sequence[str]) -> int:
    """Run the `csoc` command; give back its exit status.

    Args:
        argv: The arguments, the first of which is the command's own name.
    """

def _diff_again(json: str) -> Diff:
    """Differences that crossed a process."""

def _compile_again(fleet: Fleet, options: dict[str, Any]) -> Tree:
    """A tree that crossed a process: a function of its fleet and options, it is compiled again."""

@final
class Fleet:
    """A fleet that loaded: typed objects after all layers are merged.

    It is a function of its files alone: two fleets of the same files are equal,
    and a pickled fleet travels as its files.
    """

    @classmethod
    def load(cls, path: _Path, *, threads: int | None = None) -> Fleet:
        """Load a fleet directory, or the one that a given `fleet.yaml` is in.

        Args:
            path: The directory or the file.
            threads: How many threads to use; one a core by default.

        Raises:
            FleetError: The files are not those of a fleet; it carries every finding.
            OSError: The directory cannot be read.
        """

    @classmethod
    def from_files(cls, files: Mapping[str, str | bytes], *, threads: int | None = None) -> Fleet:
        """Make a fleet of files that were read or made elsewhere.

        Args:
            files: Their content by their path below the fleet directory.
            threads: How many threads to use; one a core by default.

        Raises:
            FleetError: The files are not those of a fleet; it carries every finding.
        """

    @property
    def name(self) -> str:
        """The name of the fleet."""

    @property
    def edition(self) -> str:
        """The set of product defaults, tier profiles and naming rules."""

    @property
    def organization(self) -> dict[str, Any] | None:
        """Who runs it."""

    @property
    def hub(self) -> dict[str, Any] | None:
        """The account, cluster and domain that the fleet is run from."""

    @property
    def gitops(self) -> dict[str, Any] | None:
        """The repository that Argo CD reads."""

    @property
    def registry(self) -> str | None:
        """Where images of the Gen3 release come from."""

    @property
    def terraform(self) -> dict[str, Any]:
        """Versions and state of Terraform."""

    @property
    def charts(self) -> dict[str, Any]:
        """The charts and their pinned versions."""

    @property
    def naming(self) -> dict[str, str]:
        """Naming rules that differ from the edition's, by name."""

    @property
    def kro(self) -> dict[str, Any] | None:
        """Variables of gen3-kro's hub, where clusters are its spokes."""

    @property
    def network(self) -> dict[str, Any] | None:
        """Address space of the fleet."""

    @property
    def policy(self) -> dict[str, Any]:
        """Severities and waivers."""

    @property
    def accounts(self) -> ObjectMap[Account]:
        """Cloud accounts by name."""

    @property
    def clusters(self) -> ObjectMap[Cluster]:
        """Kubernetes clusters by name."""

    @property
    def commons(self) -> ObjectMap[Commons]:
        """Data commons by name."""

    @property
    def files(self) -> dict[str, bytes]:
        """The files it was made of, by their path."""

    @property
    def catalogs(self) -> Catalogs:
        """The facts that its calls use: what its `csoc.lock` pins, and beside that what csoc carries."""

    def check(
        self,
        *,
        locked: bool = False,
        as_of: date | str | None = None,
        threads: int | None = None,
    ) -> Report:
        """Find everything that rendering would find, without writing anything.

        Args:
            locked: Whether `csoc.lock` must be there and pin all facts that the fleet uses; what it
                does not pin is an error then, and else at most a warning.
            as_of: The day that expiry dates are compared with; without one, rules about dates
                are not evaluated.
            threads: How many threads to use; one a core by default.
        """

    def explain(self, path: str, *, threads: int | None = None) -> Explanation:
        """Tell where a value comes from.

        Args:
            path: A model path (`commons.midrc.environments.prod.hostname`), a derived name, or a
                part of a rendered file (`gitops/…/values.yaml#/global/hostname`).
            threads: How many threads to use; one a core by default.

        Raises:
            LookupError: The path leads nowhere; a note says what was probably meant.
            ValueError: It is no path.
        """

    def allocate_networks(self, *, threads: int | None = None) -> dict[str, Any]:
        """Give every cluster that needs a network and has none the next of the pool, without writing anything.

        Returns:
            `networks`, a list of `cluster`, `cidr` and `file`, and `files`: the new text of each
            changed file by its path below the fleet.

        Raises:
            CsocError: The pool has none left, or a file cannot be changed as it is written.
        """

    def networks(self, *, threads: int | None = None) -> dict[str, Any]:
        """How the networks of clusters are cut, how much fits into them, and what the pool has left."""

    def secrets(self) -> list[_Secret]:
        """Every secret with its shape, its seeder, its readers and when it must exist; never a value."""

    def check_secrets(
        self, owner: str, *, only: str | Sequence[str] | None = None, as_: _Who | None = None
    ) -> Run[RunTable]:
        """Begin to look which secrets of an object are in the secret manager, as `csoc secrets check` does.

        A row a secret: its `outcome` (`fine`, `missing`, `has no value`, `comes later` and others), how
        many `days` old its version is, whether a new one is `due`. `ok` is false where one is not as it must be.

            fleet.check_secrets("atlas/dev", as_="roles").wait().to_records()

        Args:
            owner: Whose: `COMMONS/NAME` of an environment, `clusters.NAME` or `hub`.
            only: Only these, by their names or by what they are for.
            as_: As whom: whoever the surroundings say, or the role `gen3/csoc-secrets` of the account.
                `CSOC_AS` says it where this does not.

        Raises:
            OperateError: There is no such secret, or csoc was built without the feature `aws`; wheels have
                it. Waiting raises it where AWS does not say who we are.
        """

    def seed_secrets(
        self,
        owner: str,
        *,
        only: str | Sequence[str] | None = None,
        values: Mapping[str, _SecretValue]
        | Callable[[_AskedSecret], _SecretValue | Awaitable[_SecretValue | None] | None]
        | None = None,
        dry_run: bool = False,
        as_: _Who | None = None,
        home: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to make the secrets of an object that are missing, once; what has a value keeps it.

            from getpass import getpass

            fleet.seed_secrets("atlas/dev", values=lambda asked: getpass(asked["secret"]), as_="roles").wait()

        No value is in a table, in an event, in an error or in the journal. csoc wipes its own copy; a
        text of Python's stays in its memory until Python lets go of it.

        Args:
            owner: Whose; see `check_secrets`.
            only: Only these; see `check_secrets`.
            values: What somebody must give: by the names of secrets, or what is called with each secret, in
                the thread that waits for the run, and gives its value, or nothing. A value is a text, or a
                text for each key. Who awaits the run may give a coroutine function. Of one secret alone a
                value that is given by its name is used even where csoc would make it.
            dry_run: Only say what would be made.
            as_: As whom; see `check_secrets`.
            home: Where the journal is kept; see `plan`.

        Raises:
            OperateError: As in `check_secrets`.
            TypeError: What is to be asked cannot be called. Waiting raises it where it gives no value.
            ValueError: A value is given for a secret that is not meant.
        """

    def rotate_secret(
        self,
        owner: str,
        name: str,
        *,
        values: Mapping[str, _SecretValue]
        | Callable[[_AskedSecret], _SecretValue | Awaitable[_SecretValue | None] | None]
        | None = None,
        promote: bool = False,
        finish: bool = False,
        overlap: float = 24.0,
        as_: _Who | None = None,
        home: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to put a new value in place of one that is there, with an overlap; begun again, it goes on.

        Its table has one row: how far it went (`staged`, `current`, `same`, `retired`, `alone`), the
        `commands` that people run now, and what comes then.

        Args:
            owner: Whose; see `check_secrets`.
            name: Which, by its name or by what it is for.
            values: What somebody must give; see `seed_secrets`.
            promote: Whoever must be told of the new value before its readers have it was told.
            finish: The overlap is over, and no reader has the value before: it goes away.
            overlap: For how many hours readers may have the value before.
            as_: As whom; see `check_secrets`.
            home: Where the journal is kept; see `plan`.

        Raises:
            OperateError: As in `check_secrets`. Waiting raises it, too, where it does not go on.
            TypeError: As in `seed_secrets`.
            ValueError: As in `seed_secrets`, or the overlap is no number of hours.
        """

    def graph(self, focus: str | None = None) -> Graph:
        """The contract graph: who runs as what, reads which secret, is reached by which name.

        Args:
            focus: A node by its id, an environment by its path, or anything by a name that nothing
                else has: only what it needs and what needs it.

        Raises:
            LookupError: There is no such node.
            ValueError: Several nodes have that name.
        """

    def diff(
        self,
        old: Fleet | Tree | _Path,
        *,
        only: Iterable[str] | None = None,
        include_observed: bool = False,
        threads: int | None = None,
    ) -> Diff:
        """What is different from an older side, and how dangerous that is.

        Args:
            old: A fleet, a tree, or a directory that holds a fleet, a rendered tree, a GitOps
                repository or Terraform roots.
            only: Patterns of objects: `commons.midrc.*`.
            include_observed: Count what this fleet only observes, too; beside another fleet it always counts.
            threads: How many threads to use; one a core by default.

        Raises:
            FleetError: The directory holds a fleet that does not load.
            FileNotFoundError: There is no such directory.
            CsocError: There is nothing in it that can be compared.
        """

    def diff_environments(self, old: str, new: str, *, threads: int | None = None) -> Diff:
        """What is different between two environments, as if the second came from the first.

        Args:
            old: `COMMONS/NAME`, or its path.
            new: The other one.
            threads: How many threads to use; one a core by default.

        Raises:
            LookupError: There is no such environment.
        """

    def promote(
        self,
        commons: str,
        *,
        source: str,
        target: str,
        fields: Iterable[str] | None = None,
        override_shared: bool = False,
        threads: int | None = None,
    ) -> Promotion:
        """What it takes to carry fields of one environment to another, and what is different then.

        Nothing is written: `Promotion.write` does that.

        Args:
            commons: The commons of both.
            source: The environment to take the fields from, such as `staging`.
            target: The environment to change, such as `prod`.
            fields: Paths below an environment, such as `services.portal.image.tag`; the release by
                default.
            override_shared: Where a layer sets a field that other environments share, set it in the
                environment instead of refusing.
            threads: How many threads to use; one a core by default.

        Raises:
            LookupError: There is no such environment, or it does not set the field.
            ValueError: A field is none, or each environment's own.
            CsocError: The files cannot be changed without changing more than that.
        """

    def compile(
        self,
        *,
        backends: Iterable[_Backend] | None = None,
        only: Iterable[str] | None = None,
        include_observed: bool = False,
        as_of: date | str | None = None,
        threads: int | None = None,
    ) -> Tree:
        """Make every file that rendering would write, in memory.

        Files that wait for outputs are in it, and say so.

        Args:
            backends: Only these kinds of output; all by default.
            only: Only objects whose model path one of these patterns matches, where `*` stands
                for anything; all by default.
            include_observed: Also objects that are only observed.
            as_of: The day that expiry dates are compared with.
            threads: How many threads to use; one a core by default.
        """

    def render(
        self,
        out: _Path,
        *,
        backends: Iterable[_Backend] | None = None,
        only: Iterable[str] | None = None,
        include_observed: bool = False,
        allow_pending: bool = False,
        terraform: _Path | None = None,
        gitops: _Path | None = None,
        force: Iterable[_Path] | None = None,
        durable: bool = False,
        dry_run: bool = False,
        locked: bool = False,
        as_of: date | str | None = None,
        threads: int | None = None,
    ) -> Rendering:
        """Check, compile, verify and write.

        Args:
            out: The directory that `terraform/` and `gitops/` are in.
            backends: Only these kinds of output; all by default.
            only: Only objects whose model path one of these patterns matches.
            include_observed: Also objects that are only observed.
            allow_pending: Write markers in place of values that wait for outputs, instead of
                withholding their files.
            terraform: A repository of its own for the Terraform roots.
            gitops: A repository of its own for the Argo CD tree.
            force: Files and directories below `out` that are overwritten whoever made them.
            durable: Whether the result must survive a power loss.
            dry_run: Only report; nothing is written, and errors are in the report.
            locked: Whether `csoc.lock` must be there and pin all facts that the fleet uses.
            as_of: The day that expiry dates are compared with.
            threads: How many threads to use; one a core by default.

        Raises:
            FleetError: Something is wrong that nothing covers; nothing was written.
            WriteError: The output cannot be written; what was there is whole.
        """

    def plan(
        self,
        *,
        select: str | Sequence[str] | None = None,
        destroy: bool = False,
        out: _Path | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
        rendered: _Path | None = None,
    ) -> Run[PlanPage]:
        """Begin to plan stacks: each plan becomes a bundle, and all of them one page.

        The fleet is rendered first, into `.csoc/tree` of its directory; one with errors is not
        planned. The call comes back as soon as Terraform works.

            run = fleet.plan(select="commons = atlas and tier != prod")
            page = run.wait()

        Args:
            select: Which stacks: `account = research and layer in (waf, dns)`, any of several; all by default.
            destroy: Plan to take away all that the stacks have, which must be selected then; `destroy` applies it.
            out: Write all plans into this file besides, as `csoc plan --out` does: `apply(Path(out), digest=…)`
                applies them, on another machine, too. It is secret, and must not be there before.
            as_: As whom: whoever the surroundings say, or the roles of each account, taken by them.
                `CSOC_AS` says it where this does not.
            parallel: How many stacks may run at once; 8 by default.
            per_account: How many of them in one account; 4 by default.
            lock_timeout: For how many seconds Terraform waits for the lock of a state that somebody else
                holds; 60 by default.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu, by name or path; `CSOC_TERRAFORM`, or `terraform` on the PATH.
            runner: Where it works: on this machine as it is, or in a container for each of its steps;
                `CSOC_RUNNER`, or `local`.
            image: The image of the containers, by digest; `CSOC_IMAGE`.
            docker: Docker, or what is called as it is, by name or path.
            home: Where plans, the journal and working copies are kept; `CSOC_HOME`, or `.csoc/runs` of
                the fleet's directory, or of the tree's.
            rendered: A rendered tree to take as it is, in place of rendering the fleet.

        Raises:
            FleetError: The fleet has errors; it carries every finding.
            OperateError: There is no Terraform, no stack is selected, nobody may run them, or `out` is there
                already. Waiting raises it, too, where `out` cannot be written.
            ValueError: What is selected is no selection.
        """

    def advance(
        self,
        *,
        approve: Callable[[PlanPage], str | Awaitable[str | None] | None] | None = None,
        unasked: Literal["creates", "changes"] | None = None,
        select: str | Sequence[str] | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to bring stacks to what the fleet says, wave by wave, until nothing is left that could be done.

        In each wave what can be planned is planned, approved and applied; its outputs are recorded in the
        files of the fleet, which are read and rendered anew for the next one. This fleet stays as it is.

            def approve(page):
                print(page.to_text())
                return input("the digest, or nothing: ")

            table = fleet.advance(approve=approve, unasked="creates").wait()

        What cannot be made again is never destroyed here: `plan` and `apply` do that.

        Args:
            approve: Is called with the page of a wave's plans, in the thread that waits for the run, or goes
                through its events, and gives the digest of the page, or twelve or more of its first digits.
                Nothing or an empty text stops the run; so does where nobody can be asked. Who awaits the
                run may give a coroutine function.
            unasked: What needs nobody's yes: plans that make or take over something and do nothing else, or
                those by which nothing goes away.
            select: Which stacks; see `plan`.
            as_: As whom; see `plan`.
            parallel: How many stacks at once; see `plan`.
            per_account: How many of them in one account; see `plan`.
            lock_timeout: How long a lock is waited for; see `plan`.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu; see `plan`.
            runner: Where it works; see `plan`.
            image: The image of the containers; see `plan`.
            docker: What starts containers; see `plan`.
            home: Where runs keep what they need; see `plan`.

        Raises:
            FleetError: The fleet has errors; it carries every finding. Waiting raises it, too, where that is
                so of what was recorded in a wave.
            OperateError: The fleet was not loaded from a directory, there is no Terraform, no stack is
                selected, or nobody may run them. Waiting raises it, too, where the digest is another one, or
                where a stack failed; its `table` says how far each came. What waits, or was not approved, is
                no error: `ok` of the table is false.
            TypeError: What is to approve cannot be called.
            ValueError: What is selected is no selection.
        """

    def apply(
        self,
        plans: Run[PlanPage] | PlanPage | str | Sequence[str] | PathLike[str],
        *,
        digest: str | None = None,
        allow_destroy: Sequence[str] | None = None,
        select: str | Sequence[str] | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
        rendered: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to apply plans that somebody looked at: exactly those, and once.

            fleet.apply(run, digest="4f2a9c01b2d3").wait()

        Args:
            plans: The run that planned them, its page, its name, single plans by their digests, or the path of a
                file that `plan(out=…)` or `csoc plan --out` wrote.
            digest: What the page shows as its digest, twelve or more digits of it: whoever says it has
                looked. Plans that are named by their own digests need none.
            allow_destroy: What may be destroyed although it cannot be made again: `ADDRESS`, or `STACK:ADDRESS`.
            select: Only plans of these stacks.
            as_: As whom; that of the run by default.
            parallel: How many stacks at once; see `plan`.
            per_account: How many of them in one account; see `plan`.
            lock_timeout: How long a lock is waited for; see `plan`.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu; that of the run by default.
            runner: Where it works; as that of the run by default.
            image: The image of the containers; that of the run by default.
            docker: What starts containers; that of the run by default.
            home: Where runs keep what they need; that of the run by default.
            rendered: A rendered tree to take as it is; that of the run by default.

        Raises:
            OperateError: The digest is not that of these plans, one of them is not there, or nobody may
                apply them. Waiting raises it, too, where not all was applied; its `table` says how far.
        """

    def destroy(
        self,
        plans: Run[PlanPage] | PlanPage | str | Sequence[str] | PathLike[str],
        *,
        digest: str | None = None,
        allow_destroy: Sequence[str] | None = None,
        select: str | Sequence[str] | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
        rendered: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to destroy what plans of that say, which somebody looked at: what others need last, and once.

            run = fleet.plan(select="commons = atlas and environment = dev", destroy=True)
            fleet.destroy(run, digest="4f2a9c01b2d3", allow_destroy=["aws_rds_cluster.main"]).wait()

        Args:
            plans: The run that planned it with `destroy=True`, its page, its name, single plans by their digests,
                or the path of a file that `plan(out=…)` or `csoc destroy --out` wrote.
            digest: What the page shows as its digest, twelve or more digits of it: whoever says it has
                looked. Plans that are named by their own digests need none.
            allow_destroy: What may be destroyed although it cannot be made again: `ADDRESS`, or `STACK:ADDRESS`.
            select: Only plans of these stacks.
            as_: As whom; that of the run by default.
            parallel: How many stacks at once; see `plan`.
            per_account: How many of them in one account; see `plan`.
            lock_timeout: How long a lock is waited for; see `plan`.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu; that of the run by default.
            runner: Where it works; as that of the run by default.
            image: The image of the containers; that of the run by default.
            docker: What starts containers; that of the run by default.
            home: Where runs keep what they need; that of the run by default.
            rendered: A rendered tree to take as it is; that of the run by default.

        Raises:
            OperateError: The digest is not that of these plans, one of them is not there, or nobody may
                apply them. Waiting raises it, too, where not all was applied; its `table` says how far.
        """

    def drift(
        self,
        *,
        select: str | Sequence[str] | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
        rendered: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to look for what is not as states or roots say. It locks and changes nothing.

        Args:
            select: Which stacks; see `plan`.
            as_: As whom; see `plan`.
            parallel: How many stacks at once; see `plan`.
            per_account: How many of them in one account; see `plan`.
            lock_timeout: How long a lock is waited for; see `plan`.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu; see `plan`.
            runner: Where it works; see `plan`.
            image: The image of the containers; see `plan`.
            docker: What starts containers; see `plan`.
            home: Where runs keep what they need; see `plan`.
            rendered: A rendered tree to take as it is; see `plan`.

        Raises:
            FleetError: The fleet has errors; it carries every finding.
            OperateError: There is no Terraform, no stack is selected, or nobody may run them.
        """

    def pull_outputs(
        self,
        *,
        select: str | Sequence[str] | None = None,
        as_: _Who | None = None,
        parallel: int | None = None,
        per_account: int | None = None,
        lock_timeout: int | None = None,
        fail_fast: bool = False,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to ask states for outputs, and record them in the files of the fleet.

        This fleet stays as it is: load it again to see them.

        Args:
            select: Which stacks; see `plan`.
            as_: As whom; see `plan`.
            parallel: How many stacks at once; see `plan`.
            per_account: How many of them in one account; see `plan`.
            lock_timeout: How long a lock is waited for; see `plan`.
            fail_fast: Begin no other stack once one failed.
            terraform: Terraform or OpenTofu; see `plan`.
            runner: Where it works; see `plan`.
            image: The image of the containers; see `plan`.
            docker: What starts containers; see `plan`.
            home: Where runs keep what they need; see `plan`.

        Raises:
            OperateError: The fleet was not loaded from a directory, there is no Terraform, no stack is
                selected, or nobody may run them.
        """

    def identities(self, *, rendered: _Path | None = None) -> Run[RunTable]:
        """Begin to ask who we are in every account that the fleet has stacks in, as `csoc accounts` does.

        The roles that plan and apply are taken, and nothing is done with them. A row an account: its
        name and `number`, who the surroundings say we are `here`, `plans_as` and `applies_as`, and the
        `errors` of what cannot be taken, each with what to do about it. `ok` is false where there is one.

            fleet.identities().wait().to_records()

        Args:
            rendered: A rendered tree to take as it is, in place of rendering the fleet.

        Raises:
            FleetError: The fleet has errors; it carries every finding.
            OperateError: The fleet cannot be rendered. Waiting raises it, too, where the surroundings say
                nobody whom AWS knows, and in a csoc that was built without the feature `aws`; wheels have it.
        """

    def attach(self, run: str, *, home: _Path | None = None, rendered: _Path | None = None) -> Run[RunTable]:
        """Wait for what a run left to itself, say how it goes, and record how it ended.

        An apply is left to itself by a second Ctrl-C, and where Python itself goes away. To cancel
        this only ends the waiting.

        Args:
            run: The run, as `runs` names it.
            home: Where runs keep what they need; see `plan`.
            rendered: The rendered tree that it was of, where it was one.

        Raises:
            OperateError: Nothing of the run is without an end. Waiting raises it, too, where not all was
                applied; its `table` says what became of each stack.
        """

    def show_run(self, run: str, *, home: _Path | None = None, rendered: _Path | None = None) -> RunTable:
        """What a run did, line by line of the journal, and what is left of it.

        The last line of each stack says under `left` what is to do there, with the resources that may be
        `half_built` and those `not_begun`. `ok` is false where something is left.

        Args:
            run: The run, as `runs` names it.
            home: Where runs keep what they need; see `plan`.
            rendered: The rendered tree that it was of, where it was one.

        Raises:
            OperateError: No such run is in the journal, or somebody changed that.
        """

    def unlock(
        self,
        stack: str,
        *,
        lock_id: str | None = None,
        as_: _Who | None = None,
        terraform: _Path | None = None,
        runner: _Runner | None = None,
        image: str | None = None,
        docker: _Path | None = None,
        home: _Path | None = None,
        rendered: _Path | None = None,
    ) -> Run[RunTable]:
        """Begin to ask who holds the lock of a stack's state, and take it away where its name is said.

        Its table has one row: `free`, `held` or `unlocked`, with the name of the `lock`, its `holder` and
        since when, and what was `begun` there last. Take a lock away only once you know that its holder is
        gone: what another machine does is not to be seen from here.

            held = fleet.unlock("v1/111122223333/us-east-1/waf/cluster/main").wait()[0]
            fleet.unlock(held["stack"], lock_id=held["lock"]).wait()

        Args:
            stack: The stack, as all tables name it.
            lock_id: Take this lock away: its name, as the call without it says it. Another one stays: `ok`
                of the table is false then.
            as_: As whom; see `plan`.
            terraform: Terraform or OpenTofu; see `plan`.
            runner: Where it works; see `plan`.
            image: The image of the containers; see `plan`.
            docker: What starts containers; see `plan`.
            home: Where runs keep what they need; see `plan`.
            rendered: A rendered tree to take as it is; see `plan`.

        Raises:
            FleetError: The fleet has errors; it carries every finding.
            OperateError: There is no such stack, or no Terraform. Waiting raises it where something of this
                machine works on the stack, or where nobody can be asked for its lock.
        """

    def runs(self, *, home: _Path | None = None, rendered: _Path | None = None) -> RunTable:
        """Which runs there were, the last one first.

        Args:
            home: Where runs keep what they need; see `plan`.
            rendered: The rendered tree that they were of, where it was one.

        Raises:
            OperateError: The journal cannot be read, or somebody changed a line of it.
        """

    def status(
        self,
        *,
        select: str | Sequence[str] | None = None,
        commit: str | None = None,
        rendered: _Path | None = None,
        contexts: Mapping[str, str] | None = None,
        hub: str | None = None,
        kubeconfig: _Path | None = None,
        timeout: int = 10,
        parallel: int | None = None,
    ) -> StatusPage:
        """Ask the Argo CD of every cluster for its Applications, and compare them with what is rendered.

        It reads, and changes nothing. A cluster that cannot be read is a row with its reason, and takes
        nothing else with it.

            page = fleet.status(select="commons = atlas and tier = prod")

        Args:
            select: Which environments and clusters, any of several; all by default. Fields are `account`,
                `region`, `cluster`, `commons`, `environment`, `tier` and `object`.
            commit: The commit that the GitOps repository is to be deployed at, or seven and more of its first digits.
            rendered: A rendered tree, or a GitOps repository of anybody, to compare with in place of the fleet.
            contexts: The context of each of these clusters; of others that of its address, ARN or name.
            hub: The context of a hub whose Argo CD knows clusters: those that no context leads to are
                asked as it would ask them. A warning says so where it cannot be asked.
            kubeconfig: The kubeconfig; `KUBECONFIG`, or `~/.kube/config`.
            timeout: How many seconds a cluster may take to answer.
            parallel: How many clusters are asked at once; 32 by default.

        Raises:
            OperateError: There is no kubeconfig, nothing is rendered or selected, or this csoc was built
                without the feature `kubernetes`.
            ValueError: What is selected is no selection, or the commit is none.
        """

    async def astatus(
        self,
        *,
        select: str | Sequence[str] | None = None,
        commit: str | None = None,
        rendered: _Path | None = None,
        contexts: Mapping[str, str] | None = None,
        hub: str | None = None,
        kubeconfig: _Path | None = None,
        timeout: int = 10,  # noqa: ASYNC109 - of a cluster, not of the call
        parallel: int | None = None,
    ) -> StatusPage:
        """Do what `status` does, beside whatever else the loop does.

        Args:
            select: Which environments and clusters; see `status`.
            commit: The commit that the GitOps repository is to be deployed at; see `status`.
            rendered: A rendered tree, or a GitOps repository, to compare with; see `status`.
            contexts: The contexts of clusters; see `status`.
            hub: The context of a hub; see `status`.
            kubeconfig: The kubeconfig; see `status`.
            timeout: How many seconds a cluster may take to answer; see `status`.
            parallel: How many clusters are asked at once; see `status`.

        Raises:
            OperateError: As `status` says it.
            ValueError: As `status` says it.
        """

    def watch_status(
        self,
        *,
        every: int = 15,
        select: str | Sequence[str] | None = None,
        commit: str | None = None,
        rendered: _Path | None = None,
        contexts: Mapping[str, str] | None = None,
        hub: str | None = None,
        kubeconfig: _Path | None = None,
        timeout: int = 10,
        parallel: int | None = None,
    ) -> StatusWatch:
        """Look at clusters again and again: an iterator of pages, each of which says something new.

            for page in fleet.watch_status(select="tier = dev"):
                print(page.headline)

        Args:
            every: How many seconds lie between two looks; a cluster that cannot be read is asked less and less often.
            select: Which environments and clusters; see `status`.
            commit: The commit that the GitOps repository is to be deployed at; see `status`.
            rendered: A rendered tree, or a GitOps repository, to compare with; see `status`.
            contexts: The contexts of clusters; see `status`.
            hub: The context of a hub; see `status`.
            kubeconfig: The kubeconfig; see `status`.
            timeout: How many seconds a cluster may take to answer; see `status`.
            parallel: How many clusters are asked at once; see `status`.

        Raises:
            OperateError: As `status` says it.
            ValueError: As `status` says it.
        """

    def bootstrap_report(self, environment: str | None = None, *, threads: int | None = None) -> BootstrapReport:
        """The steps from nothing to a running operations center and a first commons.

        Args:
            environment: The first environment, as `COMMONS/NAME`; that of the lowest tier by default.
            threads: How many threads to use; one a core by default.

        Raises:
            LookupError: There is no such environment.
        """

    def to_dict(self) -> dict[str, Any]:
        """Everything in effect as plain data, with the keys of fleet files."""

    def to_records(self) -> list[dict[str, Any]]:
        """One record an environment."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Catalogs:
    """Facts about the outside world, each with its version and source: those that csoc carries and those a fleet pins.

    It is what was there when it was loaded: `add` and `update` change the fleet's files, not it.
    """

    @classmethod
    def load(cls, fleet: _Path) -> Catalogs:
        """Those that csoc carries, and those that a fleet's `csoc.lock` pins.

        Args:
            fleet: The fleet directory, or its `fleet.yaml`.

        Raises:
            FleetError: The lock or a catalog that it pins is not as it must be; it carries every finding.
            CsocError: A later version of csoc wrote the lock.
            OSError: The lock cannot be read.
        """

    @classmethod
    def embedded(cls) -> Catalogs:
        """Those that this version of csoc carries."""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Catalogs:
        """Those that csoc carries, and those that the `csoc.lock` among these files pins.

        Args:
            files: The lock and the catalogs by their path below the fleet directory.

        Raises:
            FleetError: The lock or a catalog that it pins is not as it must be; it carries every finding.
        """

    @classmethod
    def add(
        cls,
        fleet: _Path,
        kind: _CatalogKind,
        file: _Path,
        *,
        name: str | None = None,
        version: str | None = None,
        source: str | None = None,
    ) -> _Catalog:
        """Make a catalog of a file, write it into a fleet's `catalogs/` and pin it in its `csoc.lock`.

        Args:
            fleet: The fleet directory, or its `fleet.yaml`.
            kind: What it is about.
            file: The chart's directory or archive, what `terraform providers schema -json` printed, a
                directory of modules, a CustomResourceDefinition, or what `git ls-remote` printed.
            name: Its name, where the file does not say it or is about several things.
            version: Its version, where the file does not say it.
            source: Where the facts come from, for people; the file's name by default.

        Raises:
            CsocError: The file is not what facts of that kind are read from.
            ValueError: There is no such kind, or name or version are missing or none.
            WriteError: The fleet cannot be written; it is as it was.
            OSError: The file cannot be read.
        """

    @classmethod
    def update(cls, fleet: _Path, names: Iterable[tuple[str, str]] | None = None) -> _CatalogUpdate:
        """Move what a fleet's `csoc.lock` pins to what this csoc carries, and pin what the fleet uses.

        Without a lock it makes one. What was added stays, unless it is named.

        Args:
            fleet: The fleet directory, or its `fleet.yaml`.
            names: Only these, each a kind and a name.

        Raises:
            FleetError: The files are not those of a fleet; it carries every finding.
            LookupError: This csoc carries no catalog of such a name.
            WriteError: The fleet cannot be written; its lock is as it was.
        """

    def show(
        self,
        kind: _CatalogKind,
        name: str,
        *,
        version: str | None = None,
        path: str | None = None,
    ) -> dict[str, Any]:
        """What one says: how many of each thing, and what stands at a dotted path below it.

        Args:
            kind: What it is about.
            name: Its name.
            version: Its version; the newest by default.
            path: The part to give, as a dotted path.

        Raises:
            LookupError: There is no such catalog, or nothing at the path.
        """

    def to_records(self) -> list[_Catalog]:
        """One record a catalog: kind, name, version, digest, source, and whether a fleet pins it."""

    def to_dict(self) -> dict[str, list[_Catalog]]:
        """The same as `csoc catalog list --format json` prints."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[_Catalog]: ...
    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class ObjectMap(Generic[_Object]):
    """The objects of one kind by name: a mapping, sorted, that cannot be changed."""

    @classmethod
    def __class_getitem__(cls, item: type[_Object]) -> GenericAlias: ...
    def __getitem__(self, name: str, /) -> _Object: ...
    def __contains__(self, name: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    @overload
    def get(self, key: str, default: None = None) -> _Object | None: ...
    @overload
    def get(self, key: str, default: _Default) -> _Object | _Default:
        """The object of that name, or `default`."""

    def keys(self) -> KeysView[str]:
        """The names."""

    def values(self) -> ValuesView[_Object]:
        """The objects."""

    def items(self) -> ItemsView[str, _Object]:
        """Names and objects."""

    def to_dict(self) -> dict[str, Any]:
        """All of them as plain data, by name."""

    def to_records(self) -> list[dict[str, Any]]:
        """One record an object."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Account:
    """A cloud account that clusters and commons live in."""

    @property
    def name(self) -> str:
        """Its name in the fleet."""

    @property
    def fleet(self) -> Fleet:
        """The fleet it is in."""

    @property
    def path(self) -> str:
        """Its model path."""

    @property
    def provider(self) -> Literal["aws", "gcp", "azure", "onprem"]:
        """Whose cloud it is."""

    @property
    def id(self) -> str:
        """Its number: twelve digits in quotes."""

    @property
    def region(self) -> str:
        """The region of its clusters that name none."""

    @property
    def bootstrap_role(self) -> str | None:
        """The role that applies the layers `bootstrap`, `access` and `organization`, and nothing else uses."""

    @property
    def external_id(self) -> str | None:
        """Where the external id is that the account's roles ask for."""

    @property
    def domain(self) -> str | None:
        """The domain whose zone this account holds."""

    @property
    def alias(self) -> str | None:
        """The name that people sign in to it by."""

    @property
    def audit(self) -> dict[str, Any]:
        """What watches it."""

    @property
    def budget(self) -> dict[str, Any] | None:
        """Money."""

    @property
    def contacts(self) -> list[str]:
        """Who is told about the account."""

    @property
    def observability(self) -> dict[str, Any] | None:
        """What it keeps of metrics, logs and traces, and whom its alarms tell."""

    @property
    def environment_defaults(self) -> dict[str, Any]:
        """A layer below the environments of this account's clusters."""

    @property
    def naming(self) -> dict[str, str]:
        """Naming rules of this account."""

    @property
    def lifecycle(self) -> Literal["active", "retiring", "retired"]:
        """Whether it stays."""

    @property
    def management(self) -> dict[str, Any]:
        """Who owns its Terraform."""

    def to_dict(self) -> dict[str, Any]:
        """Everything in effect as plain data, with the keys of fleet files."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Cluster:
    """A Kubernetes cluster."""

    @property
    def name(self) -> str:
        """Its name in the fleet."""

    @property
    def fleet(self) -> Fleet:
        """The fleet it is in."""

    @property
    def path(self) -> str:
        """Its model path."""

    @property
    def account(self) -> str:
        """The account it is in, by its name under `accounts`."""

    @property
    def region(self) -> str | None:
        """Its region. Default: the account's."""

    @property
    def platform(self) -> Literal["eks", "gke", "aks", "openshift", "rke2", "k3s", "kind"]:
        """What kind of Kubernetes it is."""

    @property
    def version(self) -> str | None:
        """The Kubernetes version."""

    @property
    def vpc(self) -> str | None:
        """The name of its network, `{vpc}` in names. Default: the cluster's name."""

    @property
    def project(self) -> str | None:
        """What it is for, a label of its metrics and costs. Default: the fleet's name."""

    @property
    def network(self) -> dict[str, Any]:
        """Its network."""

    @property
    def endpoint(self) -> dict[str, Any]:
        """Who reaches its API."""

    @property
    def access(self) -> dict[str, Any]:
        """Who may do what in it, besides the roles of its account."""

    @property
    def nodes(self) -> _Data:
        """Its nodes. Default: managed groups."""

    @property
    def eks_addons(self) -> dict[str, Any]:
        """Builds of the add-ons that EKS runs."""

    @property
    def log_retention_days(self) -> int | None:
        """Days that the log of its control plane is kept. Default: 365."""

    @property
    def deletion_protection(self) -> bool | None:
        """Whether it is kept from being destroyed. Default: yes."""

    @property
    def backup(self) -> dict[str, Any]:
        """Backups of its databases beside those of RDS."""

    @property
    def addons(self) -> dict[str, Any]:
        """Add-ons by their name in cluster-level-resources.

        Those that the environments need are added.
        """

    @property
    def delivery(self) -> Literal["spoke-pull", "hub-push"]:
        """How applications reach it."""

    @property
    def argocd(self) -> dict[str, Any] | None:
        """Its own Argo CD, where it pulls."""

    @property
    def terraform(self) -> dict[str, Any]:
        """What makes its Terraform."""

    @property
    def load_balancers(self) -> dict[str, Any]:
        """Load balancers that environments share, by name."""

    @property
    def databases(self) -> dict[str, Any]:
        """Database clusters that environments share, by name."""

    @property
    def search(self) -> dict[str, Any]:
        """Search domains that environments share, by name."""

    @property
    def environment_defaults(self) -> dict[str, Any]:
        """A layer below the environments of this cluster."""

    @property
    def values(self) -> dict[str, Any]:
        """Raw values of the chart cluster-level-resources, merged last."""

    @property
    def omit(self) -> list[str]:
        """Values that we would generate and that must not be there: dotted paths."""

    @property
    def content(self) -> dict[str, str]:
        """Files beside the values of cluster-level-resources, by their path there: `custom-objects/quota.yaml`."""

    @property
    def kro(self) -> _Data:
        """What the cluster is in gen3-kro, where it is made by it."""

    @property
    def naming(self) -> dict[str, str]:
        """Naming rules of this cluster."""

    @property
    def lifecycle(self) -> Literal["active", "retiring", "retired"]:
        """Whether it stays."""

    @property
    def management(self) -> dict[str, Any]:
        """Who owns its outputs."""

    def to_dict(self) -> dict[str, Any]:
        """Everything in effect as plain data, with the keys of fleet files."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Commons:
    """A data commons, without its environments and without what it lends them."""

    @property
    def name(self) -> str:
        """Its name in the fleet."""

    @property
    def fleet(self) -> Fleet:
        """The fleet it is in."""

    @property
    def path(self) -> str:
        """Its model path."""

    @property
    def title(self) -> str | None:
        """What it is called where people read it."""

    @property
    def owner(self) -> str | None:
        """Who answers for it."""

    @property
    def access(self) -> dict[str, Any]:
        """Who may look at its applications in Argo CD, and who may run them."""

    @property
    def rollout(self) -> str | None:
        """How a change reaches its environments, where the hub's Argo CD pushes to them."""

    @property
    def tiers(self) -> dict[str, Any]:
        """Layers below the environments of one tier."""

    @property
    def environments(self) -> ObjectMap[Environment]:
        """Its environments by name."""

    def to_dict(self) -> dict[str, Any]:
        """Everything in effect as plain data, with the keys of fleet files."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Environment:
    """One environment of a commons, after all layers are merged."""

    @property
    def name(self) -> str:
        """Its name in the fleet."""

    @property
    def fleet(self) -> Fleet:
        """The fleet it is in."""

    @property
    def path(self) -> str:
        """Its model path."""

    @property
    def tier(self) -> Literal["dev", "test", "staging", "prod"]:
        """How much it matters."""

    @property
    def cluster(self) -> str:
        """The cluster it runs on, by its name under `clusters`."""

    @property
    def hostname(self) -> str:
        """Its public host name."""

    @property
    def release(self) -> str:
        """The Gen3 monthly release that its images are of."""

    @property
    def size(self) -> Literal["small", "medium", "large"]:
        """How large its shared resources are."""

    @property
    def certificate(self) -> Literal["acm", "le-dns01", "le-http01", "byo"]:
        """Where its certificate comes from."""

    @property
    def records(self) -> Literal["external-dns", "terraform", "manual"] | None:
        """Who keeps the record of its host name."""

    @property
    def cutover(self) -> dict[str, Any] | None:
        """What it takes of the requests of its host name, where others of its commons have the same host name."""

    @property
    def preview_hostname(self) -> str | None:
        """A second host name that leads to it alone, to try it before it takes the one that it shares."""

    @property
    def load_balancer(self) -> str | None:
        """The load balancer it is behind, by its name in the cluster. Default: `public`."""

    @property
    def database(self) -> str | None:
        """The database cluster it uses, by its name in the cluster. Default: `main`."""

    @property
    def search(self) -> str | None:
        """The search domain it uses, by its name in the cluster. Default: `main`."""

    @property
    def dictionary(self) -> str | None:
        """The data dictionary."""

    @property
    def indexd(self) -> dict[str, Any] | None:
        """The index of data files."""

    @property
    def frontend(self) -> Literal["portal", "gen3ff", "none"]:
        """What users see first. Default: `portal`."""

    @property
    def frontend_source(self) -> dict[str, Any] | None:
        """Where the front end's configuration and pages are cloned from. Default: this fleet's content."""

    @property
    def profiles(self) -> list[str]:
        """What the commons does. Default: `[core]`."""

    @property
    def services(self) -> dict[str, Any]:
        """Settings of single services, by their chart names."""

    @property
    def replicas(self) -> int:
        """Copies of the services that share load."""

    @property
    def disruption_budgets(self) -> bool:
        """Whether a service with several copies keeps one during maintenance."""

    @property
    def topology_spread(self) -> bool:
        """Whether copies are spread over zones."""

    @property
    def network_policies(self) -> bool:
        """Whether services may only talk to whom they need."""

    @property
    def registry(self) -> str | None:
        """Where images come from. Default: the fleet's registry."""

    @property
    def images(self) -> dict[str, str]:
        """Tags of images that the chart leaves on a moving tag, by image name.

        Default: the release.
        """

    @property
    def image_repositories(self) -> dict[str, str]:
        """Repositories of single images that are not in the registry, by image name."""

    @property
    def image_policy(self) -> Literal["any", "pinned"]:
        """Which image tags are allowed."""

    @property
    def sync(self) -> dict[str, Any]:
        """How Argo CD keeps it in step."""

    @property
    def chart(self) -> dict[str, Any] | None:
        """Where its chart comes from, where it is not the fleet's."""

    @property
    def application(self) -> dict[str, Any]:
        """Its Argo CD application, where it is not what we would make."""

    @property
    def identity_providers(self) -> dict[str, Any]:
        """Who vouches for users."""

    @property
    def users(self) -> dict[str, Any]:
        """Who may do what."""

    @property
    def access_requests(self) -> Literal["none", "requestor", "rems"]:
        """How users ask for access."""

    @property
    def exposure(self) -> dict[str, Any]:
        """Who reaches it."""

    @property
    def data(self) -> dict[str, Any]:
        """What data it holds."""

    @property
    def data_buckets(self) -> list[dict[str, Any]]:
        """Buckets of data files beside its own, also of other accounts."""

    @property
    def observability(self) -> dict[str, Any] | None:
        """How it is observed."""

    @property
    def explorer(self) -> dict[str, Any]:
        """Search over its data."""

    @property
    def discovery(self) -> dict[str, Any]:
        """Metadata that is gathered from several commons."""

    @property
    def workspaces(self) -> dict[str, Any]:
        """Notebooks beside its data."""

    @property
    def workflows(self) -> dict[str, Any]:
        """Workflows that users run."""

    @property
    def manifest_global(self) -> dict[str, str]:
        """Entries of the `ConfigMap` `manifest-global`, beside those that other fields give."""

    @property
    def parent(self) -> str | None:
        """The commons whose sign-in and index it uses."""

    @property
    def content(self) -> dict[str, str]:
        """Files of the application, by what they are for: a file below `content/` each."""

    @property
    def secrets(self) -> dict[str, Any]:
        """Secrets that are named or filled otherwise than by default, by purpose: `fence-jwt`."""

    @property
    def secret_store(self) -> dict[str, Any]:
        """How secrets are read from the cloud's secret manager."""

    @property
    def database_setup(self) -> Literal["job", "none"]:
        """Who makes the services' databases."""

    @property
    def maintenance(self) -> bool:
        """Banner that replaces the commons while it is worked on."""

    @property
    def notifications(self) -> dict[str, Any]:
        """Where alerts about its jobs go."""

    @property
    def values(self) -> dict[str, Any]:
        """Raw values of the chart gen3, merged last."""

    @property
    def omit(self) -> list[str]:
        """Values that we would generate and that must not be there: dotted paths."""

    @property
    def lifecycle(self) -> Literal["active", "retiring", "retired"]:
        """Whether it stays."""

    @property
    def management(self) -> dict[str, str]:
        """Who owns its outputs."""

    @property
    def identity(self) -> dict[str, Any]:
        """Names that an imported environment keeps."""

    @property
    def naming(self) -> dict[str, str]:
        """Naming rules of this environment."""

    @property
    def commons(self) -> Commons:
        """The commons it is of."""

    def to_dict(self) -> dict[str, Any]:
        """Everything in effect as plain data, with the keys of fleet files."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Tree:
    """A rendered tree: a mapping of paths to files, sorted, in memory.

    It is a function of its fleet and of what was compiled; a pickled tree is
    compiled again where it is read.
    """

    @property
    def fleet(self) -> Fleet:
        """The fleet it was compiled from."""

    @property
    def report(self) -> Report:
        """What compiling it found."""

    @property
    def pending(self) -> list[File]:
        """The files that wait for outputs."""

    def diff(
        self,
        old: Fleet | Tree | _Path,
        *,
        only: Iterable[str] | None = None,
        threads: int | None = None,
    ) -> Diff:
        """What is different from an older side, and how dangerous that is.

        Args:
            old: A fleet, a tree, or a directory that holds a fleet, a rendered tree, a GitOps
                repository or Terraform roots.
            only: Patterns of objects: `commons.midrc.*`.
            threads: How many threads to use; one a core by default.

        Raises:
            FleetError: The directory holds a fleet that does not load.
            FileNotFoundError: There is no such directory.
            CsocError: There is nothing in it that can be compared.
        """

    def verify(self, *, threads: int | None = None) -> Report:
        """Check the files as they would be written.

        Each text reads as its document, no value is missing, and who runs as what agrees.

        Args:
            threads: How many threads to use; as many as compiling it by default.
        """

    def write(
        self,
        out: _Path,
        *,
        allow_pending: bool = False,
        terraform: _Path | None = None,
        gitops: _Path | None = None,
        force: Iterable[_Path] | None = None,
        durable: bool = False,
        dry_run: bool = False,
        threads: int | None = None,
    ) -> Rendering:
        """Write it, as `Fleet.render` with what was compiled here.

        Args:
            out: The directory that `terraform/` and `gitops/` are in.
            allow_pending: Write markers in place of values that wait for outputs, instead of
                withholding their files.
            terraform: A repository of its own for the Terraform roots.
            gitops: A repository of its own for the Argo CD tree.
            force: Files and directories below `out` that are overwritten whoever made them.
            durable: Whether the result must survive a power loss.
            dry_run: Only report; nothing is written, and errors are in the report.
            threads: How many threads to use; as many as compiling it by default.

        Raises:
            FleetError: Something is wrong that nothing covers; nothing was written.
            WriteError: The output cannot be written; what was there is whole.
        """

    def __getitem__(self, path: str, /) -> File: ...
    def __contains__(self, path: object, /) -> bool: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[str]: ...
    @overload
    def get(self, key: str, default: None = None) -> File | None: ...
    @overload
    def get(self, key: str, default: _Default) -> File | _Default:
        """The file at that path, or `default`."""

    def keys(self) -> KeysView[str]:
        """The paths."""

    def values(self) -> ValuesView[File]:
        """The files."""

    def items(self) -> ItemsView[str, File]:
        """Paths and files."""

    def to_dict(self) -> dict[str, bytes]:
        """The bytes of all files by path."""

    def to_records(self) -> list[dict[str, Any]]:
        """One record a file: path, object, backend, number of bytes, what it waits for."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class File:
    """A rendered file, in memory."""

    @property
    def path(self) -> str:
        """Its path below the output directory."""

    @property
    def object(self) -> str:
        """The model path of the fleet object it comes from."""

    @property
    def backend(self) -> _Backend:
        """Who rendered it."""

    @property
    def bytes(self) -> _Bytes:
        """Its bytes as they are written."""

    @property
    def text(self) -> str:
        """Its text."""

    @property
    def data(self) -> _Data:
        """What it holds, as Helm or a JSON reader would read it; `None` for other languages."""

    @property
    def pending(self) -> list[str]:
        """The outputs it waits for, each as `STACK#OUTPUT`."""

    def to_dict(self) -> dict[str, Any]:
        """Its path, object, backend, number of bytes and what it waits for."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Rendering:
    """What a render did, by what happened to each file; paths are below the output directory."""

    def __new__(cls, data: str, report: Report) -> Rendering: ...
    @property
    def written(self) -> bool:
        """Whether anything was written."""

    @property
    def added(self) -> list[str]:
        """Files that were not there."""

    @property
    def changed(self) -> list[str]:
        """Files whose content is new."""

    @property
    def removed(self) -> list[str]:
        """Files that are no longer rendered."""

    @property
    def unchanged(self) -> int:
        """How many files were there already, byte for byte."""

    @property
    def kept(self) -> dict[str, str]:
        """Files that were left alone, with the reason."""

    @property
    def pending(self) -> list[_Pending]:
        """Files that wait for outputs."""

    @property
    def objects(self) -> dict[str, dict[str, int]]:
        """How many files each object renders, by backend."""

    @property
    def report(self) -> Report:
        """Everything that was found."""

    def to_dict(self) -> dict[str, Any]:
        """All of it but the report as plain data."""

    def to_records(self) -> list[dict[str, Any]]:
        """One record a file that something happened to: path, state, detail."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class ImportReport:
    """What became of everything that an import read: `csoc.import_fleet` gives it.

    A notebook shows a row for every document of every object.
    """

    def __new__(cls, json: str, markdown: str) -> ImportReport: ...
    @property
    def share(self) -> float:
        """Share of plain leaves of values in model, naming rules and recorded outputs, in percent."""

    @property
    def live_share(self) -> float:
        """The same of those leaves that something of the chart reads."""

    @property
    def notes(self) -> list[dict[str, Any]]:
        """What a person should know: `kind`, `file`, `line`, `column`, `message`."""

    def to_dict(self) -> dict[str, Any]:
        """All of it, as `import-report.json` holds it."""

    def to_records(self) -> list[dict[str, Any]]:
        """A row for every document of every object, for a data frame: what became of its leaves."""

    def to_markdown(self) -> str:
        """The page `import-report.md`."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Graph:
    """What a fleet's environments are made of, and what needs what.

    `fleet.graph()` is all of it; `fleet.graph("commons.midrc.environments.prod")` is
    what one node needs and what breaks if it goes. A notebook draws it.
    """

    @property
    def nodes(self) -> list[_GraphNode]:
        """Everything there is, sorted by `id`."""

    @property
    def links(self) -> list[_GraphLink]:
        """How it hangs together: `from` needs `to`, or trusts it."""

    @property
    def kinds(self) -> dict[str, int]:
        """How many nodes there are of each kind."""

    @property
    def node(self) -> str | None:
        """The id of the node that it is about; `None` where it is about all."""

    @property
    def needs(self) -> list[_Reached] | None:
        """What that node needs, the nearest first; `None` where there is none."""

    @property
    def breaks(self) -> list[_Reached] | None:
        """What breaks if that node goes, the nearest first; `None` where there is none."""

    def focus(self, node: str) -> Graph:
        """The graph around one node of the whole fleet.

        Args:
            node: Its id, the path of its environment, or a name that no other node has.

        Raises:
            LookupError: There is no such node.
            ValueError: Several nodes have that name.
        """

    def to_mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""

    def to_dot(self) -> str:
        """The graph in the language of Graphviz."""

    def to_svg(self) -> str:
        """The graph as a picture: the 60 nodes nearest to the focus, or a whole graph of no more.

        Raises:
            ValueError: A whole graph has more nodes than a picture shows.
        """

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def to_records(self) -> list[_GraphLink]:
        """The links, for a table."""

    def __len__(self) -> int:
        """How many nodes there are."""

    def __contains__(self, key: str, /) -> bool:
        """Whether there is a node of that id."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Diff:
    """What is different between two sides: changes by object, the worst first. Empty is false."""

    @property
    def old(self) -> str:
        """What the old side is called."""

    @property
    def new(self) -> str:
        """What the new side is called."""

    @property
    def changes(self) -> list[_Change]:
        """The changes, with every place where each shows."""

    @property
    def worst(self) -> _Danger | None:
        """The worst danger; `None` where nothing is different."""

    @property
    def dangers(self) -> dict[_Danger, int]:
        """How many changes there are of each danger."""

    def to_text(self) -> str:
        """The differences as `csoc diff` prints them."""

    def to_json(self) -> str:
        """The differences as `csoc diff --format json` prints them."""

    def to_markdown(self) -> str:
        """The differences for a pull request."""

    def to_html(self) -> str:
        """The differences as static HTML."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def to_records(self) -> list[_ChangeRecord]:
        """A row a change, for a table; `places` is how many there are, `sources` where the fleet says it."""

    def __len__(self) -> int:
        """How many changes there are."""

    def __bool__(self) -> bool:
        """Whether anything is different."""

    def __iter__(self) -> Iterator[_Change]:
        """The changes one after the other."""

    def __getitem__(self, index: int, /) -> _Change:
        """The change of that number."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Promotion:
    """Fields of one environment carried to another: edits of the fleet's files. False where nothing is to do."""

    @property
    def diff(self) -> Diff:
        """What is different then."""

    @property
    def patch(self) -> str:
        """The changed lines, as a unified diff."""

    @property
    def files(self) -> dict[str, str]:
        """The whole new text of each changed file, by its path below the fleet."""

    def write(self, fleet: _Path) -> None:
        """Writes the files below the fleet's directory, all of them or none.

        Args:
            fleet: The directory that the fleet was loaded from.

        Raises:
            WriteError: Somebody changed one of the files meanwhile.
            OSError: A file cannot be written.
        """

    def __bool__(self) -> bool:
        """Whether a file changes."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Run(Generic[_Result]):
    """A run that goes on by itself: look at it, wait for it, ask it to stop.

    It belongs to nobody: letting go of it does not stop it. In a notebook it shows how it goes, in
    place. `await run` waits beside whatever else the loop does.
    """

    @classmethod
    def __class_getitem__(cls, item: type[_Result]) -> GenericAlias: ...
    @property
    def id(self) -> str:
        """Its name, in the journal and in the names of sessions."""

    @property
    def what(self) -> _What:
        """What is done."""

    @property
    def done(self) -> bool:
        """Whether it came to its end, whatever that is."""

    @property
    def state(self) -> Literal["running", "asks", "stopping", "done"]:
        """Whether it runs, has plans approved by whoever waits for it, was asked to stop, or came to its end."""

    def wait(self, timeout: float | None = None) -> _Result:
        """Wait for its end, and give what it came to.

        The first Ctrl-C asks it to stop and waits for what was begun to end; the second leaves it to
        itself. Both raise `KeyboardInterrupt` then.

        Args:
            timeout: For how many seconds at most; the run goes on.

        Raises:
            OperateError: It is an apply, and not all of it was done; or nothing could be begun.
            TimeoutError: It still runs.
        """

    def events(self) -> Iterator[RunEvent]:
        """What happened and what happens, as it happens, until its end.

            for event in run.events():
                print(event.stack, event.kind, event.address)

        The last 65,536 are kept for those who ask late. Ctrl-C is as in `wait`.
        """

    def aevents(self) -> AsyncIterator[RunEvent]:
        """The same for a loop: `async for event in run.aevents()`."""

    def cancel(self) -> None:
        """Ask it to stop: what was begun is ended, nothing else begins. The second time, leave it to itself."""

    def to_records(self) -> list[_StackProgress]:
        """How each stack goes: a row each."""

    def __await__(self) -> Generator[Any, Any, _Result]:
        """Wait for its end beside whatever else the loop does.

        Cancelling that asks it to stop and waits; cancelling again leaves it to itself.
        """

    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def _repr_html_(self) -> str: ...
    def _ipython_display_(self) -> None: ...
    def _ask(self) -> None:
        """Ask where there is a question."""

    def _question(self) -> _Anything:
        """Take a question that waits for an answer, which must be given then."""

    def _call(self, asked: _Anything) -> _Anything:
        """What is said to a question."""

    def _answer(self, asked: _Anything, said: _Anything) -> None:
        """Answer with that."""

    def _pause(self, seconds: float) -> bool:
        """Wait so long at most; whether it came to its end."""

    def _events_from(self, number: int, seconds: float) -> tuple[list[RunEvent], int, bool]:
        """Events from a number on, the number to go on from, and whether nothing will be added."""

@final
class RunEvent:
    """One thing that happened in a run: no value of any resource is in it."""

    def __new__(cls, data: str) -> RunEvent: ...
    @property
    def kind(self) -> _EventKind:
        """What happened: `begun` and `ended` of a stack, else what Terraform says of it."""

    @property
    def stack(self) -> str:
        """To which stack."""

    @property
    def at(self) -> str:
        """When, as RFC 3339 writes it."""

    @property
    def address(self) -> str | None:
        """The resource, where it is about one."""

    @property
    def action(self) -> str | None:
        """What happens to the resource: `create`, `update`, `replace`, `delete`."""

    @property
    def seconds(self) -> float | None:
        """How long it took, or takes already."""

    @property
    def message(self) -> str | None:
        """What is wrong, in a line: of a diagnostic, or of a stack that failed."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class PlanPage:
    """What the plans of a run would do, stack by stack, without a value of anything. False where nothing is to do."""

    def __new__(cls, data: str) -> PlanPage: ...
    @property
    def run(self) -> str:
        """The run."""

    @property
    def aim(self) -> Literal["change", "destroy"]:
        """What its plans are for."""

    @property
    def digest(self) -> str:
        """The digest of all plans: `Fleet.apply` and `Fleet.destroy` want it, or twelve or more of its first digits."""

    @property
    def expires(self) -> str | None:
        """Until when all of them may be applied; `None` where there is nothing to apply."""

    @property
    def headline(self) -> str:
        """The page in a sentence."""

    @property
    def bundles(self) -> list[str]:
        """The digests of the single plans, in the order in which they are applied."""

    @property
    def ok(self) -> bool:
        """Whether every stack was planned, or waits for outputs."""

    def to_text(self) -> str:
        """The page as a terminal shows it."""

    def to_markdown(self) -> str:
        """The page for a pull request."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, as `csoc plan --format json` prints it."""

    def to_records(self) -> list[_PlanRecord]:
        """A row a stack, for a table."""

    def __len__(self) -> int:
        """How many stacks there are."""

    def __bool__(self) -> bool:
        """Whether anything is to be applied."""

    def __iter__(self) -> Iterator[_PlanRow]:
        """The stacks, with every change of each."""

    def __getitem__(self, index: int, /) -> _PlanRow:
        """The stack of that number."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_markdown_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class RunTable:
    """A table about runs: what became of each stack of one, or which runs there were."""

    def __new__(cls, data: str) -> RunTable: ...
    @property
    def kind(
        self,
    ) -> Literal[
        "apply", "destroy", "drift", "pull", "attach", "advance", "accounts", "secrets", "unlock", "run", "runs"
    ]:
        """What it is about."""

    @property
    def run(self) -> str | None:
        """The run, where it is about one."""

    @property
    def ok(self) -> bool:
        """Whether all was done that could be tried. What drifted was looked at, and is no failure."""

    @property
    def headline(self) -> str:
        """The table in a line: `3 stacks: 2 applied, 1 failed`."""

    def to_text(self) -> str:
        """The table as a terminal shows it."""

    def to_records(self) -> list[dict[str, Any]]:
        """A record a row; all have the same keys, `stack`, `outcome` and `remark` where it is about stacks."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __iter__(self) -> Iterator[dict[str, Any]]: ...
    def __getitem__(self, index: int, /) -> dict[str, Any]: ...
    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class StatusPage:
    """What runs in the clusters of a fleet, against what is rendered: data of one moment."""

    def __new__(cls, data: str) -> StatusPage: ...
    @property
    def at(self) -> str:
        """When the clusters said so."""

    @property
    def headline(self) -> str:
        """The page in a line."""

    @property
    def ok(self) -> bool:
        """Whether every cluster was read. What they say may be bad all the same."""

    @property
    def well(self) -> bool:
        """Whether every cluster was read, and all is well and as it is rendered."""

    @property
    def tally(self) -> _StatusTally:
        """How much there is of what."""

    @property
    def clusters(self) -> list[_StatusCluster]:
        """The clusters whose Argo CD was asked; of those that were not read the `reason`, and a `message`."""

    @property
    def problems(self) -> list[_StatusProblem]:
        """What is not as it is rendered, or not well, the oldest first."""

    def to_text(self) -> str:
        """The page as a terminal shows it."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data, as `csoc status --format json` prints it."""

    def to_records(self) -> list[_StatusRecord]:
        """A flat row an object, for a table; `unread` says why nothing is known of its cluster."""

    def __len__(self) -> int:
        """How many objects there are."""

    def __iter__(self) -> Iterator[_StatusObject]:
        """The objects, each once for each Argo CD that has something of it."""

    def __getitem__(self, index: int, /) -> _StatusObject:
        """The object of that number."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class StatusWatch:
    """Looks at clusters again and again, in a `for` or an `async for`: pages, each of which says something new."""

    @property
    def every(self) -> int:
        """How many seconds lie between two looks at a cluster."""

    @property
    def clusters(self) -> list[str]:
        """The clusters that are asked."""

    def __iter__(self) -> StatusWatch: ...
    def __next__(self) -> StatusPage:
        """Wait for the next page; the first comes as soon as all clusters answered."""

    def __aiter__(self) -> StatusWatch: ...
    async def __anext__(self) -> StatusPage:
        """Wait for the next page beside whatever else the loop does."""

    def _begin(self) -> int: ...
    def _wait(self, wait: int) -> StatusPage | None: ...
    def _give_up(self, wait: int) -> None: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...

@final
class BootstrapReport:
    """The ordered steps from nothing to a running operations center and a first commons."""

    def __new__(cls, data: str, text: str, markdown: str) -> BootstrapReport: ...
    @property
    def fleet(self) -> str:
        """The fleet."""

    def to_text(self) -> str:
        """The steps as a terminal shows them."""

    def to_markdown(self) -> str:
        """The steps as a page."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def to_records(self) -> list[_StepRecord]:
        """A row a step, without its commands."""

    def __len__(self) -> int:
        """How many steps there are."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_markdown_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Explanation:
    """A value with what set it, what it overrode and the rule that derived it."""

    def __new__(cls, data: str) -> Explanation: ...
    @property
    def path(self) -> str:
        """The path that was asked for."""

    @property
    def value(self) -> _Data:
        """The value; `None` where the field is not set and has no default."""

    @property
    def place(self) -> _Place | None:
        """Where it stands, if it is written in a file."""

    @property
    def notes(self) -> list[str]:
        """What is to be said of it, in a sentence each."""

    @property
    def layers(self) -> list[_LayerValue]:
        """What each layer says of it, lowest first."""

    @property
    def rule(self) -> dict[str, Any] | None:
        """The rule that derived it, with its inputs."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def to_records(self) -> list[_LayerValue]:
        """One record a layer."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Report:
    """Everything that a call found: new findings first, errors before warnings, then by place."""

    def __new__(
        cls,
        diagnostics: Sequence[Diagnostic],
        summary: Sequence[int],
        text: str,
        undecided: Mapping[str, int] = ...,
    ) -> Report: ...
    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All findings."""

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The errors that neither baseline nor waiver covers."""

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings that neither baseline nor waiver covers."""

    @property
    def summary(self) -> _Summary:
        """How many findings there are of each kind."""

    @property
    def undecided(self) -> dict[str, int]:
        """How often the text of a verified tree does not decide what was asked of it, by reason.

        That is no finding, and no proof either.
        """

    def to_text(self) -> str:
        """What a terminal shows."""

    def to_records(self) -> list[dict[str, Any]]:
        """One flat record a finding, with the first of its places."""

    def to_dict(self) -> dict[str, Any]:
        """The same as `csoc check --format json` prints."""

    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __iter__(self) -> Iterator[Diagnostic]: ...
    def __getitem__(self, index: int, /) -> Diagnostic: ...
    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Diagnostic:
    """Something that does not hold, with its place and its fix."""

    def __new__(
        cls,
        code: str,
        severity: str,
        message: str,
        help: str | None,  # noqa: A002
        labels: Sequence[Label],
        object: str | None,  # noqa: A002
        path: str | None,
        docs: str,
        status: str,
        is_failure: bool,
    ) -> Diagnostic: ...
    @property
    def code(self) -> str:
        """Which kind: a stable word."""

    @property
    def severity(self) -> _Severity:
        """How much it matters."""

    @property
    def message(self) -> str:
        """What it is and what it must be."""

    @property
    def help(self) -> str | None:
        """How to mend it."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """Where; the first is the place to go to."""

    @property
    def object(self) -> str | None:
        """The object it concerns, as a model path."""

    @property
    def path(self) -> str | None:
        """The field it concerns, as a model path."""

    @property
    def docs(self) -> str:
        """Where to read more about it."""

    @property
    def status(self) -> _Status:
        """Whether it counts."""

    @property
    def is_failure(self) -> bool:
        """Whether a check fails on it."""

    def to_dict(self) -> dict[str, Any]:
        """All of it as plain data."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
    def _repr_html_(self) -> str: ...
    def _repr_mimebundle_(self, include: _Anything = None, exclude: _Anything = None) -> dict[str, str]: ...

@final
class Label:
    """One place of a finding.

    Lines and columns count from 1, columns in characters, ends are exclusive.
    """

    def __new__(
        cls,
        file: str,
        line: int,
        column: int,
        end_line: int,
        end_column: int,
        root: str,
        message: str,
        excerpt: str,
    ) -> Label: ...
    @property
    def file(self) -> str:
        """The file, relative to its root."""

    @property
    def line(self) -> int:
        """First line."""

    @property
    def column(self) -> int:
        """First column."""

    @property
    def end_line(self) -> int:
        """Last line."""

    @property
    def end_column(self) -> int:
        """Column behind the last character."""

    @property
    def root(self) -> _Root:
        """What `file` is relative to: the fleet or a tree."""

    @property
    def message(self) -> str:
        """What is here."""

    @property
    def excerpt(self) -> str:
        """The text of the line, as written."""

    def to_dict(self) -> dict[str, Any]:
        """All of it but the excerpt as plain data."""

    def __eq__(self, other: _Anything, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __rich_repr__(self) -> Iterable[tuple[str, Any]]: ...
    def __reduce__(self) -> tuple[Any, ...]: ...
