"""What the differential tests share: values of each type that meet and are hard to compare, and runs of a cell."""

import datetime as dt
import itertools
import math
from decimal import Decimal

import pyarrow as pa
import pyarrow.ipc

DAY = dt.date(2024, 1, 1)
LONG = "a text too long to be stored in place "

# Keys of each type: few values, so that they meet; some that are hard to compare.
MAKERS = {
    "i": (pa.int64(), lambda rng: rng.choice([-(2**63), -1, 0, 1, 2, 3, 4, 5, 2**63 - 1])),
    "small": (pa.int16(), lambda rng: rng.randrange(-3, 9)),
    "f": (pa.float64(), lambda rng: rng.choice([0.0, -0.0, 1.0, 2.0, -2.25, math.nan, math.inf, 0.1])),
    "dec": (pa.decimal128(12, 2), lambda rng: Decimal(rng.randrange(-500, 500, 50)) / 100),
    "s": (pa.string(), lambda rng: rng.choice(["", "a", "b", "ab", "ü", LONG + "x", LONG + "y"])),
    "day": (pa.date32(), lambda rng: DAY + dt.timedelta(days=rng.randrange(9))),
    "ts": (pa.timestamp("us"), lambda rng: dt.datetime(2024, 1, 1) + dt.timedelta(hours=rng.randrange(200))),
    "b": (pa.bool_(), lambda rng: rng.random() < 0.5),
}

CONFIGURATIONS = [
    {},
    {"WEFT_THREADS": "1", "WEFT_CHUNK_ROWS": "1", "WEFT_TASK_ROWS": "50"},
    {"WEFT_THREADS": "8", "WEFT_OPTIMIZER": "false", "WEFT_CHUNK_ROWS": "7", "WEFT_TASK_ROWS": "31"},
]
# Most cases run under one of them, in turn.
TURNS = itertools.cycle(CONFIGURATIONS)


def ours(weft, code, env=None):
    done = weft("run", "-", "--format", "arrow", stdin=code.encode(), env=env)
    assert done.returncode == 0, f"{code}\n{done.stderr.decode()}"
    return pa.ipc.open_stream(done.stdout).read_all()


def plain(value):
    """A value that equals another one and sorts beside it exactly where the engines' values do."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value + 0.0
    return value


def rows(columns):
    return [tuple(map(plain, row)) for row in zip(*columns, strict=True)]
