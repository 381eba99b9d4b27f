"""CPU seconds of the compiler: for a user's handler file, and for every public header alone."""

import os
import pathlib
import resource
import shlex
import subprocess
import sys
import tempfile

from driver import machine

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HANDLER = ROOT / "bench" / "peers" / "user_handler.cc"
DEFINES = ["-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_ASIO_NO_DEPRECATED"]


def cpu_seconds(command):
    """CPU time of one child; the compiler's own children count. Exits on a compile error."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "CCACHE_DISABLE": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{shlex.join(command)} failed:\n{done.stderr[:2000]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def compiler(build):
    return [machine.cached(build, "CMAKE_CXX_COMPILER") or "c++", "-std=c++20", f"-I{ROOT}",
            *DEFINES]


def table(variant, names):
    return {"workload": "compile", "variant": variant, "unit": "CPU seconds",
            "lower_is_better": True, "two_threads": False, "columns": ["value"],
            "rows": [{"name": name, "samples": []} for name in names]}


def handler_file(build, rounds):
    modes = {"-O2 -c": ["-O2", "-c"], "-O0 -g -c": ["-O0", "-g", "-c"],
             "-fsyntax-only": ["-fsyntax-only"]}
    out = table("a user's handler file", modes)
    for _ in range(rounds):
        for row, flags in zip(out["rows"], modes.values()):
            target = [] if "-fsyntax-only" in flags else ["-o", os.devnull]
            command = [*compiler(build), *flags, "-x", "c++", str(HANDLER), *target]
            row["samples"].append([cpu_seconds(command)])
    return out


def public_headers():
    found = sorted((ROOT / "ensue").rglob("*.hpp"))
    return [h for h in found if "detail" not in h.parts]


def headers(build, limit):
    chosen = public_headers()[:limit]
    out = table("each public header alone", [str(h.relative_to(ROOT)) for h in chosen])
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "one.cpp"
        for row in out["rows"]:
            source.write_text(f"#include <{row['name']}>\n", encoding="utf-8")
            command = [*compiler(build), "-O2", "-c", str(source), "-o", os.devnull]
            row["samples"].append([cpu_seconds(command)])
    return out


def measure(build, options):
    if HANDLER.exists():
        yield handler_file(build, 1 if options.tiny else min(options.rounds or 3, 5))
    yield headers(build, 1 if options.tiny else None)
