#!/usr/bin/env python3
"""Runs checkov over rendered Terraform; what fails must be in checkov_skips.py.

    checkov_run.py CHECKOV TREE

Prints each failure that no skip covers, and each skip that covers nothing. Exit status: 0 if there is neither.
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import time

from checkov_skips import SKIPS

MOST_SKIPS = 15


def failures(checkov, tree):
    """Check, name and place of everything that failed."""
    words = [checkov, "-d", tree, "--framework", "terraform", "--compact", "--quiet", "--soft-fail", "-o", "json"]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    reports = json.loads(run.stdout)
    for report in reports if isinstance(reports, list) else [reports]:
        print(f"{report['summary']['passed']} checks passed, {report['summary']['failed']} failed")
        for entry in report["results"]["failed_checks"]:
            yield entry["check_id"], entry["check_name"], f"{entry['file_path']}:{entry['resource']}"


def main():
    checkov, tree = sys.argv[1:3]
    started = time.monotonic()
    covered, found = collections.Counter(), collections.defaultdict(list)
    for check, name, place in failures(checkov, pathlib.Path(tree)):
        known = [skip for skip in SKIPS if skip.check == check and re.search(skip.place, place)]
        covered.update(known)
        if not known:
            found[check, name].append(place)
    for skip in SKIPS:
        print(f"  {covered[skip]:4} {skip.check:12} {skip.reason}")
    for (check, name), places in sorted(found.items()):
        print(f"{check} {name}: {len(places)}")
        for place in places[:5]:
            print(f"  {place}")
    unused = [skip for skip in SKIPS if skip not in covered]
    for skip in unused:
        print(f"nothing fails {skip.check} in {skip.place}, so it needs no skip")
    checks = [skip.check for skip in SKIPS]
    twice = sorted({check for check in checks if checks.count(check) > 1})
    if twice:
        print(f"more than one skip: {', '.join(twice)}")
    if len(SKIPS) > MOST_SKIPS:
        print(f"{len(SKIPS)} skips, at most {MOST_SKIPS}")
    print(f"{covered.total()} failures are in {len(SKIPS)} skips, {time.monotonic() - started:.0f} s")
    return 1 if found or unused or twice or len(SKIPS) > MOST_SKIPS else 0


if __name__ == "__main__":
    sys.exit(main())
