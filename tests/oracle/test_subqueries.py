"""Sub-pipelines give what DuckDB gives: as values, and on the right side of `in`.

Conditions are generated over tables with nulls, NaN, duplicates, one row and no
row. DuckDB's `not in` is empty as soon as the right side has a null; here nulls
there are ignored, so the SQL leaves them out.
"""

import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compare import CONFIGURATIONS, MAKERS, check, ours

COLUMNS = ["i", "small", "f", "dec", "s", "day", "ts", "b"]


def table(seed, rows):
    rng = random.Random(seed)
    columns = {"n": pa.array(range(rows), pa.int64())}
    for name, (ty, make) in MAKERS.items():
        columns[name] = pa.array([None if rng.random() < 0.15 else make(rng) for _ in range(rows)], ty)
    return pa.table(columns)


TABLES = {"many": (1, 2000), "few": (2, 9), "one": (3, 1), "none": (4, 0)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("subqueries")
    for name, (seed, rows) in TABLES.items():
        pq.write_table(table(seed, rows), folder / f"{name}.parquet", row_group_size=256)
    return folder


def source(tables, name):
    path = tables / f"{name}.parquet"
    # The condition keeps DuckDB from answering by the file's statistics, which know no NaN.
    return f'read_parquet("{path}")', f"(from '{path}' where n % 1 = 0)"


def value(rng, tables, column):
    """One value of the column's type: ours, DuckDB's."""
    own, sql = source(tables, rng.choice(list(TABLES)))
    fold = rng.choice(["min", "max"])
    least = rng.randrange(-4, 4)
    inner = rng.choice([("", ""), (f" | where i >= {least}", f" where i >= {least}"), (" | where n < 0", " where n < 0")])
    if rng.random() < 0.3:
        place = rng.randrange(4)
        return (f"({own} | where n == {place} | select {column})", f"(select {column} from {sql} where n = {place})")
    return f"({own}{inner[0]} | agg {{ {fold}({column}) }})", f"(select {fold}({column}) from {sql}{inner[1]})"


def condition(rng, tables, depth=2):
    """A condition on a row: ours, DuckDB's."""
    if depth and rng.random() < 0.5:
        left, right = (condition(rng, tables, depth - 1) for _ in range(2))
        word = rng.choice(["and", "or"])
        if rng.random() < 0.3:
            return f"not ({left[0]} {word} {right[0]})", f"not ({left[1]} {word} {right[1]})"
        return f"({left[0]} {word} {right[0]})", f"({left[1]} {word} {right[1]})"
    column = rng.choice(COLUMNS)
    if rng.random() < 0.5:
        own, sql = value(rng, tables, column)
        compare = rng.choice([("==", "="), ("!=", "<>"), ("<", "<"), (">=", ">=")])
        return f"{column} {compare[0]} {own}", f"{column} {compare[1]} {sql}"
    own, sql = source(tables, rng.choice(list(TABLES)))
    word = rng.choice(["in", "not in"])
    limit = rng.randrange(0, 12)
    inside = f"({own} | where n < {limit} | select {column})"
    # An empty right side: ours is null for a row without a value, DuckDB's is false.
    theirs = f"{column} {word} (select {column} from {sql} where n < {limit} and {column} is not null)"
    return f"{column} {word} {inside}", f"(case when {column} is null then null else {theirs} end)"


@pytest.mark.parametrize("seed", range(40))
def test_conditions(weft, tables, seed):
    rng = random.Random(seed)
    name = rng.choice(["many", "many", "few", "one", "none"])
    own, sql = condition(rng, tables)
    verb, keeps = rng.choice([("where", "({})"), ("unless", "({}) is not true")])
    code, query = f"TABLE | {verb} {own} | select n", f"select n from TABLE where {keeps.format(sql)} order by n"
    check(weft, tables / f"{name}.parquet", code, query, CONFIGURATIONS if seed < 12 else CONFIGURATIONS[:1])


@pytest.mark.parametrize("seed", range(12))
def test_values_and_marks(weft, tables, seed):
    rng = random.Random(100 + seed)
    pairs = [value(rng, tables, column) for column in COLUMNS] + [condition(rng, tables) for _ in range(3)]
    own = ", ".join(f"c{i} = {code}" for i, (code, _) in enumerate(pairs))
    sql = ", ".join(query for _, query in pairs)
    check(weft, tables / "few.parquet", f"TABLE | select n, {own}", f"select n, {sql} from TABLE order by n")


def test_in_grouping_sorting_joining_and_windows(weft, tables):
    own, sql = source(tables, "many")
    most, theirs = f"({own} | agg {{ mean(small) }})", f"(select avg(small) from {sql})"
    cells = {
        f"TABLE | group high = small > {most} {{ n = count(), part = sum(small) / ({own} | agg {{ sum(small) }}) }} | sort high":
            f"select small > {theirs} high, count(*), sum(small) / (select sum(small) from {sql}) from TABLE group by 1"
            " order by 1 nulls last",
        f"TABLE | sort abs(small - {most}), n | take 20 | select n":
            f"select n from TABLE order by abs(small - {theirs}) nulls last, n limit 20",
        f"TABLE | join (TABLE | select m = n, i2 = i) on n == m, i + i2 > ({own} | agg {{ median(i) }}) | select n":
            f"select a.n from TABLE a join TABLE b on a.n = b.n and a.i + b.i > (select median(i) from {sql}) order by a.n",
        f"TABLE | derive r = sum(small - {most}) over (by b sort n rows ..0) | select n, r":
            f"select n, sum(small - {theirs}) over (partition by b order by n) from TABLE order by n",
    }
    for code, query in cells.items():
        expected = duckdb.sql(query.replace("TABLE", sql)).fetchall()
        assert expected
        check(weft, tables / "many.parquet", code, query)


def test_a_sub_pipeline_runs_once_whatever_reads_it(weft, tables):
    own, _ = source(tables, "many")
    once = f"({own} | agg {{ sum(i) }})"
    code = f"{own} | select a = {once}, b = {once} + 1 | where a + 1 == b | agg {{ n = count() }}"
    assert ours(weft, code).column("n").to_pylist() == [TABLES["many"][1]]
    told = weft("run", "-", stdin=f"{own} | select a = {once}, b = {once} | explain".encode())
    runs = told.stdout.decode().split("as it runs")[1].split("rules")[0]
    assert told.returncode == 0 and runs.count("sum(i)") == 1, runs
