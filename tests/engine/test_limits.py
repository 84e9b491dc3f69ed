"""Memory stays within its budget, and running out is an error that names the operator."""

import os
import re
import subprocess
import threading
import time
from pathlib import Path

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
    told = []
    readers = [
        threading.Thread(target=lambda pipe=pipe: told.append((pipe, pipe.read())))
        for pipe in (child.stdout, child.stderr)
    ]
    for reader in readers:
        reader.start()
    child.stdin.write(code.encode())
    child.stdin.close()
    peak = 0
    while child.poll() is None:
        peak = max(peak, resident_peak(child.pid))
        time.sleep(0.01)
    for reader in readers:
        reader.join()
    told = dict(told)
    return child.returncode, told[child.stdout].decode(), told[child.stderr].decode(), peak


def resident_peak(pid):
    """The most bytes that were resident. (`ru_maxrss` would count this process before the exec.)"""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)
    return int(found[1]) * 1024 if found else 0


def test_fifty_million_groups_stop_at_the_disk_limit_and_say_so(tmp_path):
    code, out, err, peak = run(
        "range(50_000_000) | group id { n = count() } | agg { groups = count() }",
        WEFT_MEMORY_LIMIT="256MB",
        WEFT_SPILL_DIR=str(tmp_path),
        WEFT_SPILL_LIMIT="64MB",
    )
    assert code == 1, (out, err)
    assert out == ""
    assert "group would spill" in err
    assert "spill_limit" in err
    assert peak < 512 * MB, f"{peak / MB:.0f} MB resident"


def test_more_groups_than_fit_are_counted_from_disk(tmp_path):
    code, out, err, peak = run(
        "range(4_000_000) | group id { n = count() } | agg { groups = count(), rows = sum(n) }",
        WEFT_MEMORY_LIMIT="64MB",
        WEFT_SPILL_DIR=str(tmp_path),
    )
    assert code == 0, err
    assert out.splitlines()[1] == "4000000,4000000"
    assert peak < 320 * MB, f"{peak / MB:.0f} MB resident"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("stages", "operator"),
    [("| sort id * 7919 % 1_000_003 | agg { x = first(id) }", "sort"),
     ("| join (range(4_000_000) | select k = id) on id == k | agg { n = count() }", "join"),
     ("| distinct | agg { n = count() }", "distinct")],
)
def test_other_breakers_keep_to_the_budget(stages, operator):
    code, out, err, peak = run(f"range(4_000_000) {stages}", WEFT_MEMORY_LIMIT="64MB")
    assert peak < 320 * MB, f"{peak / MB:.0f} MB resident"
    assert code == 0, (operator, err)


def test_a_scan_needs_little_however_long_it_is():
    code, out, err, peak = run(
        "range(200_000_000) | where id % 3 == 0 | agg { n = count(), s = sum(id) }"
    )
    assert code == 0, err
    assert out.splitlines()[1] == "66666667,6666666633333333"
    assert peak < 200 * MB, f"{peak / MB:.0f} MB resident"
