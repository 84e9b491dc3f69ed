"""Lists taken apart and columns made rows give what DuckDB gives."""

import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from compare import MAKERS, check


def table(seed, rows, longest):
    rng = random.Random(seed)
    lengths = [rng.choice([0, 1, 2, longest]) for _ in range(rows)]
    missing = [rng.random() < 0.1 for _ in range(rows)]
    columns = {"n": pa.array(range(rows), pa.int64()), "k": pa.array([rng.choice([None, 1, 2, 3]) for _ in range(rows)], pa.int64())}
    for name, (ty, make) in MAKERS.items():
        def item():
            return None if rng.random() < 0.15 else make(rng)

        lists = [None if gone else [item() for _ in range(length)] for gone, length in zip(missing, lengths)]
        columns[f"{name}_list"] = pa.array(lists, pa.list_(ty))
        columns[name] = pa.array([item() for _ in range(rows)], ty)
    return pa.table(columns)


TABLES = {"short": (1, 400, 5), "long": (2, 40, 700), "one": (3, 1, 3), "none": (4, 0, 1)}


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lists")
    for name, (seed, rows, longest) in TABLES.items():
        pq.write_table(table(seed, rows, longest), folder / f"{name}.parquet", row_group_size=128)
    return folder


CELLS = {f"explode {name}": (f"select n, {name}_list | explode {name}_list", f"select n, unnest({name}_list) from TABLE") for name in MAKERS}
CELLS |= {
    "side by side": ("select n, s_list, i_list | explode s = s_list, i = i_list, index: \"at\" | select n, s, i, at",
                     "select n, unnest(s_list), unnest(i_list), unnest(range(len(s_list))) from TABLE"),
    "keep empty": ("explode i_list, index: \"at\", keep_empty: true | select n, i_list, at",
                   "select n, x.i, x.at from TABLE left join lateral (select unnest(i_list) as i, unnest(range(len(i_list))) as at) x"
                   " on true order by n, x.at nulls first"),
    "counted": ("explode s_list | where s_list != \"\" and k > 1 | group k { n = count(), d = count_distinct(s_list) } | sort k",
                "select k, count(*), count(distinct s) from (select k, unnest(s_list) as s from TABLE) where s != '' and k > 1"
                " group by k order by k"),
    "unpivot": ("select n, i, small | unpivot i, small into (name, value)",
                "select n, unnest(['i', 'small']), unnest([i::bigint, small::bigint]) from TABLE"),
    "unpivot texts": ("derive other = s ?? \"-\" | unpivot s, other into (name, value) | select n, name, value",
                      "select n, unnest(['s', 'other']), unnest([s, coalesce(s, '-')]) from TABLE"),
    "unnest": ("select n, both = {i: i, s: s} | unnest both | select n, i, s", "select n, i, s from TABLE"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("cell", CELLS)
def test_lists(weft, tables, name, cell):
    code, sql = CELLS[cell]
    check(weft, tables / f"{name}.parquet", f"TABLE | {code}", sql)
