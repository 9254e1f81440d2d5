"""Checks of checkov that do not hold for what we render, each with the reason. At most fifteen.

By check: which resources it may fail for (a pattern of `file:resource`), and why that is right.
"""

SKIPS = {}
