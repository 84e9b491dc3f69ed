"""`weft run`: cells from a file or standard input, the last result to standard output."""

import csv
import io
import json
import signal
import subprocess
import time

import pyarrow as pa
import pyarrow.ipc
import pytest

from support import binary

CELLS = """\
# %% a table
let t = [{name: "warp", n: 2}, {name: "weft, \\"fine\\"", n: 3}]
# %% and what is asked of it
t | derive twice = n * 2
"""


@pytest.fixture
def cells(tmp_path):
    path = tmp_path / "cells.weft"
    path.write_text(CELLS)
    return path


def ok(done):
    """Standard output of a run that went well and said nothing else."""
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout


def test_text_is_the_default(weft, cells):
    text = ok(weft("run", cells)).decode()
    assert text == ok(weft("run", cells, "--format", "text")).decode()
    for word in ("name", "twice", "warp", "6"):
        assert word in text
    assert "\x1b" not in text


def test_csv_quotes_what_needs_it(weft, cells):
    rows = list(csv.reader(io.StringIO(ok(weft("run", cells, "--format", "csv")).decode())))
    assert rows == [["name", "n", "twice"], ["warp", "2", "4"], ['weft, "fine"', "3", "6"]]


def test_ndjson_is_one_object_a_line(weft, cells):
    lines = ok(weft("run", cells, "--format", "ndjson")).decode().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"name": "warp", "n": 2, "twice": 4},
        {"name": 'weft, "fine"', "n": 3, "twice": 6},
    ]


def test_arrow_is_an_ipc_stream(weft, cells):
    table = pa.ipc.open_stream(ok(weft("run", cells, "--format", "arrow"))).read_all()
    assert table.column_names == ["name", "n", "twice"]
    assert table.schema.field("twice").type == pa.int64()
    assert table["twice"].to_pylist() == [4, 6]


def test_whole_results_not_previews(weft):
    out = ok(weft("run", "-", "--format", "csv", stdin=b"range(100_000)"))
    assert out.count(b"\n") == 100_001


def test_standard_input(weft):
    assert ok(weft("run", "-", stdin=b"1 + 1")).strip() == b"2"


def test_parameters_are_bound(weft):
    code = b"range($n) | derive who = $who | select id, who"
    out = ok(
        weft("run", "-", "-p", "n=2", "-p", "who=Ada L.", "--format", "ndjson", stdin=code)
    )
    assert [json.loads(line) for line in out.splitlines()] == [
        {"id": 0, "who": "Ada L."},
        {"id": 1, "who": "Ada L."},
    ]


def test_a_csv_schema_is_a_struct_of_names_and_types(weft, tmp_path):
    path = tmp_path / "codes.csv"
    path.write_text("code,odd name\n007,1\n12,2\n")
    cell = f'read_csv("{path}", schema: {{code: "str", `odd name`: "float"}})'
    rows = ok(weft("run", "-", "--format", "ndjson", stdin=cell.encode())).splitlines()
    assert [json.loads(row) for row in rows] == [{"code": "007", "odd name": 1.0}, {"code": "12", "odd name": 2.0}]


def test_only_the_last_result_goes_out(weft):
    code = b"# %%\nrange(5)\n# %%\nrange(2)\n"
    assert ok(weft("run", "-", "--format", "csv", stdin=code)) == b"id\n0\n1\n"


def test_nulls(weft):
    code = b'[{a: 1, b: null::str}, {a: null, b: "x"}]'
    assert ok(weft("run", "-", "--format", "csv", stdin=code)) == b"a,b\n1,\n,x\n"
    lines = ok(weft("run", "-", "--format", "ndjson", stdin=code)).splitlines()
    assert [json.loads(line) for line in lines] == [{"a": 1, "b": None}, {"a": None, "b": "x"}]


@pytest.mark.parametrize(
    "code",
    [b"range(3) | where nope", b"let x = ", b'read_csv("nowhere.csv")', b'"x"::int', b"\xff\xfe"],
)
def test_an_error_goes_to_stderr_and_the_exit_code(weft, code):
    done = weft("run", "-", stdin=code)
    assert done.returncode == 1
    assert done.stdout == b""
    assert done.stderr.strip()
    assert b"panicked" not in done.stderr


def test_an_error_names_the_file_and_underlines_the_place(weft, tmp_path):
    path = tmp_path / "wrong.weft"
    path.write_text("let t = range(3)\n# %%\nt | where idd > 1\n")
    told = weft("run", path).stderr.decode()
    assert "wrong.weft" in told
    assert "idd" in told and "did you mean" in told.lower()


def test_cells_after_an_error_do_not_run(weft, tmp_path):
    done = weft("run", "-", stdin=b'# %%\n"x"::int\n# %%\nprint("late")\n')
    assert done.returncode == 1
    assert b"late" not in done.stdout


def test_a_result_that_is_not_the_last_fails_too(weft):
    done = weft("run", "-", stdin=b'# %%\n[{s: "x"}] | derive n = s::int\n# %%\n1 + 1\n')
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"cell 1" in done.stderr


def test_each_result_goes_into_a_file_of_its_own(weft, tmp_path):
    code = b"let t = range(2)\n# %%\nt\n# %%\nlet u = t | where id > 0\n# %%\nu\n# %%\n1 + 1\n"
    folder = tmp_path / "new" / "results"
    assert ok(weft("run", "-", "--results", folder, "--format", "csv", stdin=code)) == b""
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == {"2.csv": b"id\n0\n1\n", "4.csv": b"id\n1\n", "5.csv": b"value\n2\n"}


def test_a_run_can_go_on_after_cells_that_fail(weft, tmp_path):
    code = b'1 + 1\n# %%\n[{s: "x"}] | derive n = s::int\n# %%\nnope\n# %%\nrange(2)\n'
    done = weft("run", "-", "--results", tmp_path, "--format", "arrow", "--keep-going", stdin=code)
    assert done.returncode == 1
    assert b"cell 2" in done.stderr and b"cell 3" in done.stderr
    # What failed leaves no file.
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.arrow", "4.arrow"]
    assert pa.ipc.open_stream(tmp_path / "4.arrow").read_all()["id"].to_pylist() == [0, 1]
    done = weft("run", "-", "--format", "csv", "--keep-going", stdin=code)
    assert (done.returncode, done.stdout) == (1, b"id\n0\n1\n")
    assert b"cell 2" in done.stderr and b"cell 3" in done.stderr


def test_a_folder_for_results_that_cannot_be_made(weft, cells):
    done = weft("run", cells, "--results", cells / "below")
    assert done.returncode == 1
    assert str(cells / "below").encode() in done.stderr


def test_cells_run_again_and_say_how_long_they_took(weft, tmp_path):
    timings = tmp_path / "timings.ndjson"
    code = b"let t = range(3)\n# %%\nt | agg { n = sum(id) }\n"
    done = weft("run", "-", "--format", "csv", "--repeat", 3, "--timings", timings, stdin=code)
    assert ok(done) == b"n\n3\n"
    lines = [json.loads(line) for line in timings.read_text().splitlines()]
    assert [line["run"] for line in lines] == [1, 2, 3]
    assert all(0 < line["seconds"] < 60 for line in lines)


@pytest.mark.parametrize("wrong", [["--repeat", 0], ["--timings", "no/such/folder"], ["--timings", "t", "--results", "r"]])
def test_times_that_cannot_be_taken(weft, tmp_path, wrong):
    done = weft("run", "-", *wrong, stdin=b"1 + 1", cwd=tmp_path)
    assert done.returncode != 0 and done.stdout == b""
    assert str(wrong[0 if wrong[1] == 0 else 1]).encode() in done.stderr


def test_an_interrupt_ends_the_run(tmp_path):
    path = tmp_path / "heavy.weft"
    path.write_text("range(20_000_000_000) | derive k = id % 7 | group k { s = sum(id) }")
    child = subprocess.Popen([binary(), "run", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(1)
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=10)
    assert (child.returncode, out) == (130, b"")
    assert b"interrupted" in err


def test_settings_come_from_the_environment(weft):
    code = b"range(30_000_000) | group id { n = count() } | agg { n = count() }"
    done = weft("run", "-", stdin=code, env={"WEFT_MEMORY_LIMIT": "32MB", "WEFT_SPILL_LIMIT": "8MB"})
    assert done.returncode == 1
    assert b"spill limit" in done.stderr
    done = weft("run", "-", stdin=b"1 + 1", env={"WEFT_THREADS": "many"})
    assert done.returncode == 1
    assert b"threads" in done.stderr


def test_a_file_that_is_not_there(weft):
    done = weft("run", "nowhere.weft")
    assert done.returncode == 1
    assert b"nowhere.weft" in done.stderr


def test_wrong_usage(weft, cells):
    assert weft("run", cells, "--format", "xml").returncode == 2
    assert weft("run").returncode == 2
    assert weft("weave").returncode == 2


def test_a_reader_that_leaves_early_is_no_panic(tmp_path):
    path = tmp_path / "many.weft"
    path.write_text("range(5_000_000)")
    done = subprocess.run(
        f"'{binary()}' run '{path}' --format csv | head -n 2",
        shell=True,
        capture_output=True,
        timeout=60,
    )
    assert done.stdout == b"id\n0\n"
    assert b"panicked" not in done.stderr
