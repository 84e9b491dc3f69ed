"""The table: a line for each query, then the geometric means."""

import math
import platform


def heading(options, engines):
    peers = "".join(f" {name} |" for name in engines[1:])
    return (f"Scale {options.scale}, {options.threads} threads, median of {options.repeat}, {platform.machine()}."
            f" Seconds, and peak memory in MB. Ratio: {engines[0]} by the best peer; under 1 is better.\n\n"
            f"| query | {engines[0]} |{peers} time | memory |\n|---|---|{'---|' * len(engines)}---|")


def ratios(row, engines):
    """Time and memory against the best peer; nothing where there is no answer on one of the sides."""
    _, answers = row
    ours = answers[engines[0]]
    peers = [answers[name] for name in engines[1:] if not answers[name].error]
    if ours.error or not peers:
        return None
    return (ours.seconds / min(peer.seconds for peer in peers), ours.memory / min(peer.memory for peer in peers))


def line(row, engines):
    query, answers = row
    cells = [cell(answers[name], answers[engines[0]]) for name in engines]
    found = ratios(row, engines)
    return " | ".join([f"| {query.name}", *cells, *([f"{ratio:.2f}" for ratio in found] if found else ["–", "–"])]) + " |"


def cell(answer, ours):
    if answer.error:
        return "–"
    other = "" if ours.error or answer.rows == ours.rows else f" ({answer.rows} rows)"
    return f"{answer.seconds:.3f} s, {answer.memory / 1e6:.0f}{other}"


def summary(rows, engines):
    """Geometric means of the ratios, and why there are gaps."""
    found = [pair for row in rows if (pair := ratios(row, engines))]
    lines = [""]
    if found:
        time, memory = (math.exp(sum(map(math.log, column)) / len(column)) for column in zip(*found))
        lines.append(f"Geometric mean of {len(found)}: time {time:.2f}, memory {memory:.2f}.")
    for name in engines[1:]:
        both = [row[1] for row in rows if not row[1][name].error and not row[1][engines[0]].error]
        if both:
            logs = [math.log(pair[engines[0]].seconds / pair[name].seconds) for pair in both]
            lines.append(f"Against {name}, {len(both)} queries: time {math.exp(sum(logs) / len(logs)):.2f}.")
    for query, answers in rows:
        lines += [f"No answer to {query.name} from {name}: {answers[name].error}"
                  for name in engines if answers[name].error]
    return "\n".join(lines)
