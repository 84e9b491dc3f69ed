"""The files that are asked about, made once for each scale."""

import shutil

import duckdb

from support import ROOT, tpch_folder

# db-benchmark's tables: groups of 100 and of a hundredth of the rows, keys of three sizes to join by.
FRAMES = {
    "x": """
        select 'id' || lpad(a::varchar, 3, '0') as id1, 'id' || lpad(b::varchar, 3, '0') as id2,
            'id' || lpad(c::varchar, 10, '0') as id3, d as id4, e as id5, c as id6,
            hash(i, 7) % 5 + 1 as v1, hash(i, 8) % 15 + 1 as v2, round(hash(i, 9) % 100000000 / 1e6, 6) as v3
        from (select i, (hash(i, 1) % 100 + 1)::int as a, (hash(i, 2) % 100 + 1)::int as b,
                (hash(i, 3) % greatest({rows} // 100, 1) + 1)::int as c, (hash(i, 4) % 100 + 1)::int as d,
                (hash(i, 5) % 100 + 1)::int as e from range({rows}) t(i))
        order by hash(id6, v3)""",
    "small": "select (i * 10 + 1)::int as k4, i / 8 as w from range(10) t(i)",
    "medium": "select (i + 1)::int as k6, 'm' || i as name, i / 4 as w from range(greatest({rows} // 200, 1)) t(i)",
    "big": """
        select 'id' || lpad((hash(i, 3) % greatest({rows} // 100, 1) + 1)::int::varchar, 10, '0') as k3, min(i) / 2 as w
        from range({rows} // 10) t(i) group by 1 order by hash(k3)""",
}


def folder(scale, sets):
    """The folder of a scale with the tables of the sets."""
    home = tpch_folder(scale)
    if "frames" in sets:
        frames(home.with_name(f"frames-{scale}"), int(float(scale) * 10_000_000))
    return {"tpch": home, "frames": home.with_name(f"frames-{scale}")}


def frames(home, rows):
    if (home / "complete").exists():
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    database = duckdb.connect()
    for name, query in FRAMES.items():
        database.execute(f"copy ({query.format(rows=rows)}) to '{home / name}.parquet' (format parquet)")
    words = "from read_parquet('{}')".format(tpch_folder_of(home) / "orders.parquet")
    database.execute(f"copy (select o_orderkey as id, o_clerk as who, o_comment as note {words})"
                     f" to '{home / 'notes'}.parquet' (format parquet)")
    (home / "complete").touch()


def tpch_folder_of(home):
    """TPC-H at the scale of a folder of frames."""
    return ROOT / "tests" / "data" / home.name.replace("frames", "tpch")
