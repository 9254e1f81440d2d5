"""What somebody writes into a fleet to be rid of what it keeps: for operate_moto.py, before it destroys everything."""

import yaml

KEPT = ("cluster-deletion-unprotected", "database-deletion-unprotected")


def release(place):
    """Takes the protection from every cluster and its stores, with the waivers that this needs."""
    file = place / "fleet.yaml"
    fleet = yaml.safe_load(file.read_text())
    names = []
    for name, cluster in fleet.get("clusters", {}).items():
        names.append(name)
        unprotect(cluster)
    # A cluster may stand in a file of its own.
    for own in sorted(place.glob("clusters/*.yaml")):
        names.append(own.stem)
        cluster = yaml.safe_load(own.read_text())
        unprotect(cluster)
        own.write_text(yaml.safe_dump(cluster, sort_keys=False))
    waivers = fleet.setdefault("policy", {}).setdefault("waivers", [])
    waivers += [waiver(code, name) for name in names for code in KEPT]
    file.write_text(yaml.safe_dump(fleet, sort_keys=False))


def unprotect(cluster):
    cluster["deletionProtection"] = False
    for kind in ("databases", "search"):
        stores = cluster.get(kind) or {"main": {}}
        cluster[kind] = {name: {**(store or {}), "deletionProtection": False} for name, store in stores.items()}


def waiver(code, cluster):
    return {
        "code": code,
        "object": f"clusters.{cluster}",
        "reason": "the proof ends here",
        "owner": "admin@example.org",
        "expires": "2099-12-31",
    }
