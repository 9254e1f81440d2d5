#!/usr/bin/env python3
"""The same fleet gives the same bytes, whatever the threads and the order in which its files were copied.

    determinism.py CSOC FLEET

Renders with one thread, with two, and from copies whose files were made in three random orders; compares everything
but the writer's own `.csoc`. Exit status 1 if anything differs. Standard library only.
"""

import hashlib
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile


def digest(tree):
    """One digest of all paths and bytes, and how many files and bytes there are."""
    files = sorted(path for path in tree.rglob("*") if path.is_file() and ".csoc" not in path.parts)
    whole = hashlib.sha256()
    size = 0
    for path in files:
        content = path.read_bytes()
        size += len(content)
        whole.update(f"{path.relative_to(tree)} {hashlib.sha256(content).hexdigest()}\n".encode())
    return whole.hexdigest(), len(files), size


def copy_shuffled(source, target, seed):
    files = [path for path in source.rglob("*") if path.is_file()]
    random.Random(seed).shuffle(files)  # noqa: S311, since an order is no secret
    for path in files:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def main():
    command, fleet = sys.argv[1], pathlib.Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        sources = {"as it is, 1 thread": (fleet, "1"), "as it is, 2 threads": (fleet, "2")}
        for seed in (1, 2, 3):
            copy = root / f"copy{seed}"
            copy_shuffled(fleet, copy, seed)
            sources[f"copied in random order {seed}"] = (copy, "2")
        results = {}
        for number, (name, (source, threads)) in enumerate(sources.items()):
            out = root / f"out{number}"
            render = [command, "render", str(source), "--out", str(out), "--threads", threads]
            subprocess.run(render, check=True, capture_output=True)
            results[name] = digest(out)
            whole, files, size = results[name]
            print(f"{whole[:16]}  {files} files  {size} bytes  {name}")
    same = len(set(results.values())) == 1
    print("identical" if same else "DIFFERENT")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
