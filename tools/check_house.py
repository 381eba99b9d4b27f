#!/usr/bin/env python3
"""Checks the house rules on every source file; prints file:line: and the broken rule.

A single line is excused by a comment on it or right above it: `// house: allow NAME, because …`,
where NAME is the rule's name and a reason must follow.
"""

import fnmatch
import pathlib
import re
import sys
import tomllib

from house import async_docs, awaits
from house.cpp import Source

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("ensue", "examples", "bench", "tests")
SIDE_FILE = re.compile(r"\.(test|bench|fuzz)\.cpp$")
EXCUSE = re.compile(r"// house: allow ([\w-]+), because \S+")


def size_faults(source, limits):
    length = source.text.count("\n")
    if length > limits["file_lines"]:
        yield 1, "file-size", f"{length} lines; a file has at most {limits['file_lines']}"
    for start, end in source.functions():
        first, last = source.line_of(start), source.line_of(end)
        if last - first + 1 > limits["function_lines"]:
            yield first, "function-size", (
                f"function of {last - first + 1} lines; " f"at most {limits['function_lines']}"
            )


def banned_faults(source, banned):
    for rule in banned:
        if any(fnmatch.fnmatch(source.name, pattern) for pattern in rule.get("allow", [])):
            continue
        where = source.code if "code" in rule else source.text
        for found in re.finditer(rule.get("code") or rule["text"], where):
            sentence = f"`{found.group().strip()}` is not for here; use {rule['use']}"
            yield source.line_of(found.start()), rule["name"], sentence


def name_faults(source, limits):
    words = set(re.split(r"[/._-]", source.name))
    for word in sorted(words & set(limits["words"])):
        yield 1, "name", f"`{word}` says nothing: name the file after what it holds"


def header_faults(source):
    if source.name.endswith(".hpp"):
        if not re.search(r"^#pragma once$", source.text, re.M):
            yield 1, "pragma-once", "header without #pragma once"
        if source.name.startswith("ensue/"):
            for offset, sentence in async_docs.faults(source):
                yield source.line_of(offset), "async-docs", sentence


def test_faults(source, root):
    inside = source.name.startswith("ensue/") and source.name.endswith(".cpp")
    if inside and not SIDE_FILE.search(source.name) and source.code.strip():  # not only includes
        test = source.name.removesuffix(".cpp") + ".test.cpp"
        if not (root / test).exists():
            yield 1, "test", f"no {test} beside it"


def faults_of(source, rules, root):
    """Every fault of one file as (line, rule, sentence), without those excused."""

    def found():
        yield from size_faults(source, rules["limits"])
        yield from banned_faults(source, rules["banned"])
        yield from name_faults(source, rules["limits"])
        yield from header_faults(source)
        yield from test_faults(source, root)
        for offset, sentence in awaits.faults(source):
            yield source.line_of(offset), "co-await", sentence

    for line, rule, sentence in sorted(found()):
        near = source.lines[max(0, line - 2) : line]
        if not any((m := EXCUSE.search(text)) and m[1] == rule for text in near):
            yield line, rule, sentence


def check_tree(root, rules):
    faults = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            source = Source(path.relative_to(root).as_posix(), path.read_text())
            faults += [
                f"{source.name}:{line}: {rule}: {sentence}"
                for line, rule, sentence in faults_of(source, rules, root)
            ]
    return faults


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT
    faults = check_tree(root, tomllib.loads((ROOT / "tools/house.toml").read_text()))
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
