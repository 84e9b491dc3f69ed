"""The same cells under many configurations give one answer.

Chunk and task sizes, thread counts, spilling and the optimizer change how a plan
runs, never what it gives: rows, their order, and floats within 1e-9.
"""

import math

import pyarrow as pa
import pyarrow.ipc
import pytest

from support import ROOT

CONFIGURATIONS = {
    "one thread": {"WEFT_THREADS": "1"},
    "eight threads": {"WEFT_THREADS": "8"},
    "small chunks": {"WEFT_CHUNK_ROWS": "97", "WEFT_TASK_ROWS": "1000"},
    "odd tasks": {"WEFT_TASK_ROWS": "12345", "WEFT_THREADS": "3"},
    "unoptimized": {"WEFT_OPTIMIZER": "false"},
    "always on disk": {"WEFT_SPILL": "always"},
}

# ORDERS and CUSTOMER stand for the files' readers.
CELLS = {
    "filter": "ORDERS | where o_totalprice > 400_000 | select o_orderkey, o_totalprice",
    "limit": "ORDERS | where o_orderpriority == \"1-URGENT\" | take 37 | select o_orderkey",
    "first": "ORDERS | group o_orderpriority { key = first(o_orderkey), n = count() }",
    "distinct": "ORDERS | select o_orderstatus, o_orderpriority | distinct",
    "sort": "ORDERS | sort o_orderdate, o_totalprice desc | take 50 | select o_orderkey",
    "stable": "ORDERS | sort o_orderdate | select o_orderkey",
    "float": "ORDERS | group o_custkey { m = mean(o_totalprice::float) } | sort o_custkey",
    "inner": "CUSTOMER | join ORDERS on c_custkey == o_custkey"
    " | select c_custkey, o_orderkey | take 2000",
    "left": "CUSTOMER | join left ORDERS on c_custkey == o_custkey"
    " | group c_custkey { n = count(o_orderkey) }",
    "semi": "CUSTOMER | join semi (ORDERS | where o_totalprice > 450_000)"
    " on c_custkey == o_custkey | select c_custkey",
    "anti": "CUSTOMER | join anti ORDERS on c_custkey == o_custkey | select c_custkey",
    "right": "CUSTOMER | where c_custkey % 3 == 0"
    " | join right (ORDERS | where o_totalprice > 200_000) on c_custkey == o_custkey"
    " | select c_custkey, o_orderkey",
    "full": "CUSTOMER | join full (ORDERS | where o_totalprice > 400_000) on c_custkey == o_custkey"
    " | select c_custkey, o_orderkey",
    "full of few": "CUSTOMER | take 7 | join full ORDERS on c_custkey == o_custkey, c_acctbal < o_totalprice"
    " | group known = c_custkey is null { n = count(), s = sum(o_orderkey), k = sum(c_custkey) }",
    "semi with more": "CUSTOMER | join semi ORDERS on c_custkey == o_custkey, o_totalprice > 40 * c_acctbal"
    " | select c_custkey",
    "is": "CUSTOMER | derive key = if c_custkey % 50 == 0 then null else c_nationkey"
    " | join full (ORDERS | take 40 | derive other = if o_orderkey % 8 == 0 then null else o_orderkey % 30)"
    " on key is other | select c_custkey, o_orderkey",
    "no key": "CUSTOMER | take 60 | join full (ORDERS | take 500) on c_acctbal * 10 > o_totalprice"
    " | select c_custkey, o_orderkey",
    "no key anti": "CUSTOMER | join anti (ORDERS | where o_orderkey < 40) on c_acctbal * 20 > o_totalprice"
    " | select c_custkey",
    "cross": "CUSTOMER | take 70 | join cross (ORDERS | take 60) | select c_custkey, o_orderkey",
    "counted": "ORDERS | join left CUSTOMER on o_custkey == c_custkey, expect: \"one\""
    " | where o_orderkey < 2000 | select o_orderkey, c_name",
    "union": "ORDERS | where o_orderkey < 100 | union (ORDERS | where o_orderkey in 50..150)"
    " | select o_orderkey, o_comment",
    "window": "ORDERS | derive total = sum(o_totalprice) over (by o_custkey sort o_orderdate rows ..0),"
    " place = rank() over (by o_orderpriority sort o_totalprice desc), before = lag(o_orderkey)"
    " | select o_orderkey, total, place, before",
    "block": "ORDERS | group o_orderpriority { | sort o_totalprice desc | take 3 }"
    " | select o_orderpriority, o_orderkey",
    "value": "ORDERS | where o_totalprice > (ORDERS | agg { mean(o_totalprice) }) * 2 | select o_orderkey, o_totalprice",
    "membership": "CUSTOMER | where c_custkey not in (ORDERS | select o_custkey)"
    " and c_nationkey in (CUSTOMER | where c_acctbal > 9_990 | select c_nationkey) or c_custkey in (ORDERS | take 20 | select o_custkey)"
    " | select c_custkey",
    "last of each": "ORDERS | distinct o_custkey, keep: \"last\" | with_row_number | select row, o_orderkey",
    "explode": "CUSTOMER | where c_custkey < 300 | derive xs = split(c_comment, \" \") | explode word = xs, index: \"i\""
    " | where c_custkey % 3 == 0 and word != \"the\" | select c_custkey, i, word",
    "unpivot": "ORDERS | select o_orderkey, o_custkey, o_shippriority | unpivot o_custkey, o_shippriority into (name, value)"
    " | where value > 0",
    "guard": "range(100_000) | derive safe = if id % 7 == 0 then null else (700 // (id % 7))"
    " | agg { s = sum(safe) }",
}


@pytest.fixture(scope="module")
def run(weft, tpch):
    """Runs a cell under some settings and returns its table."""

    def answer(code, env=None):
        done = weft("run", "-", "--format", "arrow", stdin=code.encode(), env=env)
        assert done.returncode == 0, done.stderr.decode()
        return pa.ipc.open_stream(done.stdout).read_all()

    return answer


def same(ours, theirs):
    """Equal, floats within 1e-9."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12)
    return ours == theirs


@pytest.mark.parametrize("name", CELLS)
def test_one_answer(run, tpch, name):
    code = CELLS[name]
    for table in ("orders", "customer"):
        code = code.replace(table.upper(), f'read_parquet("{tpch}/{table}.parquet")')
    expected = run(code)
    assert expected.num_rows > 0
    for label, settings in CONFIGURATIONS.items():
        answer = run(code, settings)
        assert answer.schema.equals(expected.schema), label
        for column in expected.column_names:
            left, right = answer[column].to_pylist(), expected[column].to_pylist()
            assert len(left) == len(right), (label, column)
            assert all(map(same, left, right)), (label, column)


@pytest.mark.parametrize("query", ["q01", "q03", "q06", "q13"])
def test_one_answer_to_tpch(weft, tpch, query):
    path = ROOT / "tests" / "tpch" / f"{query}.weft"

    def rows(env=None):
        done = weft("run", path, "-p", f"dir={tpch}", "--format", "arrow", env=env)
        assert done.returncode == 0, done.stderr.decode()
        return pa.ipc.open_stream(done.stdout).read_all().to_pylist()

    expected = rows()
    for label, settings in CONFIGURATIONS.items():
        for left, right in zip(rows(settings), expected, strict=True):
            assert all(same(left[k], right[k]) for k in right), (label, left, right)
