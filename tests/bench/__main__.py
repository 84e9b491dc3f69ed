"""`make bench`: Weft and its peers, the same questions about the same files on the same cores.

Each run of a query is a process of its own: it answers once to warm up and
once by the clock, which counts from the query's text to all rows in memory and
leaves the start of the process out. Peak memory is that of the process. The
engines take turns, so that what else happens on the machine falls on all of
them; of the runs the median counts.
"""

import argparse
import os

from bench import data, measure, report
from bench.queries import SETS, queries


def arguments():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="1", help="TPC-H's scale; the other tables have 10 million rows times this")
    parser.add_argument("--sets", default=",".join(SETS), help=f"which of {', '.join(SETS)}, with commas")
    parser.add_argument("--only", default="", help="names of queries, with commas")
    parser.add_argument("--engines", default=",".join(measure.ENGINES), help="which engines, with commas, Weft first")
    parser.add_argument("--repeat", type=int, default=5, help="how often each engine answers each query")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--timeout", type=float, default=300, help="seconds until a run is given up")
    return parser.parse_args()


def main():
    options = arguments()
    engines = options.engines.split(",")
    chosen = [query for name in options.sets.split(",") for query in queries(name)]
    if options.only:
        chosen = [query for query in chosen if query.name in options.only.split(",")]
    folder = data.folder(options.scale, {query.set for query in chosen})
    print(report.heading(options, engines), flush=True)
    rows = []
    for query in chosen:
        rows.append(measure.question(query, engines, folder, options))
        print(report.line(rows[-1], engines), flush=True)
    print(report.summary(rows, engines))


main()
