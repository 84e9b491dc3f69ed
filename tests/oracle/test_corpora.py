"""Other people's test files, where `WEFT_CORPORA` names a folder of them.

Without it these tests have nothing to read; `test_files.py` holds the same on
small files of our own.
"""

import datetime as dt
import json
import math
import os
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

FOLDER = os.environ.get("WEFT_CORPORA")
# Columns in which the corpus's JSON says another thing than its CSV.
CONTRADICTED = {"location_coordinates": ["Contact Phone Number"]}
# Damaged files that pyarrow reads all the same and we refuse by name: a dictionary page where none can be, and one
# that is malformed.
REFUSED = {"dict-page-offset-zero.parquet", "nation.dict-malformed.parquet"}
PLAIN = (bool, int, float, str, bytes, Decimal, dt.date, type(None))


def files(pattern):
    """The corpora's files that match."""
    return sorted(Path(FOLDER).glob(pattern)) if FOLDER else []


def read(weft, source, path):
    """The table, or the text of the refusal; nothing else may happen."""
    done = weft("run", "-", "--format", "arrow", stdin=f'{source}("{path}")'.encode())
    told = done.stderr.decode()
    assert "panicked" not in told, told
    assert done.returncode in (0, 1), (done.returncode, told)
    if done.returncode:
        assert path.name in told, told
        return told
    return pa.ipc.open_stream(done.stdout).read_all()


def same(ours, theirs):
    """Equal as values; NaN equals itself."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    if isinstance(ours, dt.datetime) and isinstance(theirs, dt.datetime):
        return ours.replace(tzinfo=None) == theirs.replace(tzinfo=None)
    return ours == theirs


def differences(ours, theirs):
    """Columns whose plain values differ from pyarrow's."""
    found = []
    for name in theirs.column_names:
        try:
            expected = theirs[name].to_pylist()
        except (ValueError, OverflowError):  # nanoseconds and years that Python's datetime does not hold
            continue
        if not all(isinstance(value, PLAIN) for value in expected):
            continue
        values = ours[name].to_pylist()
        if len(values) != len(expected) or not all(map(same, values, expected)):
            found.append(name)
    return found


def test_parquet_files_read_as_pyarrow_reads_them(weft):
    wrong, refused = {}, {}
    for path in files("parquet-testing/data/**/*.parquet"):
        ours = read(weft, "read_parquet", path)
        try:
            theirs = pq.ParquetFile(path).read()
        except (OSError, pa.ArrowException, ValueError):
            continue  # pyarrow refuses it: that we did not crash is all we ask
        if isinstance(ours, str):
            refused[path.name] = ours.strip().splitlines()[0]
        elif bad := differences(ours, theirs):
            wrong[path.name] = bad
    assert wrong == {}
    assert refused.keys() <= REFUSED, refused


def test_encrypted_parquet_is_refused(weft):
    for path in files("parquet-testing/data/**/*.encrypted"):
        assert isinstance(read(weft, "read_parquet", path), str)


def test_csv_files_equal_their_json(weft):
    for path in files("csv-spectrum/csvs/*.csv"):
        ours = read(weft, "read_csv", path)
        try:
            rows = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
        except UnicodeDecodeError:
            continue  # not UTF-8, so it may be refused
        rows = [rows] if isinstance(rows, dict) else rows
        assert not isinstance(ours, str), (path.name, ours)
        assert ours.num_rows == len(rows), path.name
        for left, right in zip(ours.to_pylist(), rows):
            shown = {k: "" if v is None else str(v) for k, v in left.items()}
            for name in CONTRADICTED.get(path.stem, ()):
                shown.pop(name), right.pop(name)
            assert shown == right, path.name


def test_other_csv_files_do_not_crash(weft):
    for path in files("arrow-testing/data/csv/**/*"):
        if path.is_file():
            read(weft, "read_csv", path)
