"""Fixtures that start kernels."""

import pytest

from client import kernel


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    """One kernel for a whole module, working in an empty folder."""
    with kernel(cwd=str(tmp_path_factory.mktemp("work"))) as client:
        yield client


@pytest.fixture
def fresh(tmp_path):
    """A kernel of its own for one test, working in the test's folder."""
    with kernel(cwd=str(tmp_path)) as client:
        yield client
