#!/usr/bin/env python3
"""Does the program say of awkward tapes what expected.py says?

    check.py PROGRAM
"""
import json
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

from expected import expected  # noqa: E402


def trade(symbol, number, price, quantity, maker=True, time=5):
    data = {"e": "trade", "s": symbol, "t": number, "p": price, "q": quantity, "m": maker}
    return data if time is None else {**data, "T": time}


def depth(symbol, first, last):
    return {"e": "depthUpdate", "s": symbol, "U": first, "u": last, "b": [], "a": []}


def ticker(symbol, number):
    return {"e": "bookTicker", "s": symbol, "u": number, "b": "1", "B": "1", "a": "2", "A": "1"}


TINY, HUGE = "0.000000000000000001", "123456789012345678"
TAPES = {
    "more than 128 bits": [
        trade("X", 1, TINY, TINY),
        trade("X", 2, TINY, HUGE, maker=False),
        trade("X", 3, HUGE, TINY),
        trade("X", 4, "61837.64", "0.1"),
    ],
    "two symbols": [
        trade("X", 100, "1", "1"),
        trade("Y", 7, "1", "1"),
        trade("X", 103, "1", "1"),
        trade("Y", 8, "1", "1"),
        depth("X", 1, 5),
        depth("Y", 70, 75),
        depth("X", 6, 9),
        depth("Y", 77, 79),
        ticker("X", 1000),
        ticker("Y", 3),
        ticker("X", 999),
    ],
    "no times": [trade("X", n, "1", "1", time=t) for n, t in enumerate([None, None, 5, None, 5, 5])],
}


def check(program, folder):
    for name, rows in TAPES.items():
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{n} {json.dumps(row)}\n" for n, row in enumerate(rows))
        ran = subprocess.run([program, path, "--json"], capture_output=True, text=True, check=True)
        found, wanted = json.loads(ran.stdout)[name], expected(path)
        for member, value in wanted.items():
            if found[member] != value:
                sys.exit(f"{name}: {member}: expected {value}, found {found[member]}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        check(sys.argv[1], scratch)
