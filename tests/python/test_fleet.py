"""Loading, looking around, and what a fleet is as a value."""

import copy
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

import gen3_csoc as csoc

QUICKSTART = Path(__file__).parents[2] / "examples" / "quickstart"


def test_a_fleet_loads_from_its_directory_and_from_its_file(fleet: csoc.Fleet) -> None:
    assert csoc.Fleet.load(str(QUICKSTART)) == fleet
    assert csoc.Fleet.load(QUICKSTART / "fleet.yaml", threads=1) == fleet
    assert fleet.name == "demo"
    assert fleet.edition == "2026.11"
    assert repr(fleet) == "Fleet(name='demo', accounts=1, clusters=1, commons=1, environments=1)"


def test_a_fleet_is_made_of_files_in_memory(fleet: csoc.Fleet, quickstart: str) -> None:
    assert csoc.Fleet.from_files({"fleet.yaml": quickstart}).to_records() == fleet.to_records()
    assert csoc.Fleet.from_files(fleet.files) == fleet
    assert csoc.Fleet.from_files({**fleet.files, "fleet.yaml": quickstart + "# more\n"}) != fleet


def test_objects_are_found_by_name(fleet: csoc.Fleet) -> None:
    environment = fleet.commons["demo"].environments["dev"]
    assert environment.hostname == "demo.example.org"
    assert environment.tier == "dev"
    assert environment.release == "2026.07"
    assert environment.commons == fleet.commons["demo"]
    assert environment.path == "commons.demo.environments.dev"
    assert environment.indexd == {"prefix": "dg.DEMO"}
    assert environment.services == {}
    assert environment.load_balancer is None
    assert fleet.accounts["demo"].id == "111122223333"
    assert fleet.clusters[environment.cluster].network["cidr"] == "10.20.0.0/16"
    assert fleet.commons["demo"].title == "Demo Commons"


def test_maps_are_mappings(fleet: csoc.Fleet) -> None:
    accounts = fleet.accounts
    assert isinstance(accounts, Mapping)
    assert list(accounts) == ["demo"]
    assert len(accounts) == 1
    assert "demo" in accounts
    assert "other" not in accounts
    assert 1 not in accounts
    assert accounts.get("other") is None
    assert accounts.get("other", "none") == "none"
    assert dict(accounts) == {"demo": accounts["demo"]}
    assert [account.name for account in accounts.values()] == ["demo"]
    assert accounts.keys() == {"demo"}
    with pytest.raises(KeyError, match="other"):
        accounts["other"]


def test_open_fields_hold_their_data(quickstart: str) -> None:
    text = quickstart.replace(
        '        release: "2026.07"',
        '        release: "2026.07"\n        values: { fence: { FENCE_CONFIG: { DEBUG: off } } }',
    )
    fleet = csoc.Fleet.from_files({"fleet.yaml": text})
    environment = fleet.commons["demo"].environments["dev"]
    assert environment.values == {"fence": {"FENCE_CONFIG": {"DEBUG": False}}}
    assert environment.to_dict()["values"] == environment.values


def test_everything_is_data(fleet: csoc.Fleet) -> None:
    data = fleet.to_dict()
    environment = data["commons"]["demo"]["environments"]["dev"]
    assert environment == fleet.commons["demo"].environments["dev"].to_dict()
    assert environment["indexd"] == {"prefix": "dg.DEMO"}
    assert data["apiVersion"] == "csoc.gen3.org/v1beta1"
    assert fleet.to_records() == [
        {
            "commons": "demo",
            "environment": "dev",
            "tier": "dev",
            "cluster": "demo",
            "hostname": "demo.example.org",
            "release": "2026.07",
        }
    ]
    assert fleet.accounts.to_records()[0]["name"] == "demo"


def test_everything_pickles(fleet: csoc.Fleet) -> None:
    environment = fleet.commons["demo"].environments["dev"]
    for value in (
        fleet,
        fleet.accounts,
        fleet.accounts["demo"],
        fleet.clusters["demo"],
        fleet.commons["demo"],
        fleet.commons["demo"].environments,
        environment,
    ):
        again = pickle.loads(pickle.dumps(value))
        assert again == value
        assert hash(again) == hash(value)
        assert repr(again) == repr(value)
        assert copy.deepcopy(value) == value


def test_a_fleet_is_pickled_once_for_all_its_objects(fleet: csoc.Fleet) -> None:
    one = len(pickle.dumps([fleet.accounts["demo"]]))
    many = len(pickle.dumps([fleet.accounts["demo"] for _ in range(50)]))
    assert many < 2 * one + 50 * 40


def test_views_have_one_line(fleet: csoc.Fleet) -> None:
    environment = fleet.commons["demo"].environments["dev"]
    assert repr(environment) == (
        "Environment(commons='demo', name='dev', tier='dev', cluster='demo', "
        "hostname='demo.example.org', release='2026.07')"
    )
    assert repr(fleet.commons) == "ObjectMap(commons: 'demo')"
    for value in (fleet, fleet.accounts["demo"], fleet.clusters["demo"], fleet.commons["demo"]):
        assert "\n" not in repr(value)
        assert dict(value.__rich_repr__())["name"] == "demo"


def test_a_missing_fleet_is_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        csoc.Fleet.load(tmp_path / "nothing")
    assert caught.value.filename == str(tmp_path / "nothing")
    (tmp_path / "other.yaml").touch()
    with pytest.raises(csoc.CsocError, match="neither a fleet directory"):
        csoc.Fleet.load(tmp_path / "other.yaml")


def test_arguments_are_checked(fleet: csoc.Fleet) -> None:
    with pytest.raises(ValueError, match="helm"):
        fleet.compile(backends=["pulumi"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        fleet.check(as_of="tomorrow")
    with pytest.raises(ValueError, match="fleet, account"):
        csoc.schema("planet")  # type: ignore[arg-type]
    with pytest.raises((ValueError, OverflowError)):
        fleet.check(threads=0)
    with pytest.raises(TypeError):
        csoc.Fleet.load(QUICKSTART, 1)  # type: ignore[call-arg]


def test_the_schema_is_json_schema() -> None:
    schema = csoc.schema()
    assert schema["$ref"] == "#/$defs/Fleet"
    assert csoc.schema("account")["$ref"] == "#/$defs/Account"


def test_every_field_of_the_model_is_an_attribute() -> None:
    definitions = csoc.schema()["$defs"]
    nested = {"accounts", "clusters", "commons", "environments", "apiVersion", "kind"}
    layers = {"defaults", "tiers"}
    environment = set(definitions["Environment"]["properties"])
    expected = {
        csoc.Account: set(definitions["Account"]["properties"]),
        csoc.Cluster: set(definitions["Cluster"]["properties"]),
        csoc.Environment: environment,
        csoc.Commons: set(definitions["Commons"]["properties"]) - environment - nested,
        csoc.Fleet: set(definitions["Fleet"]["properties"]) - nested - layers,
    }
    for cls, fields in expected.items():
        for field in fields:
            attribute = "".join("_" + c.lower() if c.isupper() else c for c in field)
            assert hasattr(cls, attribute), f"{cls.__name__}.{attribute}"


def test_a_value_says_where_it_comes_from(fleet: csoc.Fleet) -> None:
    explanation = fleet.explain("commons.demo.environments.dev.hostname")
    assert explanation.value == "demo.example.org"
    assert explanation.place is not None
    assert explanation.place["file"] == "fleet.yaml"
    assert explanation.to_records()[-1]["effect"] == "sets"
    assert pickle.loads(pickle.dumps(explanation)) == explanation
    assert "\n" not in repr(explanation)
    assert "demo.example.org" in explanation._repr_html_()
    with pytest.raises(LookupError) as caught:
        fleet.explain("commons.demo.environments.dev.hostnam")
    assert "hostname" in str(caught.value.__notes__)


def test_a_graph_says_what_breaks(fleet: csoc.Fleet) -> None:
    graph = fleet.graph()
    assert "environment:demo/dev" in graph
    assert len(graph) == len(graph.nodes) == sum(graph.kinds.values())
    assert graph.node is None
    assert graph.needs is None
    assert graph.to_records()[0].keys() == {"from", "relation", "to"}

    host = fleet.graph("hostname:world/demo.example.org")
    assert host == graph.focus("hostname:world/demo.example.org")
    assert [one["node"] for one in host.breaks or []] == ["environment:demo/dev"]
    assert "web-acl" in {node["kind"] for node in host.nodes}
    assert pickle.loads(pickle.dumps(host)) == host
    assert hash(copy.copy(host)) == hash(host)
    assert repr(host).startswith("Graph(node='hostname:world/demo.example.org', nodes=")
    bundle = host._repr_mimebundle_()
    assert bundle["image/svg+xml"] == host.to_svg()
    assert host.to_mermaid().startswith("flowchart LR\n")
    assert host.to_dot().startswith("digraph")


def test_a_graph_says_which_nodes_there_are(fleet: csoc.Fleet) -> None:
    with pytest.raises(LookupError) as caught:
        fleet.graph("enviroment:demo/dev")
    assert "environment:demo/dev" in str(caught.value.__notes__)
    with pytest.raises(ValueError, match="is the name of 2 nodes"):
        fleet.graph("demo.example.org")


def test_networks_are_taken_from_the_pool(quickstart: str) -> None:
    text = quickstart.replace("    network: { cidr: 10.20.0.0/16 }\n", "")
    fleet = csoc.Fleet.from_files({"fleet.yaml": text})
    allocation = fleet.allocate_networks()
    assert allocation["networks"] == [{"cluster": "demo", "cidr": "10.0.0.0/16", "file": "fleet.yaml"}]
    assert allocation["files"] == {
        "fleet.yaml": text.replace("    account: demo\n", "    account: demo\n    network: { cidr: 10.0.0.0/16 }\n")
    }
    network = csoc.Fleet.from_files(allocation["files"]).networks()["networks"][0]
    assert (network["cidr"], network["nodes"]) == ("10.0.0.0/16", 375)


def test_secrets_are_listed_without_a_value(fleet: csoc.Fleet) -> None:
    secrets = fleet.secrets()
    assert {"object", "name", "shape", "seeder", "phase", "readers", "keys"} <= set(secrets[0])
    assert "commons.demo.environments.dev" in {secret["object"] for secret in secrets}
