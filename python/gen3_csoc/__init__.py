"""One typed model of a fleet of Gen3 data commons.

It compiles to Terraform, Helm values and Argo CD applications, and is checked
as a whole before anything runs:

    import gen3_csoc as csoc

    fleet = csoc.Fleet.load("fleet/")
    report = fleet.check()
    tree = fleet.compile()
    rendering = tree.write("build/")
"""

from collections.abc import Mapping

from gen3_csoc._native import (
    Account,
    Cluster,
    Commons,
    Diagnostic,
    Diff,
    Environment,
    Explanation,
    File,
    Fleet,
    Graph,
    Label,
    ObjectMap,
    Rendering,
    Report,
    Tree,
    __version__,
    schema,
)
from gen3_csoc.errors import CsocError, FleetError, OperateError, WriteError

__all__ = [
    "Account",
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
    "Label",
    "ObjectMap",
    "OperateError",
    "Rendering",
    "Report",
    "Tree",
    "WriteError",
    "__version__",
    "schema",
]

Mapping.register(ObjectMap)
Mapping.register(Tree)
