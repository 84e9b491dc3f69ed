"""A kernel starts quickly, ends when told or orphaned, and keeps its history."""

import os
import signal
import subprocess
import sys
import time

import psutil

from client import Client, kernel

ORPHAN = """
import os, sys
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="weft")
print(manager.provisioner.process.pid, flush=True)
os.kill(os.getpid(), 9)
"""


def gone(pid, within):
    """Whether the process ends in that many seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_starts_in_no_time():
    begun = time.monotonic()
    with kernel() as client:
        assert client.alive()
    assert time.monotonic() - begun < 5


def test_shutdown_is_answered_and_the_process_ends(fresh):
    process = fresh.manager.provisioner.process
    fresh.client.shutdown()
    reply = fresh.client.get_control_msg(timeout=5)
    assert reply["msg_type"] == "shutdown_reply"
    assert process.wait(timeout=5) == 0


def test_a_kernel_does_not_outlive_its_parent():
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, text=True, timeout=60)
    pid = int(done.stdout)
    try:
        assert gone(pid, within=10)
    finally:
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def test_an_interrupt_of_an_idle_kernel_does_nothing(fresh):
    os.kill(fresh.manager.provisioner.process.pid, signal.SIGINT)
    time.sleep(0.2)
    assert fresh.alive()


def test_a_restart_forgets_names_and_keeps_history(fresh):
    marker = f"let kept_{os.getpid()} = range(3)"
    assert fresh.run(marker).status == "ok"
    fresh.manager.restart_kernel(now=False)
    fresh.client.wait_for_ready(timeout=30)
    fresh.drain()
    assert fresh.run(f"kept_{os.getpid()}").status == "error"
    fresh.client.history(hist_access_type="search", pattern="*kept_*", n=50, raw=True)
    while True:
        reply = fresh.client.get_shell_msg(timeout=10)
        if reply["msg_type"] == "history_reply":
            break
    assert marker in [entry[2] for entry in reply["content"]["history"]]


def test_two_clients_share_the_session(fresh):
    other = fresh.manager.client()
    other.start_channels()
    try:
        other.wait_for_ready(timeout=10)
        assert fresh.run("let shared = range(4)").status == "ok"
        second = Client(fresh.manager, other)
        second.drain()
        assert "6" in second.run("shared | agg { total = sum(id) }").text
    finally:
        other.stop_channels()


def test_completion_and_info_are_answered_while_a_query_runs(fresh):
    heavy = "range(2_000_000_000) | derive k = id % 7 | group k { s = sum(id) }"
    running = fresh.start(heavy)
    time.sleep(0.3)
    begun = time.monotonic()
    asked = fresh.client.complete("range(3) | unl")
    reply = fresh.client.get_shell_msg(timeout=5)
    took = time.monotonic() - begun
    assert reply["parent_header"]["msg_id"] == asked
    assert "unless" in str(reply["content"]["matches"])
    assert took < 1.0
    fresh.manager.interrupt_kernel()
    assert fresh.finish(running).status == "error"
