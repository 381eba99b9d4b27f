#!/usr/bin/env python3
"""Checks every include under ensue/ against tools/layers.toml.

A file may include its own folder and folders with a lower number, and of third-party headers only
those its folder lists. Prints file:line: and the broken rule; exit code 1 when there is one.
"""

import pathlib
import re
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = {".hpp", ".cpp"}
TEST = re.compile(r"\.(test|bench|fuzz)\.cpp$")
# Headers of the system: C, POSIX and Linux, all free to include. C++'s own have no dot or slash.
C_AND_POSIX = (
    "assert ctype cxxabi dirent dlfcn endian errno execinfo fcntl fenv float grp inttypes limits link "
    "locale malloc math netdb poll pthread pwd sched semaphore setjmp signal spawn stdarg stddef stdint "
    "stdio stdlib string strings syslog termios time ucontext unistd wchar"
)
SYSTEM = re.compile(
    rf"^([a-z_0-9]+|({'|'.join(C_AND_POSIX.split())})\.h|(sys|linux|netinet|arpa|net|bits)/[\w/.-]+\.h)$"
)


def layer_of(path, layers):
    """The longest layer whose folder holds `path` (given relative to ensue/), or None."""
    parts = path.split("/")[:-1]
    for end in range(len(parts), 0, -1):
        if "/".join(parts[:end]) in layers:
            return "/".join(parts[:end])
    return None


def in_list(header, allowed):
    return any(
        header == lib or header.startswith(lib + ".") or header.startswith(lib + "/")
        for lib in allowed
    )


def check_include(header, quoted, here, is_test, table):
    """The rule that including `header` from layer `here` breaks, or None."""
    layers, tests = table["layers"], table.get("tests", {})
    if quoted:
        return "write project includes as <ensue/layer/file.hpp>, never with quotes"
    if header.startswith("ensue/"):
        there = layer_of(header.removeprefix("ensue/"), layers)
        if there is None:
            return f"<{header}> is in no layer of tools/layers.toml"
        if there == here or layers[there]["n"] < layers[here]["n"]:
            return None
        if is_test and there in tests.get("may", []):
            return None
        way = "sideways" if layers[there]["n"] == layers[here]["n"] else "upward"
        return (
            f"{way}: {here} ({layers[here]['n']}) may not include {there} "
            f"({layers[there]['n']}): only its own folder and lower numbers"
        )
    if SYSTEM.match(header):
        return None
    allowed = layers[here]["libs"] + (tests.get("libs", []) if is_test else [])
    if in_list(header, allowed):
        return None
    return f"<{header}> is not among the libraries of {here}: {', '.join(allowed) or 'none'}"


def check_tree(root):
    table = tomllib.loads((root / "tools/layers.toml").read_text())
    faults = []
    for path in sorted((root / "ensue").rglob("*")):
        if path.suffix not in SOURCES:
            continue
        name = path.relative_to(root).as_posix()
        inside = name.removeprefix("ensue/")
        if "/" not in inside:
            continue  # ensue/ensue.hpp, the header of everything
        here = layer_of(inside, table["layers"])
        if here is None:
            faults.append(f"{name}:1: this folder is in no layer of tools/layers.toml")
            continue
        is_test = bool(TEST.search(name))
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if found := INCLUDE.match(line):
                rule = check_include(found[2], found[1] == '"', here, is_test, table)
                if rule:
                    faults.append(f"{name}:{number}: {rule}")
    return faults


def main():
    faults = check_tree(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT)
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
