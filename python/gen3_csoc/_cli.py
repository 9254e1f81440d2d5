"""The `csoc` command, as the wheel installs it."""

import signal
import sys

from gen3_csoc import _native


def main() -> int:
    """Run the command with the arguments of this process; give back its exit status."""
    # Python's own handlers only act between Python instructions, of which there will be none.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.run_cli(["csoc", *sys.argv[1:]])
