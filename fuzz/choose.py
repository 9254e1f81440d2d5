"""Keeps the few inputs that together reach most: `python3 fuzz/choose.py CONTROL CORPUS`.

CONTROL is what libFuzzer's merge for a set cover wrote down: its inputs by number, and all that each reaches.
"""

import hashlib
import sys
from pathlib import Path

# A corpus is to be read, and fetched by everyone: what is left out here is found again in minutes.
FILES = 60
BYTES = 72_000


def main() -> None:
    control, corpus = Path(sys.argv[1]), Path(sys.argv[2])
    lines = control.read_text().splitlines()
    count = int(lines[0])
    contents = [Path(name).read_bytes() for name in lines[2 : 2 + count]]
    reached: dict[int, set[int]] = {}
    for line in lines[2 + count :]:
        kind, _, rest = line.partition(" ")
        number, _, reaches = rest.partition(" ")
        if kind == "FT":
            # Eight numbers tell how often an edge was taken; that it was is what counts here.
            reached[int(number)] = {int(feature) // 8 for feature in reaches.split()}
    everything = set().union(*reached.values())
    left, chosen, size = set(everything), [], 0
    while left and len(chosen) < FILES:
        # What reaches more for its length comes first; the number decides where two are alike.
        best = max(reached, key=lambda number: (len(reached[number] & left) / (len(contents[number]) + 2_000), -number))
        new = reached.pop(best) & left
        if not new or not reached:
            break
        if size + len(contents[best]) <= BYTES:
            left -= new
            chosen.append(contents[best])
            size += len(contents[best])
    for old in corpus.iterdir():
        old.unlink()
    for content in chosen:
        (corpus / hashlib.sha1(content).hexdigest()).write_bytes(content)
    covered = len(everything) - len(left)
    print(f"{corpus.name}: {len(chosen)} files, {size} bytes, {covered} of {len(everything)} edges")


if __name__ == "__main__":
    main()
