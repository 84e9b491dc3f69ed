"""Runs of a query, each in a process of its own."""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from support import ROOT, binary

ENGINES = ["weft", "duckdb", "polars", "datafusion", "daft"]


@dataclass
class Run:
    """What one run took, or why there is no answer."""

    seconds: float = 0.0
    memory: int = 0  # bytes
    rows: int = 0
    error: str = ""


@dataclass
class Answer:
    """What an engine takes for a query: medians of its runs."""

    seconds: float
    memory: int
    rows: int
    error: str


def question(query, engines, folders, options):
    """The query and each engine's answer. The engines take turns; one that failed is not asked again."""
    runs = {engine: [] for engine in engines}
    for _ in range(options.repeat):
        for engine in engines:
            if not any(run.error for run in runs[engine]):
                runs[engine].append(once(engine, query, folders[query.set], options))
    return query, {engine: answer(found) for engine, found in runs.items()}


def answer(runs):
    error = next((run.error for run in runs if run.error), "")
    return Answer(statistics.median(run.seconds for run in runs), int(statistics.median(run.memory for run in runs)),
                  runs[-1].rows, error)


def once(engine, query, folder, options):
    with tempfile.TemporaryDirectory() as scratch:
        timings = Path(scratch) / "timings"
        if engine == "weft":
            command = [binary(), "run", query.weft, "-p", f"dir={folder}", "--format", "arrow", "--repeat", "2",
                       "--timings", timings]
        else:
            command = [sys.executable, "-m", "bench.peer", engine, query.weft.with_suffix(".sql"), folder, timings,
                       str(options.threads)]
        with open(Path(scratch) / "out", "wb") as out, open(Path(scratch) / "err", "wb") as err:
            code, memory = run(command, environment(options.threads), out, err, options)
        if code == -signal.SIGKILL:
            return Run(error=f"over {options.timeout:.0f} s, or killed")
        if code:
            lines = (Path(scratch) / "err").read_text(errors="replace").strip().splitlines() or [f"exit code {code}"]
            return Run(error=lines[-1] if engine != "weft" else " ".join(lines))
        last = json.loads(timings.read_text().splitlines()[-1])
        rows = last["rows"] if engine != "weft" else rows_of(Path(scratch) / "out")
        return Run(last["seconds"], memory, rows)


def run(command, env, out, err, options):
    """Runs it on as many cores as there are threads; its exit code and peak memory in bytes."""
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    process = subprocess.Popen(
        [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env, cwd=ROOT,
        preexec_fn=lambda: os.sched_setaffinity(0, cores),
    )
    watch = threading.Timer(options.timeout, process.kill)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    watch.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


def environment(threads):
    names = ("WEFT_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "TOKIO_WORKER_THREADS")
    paths = os.pathsep.join([str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    quiet = {"PYTHONPATH": paths, "DO_NOT_TRACK": "true", "DAFT_PROGRESS_BAR": "0"}
    return os.environ | {name: str(threads) for name in names} | quiet


def rows_of(path):
    import pyarrow as pa

    with open(path, "rb") as stream:
        return pa.ipc.open_stream(stream).read_all().num_rows
