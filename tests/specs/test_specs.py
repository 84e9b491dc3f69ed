"""Runs the literate specs beside this file: prose, a cell, and what it gives.

A fence marked `weft` holds a cell. The fence after it holds what is expected:

- `csv`: the whole result, as `weft run --format csv` writes it;
- `text`: the same as `--format text`, for scalars;
- `error`: the cell fails, and each line of the fence occurs in what is told.

A cell with no such fence prepares: it runs before all cells after it in its file.
"""

import re
from pathlib import Path

import pytest

SPECS = sorted(Path(__file__).parent.glob("*.md"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def examples(path):
    """Each checked cell with what prepares it, its line, and what is expected of it."""
    text = path.read_text()
    fences = list(FENCE.finditer(text))
    prepared = []
    for fence, after in zip(fences, [*fences[1:], None]):
        if fence[1] != "weft":
            continue
        if after is None or after[1] == "weft":
            prepared.append(fence[2])
            continue
        line = text.count("\n", 0, fence.start()) + 1
        cells = "# %%\n".join([*prepared, fence[2]])
        yield pytest.param(cells, after[1], after[2], id=f"{path.stem}:{line}")


ALL = [example for path in SPECS for example in examples(path)]


def test_there_are_specs():
    assert len(SPECS) >= 5 and len(ALL) >= 50


@pytest.mark.parametrize(("cells", "kind", "expected"), ALL)
def test_spec(weft, cells, kind, expected):
    form = "csv" if kind == "csv" else "text"
    done = weft("run", "-", "--format", form, stdin=cells.encode())
    told = done.stderr.decode()
    if kind == "error":
        assert done.returncode == 1, done.stdout.decode()
        for line in expected.splitlines():
            assert line in told, told
        return
    assert done.returncode == 0, told
    assert done.stdout.decode().rstrip("\n") == expected.rstrip("\n")
