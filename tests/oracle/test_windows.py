"""Windows give what DuckDB gives, for all functions, frames and types; also group blocks.

Tables are generated with ties, nulls, NaN, partitions of one row, and nothing at
all. Every table has a column `n` that orders its rows without ties, so that both
engines break ties alike.
"""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compare import CONFIGURATIONS, MAKERS, check


def table(seed, rows, groups):
    rng = random.Random(seed)
    columns = {
        "n": pa.array(range(rows), pa.int64()),
        "k": pa.array([rng.choice([None, *range(groups)]) for _ in range(rows)], pa.int64()),
        "g": pa.array([rng.choice("xyz") for _ in range(rows)], pa.string()),
    }
    for name, (ty, make) in MAKERS.items():
        some = [None if rng.random() < 0.15 else make(rng) for _ in range(rows)]
        columns[name] = pa.array(some, ty)
    return pa.table(columns)


TABLES = {"ties": (1, 700, 9), "singles": (2, 300, 400), "one": (3, 1, 1), "none": (4, 0, 1), "long": (5, 3000, 1)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("windows")
    for name, (seed, rows, groups) in TABLES.items():
        pq.write_table(table(seed, rows, groups), folder / f"{name}.parquet", row_group_size=256)
    return folder


# An order: ours, DuckDB's. The last key makes it total where ties would show.
ORDERS = {
    "i": ("sort i, n", "order by i nulls last, n"),
    "f": ("sort f desc, n", "order by f desc nulls last, n"),
    "s": ("sort s nulls first, n desc", "order by s nulls first, n desc"),
    "day": ("sort day, n", "order by day nulls last, n"),
}
TIED = {
    "i": ("sort i", "order by i nulls last"),
    "f": ("sort f desc", "order by f desc nulls last"),
    "s": ("sort s nulls first", "order by s nulls first"),
    "b": ("sort b desc nulls first, day", "order by b desc nulls first, day nulls last"),
}
RANKS = ["rank()", "dense_rank()", "percent_rank()", "cume_dist()"]


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("by", ["", "k", "k, g"])
def test_ranks(weft, tables, name, by):
    columns, picked = [], []
    for order, (own, theirs) in TIED.items():
        for number, call in enumerate(RANKS):
            columns.append(f"{order}{number} = {call} over ({'by ' + by if by else ''} {own})")
            picked.append(f"{call} over ({'partition by ' + by if by else ''} {theirs})")
    for order, (own, theirs) in ORDERS.items():
        for number, call in enumerate(["row_number()", "ntile(4)", "ntile(1000)"]):
            columns.append(f"{order}_{number} = {call} over ({'by ' + by if by else ''} {own})")
            picked.append(f"{call} over ({'partition by ' + by if by else ''} {theirs})")
    code = f"TABLE | select n, {', '.join(columns)} | sort n"
    check(weft, tables / f"{name}.parquet", code, f"select n, {', '.join(picked)} from TABLE order by n")


# A frame: ours, DuckDB's.
ROWS = {
    "whole": ("", "rows between unbounded preceding and unbounded following"),
    "running": ("rows ..0", "rows between unbounded preceding and current row"),
    "before": ("rows ..-2", "rows between unbounded preceding and 2 preceding"),
    "beyond": ("rows ..3", "rows between unbounded preceding and 3 following"),
    "rest": ("rows 0..", "rows between current row and unbounded following"),
    "later": ("rows 2..", "rows between 2 following and unbounded following"),
    "around": ("rows -3..3", "rows between 3 preceding and 3 following"),
    "wide": ("rows -200..50", "rows between 200 preceding and 50 following"),
    "past": ("rows -5..-2", "rows between 5 preceding and 2 preceding"),
    "ahead": ("rows 1..4", "rows between 1 following and 4 following"),
    "self": ("rows 0..0", "rows between current row and current row"),
}
# Which aggregates run over which columns; DuckDB's name where it differs.
AGGREGATES = {
    "sum": ["i", "small", "dec"],
    "mean": ["i", "dec"],
    "min": ["i", "f", "dec", "s", "day", "ts", "b"],
    "max": ["i", "f", "dec", "s", "day", "ts", "b"],
    "count": ["i", "s"],
    "count_distinct": ["i", "s", "f"],
    "var": ["i"],
    "stddev": ["small"],
    "bool_and": ["b"],
    "bool_or": ["b"],
    "median": ["i"],
    "list_agg": ["i"],
    "first_value": ["i", "s"],
    "last_value": ["dec", "day"],
}
THEIRS = {
    "mean": "avg({x})",
    "count_distinct": "count(distinct {x})",
    "var": "var_samp({x})",
    "stddev": "stddev_samp({x})",
    "list_agg": "list({x})",
}


def columns_of(frames, keys, calls=AGGREGATES):
    mine, theirs = ["n"], ["n"]
    for frame, (own, sql) in frames.items():
        for function, columns in calls.items():
            for x in columns:
                mine.append(f"`{function} {x} {frame}` = {function}({x}) over ({keys[0]} {own})")
                call = THEIRS.get(function, function + "({x})").format(x=x)
                theirs.append(f"{call} over ({keys[1]} {sql})")
    return ", ".join(mine), ", ".join(theirs)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("frame", ROWS)
@pytest.mark.parametrize("order", ["i", "f"])
def test_aggregates_over_rows(weft, tables, name, frame, order):
    mine, theirs = ORDERS[order]
    frames = {frame: ROWS[frame]}
    keys = (f"by k {mine}", f"partition by k {theirs}")
    calls = dict(AGGREGATES)
    if name == "long":
        # Every frame is folded anew for these, and their results are long.
        calls = {f: c for f, c in calls.items() if f not in ("list_agg", "median")}
    mine, theirs = columns_of(frames, keys, calls)
    code, sql = f"TABLE | select {mine} | sort n", f"select {theirs} from TABLE order by n"
    configurations = CONFIGURATIONS if name == "ties" else CONFIGURATIONS[:1]
    check(weft, tables / f"{name}.parquet", code, sql, configurations)


RANGES = {
    "peers": ("range 0..0", "range between current row and current row"),
    "running": ("range ..0", "range between unbounded preceding and current row"),
    "rest": ("range 0..", "range between current row and unbounded following"),
}
DISTANCES = {
    "i": [("range -2..1", "range between 2 preceding and 1 following"),
          ("range -3..-1", "range between 3 preceding and 1 preceding"),
          ("range ..2", "range between unbounded preceding and 2 following"),
          ("range 1..", "range between 1 following and unbounded following")],
    "f": [("range -1.5..0", "range between 1.5 preceding and current row")],
    "dec": [("range -0.75..1.5", "range between 0.75 preceding and 1.5 following")],
    "day": [("range -7d..0", "range between interval 7 day preceding and current row"),
            ("range -1mo..2d", "range between interval 1 month preceding and interval 2 day following")],
    "ts": [("range -30min..1h", "range between interval 30 minute preceding and interval 1 hour following")],
}
RANGED = {"sum": ["small"], "min": ["s"], "max": ["f"], "count": ["i"], "count_distinct": ["s"], "mean": ["dec"]}


@pytest.mark.parametrize("name", ["ties", "singles", "one", "none", "long"])
@pytest.mark.parametrize("key", DISTANCES)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_aggregates_over_ranges(weft, tables, name, key, direction):
    frames = RANGES | {f"d{i}": frame for i, frame in enumerate(DISTANCES[key])}
    keys = (f"by g sort {key} {direction}", f"partition by g order by {key} {direction} nulls last")
    mine, theirs = columns_of(frames, keys, RANGED)
    code, sql = f"TABLE | select {mine} | sort n", f"select {theirs} from TABLE order by n"
    check(weft, tables / f"{name}.parquet", code, sql, CONFIGURATIONS if name == "ties" else CONFIGURATIONS[:1])


@pytest.mark.parametrize("name", TABLES)
def test_neighbours(weft, tables, name):
    mine, theirs = [], []
    for x in ["i", "f", "s", "dec", "day", "b"]:
        for number, (own, sql) in enumerate([("lag({x})", "lag({x})"), ("lead({x}, 3)", "lead({x}, 3)"),
                                             ("nth_value({x}, 2)", "nth_value({x}, 2)")]):
            whole = " rows between unbounded preceding and unbounded following" if "nth" in own else ""
            mine.append(f"{x}{number} = {own.format(x=x)} over (by k sort day, n)")
            theirs.append(f"{sql.format(x=x)} over (partition by k order by day nulls last, n{whole})")
    mine.append("d = lag(i, 2, default: n) over (sort n)")
    theirs.append("lag(i, 2, n) over (order by n)")
    code = f"TABLE | select n, {', '.join(mine)} | sort n"
    check(weft, tables / f"{name}.parquet", code, f"select n, {', '.join(theirs)} from TABLE order by n")


@pytest.mark.parametrize("name", TABLES)
def test_whole_partitions_and_filters(weft, tables, name):
    code = """TABLE
    | derive a = sum(i) over (by k), c0 = count(s, where: i > 0) over (by k, g), c = sum(i, distinct: true) over (by g),
        d = max(f), e = mean(dec) over (by s), f2 = sum(small, where: b) over (sort n rows -4..0)
    | select n, a, c0, c, d, e, f2 | sort n"""
    sql = """select n, sum(i) over (partition by k), count(s) filter (i > 0) over (partition by k, g),
        (select sum(distinct i) from TABLE u where u.g = t.g), max(f) over (), avg(dec) over (partition by s),
        sum(small) filter (b) over (order by n rows between 4 preceding and current row) from TABLE t order by n"""
    check(weft, tables / f"{name}.parquet", code, sql)


BLOCKS = {
    "top": ("group g { | sort i desc, n | take 3 } | select n, g, i",
            "select n, g, i from t qualify row_number() over (partition by g order by i desc nulls last, n) <= 3"
            " order by first, i desc nulls last, n"),
    "last": ("group g { | sort day, n | take -2 } | select n, day",
             "select n, day from t qualify row_number() over (partition by g order by day desc nulls first, n desc) <= 2"
             " order by first, day nulls last, n"),
    "middle": ("group k, g { | sort s, n | take 1..<3 } | select n",
               "select n from t2 qualify row_number() over (partition by k, g order by s nulls last, n) in (2, 3)"
               " order by first, s nulls last, n"),
    "skip": ("group g { | skip 5 | take 2 } | select n",
             "select n from t qualify row_number() over (partition by g order by n) in (6, 7) order by first, n"),
    "filter": ("group g { | where small >= mean(small) | derive r = rank() over (sort small) } | select n, r",
               "select n, rank() over (partition by g order by small) from (select * from t"
               " qualify small >= avg(small) over (partition by g)) order by first, n"),
    "running": ("group g { | sort ts, n | derive x = sum(small) over (rows ..0), y = lag(i) | where y > 0 } | select n, x, y",
                "select n, x, y from (select *, sum(small) over w x, lag(i) over w y from t window w as (partition by g"
                " order by ts nulls last, n rows between unbounded preceding and current row)) where y > 0"
                " order by first, ts nulls last, n"),
    "folded": ("group g { | sort day desc, n | agg { a = sum(i), b = list_agg(n) } } | select a, b",
               "select sum(i), list(n order by day desc nulls last, n) from t group by g, first order by first"),
    "grouped": ("group g { | group b { m = max(i) } | sort m desc, b | take 1 } | select g, b, m",
                "select g, b, m from (select g, b, max(i) m, min(first) first from t group by g, b)"
                " qualify row_number() over (partition by g order by m desc nulls last, b nulls last) = 1 order by first"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("block", BLOCKS)
def test_group_blocks(weft, tables, name, block):
    code, sql = BLOCKS[block]
    views = ("with t as (select *, min(n) over (partition by g) first from TABLE),"
             " t2 as (select *, min(n) over (partition by k, g) first from TABLE) ")
    check(weft, tables / f"{name}.parquet", f"TABLE | {code}", views + sql)
