"""Peers in other languages: found, built once, handed to the bench programs as commands."""

import pathlib
import shlex
import shutil
import subprocess
import sys

PEERS = pathlib.Path(__file__).resolve().parent.parent / "peers"


def go_channel(build):
    if not shutil.which("go"):
        return ["--missing-child", "Go channel=golang-go"]
    program = pathlib.Path(build) / "bench" / "channel"
    program.parent.mkdir(parents=True, exist_ok=True)
    source = PEERS / "channel.go"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["go", "build", "-o", str(program), str(source)], check=True)
    return ["--child", f"Go channel={shlex.quote(str(program))}"]


def python_demo(_build):
    command = shlex.join([sys.executable, str(PEERS / "demo_asyncio.py")])
    return ["--child", f"Python asyncio, as in tutorials={command}"]


def node_demo(_build):
    if not shutil.which("node"):
        return ["--missing-child", "Node=nodejs"]
    return ["--child", f"Node={shlex.join(['node', str(PEERS / 'demo_node.js')])}"]


OF_PROGRAM = {"cross": [go_channel], "demo": [node_demo, python_demo]}


def arguments(program, build):
    out = []
    for find in OF_PROGRAM.get(program, []):
        out += find(build)
    return out
