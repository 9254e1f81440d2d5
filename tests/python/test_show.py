"""What notebooks and rich show: static, escaped, in one piece."""

import re
from typing import Any

import pytest

import gen3_csoc as csoc

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def nasty(quickstart: str) -> csoc.Fleet:
    return csoc.Fleet.from_files(
        {"fleet.yaml": quickstart.replace("Demo Commons", NASTY.replace("'", "''").join("''"))}
    )


def test_html_is_escaped(nasty: csoc.Fleet) -> None:
    commons = nasty.commons["demo"]
    assert commons.title == NASTY
    for value in (commons, nasty.commons, nasty):
        html = value._repr_mimebundle_()["text/html"]
        assert "<script" not in html
    assert "&lt;script&gt;alert(&#x27;x&#x27;)" in commons._repr_html_()


def test_html_is_static(fleet: csoc.Fleet, report: csoc.Report, broken: csoc.FleetError) -> None:
    tree = fleet.compile()
    shown: list[Any] = [
        fleet,
        fleet.accounts,
        fleet.accounts["demo"],
        report,
        report[0],
        broken.diagnostics[0],
        tree,
        *tree.values(),
    ]
    for value in shown:
        bundle = value._repr_mimebundle_(include=None, exclude=None)
        assert set(bundle) == {"text/plain", "text/html"}
        assert bundle["text/plain"].startswith(repr(value))
        html = bundle["text/html"]
        assert not re.search(r"<script|<link|<iframe|<img|\bon\w+=|https?:[^<]*\">", html)
        opened, closed = re.findall(r"<(\w+)", html), re.findall(r"</(\w+)", html)
        assert sorted(opened) == sorted(closed)


def test_large_tables_are_cut(quickstart: str) -> None:
    environment = quickstart[quickstart.index("      dev:") :]
    more = "".join(
        environment.replace("dev:", f"dev{number}:", 1).replace("demo.example", f"demo{number}.example")
        for number in range(150)
    )
    fleet = csoc.Fleet.from_files({"fleet.yaml": quickstart + more})
    assert len(fleet.to_records()) == 151
    assert "and 51 more" in fleet._repr_html_()
