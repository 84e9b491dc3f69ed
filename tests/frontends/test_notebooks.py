"""Every notebook of the project runs in batch: nbclient, nbconvert, papermill."""

import contextlib
import subprocess
import sys

import nbformat
import papermill
import pytest
from nbclient import NotebookClient
from papermill.exceptions import PapermillExecutionError

from support import NOTEBOOKS, ROOT

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def check(notebook):
    """Cells that should fail do, with one error; all others do not."""
    ran = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        ran += 1
        errors = [o for o in cell.outputs if o.output_type == "error"]
        expected = "raises-exception" in cell.metadata.get("tags", [])
        assert len(errors) == int(expected), (cell.source, errors)
        assert cell.execution_count == ran
    assert ran > 0


def bundles(notebook):
    """All MIME bundles of the outputs."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                yield output["data"]


def test_there_are_notebooks():
    assert ROOT / "notebooks" / "tour.ipynb" in NOTEBOOKS


@each_notebook
def test_committed_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "weft"
    for cell in notebook.cells:
        assert not cell.get("outputs"), cell.source
        assert cell.get("execution_count") is None, cell.source


@each_notebook
def test_nbclient(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="weft",
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    check(notebook)
    for data in bundles(notebook):
        assert "text/plain" in data


@each_notebook
def test_nbconvert(path, tmp_path):
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--execute", "--to", "html"]
        + ["--output-dir", tmp_path, path],
        check=True,
    )
    page = (tmp_path / f"{path.stem}.html").read_text()
    assert "<table" in page


@each_notebook
def test_papermill(path, tmp_path):
    out = tmp_path / path.name
    told = any("raises-exception" in cell.metadata.get("tags", []) for cell in nbformat.read(path, 4).cells)
    # papermill runs all cells and then reports even those errors that are wanted.
    with pytest.raises(PapermillExecutionError) if told else contextlib.nullcontext():
        papermill.execute_notebook(path, out, cwd=path.parent, progress_bar=False)
    check(nbformat.read(out, as_version=4))


def test_the_tour_shows_tables_pictures_a_plan_and_a_caret():
    path = ROOT / "notebooks" / "tour.ipynb"
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="weft", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    shown = list(bundles(notebook))
    assert sum("<table" in data.get("text/html", "") for data in shown) >= 8
    assert any(data.get("text/html", "").count("data:image/") >= 5 for data in shown)
    assert any("image/png" in data for data in shown)
    (error,) = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert "metre" in error.evalue
    assert any(mark in "\n".join(error.traceback) for mark in ("^", "─", "┬"))
