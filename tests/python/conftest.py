"""What the tests share: the quickstart fleet, and one that has errors."""

from pathlib import Path

import pytest

import gen3_csoc as csoc

ROOT = Path(__file__).parents[2]
QUICKSTART = ROOT / "examples" / "quickstart"


@pytest.fixture(scope="session")
def fleet() -> csoc.Fleet:
    return csoc.Fleet.load(QUICKSTART)


@pytest.fixture(scope="session")
def quickstart() -> str:
    return (QUICKSTART / "fleet.yaml").read_text(encoding="utf-8")


@pytest.fixture
def broken(quickstart: str) -> csoc.FleetError:
    """What loading a fleet with three defects raises."""
    text = quickstart.replace('"111122223333"', "111122223333").replace("tier: dev", "tire: dev")
    with pytest.raises(csoc.FleetError) as caught:
        csoc.Fleet.from_files({"fleet.yaml": text})
    return caught.value


@pytest.fixture(scope="session")
def report(quickstart: str) -> csoc.Report:
    """A report with at least one error: two clusters share addresses."""
    text = quickstart.replace(
        "    network: { cidr: 10.20.0.0/16 }",
        "    network: { cidr: 10.20.0.0/16 }\n  twin:\n    account: demo\n    network: { cidr: 10.20.0.0/16 }",
    )
    return csoc.Fleet.from_files({"fleet.yaml": text}).check()
