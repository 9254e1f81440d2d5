"""One typed model of a fleet of Gen3 data commons.

It compiles to Terraform, Helm values and Argo CD applications, and is checked
as a whole before anything runs:

    import gen3_csoc as csoc

    fleet = csoc.Fleet.load("fleet/")
    report = fleet.check()
    tree = fleet.compile()
    rendering = tree.write("build/")
"""

from gen3_csoc import _runs, _shared, _status
from gen3_csoc._native import (
    Account,
    BootstrapReport,
    Catalogs,
    Cluster,
    Commons,
    Diagnostic,
    Diff,
    Environment,
    Explanation,
    File,
    Fleet,
    Graph,
    ImportReport,
    Label,
    ObjectMap,
    PlanPage,
    Promotion,
    Rendering,
    Report,
    Run,
    RunEvent,
    RunTable,
    StatusPage,
    StatusWatch,
    Tree,
    __version__,
    import_fleet,
    schema,
    verify,
)
from gen3_csoc.errors import CsocError, FleetError, OperateError, WriteError

__all__ = [
    "Account",
    "BootstrapReport",
    "Catalogs",
    "Cluster",
    "Commons",
    "CsocError",
    "Diagnostic",
    "Diff",
    "Environment",
    "Explanation",
    "File",
    "Fleet",
    "FleetError",
    "Graph",
    "ImportReport",
    "Label",
    "ObjectMap",
    "OperateError",
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
    "WriteError",
    "__version__",
    "import_fleet",
    "schema",
    "verify",
]

_shared.mapping(ObjectMap, Tree)
_shared.display(
    Account,
    BootstrapReport,
    Catalogs,
    Cluster,
    Commons,
    Diagnostic,
    Environment,
    Explanation,
    File,
    Fleet,
    ImportReport,
    ObjectMap,
    PlanPage,
    Rendering,
    Report,
    RunEvent,
    RunTable,
    StatusPage,
    Tree,
)
_runs.give(Run)
_status.give(Fleet, StatusWatch)
