"""Which machine, compiler and versions the figures belong to."""

import os
import pathlib
import platform
import re
import shutil
import subprocess


def first_line(*command):
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    text = (done.stdout or done.stderr).strip()
    return text.splitlines()[0] if text else None


def cpu_model():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor()
    found = re.search(r"^model name\s*:\s*(.*)$", text, re.M)
    virtual = " (virtual machine)" if re.search(r"^flags.*\bhypervisor\b", text, re.M) else ""
    return (found.group(1) if found else platform.machine()) + virtual


def cached(build, name):
    """A value of the build tree's CMakeCache.txt."""
    try:
        text = (pathlib.Path(build) / "CMakeCache.txt").read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf"^{re.escape(name)}:[A-Z]+=(.*)$", text, re.M)
    return found.group(1) if found else ""


def boost_version():
    try:
        text = pathlib.Path("/usr/include/boost/version.hpp").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r'BOOST_LIB_VERSION "([^"]+)"', text)
    return found.group(1).replace("_", ".") if found else None


def describe(build):
    return {
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 2),
        "compiler": first_line(cached(build, "CMAKE_CXX_COMPILER") or "c++", "--version"),
        "build": cached(build, "CMAKE_BUILD_TYPE"),
        "boost": boost_version(),
        "python": platform.python_version(),
        "go": first_line("go", "version"),
        "node": first_line("node", "--version"),
    }


def text(machine):
    return (
        f"{machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}, load "
        f"{machine['load']}\n{machine['compiler']}, {machine['build']}; Boost {machine['boost']}; "
        f"Python {machine['python']}; {machine['go'] or 'no go'}; node {machine['node'] or '-'}"
    )
