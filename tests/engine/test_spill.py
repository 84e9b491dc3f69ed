"""What does not fit into memory goes to disk, and a disk that fails is an error of that cell alone."""

import os
import resource
import subprocess

import duckdb
import pytest

from client import kernel
from support import binary

ROWS = 250_000
# Columns that make the sort larger than its budget; of what it gives, only little is kept.
MADE = f"""
range({ROWS})
| derive k = id * 7919 % 10_007, text = f"a text that fills the memory {{id * 31 % 1009}} and goes on for a while"
"""
FULL = f"{MADE} | sort text desc, k | derive n = length(text) | select id, n"
AFTER = "range(3) | agg { s = sum(id) }"


def run(weft, code, folder, **settings):
    """Runs cells with 32 MB for memory and `folder` for the rest."""
    env = {"WEFT_MEMORY_LIMIT": "32MB", "WEFT_SPILL_DIR": str(folder), **settings}
    return weft("run", "-", "--format", "csv", stdin=code.encode(), env=env)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_a_sort_that_spills_agrees_with_duckdb(weft, tmp_path, threads):
    done = run(weft, FULL, tmp_path, WEFT_THREADS=threads)
    assert done.returncode == 0, done.stderr.decode()
    expected = duckdb.sql(
        f"""select id, length(text) as n from (
              select i as id, i * 7919 % 10007 as k, 'a text that fills the memory '
                || (i * 31 % 1009) || ' and goes on for a while' as text from range({ROWS}) t(i))
            order by text desc, k, id"""
    ).fetchall()
    rows = [tuple(map(int, line.split(","))) for line in done.stdout.decode().splitlines()[1:]]
    assert rows == expected
    assert not list(tmp_path.iterdir())


def test_a_file_that_may_not_grow_is_an_error_of_that_cell(weft, tmp_path):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    env = os.environ | {"WEFT_MEMORY_LIMIT": "32MB", "WEFT_SPILL_DIR": str(tmp_path)}
    for code, status in [(FULL, 1), (AFTER, 0)]:
        done = subprocess.run(
            [binary(), "run", "-", "--format", "csv"],
            input=code.encode(), capture_output=True, env=env, preexec_fn=small_files, check=False,
        )
        assert done.returncode == status, done.stderr.decode()
        if status:
            assert b"sort cannot spill to" in done.stderr
            assert b"no file may grow that large here" in done.stderr
            assert b"spill_dir" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_limit_on_the_disk_names_operator_and_setting(weft, tmp_path):
    done = run(weft, FULL, tmp_path, WEFT_SPILL_LIMIT="2MB")
    assert done.returncode == 1
    assert b"sort would spill" in done.stderr
    assert b"spill_limit" in done.stderr


def test_a_folder_that_is_not_there_is_refused_by_name(weft, tmp_path):
    done = run(weft, FULL, tmp_path / "nowhere")
    assert done.returncode == 1
    assert b"nowhere" in done.stderr


def test_the_next_cell_works_after_the_folder_vanished(tmp_path):
    folder = tmp_path / "spilled"
    folder.mkdir()
    env = os.environ | {"WEFT_MEMORY_LIMIT": "32MB", "WEFT_SPILL_DIR": str(folder)}
    with kernel(env=env) as session:
        few = f"({FULL}) | agg {{ first = first(id), n = sum(n) }}"
        assert session.run(few).status == "ok"
        folder.rmdir()
        result = session.run(few)
        assert result.status == "error"
        assert "sort cannot spill to" in result.error["evalue"]
        assert "there is no such folder" in result.error["evalue"]
        assert session.alive()
        assert session.run(f'set spill_dir = "{tmp_path}"').status == "ok"
        assert session.run(few).status == "ok"
