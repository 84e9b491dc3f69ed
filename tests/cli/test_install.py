"""`weft install`, `weft doctor`, `weft version`: what a user types first."""

import json
import re
import tomllib
from pathlib import Path

from support import ROOT, binary


def spec_folder(prefix):
    return Path(prefix) / "share" / "jupyter" / "kernels" / "weft"


def test_install_writes_the_spec_with_an_absolute_path(weft, tmp_path):
    done = weft("install", "--prefix", tmp_path)
    assert done.returncode == 0, done.stderr
    spec = json.loads((spec_folder(tmp_path) / "kernel.json").read_text())
    assert spec["display_name"] == "Weft"
    assert spec["language"] == "weft"
    assert spec["interrupt_mode"] == "message"
    assert Path(spec["argv"][0]) == binary()
    assert "{connection_file}" in spec["argv"]
    for name in ("logo-32x32.png", "logo-64x64.png", "logo-svg.svg"):
        committed = ROOT / "kernelspec" / name
        assert (spec_folder(tmp_path) / name).read_bytes() == committed.read_bytes()


def test_install_twice_is_fine(weft, tmp_path):
    assert weft("install", "--prefix", tmp_path).returncode == 0
    assert weft("install", "--prefix", tmp_path).returncode == 0


def test_install_where_nothing_can_be_written(weft, tmp_path):
    (tmp_path / "file").write_text("")
    done = weft("install", "--prefix", tmp_path / "file")
    assert done.returncode == 1
    assert str(tmp_path / "file").encode() in done.stderr


def test_version_is_the_workspace_version(weft):
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())
    version = cargo["workspace"]["package"]["version"]
    out = weft("version").stdout.decode()
    assert re.search(rf"\b{re.escape(version)}\b", out)


def test_doctor_is_content_with_this_installation(weft):
    done = weft("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert b"weft" in done.stdout.lower()
