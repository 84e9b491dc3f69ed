"""Set operations give what DuckDB gives: distinct and counted, by name and by position, of one table and of several."""

import random

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from differential import MAKERS, TURNS, ours, plain, rows

# Few values, so that rows are equal often; wide rows seldom are, so they are drawn from a pool.
SIDES = {"both": (300, 200), "uneven": (500, 5), "no left": (0, 30), "no right": (30, 0), "nothing": (0, 0), "one": (1, 1)}
COLUMNS = {"narrow": ["b", "small"], "float": ["f"], "text": ["s", "b"], "wide": list(MAKERS)}


def pool(seed):
    rng = random.Random(seed)
    return [{name: None if rng.random() < 0.2 else make(rng) for name, (_, make) in MAKERS.items()} for _ in range(60)]


def table(seed, count):
    rng, values = random.Random(seed), pool(7)
    picked = [rng.choice(values) for _ in range(count)]
    return pa.table({name: pa.array([row[name] for row in picked], ty) for name, (ty, _) in MAKERS.items()})


@pytest.fixture(scope="module")
def sides(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sets")
    paths = {}
    for number, (name, counts) in enumerate(SIDES.items()):
        paths[name] = [folder / f"{number}{side}.parquet" for side in range(3)]
        for side, count in enumerate([*counts, 40]):
            pq.write_table(table(10 * number + side, count), paths[name][side], row_group_size=64)
    return paths


@pytest.mark.parametrize("name", SIDES)
@pytest.mark.parametrize("columns", COLUMNS)
@pytest.mark.parametrize("verb", ["union", "intersect", "except"])
def test_sets(weft, sides, name, columns, verb):
    names = COLUMNS[columns]
    listed = ", ".join(names)
    renamed = ", ".join(f"c{i} = {column}" for i, column in enumerate(names))
    back = ", ".join(reversed(names))
    first, second, third = (f'read_parquet("{path}")' for path in sides[name])
    a, b, c = (f"(select {listed} from '{path}')" for path in sides[name])
    every, once = ("", ", distinct: true") if verb == "union" else (", all: true", "")
    for code, sql in [
        (f"{first} | select {listed} | {verb} ({second} | select {back}){once}", f"{a} {verb} {b}"),
        (f"{first} | select {listed} | {verb} ({second} | select {back}){every}", f"{a} {verb} all {b}"),
        (
            f'{first} | select {listed} | {verb} ({second} | select {renamed}), by: "position"{every}',
            f"{a} {verb} all {b}",
        ),
        (
            f"{first} | select {listed} | {verb} ({second} | select {listed}), ({third} | select {listed}){every}",
            f"({a} {verb} all {b}) {verb} all {c}",
        ),
    ]:
        expected = sorted((tuple(map(plain, row)) for row in duckdb.sql(sql).fetchall()), key=repr)
        env = next(TURNS)
        answer = ours(weft, code, env)
        assert answer.column_names == names
        got = sorted(rows([column.to_pylist() for column in answer.columns]), key=repr)
        assert got == expected, (code, env)
