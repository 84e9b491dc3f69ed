"""What every Python suite shares: the binary under test and a home of its own.

The binary is `WEFT_BIN`, else the release build. Its kernelspec is installed
into a throw-away prefix, and home, configuration and history lie in another, so
a run neither sees nor touches what the user has.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support import ROOT, binary, tpch_folder

HOME = pytest.StashKey[Path]()


def pytest_configure(config):
    """Move home away and install the kernel, before any suite starts one."""
    home = Path(tempfile.mkdtemp(prefix="weft-tests-"))
    config.stash[HOME] = home
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(home / name.lower())
        Path(os.environ[name]).mkdir()
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        os.environ[name] = str(home / name.lower())
    os.environ["JUPYTER_PATH"] = str(home / "prefix" / "share" / "jupyter")
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if not binary().exists():
        raise pytest.UsageError(f"{binary()} is not there: run `make build`, or set WEFT_BIN")
    subprocess.run([binary(), "install", "--prefix", home / "prefix"], check=True)


def pytest_unconfigure(config):
    """Leave nothing behind."""
    shutil.rmtree(config.stash[HOME], ignore_errors=True)


@pytest.fixture(scope="session")
def weft():
    """Runs `weft ARGUMENTS`; returns the completed process, output as bytes."""

    def run(*arguments, stdin=b"", cwd=ROOT, timeout=120, env=None):
        return subprocess.run(
            [binary(), *map(str, arguments)],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            timeout=timeout,
            env=os.environ | (env or {}),
        )

    return run


@pytest.fixture(scope="session")
def tpch():
    """The folder of TPC-H at scale 0.1 as Parquet, generated once."""
    return tpch_folder("0.1")
