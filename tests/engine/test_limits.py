"""Memory stays within its budget, and running out is an error that names the operator."""

import os
import subprocess

import pytest

from support import ROOT, binary

MB = 1_000_000


def run(code, **settings):
    """Runs a cell; returns exit code, standard output and error, and the peak resident bytes."""
    child = subprocess.Popen(
        [binary(), "run", "-", "--format", "csv"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | settings,
    )
    child.stdin.write(code.encode())
    child.stdin.close()
    out, err = child.stdout.read(), child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, out.decode(), err.decode(), usage.ru_maxrss * 1024


def test_fifty_million_groups_do_not_fit_and_say_so():
    code, out, err, peak = run(
        "range(50_000_000) | group id { n = count() } | agg { groups = count() }",
        WEFT_MEMORY_LIMIT="256MB",
    )
    assert code == 1, (out, err)
    assert out == ""
    assert "group" in err or "aggregate" in err
    assert "memory" in err
    assert peak < 512 * MB, f"{peak / MB:.0f} MB resident"


@pytest.mark.parametrize(
    ("stages", "operator"),
    [("| sort id * 7919 % 1_000_003 | agg { x = first(id) }", "sort"),
     ("| join (range(20_000_000) | select k = id) on id == k | agg { n = count() }", "join"),
     ("| distinct | agg { n = count() }", "distinct")],
)
def test_other_breakers_keep_to_the_budget(stages, operator):
    code, out, err, peak = run(f"range(20_000_000) {stages}", WEFT_MEMORY_LIMIT="64MB")
    assert peak < 320 * MB, f"{peak / MB:.0f} MB resident"
    if code:
        assert operator in err and "memory" in err, err


def test_a_scan_needs_little_however_long_it_is():
    code, out, err, peak = run(
        "range(200_000_000) | where id % 3 == 0 | agg { n = count(), s = sum(id) }"
    )
    assert code == 0, err
    assert out.splitlines()[1] == "66666667,6666666633333333"
    assert peak < 200 * MB, f"{peak / MB:.0f} MB resident"
