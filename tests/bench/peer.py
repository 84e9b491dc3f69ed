"""One query put to one peer in this process: `python -m bench.peer ENGINE SQL FOLDER TIMINGS THREADS`.

Tables are bound before the clock starts; the files are opened and read by the
query. The first answer warms up, the second counts.
"""

import json
import sys
import time
from pathlib import Path


def duckdb_(files, threads):
    import duckdb

    database = duckdb.connect(config={"threads": threads})
    for name, path in files.items():
        database.execute(f"create view {name} as from read_parquet('{path}')")
    return lambda sql: len(database.execute(sql).to_arrow_table())


def polars_(files, threads):
    import polars

    def ask(sql):
        frames = {name: polars.scan_parquet(path) for name, path in files.items()}
        return polars.SQLContext(frames).execute(sql, eager=False).collect(engine="streaming").height

    return ask


def datafusion_(files, threads):
    import datafusion

    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(threads))
    for name, path in files.items():
        context.register_parquet(name, str(path))
    return lambda sql: context.sql(sql).to_arrow_table().num_rows


def daft_(files, threads):
    import daft

    def ask(sql):
        frames = {name: daft.read_parquet(str(path)) for name, path in files.items()}
        return daft.sql(sql, **frames).to_arrow().num_rows

    return ask


PEERS = {"duckdb": duckdb_, "polars": polars_, "datafusion": datafusion_, "daft": daft_}


def main(engine, sql, folder, timings, threads):
    files = {path.stem: path for path in sorted(Path(folder).glob("*.parquet"))}
    ask, text = PEERS[engine](files, int(threads)), Path(sql).read_text()
    lines = []
    for turn in (1, 2):
        start = time.perf_counter()
        rows = ask(text)
        lines.append(json.dumps({"run": turn, "seconds": time.perf_counter() - start, "rows": rows}))
    Path(timings).write_text("\n".join(lines))


main(*sys.argv[1:])
