"""`python -m gen3_csoc` is the `csoc` command."""

import sys

from gen3_csoc._cli import main

if __name__ == "__main__":
    sys.exit(main())
