"""Every notebook of the examples runs, and shows what it says it shows."""

import sys
from pathlib import Path

import nbclient
import nbformat
import practice
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "notebooks").glob("*.ipynb"))


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if practice.real() is None:
        monkeypatch.setenv("CSOC_TERRAFORM", str(practice.pretended(tmp_path)))
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("text/html" in output.get("data", {}) for output in outputs)
    assert len(nbformat.writes(notebook)) < 200_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_of_a_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "/home/" not in text
    assert "/tmp/" not in text  # noqa: S108
    assert "<script" not in text


@pytest.mark.skipif(sys.platform == "win32", reason="the pretended Terraform is a script")
@pytest.mark.filterwarnings("default")
def test_a_run_shows_how_it_goes_in_one_place(tmp_path: Path) -> None:
    program, tree = practice.pretended(tmp_path), practice.tree(tmp_path)
    quickstart = ROOT / "examples" / "quickstart"
    cells = [
        f"import gen3_csoc as csoc\nfleet = csoc.Fleet.load({str(quickstart)!r})",
        f"run = fleet.plan(rendered={str(tree)!r}, terraform={str(program)!r})\nrun",
        "page = run.wait()",
        "import time\ntime.sleep(1)\nrun",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=120).execute()
    for cell in notebook.cells[1:]:
        shown = cell.outputs
        assert [output.output_type for output in shown] == ["display_data"]
        assert "state='done', stacks=2, done=2" in shown[0].data["text/plain"]
        assert "plan: 2 of 2 done" in shown[0].data["text/html"]
