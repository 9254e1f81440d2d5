"""Compiling in memory and writing to disk."""

import os
import pickle
from collections.abc import Mapping
from pathlib import Path

import pytest

import gen3_csoc as csoc


@pytest.fixture(scope="module")
def tree(fleet: csoc.Fleet) -> csoc.Tree:
    return fleet.compile()


def test_a_tree_is_a_mapping_of_files(tree: csoc.Tree, fleet: csoc.Fleet) -> None:
    assert isinstance(tree, Mapping)
    assert tree.fleet == fleet
    assert len(tree) == len(list(tree)) == len(tree.to_records()) == len(tree.to_dict())
    assert list(tree) == sorted(tree)
    assert "no/such/file" not in tree
    assert tree.get("no/such/file") is None
    with pytest.raises(KeyError):
        tree["no/such/file"]


def test_files_have_text_and_data(tree: csoc.Tree) -> None:
    for path, file in tree.items():
        assert file.path == path
        assert tree.get(path) == file
        assert file.backend in {"terraform", "helm", "argocd"}
        assert file.object
        assert file.bytes == file.text.encode() == tree.to_dict()[path]
        assert bool(file.pending) == (file in tree.pending)
        if path.endswith(".tf"):
            assert file.data is None
        elif path.endswith((".yaml", ".json")) and "/templates/" not in path:
            assert isinstance(file.data, dict | list | None)


def test_trees_pickle_and_compare(tree: csoc.Tree, fleet: csoc.Fleet) -> None:
    assert pickle.loads(pickle.dumps(tree)) == tree
    assert hash(pickle.loads(pickle.dumps(tree))) == hash(tree)
    assert fleet.compile(threads=1) == tree
    assert fleet.compile(backends=["helm"], only=["commons.*"]) == fleet.compile(
        backends=("helm",), only=("commons.*",)
    )
    for file in tree.values():
        assert pickle.loads(pickle.dumps(file)) == file
        break


def test_a_part_can_be_compiled(fleet: csoc.Fleet) -> None:
    part = fleet.compile(backends=["helm"])
    assert {file.backend for file in part.values()} <= {"helm"}
    assert len(fleet.compile(only=["nothing.matches.this"])) == 0


def test_writing_says_what_happened(tree: csoc.Tree, fleet: csoc.Fleet, tmp_path: Path) -> None:
    rendering = tree.write(tmp_path / "build")
    assert rendering.written
    assert rendering.to_dict()["added"] == rendering.added
    assert not rendering.changed
    assert not rendering.kept
    for path in rendering.added:
        assert (tmp_path / "build" / path).is_file()
    again = fleet.render(tmp_path / "build")
    assert again.added == again.changed == again.removed == []
    assert again.unchanged == len(rendering.added)
    assert pickle.loads(pickle.dumps(again)) == again
    assert repr(again).startswith("Rendering(written=True, added=0, ")
    states = {record["state"] for record in rendering.to_records()}
    assert states <= {"added", "pending"}


def test_a_dry_run_writes_nothing(fleet: csoc.Fleet, tmp_path: Path) -> None:
    rendering = fleet.render(tmp_path / "build", dry_run=True)
    assert not rendering.written
    assert not (tmp_path / "build").exists()


def test_errors_keep_it_from_writing(quickstart: str, tmp_path: Path) -> None:
    text = quickstart.replace("us-east-1\n", "xx-nowhere-9\n")
    fleet = csoc.Fleet.from_files({"fleet.yaml": text})
    if not fleet.check().errors:
        pytest.skip("the core finds nothing wrong with a region that does not exist yet")
    with pytest.raises(csoc.FleetError, match="nothing was written") as caught:
        fleet.render(tmp_path / "build")
    assert caught.value.diagnostics
    assert not (tmp_path / "build" / "terraform" / "manifest.json").exists()
    assert fleet.render(tmp_path / "build", dry_run=True).report.errors


def test_an_output_that_cannot_be_written(fleet: csoc.Fleet, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(csoc.WriteError):
        fleet.render(tmp_path / "file")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write")
def test_the_cause_of_a_failed_write_is_an_os_error(fleet: csoc.Fleet, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(csoc.WriteError) as caught:
        fleet.render(tmp_path / "build")
    assert isinstance(caught.value.__cause__, PermissionError)


def test_a_tree_verifies_itself(tree: csoc.Tree) -> None:
    report = tree.verify(threads=1)
    assert report == tree.verify()
    assert not report.errors, report.to_text()
