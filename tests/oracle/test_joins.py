"""Joins give what DuckDB gives, for all kinds, keys of all types, and conditions of all shapes.

Sides are generated with nulls, NaN, both zeros, duplicates, keys that only one side
has, and nothing at all. Every row has a number (`n` on the left, `m` on the right), so
that rows can be told apart; the order that we keep is checked by itself.
"""

import itertools
import math
import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from differential import CONFIGURATIONS, MAKERS, TURNS, ours, plain, rows


def table(seed, rows, row_name, prefix, sparse=0.15):
    rng = random.Random(seed)
    columns = {row_name: pa.array(range(rows), pa.int64())}
    for name, (ty, make) in MAKERS.items():
        some = [None if rng.random() < sparse else make(rng) for _ in range(rows)]
        columns[prefix + name] = pa.array(some, ty)
    return pa.table(columns)


# Rows on the left, rows on the right.
SIDES = {
    "both": (90, 70),
    "uneven": (400, 12),
    "reverse": (9, 500),
    "no left": (0, 40),
    "no right": (40, 0),
    "nothing": (0, 0),
    "one": (1, 1),
}


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    folder = tmp_path_factory.mktemp("joins")
    paths = {}
    for number, (name, (left, right)) in enumerate(SIDES.items()):
        paths[name] = (folder / f"{number}l.parquet", folder / f"{number}r.parquet")
        pq.write_table(table(number, left, "n", ""), paths[name][0], row_group_size=64)
        pq.write_table(table(number + 100, right, "m", "r"), paths[name][1], row_group_size=64)
    return paths


KINDS = ["inner", "left", "right", "full", "semi", "anti"]


def check(weft, paths, cases, configurations=()):
    """Each case: names the sides LEFT and RIGHT in our code and in DuckDB's, and gives `n`, `m`."""
    left, right = paths
    for code, sql in cases:
        code = code.replace("LEFT", f'read_parquet("{left}")').replace("RIGHT", f'read_parquet("{right}")')
        expected = duckdb.sql(sql.replace("LEFT", f"'{left}'").replace("RIGHT", f"'{right}'")).fetchall()
        expected = sorted((tuple(map(plain, row)) for row in expected), key=repr)
        for env in configurations or [next(TURNS)]:
            answer = ours(weft, code, env)
            got = rows([column.to_pylist() for column in answer.columns])
            assert sorted(got, key=repr) == expected, (code, env)
            in_order(code, answer, env)


def in_order(code, answer, env):
    """Left order, right order among the matches of a row, right rows without a match in the end."""
    if "n" not in answer.column_names:
        return
    right = answer["m"].to_pylist() if "m" in answer.column_names else [None] * answer.num_rows
    places = [(math.inf if n is None else n, -1 if m is None else m) for n, m in zip(answer["n"].to_pylist(), right)]
    assert places == sorted(places), (code, env)


def joins(conditions, sql_conditions, kinds=KINDS):
    """The same join in both languages, for each kind."""
    for kind in kinds:
        picked = "n" if kind in ("semi", "anti") else "n, m"
        yield (
            f"LEFT | join {kind} RIGHT on {conditions} | select {picked}",
            f"select {picked} from LEFT l {kind} join RIGHT r on {sql_conditions}",
        )


@pytest.mark.parametrize("name", ["both", "uneven", "no left", "no right"])
@pytest.mark.parametrize("key", MAKERS)
def test_keys_of_each_type(weft, sides, name, key):
    check(weft, sides[name], joins(f"{key} == r{key}", f"{key} = r{key}"))


@pytest.mark.parametrize("name", ["both", "reverse", "no right", "one"])
@pytest.mark.parametrize("key", ["i", "f", "s", "b"])
def test_null_safe_keys(weft, sides, name, key):
    check(weft, sides[name], joins(f"{key} is r{key}", f"{key} is not distinct from r{key}"))


# Ours, DuckDB's.
CONDITIONS = {
    "two keys": ("i == ri, s == rs", "i = ri and s = rs"),
    "mixed keys": ("small is rsmall, b == rb, f == rf", "small is not distinct from rsmall and b = rb and f = rf"),
    "types": ("small == ri", "small = ri"),
    "float and integer": ("small == rf", "small = rf"),
    "computed": ("s.length() == rsmall + 1", "length(s) = rsmall + 1"),
    "key and more": ("small == rsmall, day <= rday", "small = rsmall and day <= rday"),
    "key and or": ("b == rb, (s < rs or f > rf)", "b = rb and (s < rs or f > rf)"),
    "safe and more": ("s is rs, dec != rdec", "s is not distinct from rs and dec <> rdec"),
    "less": ("i < ri", "i < ri"),
    "band": ("ts >= rts, ts < rts + 20h", "ts >= rts and ts < rts + interval 20 hour"),
    "not equal": ("s != rs", "s <> rs"),
    "or": ("i == ri or s == rs", "i = ri or s = rs"),
    "never": ("small > rsmall + 1000", "small > rsmall + 1000"),
    "always": ("(small + rsmall > -1000) ?? true", "coalesce(small + rsmall > -1000, true)"),
    "null test": ("(i is null) == (rs is null)", "(i is null) = (rs is null)"),
}


@pytest.mark.parametrize("name", ["both", "reverse", "no left", "no right"])
@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions(weft, sides, name, condition):
    check(weft, sides[name], joins(*CONDITIONS[condition]))


@pytest.mark.parametrize("name", SIDES)
def test_cross(weft, sides, name):
    case = ("LEFT | join cross RIGHT | select n, m", "select n, m from LEFT cross join RIGHT")
    check(weft, sides[name], [case], CONFIGURATIONS if name in ("both", "no left", "no right") else ())


@pytest.mark.parametrize("name", SIDES)
def test_whole_rows(weft, sides, name):
    """All columns come out beside each other, by one key and a condition."""
    picked = ["n", *MAKERS, "m", *(f"r{key}" for key in MAKERS)]
    cases = []
    for kind in ["inner", "left", "right", "full"]:
        cases.append((
            f"LEFT | join {kind} RIGHT on small == rsmall, n % 3 != m % 3 | select {', '.join(picked)}",
            f"select {', '.join(picked)} from LEFT {kind} join RIGHT on small = rsmall and n % 3 <> m % 3",
        ))
    check(weft, sides[name], cases)


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("key", ["small", "f", "s"])
def test_shared_key(weft, sides, name, key):
    """A key written alone comes out once, from whichever side has it."""
    cases = []
    for kind in ["inner", "left", "right", "full"]:
        cases.append((
            f"LEFT | join {kind} (RIGHT | select {key} = r{key}, m) on {key} | select n, m, {key}",
            f"select n, m, {key} from LEFT {kind} join (select r{key} as {key}, m from RIGHT) using ({key})",
        ))
    check(weft, sides[name], cases)


@pytest.mark.parametrize("name", ["both", "uneven", "no right"])
@pytest.mark.parametrize(("first", "second"), itertools.product(["left", "right", "full"], ["right", "full", "anti"]))
def test_joins_of_joins(weft, sides, name, first, second):
    picked = "n, m" if second == "anti" else "n, m, k"
    third = "(LEFT | where n % 2 == 0 | select k = n, c = small)"
    code = (
        f"LEFT | join {first} RIGHT on small == rsmall"
        f" | join {second} {third} on rsmall == c, n != k | select {picked}"
    )
    sql = (
        f"select {picked} from (select * from LEFT {first} join RIGHT on small = rsmall) {second} join "
        "(select n as k, small as c from LEFT where n % 2 = 0) on rsmall = c and n <> k"
    )
    check_unordered(weft, sides[name], code, sql)


# What stands after a join, and may be moved below it.
AFTER = {
    "left": ("where small > 1", "where small > 1"),
    "right": ("where rsmall > 1", "where rsmall > 1"),
    "both": ("where small > 1 and rs != \"a\"", "where small > 1 and rs <> 'a'"),
    "null": ("where rsmall is null", "where rsmall is null"),
    "left null": ("where n is null or rb", "where n is null or rb"),
    "coalesce": ("where small ?? rsmall > 2", "where coalesce(small, rsmall) > 2"),
}


@pytest.mark.parametrize("kind", ["inner", "left", "right", "full"])
@pytest.mark.parametrize("after", AFTER)
def test_filters_after(weft, sides, kind, after):
    own, theirs = AFTER[after]
    code = f"LEFT | join {kind} RIGHT on i == ri, small <= rsmall | {own} | select n, m"
    sql = f"select n, m from LEFT {kind} join RIGHT on i = ri and small <= rsmall {theirs}"
    check(weft, sides["both"], [(code, sql)])


@pytest.mark.parametrize("kind", KINDS)
def test_counted(weft, sides, kind):
    """Nobody sees the order here, so either side may be built."""
    for name in ("uneven", "reverse"):
        for own, theirs in [("i == ri", "i = ri"), ("i is ri, f != rf", "i is not distinct from ri and f <> rf"), ("i < ri", "i < ri")]:
            picked = "sum(n), count(n)" + ("" if kind in ("semi", "anti") else ", sum(m), count(m)")
            items = picked.replace("sum(", "s_").replace("count(", "c_").replace(")", "").split(", ")
            braces = ", ".join(f"{item} = {call}" for item, call in zip(items, picked.split(", ")))
            code = f"LEFT | join {kind} RIGHT on {own} | agg {{ {braces} }}"
            check_unordered(weft, sides[name], code, f"select {picked} from LEFT {kind} join RIGHT on {theirs}")


def check_unordered(weft, paths, code, sql):
    renamed = code.replace("select n, m", "select a = n, b = m")
    check(weft, paths, [(renamed, sql)])
