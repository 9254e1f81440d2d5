"""What a script says where it cannot run, and whether it may."""

import os
import shutil


def without_terraform() -> int | None:
    """The exit status of a script that needs Terraform and does not find it; none where it is there.

    That it is skipped is said, and is no failure, unless `CSOC_NEED_TERRAFORM` says that there is one.
    """
    if shutil.which("terraform"):
        return None
    if os.environ.get("CSOC_NEED_TERRAFORM"):
        print("CSOC_NEED_TERRAFORM is set, and there is no terraform")
        return 1
    print("skipped: there is no terraform")
    return 0
