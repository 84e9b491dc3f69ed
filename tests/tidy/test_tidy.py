"""What the project's documents promise about its sources, held by a test.

Needs neither a build nor a kernel. The rules: every Rust file has module docs,
is reached by a `mod`, stays short and has no unfinished corners; crates depend
in one direction; paths named in ARCHITECTURE.md exist; nothing speaks of the
place where it was written.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support import ROOT

MAX_FILE = 600  # lines
MAX_FUNCTION = 120  # lines
SHORT_FUNCTION = 50  # lines; nine in ten are at most this long

# Who may depend on whom, dev-dependencies aside.
LAYERS = {
    "weft-core": set(),
    "weft-compute": {"weft-core"},
    "weft-functions": {"weft-core", "weft-compute"},
    "weft-image": {"weft-core", "weft-compute"},
    "weft-plan": {"weft-core", "weft-compute"},
    "weft-io": {"weft-core", "weft-compute"},
    "weft-exec": {"weft-core", "weft-compute", "weft-plan"},
    "weft-session": {
        "weft-core",
        "weft-compute",
        "weft-functions",
        "weft-image",
        "weft-plan",
        "weft-io",
        "weft-exec",
    },
    "weft-lang": {"weft-core", "weft-plan"},
    "weft": {"weft-core", "weft-image", "weft-plan", "weft-session", "weft-lang"},
}


def tracked(pattern="*"):
    """The files that git knows, or would add, matching a pattern."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", pattern],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


RUST = tracked("*.rs")
CRATES = [path for path in tracked("*Cargo.toml") if path.parent != ROOT]


def name_of(path):
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check():
    assert len(RUST) > 10
    assert len(CRATES) == len(LAYERS)


def test_every_rust_file_begins_with_module_docs():
    bare = [name_of(path) for path in RUST if not path.read_text().lstrip().startswith("//!")]
    assert bare == []


def test_rust_files_are_short():
    lengths = {name_of(path): path.read_text().count("\n") for path in RUST}
    assert {name: n for name, n in lengths.items() if n > MAX_FILE} == {}


def functions(text):
    """Name and length in lines of each function, by rustfmt's indentation."""
    lines = text.split("\n")
    for start, line in enumerate(lines):
        head = re.match(r"( *)(?:pub(?:\([^)]*\))? )?(?:const |async |unsafe )*fn (\w+)", line)
        if not head:
            continue
        for end in range(start, len(lines)):
            if lines[end].startswith(head[1] + "}"):
                yield head[2], end - start + 1
                break
            if end == start and line.rstrip().endswith((";", "}")):
                break


def test_functions_are_short():
    sizes = [
        (length, f"{name_of(path)}: {name}")
        for path in RUST
        for name, length in functions(path.read_text())
    ]
    assert [entry for entry in sizes if entry[0] > MAX_FUNCTION] == []
    short = sum(length <= SHORT_FUNCTION for length, _ in sizes)
    assert short >= 0.9 * len(sizes)


def test_nothing_is_unfinished():
    unfinished = re.compile(r"\b(todo|unimplemented|dbg)!\s*\(|\b(TODO|FIXME|XXX)\b")
    found = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in RUST
        for number, line in enumerate(path.read_text().split("\n"), 1)
        if unfinished.search(line)
    ]
    assert found == []


def roots(crate):
    """The files that cargo compiles by themselves."""
    manifest = tomllib.loads((crate / "Cargo.toml").read_text())
    named = [target.get("path") for kind in ("bin", "test", "bench", "example")
             for target in manifest.get(kind, [])]
    usual = ["src/lib.rs", "src/main.rs", "build.rs", manifest.get("lib", {}).get("path")]
    files = [crate / name for name in named + usual if name]
    for folder in ("tests", "benches", "examples", "src/bin"):
        files += [*(crate / folder).glob("*.rs"), *(crate / folder).glob("*/main.rs")]
    return [path for path in files if path.exists()]


def children(path, is_root):
    """The files that `mod name;` or a family's list in this file brings in."""
    home = path.parent if is_root or path.name == "mod.rs" else path.parent / path.stem
    text = path.read_text()
    declared = re.findall(
        r'(?:#\[path = "([^"]+)"\]\s*)?^\s*(?:pub(?:\([^)]*\))? )?mod (\w+);', text, re.M
    )
    # A family's list of functions declares their modules.
    for words in re.findall(r"^(?:family|functions)!\s*[({]([^)}]*)", text, re.M):
        declared += [("", word) for word in re.findall(r"\w+", words.split(":")[-1])]
    for chosen, name in declared:
        if chosen:
            yield (path.parent / chosen).resolve()
        for candidate in (home / f"{name}.rs", home / name / "mod.rs"):
            if candidate.exists():
                yield candidate
    for included in re.findall(r'include!\(\s*"([^"]+\.rs)"', text):
        yield (path.parent / included).resolve()


def test_every_rust_file_is_compiled():
    reached, queue = set(), []
    for manifest in CRATES:
        queue += [(path.resolve(), True) for path in roots(manifest.parent)]
    while queue:
        path, is_root = queue.pop()
        if path not in reached:
            reached.add(path)
            queue += [(child.resolve(), False) for child in children(path, is_root)]
    assert [name_of(path) for path in RUST if path.resolve() not in reached] == []


@pytest.mark.parametrize("manifest", CRATES, ids=lambda path: path.parent.name)
def test_crates_depend_in_one_direction(manifest):
    crate = tomllib.loads(manifest.read_text())
    name = crate["package"]["name"]
    ours = {d for d in crate.get("dependencies", {}) if d.split("-")[0] == "weft"}
    assert ours <= LAYERS[name], f"{name} may not know {ours - LAYERS[name]}"


def test_only_the_kernel_knows_jupyter_and_json_messages():
    for manifest in CRATES:
        crate = tomllib.loads(manifest.read_text())
        if crate["package"]["name"] != "weft":
            assert not {"zeromq", "jupyter-protocol"} & crate.get("dependencies", {}).keys()


# What a path may do with the world outside: files are read by `engine/io`; the one place that asks the machine what it
# has is `settings.rs`; home folders stand in paths; what does not fit into memory goes to files of `spill`. All else is
# the kernel's.
OUTSIDE = re.compile(r"\bstd::(env|fs|process|net)\b|\bFile::(open|create)\b|\bprintln!|\beprint(ln)?!")
MAY_TOUCH = {
    "engine/io/src": {"std::fs", "File::open", "std::env"},
    "engine/core/src/settings.rs": {"std::fs", "std::env"},
    "engine/core/src/spill/": {"std::fs", "std::process"},
}


def test_the_engine_and_the_language_leave_the_world_alone():
    found = []
    for path in RUST:
        name = name_of(path)
        if not re.match(r"(engine/\w+|lang)/src/", name):
            continue
        code = path.read_text().split("#[cfg(test)]")[0]
        allowed = set().union(*(what for where, what in MAY_TOUCH.items() if name.startswith(where)), set())
        for line in code.splitlines():
            touched = OUTSIDE.search(line)
            if touched and not line.lstrip().startswith("//") and touched.group() not in allowed:
                found.append(f"{name}: {line.strip()}")
    assert found == []


def test_paths_named_in_the_architecture_exist():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    named = set(re.findall(r"`((?:\.ci|engine|kernel|kernelspec|lang|notebooks|tests|docs)/[\w./-]*)`", text))
    assert named, "ARCHITECTURE.md names no paths"
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_links_in_the_documents_lead_somewhere():
    missing = []
    for page in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                missing.append(f"{name_of(page)}: {target}")
    assert missing == []


# Spelled in pieces, so that this file passes its own test.
FORBIDDEN = re.compile(
    "|".join(
        ["/wo" "rk/", "/ro" "ot/", "/op" "t/wheels", "HEL" "PERS\\.md", r"\bland\." "sh"]
        + ["py" r"pi\.org", "python" "hosted", r"registry\.npm" "js", r"(?:index|static)\.cra" r"tes\.io"]
        + ["deb\\.deb" "ian"]
    )
)
TEXT = {".rs", ".py", ".md", ".toml", ".json", ".ipynb", ".txt", ".weft", ".lock", ".yml", ".yaml"}


def test_nothing_speaks_of_the_place_where_it_was_written():
    found = []
    for path in tracked():
        if path.suffix in TEXT or path.suffix == "" or path.name in (".gitignore", "Makefile"):
            text = path.read_text(errors="replace")
            found += [f"{name_of(path)}: {match[0]}" for match in FORBIDDEN.finditer(text)]
    assert found == []


def test_the_logo_is_what_its_script_draws():
    subprocess.run(
        [sys.executable, ROOT / "kernelspec" / "render_logos.py", "--check"], check=True
    )


def test_the_wheel_carries_the_kernelspec():
    folder = ROOT / "kernelspec" / "wheel" / "data" / "share" / "jupyter" / "kernels" / "weft"
    carried = {path.name for path in folder.iterdir()}
    assert carried == {"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}
    for name in carried:
        assert (folder / name).read_bytes() == (ROOT / "kernelspec" / name).read_bytes()


def test_versions_are_written_once():
    for manifest in CRATES:
        crate = tomllib.loads(manifest.read_text())
        assert crate["package"]["version"] == {"workspace": True}, name_of(manifest)
        for table in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, value in crate.get(table, {}).items():
                assert isinstance(value, dict) and value.get("workspace"), (name_of(manifest), name)
