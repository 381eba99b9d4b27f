#!/usr/bin/env python3
"""Runs the benches and prints tables: medians, spread, ratios to peers, targets and verdicts.

ENSUE_BUILD names a release build tree in which `ensue_benches` was built. `./dev bench` sets it.
A candidate whose sum is wrong aborts the run; a missed target does not.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from driver import children, compile_cost, machine, tables  # noqa: E402

PROGRAMS = ["fanout", "queued", "coroutine", "cross", "latency", "demo", "memory", "policy",
            "tape", "transports"]
SCRIPTS = {"compile": compile_cost.measure}
TAPE = pathlib.Path(__file__).resolve().parent.parent / "examples/trading/tape/btcusdt.txt.gz"


def parse(argv):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", default=[],
                        choices=[*PROGRAMS, *SCRIPTS], help="this workload; may be repeated")
    parser.add_argument("--rounds", type=int, help="samples of each candidate")
    parser.add_argument("--tiny", action="store_true", help="seconds; the figures mean nothing")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--tape", default=str(TAPE), metavar="FILE",
                        help="what the workload tape plays; default: the shipped one")
    parser.add_argument("--quiet-wait-ms", type=int, default=2000,
                        help="how long a two-thread sample waits for an idle machine")
    return parser.parse_args(argv)


def find_program(build, name):
    for place in (f"bench/bench_{name}", f"bench_{name}", f"bin/bench_{name}"):
        path = pathlib.Path(build) / place
        if path.exists():
            return path
    sys.exit(f"bench_{name} is not built in {build}; build the target ensue_benches")


def run_program(name, build, options):
    command = [str(find_program(build, name))]
    if options.tiny:
        command.append("--tiny")
    else:
        command += ["--quiet-wait-ms", str(options.quiet_wait_ms)]
        if options.rounds:
            command += ["--rounds", str(options.rounds)]
    command += children.arguments(name, build)
    if name == "tape":
        command += ["--tape", options.tape]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")


def measured(options, build):
    for name in PROGRAMS:
        if not options.only or name in options.only:
            yield from run_program(name, build, options)
    for name, measure in SCRIPTS.items():
        if not options.only or name in options.only:
            yield from measure(build, options)


def main(argv):
    options = parse(argv)
    build = os.environ.get("ENSUE_BUILD")
    if not build:
        sys.exit("ENSUE_BUILD must name a build tree; ./dev bench does it for you")
    where = machine.describe(build)
    if not options.json:
        print(machine.text(where), flush=True)
    results = []
    for table in measured(options, build):
        results.append(tables.summarise(table))
        if not options.json:
            print("\n" + tables.text(results[-1]), flush=True)
    verdicts = [t["met"] for table in results for t in table["targets"] if t["met"] is not None]
    if options.json:
        json.dump({"machine": where, "tables": results}, sys.stdout, indent=1)
        print()
    else:
        print(f"\ntargets met: {sum(verdicts)} of {len(verdicts)} measured")


if __name__ == "__main__":
    main(sys.argv[1:])
