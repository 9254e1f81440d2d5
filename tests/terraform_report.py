"""What a run of terraform_apply.py made, for who reads its output and for the page that shows it."""

import terraform_exceptions as exceptions

STEPS = ("apply", "plan", "destroy")


def by_layer(roots):
    """The roots of each layer, layers in the order in which they were applied."""
    found = {}
    for root in roots:
        found.setdefault(root.stack["kind"], []).append(root)
    return found


def seconds(roots):
    return " ".join(f"{sum(root.seconds.get(step, 0) for root in roots):6.1f} s" for step in STEPS)


def roots(every):
    """A line a root, with what its second plan would have changed."""
    print(f"{'root':44} {'made':>5} {'out':>4} {'apply':>8} {'plan':>8} {'destroy':>8}")
    for root in every:
        print(f"{root.stack['path']:44} {root.resources:5} {len(root.left_out):4} {seconds([root])}")
        for drift in root.drifts:
            reason = exceptions.DRIFTS.get(drift)
            print(f"  drift of {drift[0]}.{drift[1]}: {reason or 'UNEXPECTED'}")


def layers(every):
    """A line a layer."""
    print(f"{'layer':14} {'roots':>5} {'made':>5} {'out':>4} {'share':>6} {'apply':>8} {'plan':>8} {'destroy':>8}")
    for kind, found in by_layer(every).items():
        print(f"{kind:14} {len(found):5} {counts(found)} {share(found):6.0%} {seconds(found)}")
    print(f"{'all':14} {len(every):5} {counts(every)} {'':6} {seconds(every)}")


def counts(found):
    return f"{sum(root.resources for root in found):5} {sum(len(root.left_out) for root in found):4}"


def share(found):
    """How much of a root was made, of these the least."""
    return min(root.share for root in found)


def wrong(every):
    """Changes that nobody foresaw, layers of which too little was made, exceptions that are none or too many."""
    found = [
        f"{root.stack['path']} would change {drift[0]}.{drift[1]}"
        for root in every
        for drift in root.drifts
        if drift not in exceptions.DRIFTS
    ]
    for kind, of_kind in by_layer(every).items():
        least = 1 if kind in exceptions.WHOLE else exceptions.SHARE
        if share(of_kind) < least:
            found.append(f"{kind}: only {share(of_kind):.0%} of its resources were made")
    for what, known, most in (("types", exceptions.LEFT_OUT, 10), ("drifts", exceptions.DRIFTS, 5)):
        if len(known) > most:
            found.append(f"{len(known)} {what} are exceptions: at most {most}")
    return found


def table(every, beyond):
    """The same for the page: nothing of it is different the next time, as long as the fleet is the same."""
    lines = ["", "| layer | roots | resources | made |", "|---|---|---|---|"]
    for kind, found in by_layer(every).items():
        resources = sum(root.resources for root in found)
        lines.append(f"| `{kind}` | {len(found)} | {resources} | {share(found):.0%} |")
    lines += [f"| `{kind}` | {count} | 0 | {exceptions.LAYERS[kind]} |" for kind, count in beyond.items()]
    lines += ["", "Left out of the copies, as are the resources that refer to them:", ""]
    lines += [f"- `{kind}`: {reason}" for kind, reason in exceptions.LEFT_OUT.items()]
    lines += ["", "A second plan of every root is empty."]
    if exceptions.DRIFTS:
        lines[-1] = "A second plan would change this, though nothing did:"
        lines += ["", *(f"- `{kind}`, its `{name}`: {reason}" for (kind, name), reason in exceptions.DRIFTS.items())]
    lines += ["", "What the plan of an import sets, and the cloud has no notion of or does not tell:", ""]
    lines += [f"- `{kind}`, its `{name}`: {reason}" for (kind, name), reason in exceptions.IMPORTED.items()]
    return "\n".join([*lines, "", ""])
