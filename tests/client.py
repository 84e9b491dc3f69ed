"""A front end for tests: starts a kernel, runs cells, collects what comes back."""

import contextlib
import time
from dataclasses import dataclass, field
from queue import Empty

from jupyter_client.manager import start_new_kernel


@dataclass
class Result:
    """What one cell gave: its reply's content and its outputs, in order."""

    reply: dict
    outputs: list = field(default_factory=list)

    @property
    def status(self):
        return self.reply["status"]

    def of_type(self, *types):
        """The outputs of these message types."""
        return [o["content"] for o in self.outputs if o["msg_type"] in types]

    @property
    def data(self):
        """The MIME bundle of the cell's last result or display."""
        return self.of_type("execute_result", "display_data")[-1]["data"]

    @property
    def html(self):
        return self.data["text/html"]

    @property
    def text(self):
        return self.data["text/plain"]

    @property
    def error(self):
        """The one error output: `{ename, evalue, traceback}`."""
        (error,) = self.of_type("error")
        return error


class Client:
    """A kernel and a blocking client connected to it."""

    def __init__(self, manager, client):
        self.manager = manager
        self.client = client

    def start(self, code, **options):
        """Send a cell and return its message id at once."""
        return self.client.execute(code, **options)

    def finish(self, msg_id, timeout=60):
        """Wait for the reply and for idle; check the frame around the outputs."""
        deadline = time.monotonic() + timeout
        outputs, states = [], []
        while "idle" not in states:
            message = self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != msg_id:
                continue
            if message["msg_type"] == "status":
                states.append(message["content"]["execution_state"])
            elif message["msg_type"] != "execute_input":
                outputs.append(message)
        assert states == ["busy", "idle"], states
        while True:
            reply = self.client.get_shell_msg(timeout=max(0.1, deadline - time.monotonic()))
            if reply["parent_header"].get("msg_id") == msg_id:
                return Result(reply["content"], outputs)

    def run(self, code, timeout=60, **options):
        """Run one cell to its end."""
        return self.finish(self.start(code, **options), timeout)

    def alive(self):
        """The kernel answers the next cell, and answers it right."""
        result = self.run("1 + 1")
        assert result.status == "ok", result.reply
        assert result.text == "2"
        return True

    def drain(self):
        """Forget what has arrived so far."""
        for channel in (self.client.shell_channel, self.client.iopub_channel):
            with contextlib.suppress(Empty):
                while True:
                    channel.get_msg(timeout=0.05)


@contextlib.contextmanager
def kernel(cwd=None, **options):
    """A fresh kernel, shut down at the end."""
    manager, client = start_new_kernel(kernel_name="weft", cwd=cwd, **options)
    try:
        yield Client(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
