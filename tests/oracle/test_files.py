"""Files that Weft reads give the values that pyarrow and DuckDB read."""

import datetime as dt
import math
import random
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

CSV = {
    "quotes.csv": 'a,b\n1,"x, y"\n2,"say ""hi"""\n3,"two\nlines"\n',
    "types.csv": "i,f,b,d,t,s\n1,1.5,true,2024-01-31,2024-01-31 10:00:00,x\n"
    "-2,-0.25,false,1970-01-01,1969-12-31 23:59:59,y\n",
    "nulls.csv": "i,s\n1,\n,x\n3,y\n",
    "crlf.csv": "a,b\r\n1,x\r\n2,y\r\n",
    "bom.csv": "\ufeffa,b\n1,x\n",
    "unicode.csv": "na\u00efve,\u5e03\n1,\u7e54\u7269\n",
    "last_line.csv": "a\n1\n2",
    "late_float.csv": "a\n" + "1\n" * 50 + "2.5\n",
}


def read(weft, code):
    """The table that the cell's last pipeline gives."""
    done = weft("run", "-", "--format", "arrow", stdin=code.encode())
    assert done.returncode == 0, done.stderr.decode()
    return pa.ipc.open_stream(done.stdout).read_all()


def same(ours, theirs):
    """Equal, and NaN equals itself."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(same(ours[k], theirs[k]) for k in ours)
    return ours == theirs


@pytest.mark.parametrize("name", CSV)
def test_csv_as_duckdb_reads_it(weft, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(CSV[name].encode())
    ours = read(weft, f'read_csv("{path}")')
    theirs = duckdb.sql(f"from read_csv('{path}', header = true, sample_size = -1)")
    assert ours.column_names == theirs.columns
    rows = [tuple(row.values()) for row in ours.to_pylist()]
    assert rows == theirs.fetchall()


def columns():
    """A column of each type that Parquet files have, nulls among the values."""
    rng = random.Random(3)
    count = 3_000

    def some(make):
        return [None if rng.random() < 0.1 else make() for _ in range(count)]

    day = dt.date(2000, 1, 1)
    return {
        "bool": pa.array(some(lambda: rng.random() < 0.5)),
        "i8": pa.array(some(lambda: rng.randrange(-128, 128)), pa.int8()),
        "i32": pa.array(some(lambda: rng.randrange(-(2**31), 2**31)), pa.int32()),
        "i64": pa.array(some(lambda: rng.randrange(-(2**63), 2**63)), pa.int64()),
        "u64": pa.array(some(lambda: rng.randrange(2**64)), pa.uint64()),
        "f32": pa.array(some(lambda: rng.choice([0.5, -1.25, math.inf])), pa.float32()),
        "f64": pa.array(some(lambda: rng.choice([rng.random(), math.nan, -0.0])), pa.float64()),
        "text": pa.array(some(lambda: "\u7e54" * rng.randrange(9)), pa.string()),
        "bytes": pa.array(some(lambda: rng.randbytes(rng.randrange(9))), pa.binary()),
        "day": pa.array(some(lambda: day + dt.timedelta(days=rng.randrange(9_000))), pa.date32()),
        "us": pa.array(
            some(lambda: dt.datetime(2020, 1, 1) + dt.timedelta(microseconds=rng.randrange(10**15))),
            pa.timestamp("us"),
        ),
        "utc": pa.array(some(lambda: rng.randrange(10**15)), pa.timestamp("us", "UTC")),
        "money": pa.array(
            some(lambda: Decimal(rng.randrange(-(10**12), 10**12)).scaleb(-2)),
            pa.decimal128(15, 2),
        ),
        "wide": pa.array(
            some(lambda: Decimal(rng.randrange(10**30)).scaleb(-10)), pa.decimal128(38, 10)
        ),
        "word": pa.array(some(lambda: rng.choice(["warp", "weft"]))).dictionary_encode(),
        "list": pa.array(some(lambda: [rng.randrange(9)] * rng.randrange(4)), pa.list_(pa.int64())),
        "struct": pa.array(some(lambda: {"a": rng.randrange(9), "b": "x"})),
    }


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip", "brotli", "lz4"])
def test_parquet_of_every_type_and_codec(weft, tmp_path, codec):
    path = tmp_path / "all.parquet"
    table = pa.table(columns())
    pq.write_table(table, path, compression=codec, row_group_size=700, data_page_size=4_096)
    ours = read(weft, f'read_parquet("{path}")')
    assert ours.column_names == table.column_names
    for name in table.column_names:
        left, right = ours[name].to_pylist(), table[name].to_pylist()
        wrong = [i for i in range(len(right)) if not same(left[i], right[i])]
        assert wrong == [], (name, [(left[i], right[i]) for i in wrong[:3]])


@pytest.mark.parametrize("version", ["1.0", "2.4", "2.6"])
@pytest.mark.parametrize("pages", ["1.0", "2.0"])
def test_parquet_filters_give_what_duckdb_gives(weft, tmp_path, version, pages):
    path = tmp_path / "t.parquet"
    data = columns()
    kept = {name: data[name] for name in ("i32", "f64", "text", "day", "money", "word")}
    pq.write_table(
        pa.table(kept),
        path,
        version=version,
        data_page_version=pages,
        row_group_size=500,
        write_page_index=True,
    )
    weft_filter = 'i32 > 0 and day >= @2010-01-01 and word == "weft"'
    sql_filter = "i32 > 0 and day >= date '2010-01-01' and word = 'weft'"
    ours = read(weft, f'read_parquet("{path}") | where {weft_filter} | select i32, day, money')
    theirs = duckdb.sql(f"select i32, day, money from '{path}' where {sql_filter}").fetchall()
    assert len(theirs) > 100
    assert [tuple(row.values()) for row in ours.to_pylist()] == theirs
