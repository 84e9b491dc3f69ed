"""TPC-H queries written in Weft give DuckDB's rows on the same files.

Each `tests/tpch/qNN.weft` stands beside the standard's SQL, `qNN.sql`. Keys,
counts, dates and decimals must be equal; floats within 1e-9.
"""

import functools
import math
import os
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pytest

from support import ROOT, tpch_folder

QUERIES = [ROOT / "tests" / "tpch" / f"q{number:02}.weft" for number in range(1, 23)]
# All queries on a little data; some on more, whose answers must not depend on how it is cut; all on as much as
# WEFT_TPCH_SCALE says (`make test-tpch SCALE=1`).
SCALES = {"0.01": QUERIES, "0.1": [path for path in QUERIES if path.stem in ("q01", "q03", "q06", "q13")]}
if chosen := os.environ.get("WEFT_TPCH_SCALE"):
    SCALES[chosen] = QUERIES
CASES = [pytest.param(scale, path, id=f"{path.stem}-{scale}") for scale in SCALES for path in SCALES[scale]]


@functools.cache
def oracle(folder):
    """DuckDB with each table as a view over its file."""
    database = duckdb.connect()
    for path in sorted(folder.glob("*.parquet")):
        database.execute(f"create view {path.stem} as from read_parquet('{path}')")
    return database


def same(ours, theirs):
    """Equal; a float on either side allows 1e-9."""
    if ours is None or theirs is None:
        return ours is theirs
    if isinstance(ours, float) or isinstance(theirs, float):
        return math.isclose(float(ours), float(theirs), rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(theirs, Decimal):
        return isinstance(ours, Decimal) and ours == theirs
    return ours == theirs


@pytest.mark.parametrize(("scale", "path"), CASES)
def test_equal_to_duckdb(weft, scale, path):
    folder = tpch_folder(scale)
    done = weft("run", path, "-p", f"dir={folder}", "--format", "arrow", timeout=600)
    assert done.returncode == 0, done.stderr.decode()
    table = pa.ipc.open_stream(done.stdout).read_all()
    expected = oracle(folder).execute(path.with_suffix(".sql").read_text())
    assert table.column_names == [column[0] for column in expected.description]
    rows = expected.fetchall()
    assert table.num_rows == len(rows)
    for number, (ours, theirs) in enumerate(zip(table.to_pylist(), rows)):
        for name, value in zip(table.column_names, theirs):
            assert same(ours[name], value), (number, name, ours[name], value)


def test_a_query_for_each_of_the_standard():
    assert sorted((ROOT / "tests" / "tpch").glob("*.weft")) == QUERIES


def test_the_built_in_source_has_the_same_rows(weft, tpch):
    code = (
        'tpch("lineitem", scale: 0.1)'
        " | agg { n = count(), parts = sum(l_partkey), price = sum(l_extendedprice),"
        " last = max(l_receiptdate) }"
    )
    done = weft("run", "-", "--format", "arrow", stdin=code.encode())
    assert done.returncode == 0, done.stderr.decode()
    (ours,) = pa.ipc.open_stream(done.stdout).read_all().to_pylist()
    theirs = oracle(tpch).execute(
        "select count(*), sum(l_partkey), sum(l_extendedprice), max(l_receiptdate) from lineitem"
    ).fetchone()
    assert tuple(ours.values()) == theirs
