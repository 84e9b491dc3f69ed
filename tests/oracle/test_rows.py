"""Verbs that choose, fill and number rows give what DuckDB gives."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compare import MAKERS, check


def table(seed, rows, groups):
    rng = random.Random(seed)
    columns = {
        "n": pa.array(range(rows), pa.int64()),
        "k": pa.array([rng.choice([None, *range(groups)]) for _ in range(rows)], pa.int64()),
        "g": pa.array([rng.choice("xyz") for _ in range(rows)], pa.string()),
    }
    for name, (ty, make) in MAKERS.items():
        columns[name] = pa.array([None if rng.random() < 0.15 else make(rng) for _ in range(rows)], ty)
    return pa.table(columns)


TABLES = {"ties": (1, 700, 9), "singles": (2, 300, 400), "one": (3, 1, 1), "none": (4, 0, 1)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    for name, (seed, rows, groups) in TABLES.items():
        pq.write_table(table(seed, rows, groups), folder / f"{name}.parquet", row_group_size=256)
    return folder

CELLS = {
    "drop_null": ("drop_null i, s | select n, i, s", "select n, i, s from TABLE where i is not null and s is not null order by n"),
    "drop any null": ("select n, i, s, day | drop_null", "select n, i, s, day from TABLE where i is not null and s is not null"
                      " and day is not null order by n"),
    "drop_nan": ("drop_nan f | select n, f", "select n, f from TABLE where not coalesce(isnan(f), false) order by n"),
    "fill_null": ("select n, i, small, f, dec, s | fill_null 7 | fill_null \"none\", s",
                  "select n, coalesce(i, 7), coalesce(small, 7), coalesce(f, 7), coalesce(dec, 7), coalesce(s, 'none')"
                  " from TABLE order by n"),
    "fill a day": ("fill_null @2024-05-05, day | select n, day", "select n, coalesce(day, date '2024-05-05') from TABLE order by n"),
    "row number": ("where b | with_row_number start: 5 | select n, row",
                   "select n, row_number() over (order by n) + 4 from TABLE where b order by n"),
    "row number of groups": ("group k, g { | sort day desc, n | with_row_number } | sort n | select n, row",
                             "select n, row_number() over (partition by k, g order by day desc nulls last, n) - 1 from TABLE order by n"),
    "last": ("distinct k, g, keep: \"last\" | select n",
             "select n from TABLE qualify row_number() over (partition by k, g order by n desc) = 1 order by n"),
    "last float": ("distinct f, keep: \"last\" | select n",
                   "select n from TABLE qualify row_number() over (partition by f order by n desc) = 1 order by n"),
    "none": ("distinct k, keep: \"none\" | select n",
             "select n from TABLE qualify count(*) over (partition by k) = 1 order by n"),
    "none of all": ("select k, g, b | distinct *, keep: \"none\" | sort k, g, b",
                    "select k, g, b from TABLE group by all having count(*) = 1 order by k nulls last, g nulls last, b nulls last"),
    "computed": ("distinct small // 50, keep: \"last\" | select n",
                 "select n from TABLE qualify row_number() over (partition by floor(small / 50) order by n desc) = 1 order by n"),
    "range": ("take 5..<20 | select n", "select n from TABLE order by n limit 15 offset 5"),
    "skip": ("skip 290 | take -4 | select n", "select n from (select n from TABLE order by n offset 290)"
             " qualify row_number() over (order by n desc) <= 4 order by n"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cell", CELLS)
def test_rows(weft, tables, name, cell):
    code, sql = CELLS[cell]
    check(weft, tables / f"{name}.parquet", f"TABLE | {code}", sql)
