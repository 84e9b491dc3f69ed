"""`jupyter_kernel_test`, the protocol suite that kernels share, with every sample filled in.

The suite skips what a kernel gives no sample for; here nothing is skipped.
"""

import jupyter_kernel_test


class TestWeftKernel(jupyter_kernel_test.KernelTests):
    kernel_name = "weft"
    language_name = "weft"
    file_extension = ".weft"

    code_hello_world = 'print("hello, world")'
    code_stderr = 'print("mind the gap", to: "stderr")'

    completion_samples = [
        {"text": "range(3) | unl", "matches": {"unless"}},
        {"text": "range(3) | deri", "matches": {"derive"}},
        {"text": "read_parq", "matches": {"read_parquet"}},
    ]
    complete_code_samples = [
        "1 + 1",
        "let t = range(3)",
        "range(3)\n| where id > 1\n| take 1",
        'print("a")',
    ]
    incomplete_code_samples = [
        "range(3) |",
        "range(3) | where (id >",
        "let t =",
        "range(3) | where id in [1,",
        "range(3) | group id {",
    ]
    invalid_code_samples = [
        "range(3) | where ) id",
        "let = range(3)",
    ]

    code_page_something = "help sort"
    code_generate_error = "range(3) | where warp > 1"
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "6 * 7", "result": "42"},
        {"code": "range(3) | where id > 1", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": "range(3) | show", "mime": "text/html"},
        {"code": "range(3) | show\n1 + 1", "mime": "text/plain"},
    ]

    code_history_pattern = "1 ? 1*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "sort"
    code_clear_output = "clear"


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "weft"
    support_iopub_welcome = True
