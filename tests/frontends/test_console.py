"""`jupyter console`: a terminal front end asks `is_complete` and prints plain text."""

import re
import sys

import pexpect
import pytest


@pytest.fixture
def console(tmp_path):
    """A console on a pseudo-terminal, at its first prompt."""
    child = pexpect.spawn(
        sys.executable,
        ["-m", "jupyter", "console", "--kernel", "weft", "--simple-prompt"],
        cwd=str(tmp_path),
        encoding="utf-8",
        timeout=30,
        dimensions=(40, 120),
    )
    child.expect(r"In \[1\]: ")
    yield child
    child.close(force=True)


def plain(text):
    """Without escape sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


def test_a_cell_its_error_and_the_next(console):
    console.sendline("20 + 22")
    console.expect(r"Out\[1\]:.*42")
    console.expect(r"In \[2\]: ")
    console.sendline("range(3) | where nope")
    console.expect("nope")
    console.expect(r"In \[3\]: ")
    assert "Traceback" not in plain(console.before)
    console.sendline("range(3) | agg { n = count() }")
    console.expect("n")
    console.expect("3")
    console.expect(r"In \[4\]: ")
    console.sendeof()
