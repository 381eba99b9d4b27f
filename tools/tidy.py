#!/usr/bin/env python3
"""clang-tidy over our own .cpp files: tidy.py BUILD [-j N] [FILE…]

A file that passed is stamped with a hash of itself, every ensue header it reaches, its compile
command and .clang-tidy, and is not run again while that hash is the same.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(rb'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.M)
FOLDERS = ("ensue/", "examples/", "tests/")


def commands(build):
    """Our files' compile commands: {path relative to the root: command}."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if path.is_relative_to(ROOT):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(FOLDERS):
                found[name] = entry["command"]
    return found


def reached(name, seen):
    """`name` and every file of ours that it includes, directly or not, put into `seen`."""
    if name in seen or not (ROOT / name).is_file():
        return
    seen.add(name)
    folder = pathlib.PurePosixPath(name).parent
    for header in INCLUDE.findall((ROOT / name).read_bytes()):
        header = header.decode()
        for candidate in (header, (folder / header).as_posix()):
            reached(candidate, seen)


def stamp_of(name, command):
    seen = set()
    reached(name, seen)
    digest = hashlib.sha256(command.encode() + (ROOT / ".clang-tidy").read_bytes())
    for file in sorted(seen):
        digest.update(file.encode() + (ROOT / file).read_bytes())
    return digest.hexdigest()


def tidy(build, name):
    # What a sanitizer adds to the code only slows the analysis down.
    command = ["clang-tidy-19", "--quiet", "-p", build, "--extra-arg=-fno-sanitize=all", name]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return run.returncode, run.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("-j", type=int, default=1)
    parser.add_argument("files", nargs="*")
    args = parser.parse_intermixed_args()
    stamps = args.build / "tidy"
    stamps.mkdir(exist_ok=True)
    due = {}
    for name, command in sorted(commands(args.build).items()):
        stamp = stamps / stamp_of(name, command)
        if not stamp.exists() and (not args.files or name in args.files):
            due[name] = stamp
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        runs = pool.map(lambda name: tidy(args.build, name), due)
        for (name, stamp), (status, output) in zip(due.items(), runs):
            if status:
                failed += 1
                print(output or f"{name}: clang-tidy ended with {status}", flush=True)
            else:
                stamp.touch()
    print(f"clang-tidy: {len(due)} files run, {failed} with faults")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
