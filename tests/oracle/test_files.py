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


# What each encoding of pyarrow's writer is made for.
ENCODINGS = {
    "i32": ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"],
    "i64": ["PLAIN", "DELTA_BINARY_PACKED", "BYTE_STREAM_SPLIT"],
    "u64": ["PLAIN", "DELTA_BINARY_PACKED"],
    "us": ["PLAIN", "DELTA_BINARY_PACKED"],
    "day": ["PLAIN", "DELTA_BINARY_PACKED"],
    "f32": ["PLAIN", "BYTE_STREAM_SPLIT"],
    "f64": ["PLAIN", "BYTE_STREAM_SPLIT"],
    "bool": ["PLAIN", "RLE"],
    "text": ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"],
    "bytes": ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"],
    "money": ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"],
    "wide": ["PLAIN", "BYTE_STREAM_SPLIT", "DELTA_BYTE_ARRAY"],
}


def flat_columns():
    """The flat ones of `columns`, and what they leave out: few values, runs, nulls only, none null, long and empty text."""
    data = {name: values for name, values in columns().items() if name in ENCODINGS or name == "i8"}
    count = len(data["i32"])
    data["few"] = pa.array([None if i % 11 == 0 else i % 5 for i in range(count)], pa.int64())
    data["runs"] = pa.array([i // 400 for i in range(count)], pa.int32())
    data["none"] = pa.nulls(count, pa.int64())
    data["sparse"] = pa.array([i if i % 997 == 0 else None for i in range(count)], pa.float64())
    long = ["x" * (i % 300) if i % 3 else "\u7e54" * (i % 50) for i in range(count)]
    data["long"] = pa.array(long)
    data["word"] = pa.array([None if i % 7 == 0 else ["warp", "weft", ""][i * i % 3] for i in range(count)])
    data["dec32"] = data["i8"].cast(pa.decimal128(9, 2))
    data["id"] = pa.array(range(count), pa.int64())
    return data


def schema_of(data):
    """`id` cannot be null, the others can."""
    return pa.schema([pa.field(n, v.type, nullable=n != "id") for n, v in data.items()])


def compare(ours, theirs):
    assert ours.num_rows == theirs.num_rows
    for name in theirs.column_names:
        left, right = ours[name].to_pylist(), theirs[name].to_pylist()
        wrong = [i for i in range(len(right)) if not same(left[i], right[i])]
        assert wrong == [], (name, [(i, left[i], right[i]) for i in wrong[:3]])


@pytest.mark.parametrize("pages", ["1.0", "2.0"])
@pytest.mark.parametrize("way", ["dictionary", 0, 1, 2])
@pytest.mark.parametrize("index", [False, True])
def test_flat_parquet_in_every_encoding(weft, tmp_path, pages, way, index):
    path = tmp_path / "flat.parquet"
    data = flat_columns()
    table = pa.table(data, schema=schema_of(data))
    how = {"use_dictionary": True}
    if way != "dictionary":
        chosen = {name: names[way % len(names)] for name, names in ENCODINGS.items()}
        how = {"use_dictionary": False, "column_encoding": chosen}
    pq.write_table(
        table,
        path,
        data_page_version=pages,
        row_group_size=1_300,
        data_page_size=2_000,
        dictionary_pagesize_limit=3_000,
        write_batch_size=50,
        write_page_index=index,
        store_decimal_as_integer=way == 0,
        compression="snappy" if way else "none",
        **how,
    )
    compare(read(weft, f'read_parquet("{path}")'), table)
    # Few rows, scattered; many; those of one column alone; by a column that is not given.
    import pyarrow.compute as pc

    field = pc.field
    for ours, theirs in [
        ("few == 3 and runs >= 2", (field("few") == 3) & (field("runs") >= 2)),
        ("id % 100 == 17", field("id") >= 0),
        ('word != "weft"', field("word") != "weft"),
        ("f64 > 0.25 or i32 < 0", (field("f64") > 0.25) | (field("i32") < 0)),
        ("id == 2999", field("id") == 2999),
        ("sparse is not null", field("sparse").is_valid()),
    ]:
        if "%" in ours:
            expected = table.take([i for i in range(table.num_rows) if i % 100 == 17])
        else:
            # pyarrow says that NaN is greater than nothing: here it is the greatest.
            expected = table.filter(theirs) if "f64" not in ours else None
        if expected is not None:
            compare(read(weft, f'read_parquet("{path}") | where {ours}'), expected)
            some = ["text", "money", "word", "id"]
            picked = read(weft, f'read_parquet("{path}") | where {ours} | select {", ".join(some)}')
            compare(picked, expected.select(some))
        else:
            rows = duckdb.sql(f"select id, text from '{path}' where f64 > 0.25 or i32 < 0").fetchall()
            picked = read(weft, f'read_parquet("{path}") | where {ours} | select id, text')
            assert [tuple(row.values()) for row in picked.to_pylist()] == rows


@pytest.mark.parametrize("codec", ["none", "snappy", "zstd", "gzip", "brotli", "lz4"])
def test_flat_parquet_in_every_codec(weft, tmp_path, codec):
    path = tmp_path / "flat.parquet"
    data = flat_columns()
    table = pa.table(data, schema=schema_of(data))
    pq.write_table(table, path, compression=codec, row_group_size=999, data_page_version="2.0")
    compare(read(weft, f'read_parquet("{path}")'), table)


def test_parquet_without_rows(weft, tmp_path):
    data = flat_columns()
    table = pa.table(data, schema=schema_of(data))
    path = tmp_path / "empty.parquet"
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table.slice(0, 0))
        writer.write_table(table.slice(0, 5))
        writer.write_table(table.slice(0, 0))
    compare(read(weft, f'read_parquet("{path}")'), table.slice(0, 5))
    with pq.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table.slice(0, 0))
    assert read(weft, f'read_parquet("{path}") | where few == 3').num_rows == 0


def test_damaged_parquet_names_its_file(weft, tmp_path):
    """Bytes of the pages overwritten one place after the other: rows or an error that names the file, never a fault."""
    path, bad = tmp_path / "good.parquet", tmp_path / "bad.parquet"
    data = flat_columns()
    kept = {name: data[name].slice(0, 60) for name in ("few", "text", "word", "f64", "id", "bool")}
    pq.write_table(pa.table(kept), path, data_page_size=200, write_page_index=True)
    good = path.read_bytes()
    end = len(good) - int.from_bytes(good[-8:-4], "little") - 8
    rng = random.Random(5)
    errors = 0
    for place in range(4, end, max(1, end // 60)):
        damaged = bytearray(good)
        damaged[place : place + 3] = rng.randbytes(3)
        bad.write_bytes(damaged)
        code = f'read_parquet("{bad}") | where few >= 0 or id >= 0'
        done = weft("run", "-", "--format", "arrow", stdin=code.encode())
        if done.returncode != 0:
            errors += 1
            message = done.stderr.decode()
            assert "bad.parquet" in message, message
            assert "fault of its own" not in message and "panicked" not in message, message
    assert errors > 10
