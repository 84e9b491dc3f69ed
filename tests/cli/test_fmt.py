"""`weft fmt`, `weft check` and `weft explain`: what editors and hooks call."""

import json
import stat

import pytest

from support import ROOT

UGLY = '# %% a\nlet t=range(3)  # three\n\n\nt|where id>1\n# %% b\nt|derive twice=id*2'
TIDY = '# %% a\nlet t = range(3)  # three\n\nt | where id > 1\n\n# %% b\nt | derive twice = id * 2\n'


@pytest.fixture
def ugly(tmp_path):
    path = tmp_path / "cells.weft"
    path.write_text(UGLY)
    return path


def test_standard_input_to_standard_output(weft):
    done = weft("fmt", "-", stdin=UGLY.encode())
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, TIDY, b"")
    assert weft("fmt", stdin=UGLY.encode()).stdout.decode() == TIDY


def test_a_file_is_rewritten_with_its_permissions(weft, ugly):
    ugly.chmod(0o640)
    done = weft("fmt", ugly)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert ugly.read_text() == TIDY
    assert stat.S_IMODE(ugly.stat().st_mode) == 0o640
    assert [path.name for path in ugly.parent.iterdir()] == [ugly.name]


def test_check_names_files_and_changes_none(weft, ugly, tmp_path):
    tidy = tmp_path / "tidy.weft"
    tidy.write_text(TIDY)
    done = weft("fmt", "--check", tidy, ugly)
    assert (done.returncode, done.stdout.decode(), done.stderr) == (1, f"{ugly}\n", b"")
    assert ugly.read_text() == UGLY
    assert weft("fmt", "--check", tidy).returncode == 0


def test_what_does_not_parse_stays(weft, ugly):
    ugly.write_text("# %%\n1+1\n# %%\nt | whre x")
    done = weft("fmt", ugly)
    assert done.returncode == 1
    assert ugly.read_text() == "# %%\n1+1\n# %%\nt | whre x"
    message = done.stderr.decode()
    assert message.startswith(f"{ugly}:\nerror[")
    assert "4 | t | whre x" in message
    assert "did you mean `where`?" in message


def test_files_that_cannot_be_formatted(weft, tmp_path):
    notebook = tmp_path / "a.ipynb"
    notebook.write_text("{}")
    assert "%%fmt" in weft("fmt", notebook).stderr.decode()
    missing = weft("fmt", tmp_path / "none.weft")
    assert missing.returncode == 1
    assert "none.weft: No such file" in missing.stderr.decode()
    binary = tmp_path / "binary.weft"
    binary.write_bytes(b"1 + \xff")
    assert "byte 4 is not UTF-8" in weft("fmt", binary).stderr.decode()
    assert binary.read_bytes() == b"1 + \xff"


def test_a_new_layout_renames_no_column(weft):
    """Column names made of an item's text do not change with its layout."""
    before = weft("run", "-", "--format", "csv", stdin=b"range(3)|derive id+1,(id+\n 2)*3")
    formatted = weft("fmt", stdin=b"range(3)|derive id+1,(id+\n 2)*3").stdout
    after = weft("run", "-", "--format", "csv", stdin=formatted)
    assert before.stdout == after.stdout
    assert after.stdout.splitlines()[0] == b"id,id + 1,(id + 2) * 3"


def test_check_finds_what_is_wrong_and_runs_nothing(weft, tmp_path):
    target = tmp_path / "printed.weft"
    target.write_text('print("ran")\nlet t = range(10)\n# %%\nt | where idd > 1\n# %%\nt | take 1 | derive x = nope(id)')
    done = weft("check", target)
    assert (done.returncode, done.stdout) == (1, b"")
    message = done.stderr.decode()
    assert "4 | t | where idd > 1" in message
    assert "did you mean `id`?" in message
    assert "no function `nope`" in message
    assert "W0202" not in message


def test_check_is_silent_about_what_is_right(weft):
    cells = "# %%\nlet t = range($n)\nt | take 2\n# %%\nt | agg { s = sum(id) } | into s\n# %%\nt | where id > $s\n"
    done = weft("check", "-", "-p", "n=3", stdin=cells.encode())
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert weft("check", "-", stdin=cells.encode()).returncode == 1


def test_check_warns_without_failing(weft):
    done = weft("check", "-", stdin=b"range(3)\nrange(4)")
    assert done.returncode == 0
    assert "W0202" in done.stderr.decode()


def test_explain_shows_pages(weft):
    assert weft("explain", "e0201").stdout.decode().startswith("E0201: unknown column\n")
    assert "rows" in weft("explain", "take").stdout.decode()
    assert "read_parquet" in weft("explain").stdout.decode()
    done = weft("explain", "wher")
    assert done.returncode == 1
    assert done.stderr.decode() == "weft: no page on `wher`; did you mean `weft explain where`?\n"


def test_the_tour_is_formatted(weft):
    tour = json.loads((ROOT / "notebooks" / "tour.ipynb").read_text())
    for cell in tour["cells"]:
        text = "".join(cell["source"])
        formatted = weft("fmt", stdin=text.encode())
        if cell["cell_type"] == "code" and formatted.returncode == 0:
            assert formatted.stdout.decode() == text + "\n"
