"""What the comparisons with DuckDB share: values of each type, and the check itself."""

import datetime as dt
import math
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.ipc

DAY = dt.date(2024, 1, 1)

MAKERS = {
    "i": (pa.int64(), lambda rng: rng.randrange(-4, 5)),
    "small": (pa.int16(), lambda rng: rng.randrange(-300, 300)),
    "f": (pa.float64(), lambda rng: rng.choice([0.0, -0.0, 1.5, -2.25, math.nan, 1e6, 0.1])),
    "dec": (pa.decimal128(12, 2), lambda rng: Decimal(rng.randrange(-500, 500)) / 100),
    "s": (pa.string(), lambda rng: rng.choice(["", "a", "b", "a text too long to be stored in place", "ü"])),
    "day": (pa.date32(), lambda rng: DAY + dt.timedelta(days=rng.randrange(40))),
    "ts": (pa.timestamp("us"), lambda rng: dt.datetime(2024, 1, 1) + dt.timedelta(minutes=rng.randrange(300))),
    "b": (pa.bool_(), lambda rng: rng.random() < 0.5),
}


CONFIGURATIONS = [
    {},
    {"WEFT_THREADS": "1", "WEFT_CHUNK_ROWS": "7", "WEFT_TASK_ROWS": "50"},
    {"WEFT_THREADS": "8", "WEFT_OPTIMIZER": "false", "WEFT_CHUNK_ROWS": "97"},
]


def ours(weft, code, env=None):
    done = weft("run", "-", "--format", "arrow", stdin=code.encode(), env=env)
    assert done.returncode == 0, f"{code}\n{done.stderr.decode()}"
    return pa.ipc.open_stream(done.stdout).read_all()


def same(a, b):
    if isinstance(a, Decimal) or isinstance(b, Decimal):
        a, b = (None if x is None else float(x) for x in (a, b))
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        if math.isnan(a) or math.isnan(b):
            return math.isnan(a) and math.isnan(b)
        return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


def check(weft, path, code, sql, configurations=CONFIGURATIONS):
    """`code` and `sql` name the table TABLE; both give rows in order of `n`."""
    expected = duckdb.sql(sql.replace("TABLE", f"'{path}'")).fetchall()
    for env in configurations:
        answer = ours(weft, code.replace("TABLE", f'read_parquet("{path}")'), env)
        rows = list(zip(*(column.to_pylist() for column in answer.columns), strict=True)) if answer.num_rows else []
        assert len(rows) == len(expected), (code, env)
        for left, right in zip(rows, expected, strict=True):
            assert all(map(same, left, right)), (code, env, left, right)
