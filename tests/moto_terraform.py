#!/usr/bin/env python3
"""A Terraform that talks to a pretended AWS: what `csoc --terraform` is given where moto stands in for the cloud.

What moto cannot make (terraform_exceptions.py) is taken out of the working copy before `init`, so that csoc itself, the
fleet and what is rendered of it are as they are for real AWS. `MOTO` says where moto is.
"""

import os
import pathlib
import sys

import terraform_exceptions as exceptions
import terraform_root


def stack_of(place):
    """The stack of a working copy, as far as stand-ins need it: its directory says it."""
    _, account, region, _, scope = place.as_posix().partition("/work/")[2].split("/", 4)
    return {"account": account, "region": None if region == "global" else region, "scope": scope}


def main():
    words = sys.argv[1:]
    place = pathlib.Path.cwd()
    if words[:1] == ["init"] and "/work/v1/" in place.as_posix():
        stack = stack_of(place)
        terraform_root.without(place, exceptions.LEFT_OUT, lambda name: exceptions.stand_in(name, stack))
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": "http://amazonaws.com",
        "AWS_ENDPOINT_URL_S3": "http://s3.amazonaws.com",
        "HTTP_PROXY": os.environ.get("MOTO", ""),
    }
    os.execvpe("terraform", ["terraform", *words], environment)  # noqa: S606, S607 (it takes this one's place)


if __name__ == "__main__":
    main()
