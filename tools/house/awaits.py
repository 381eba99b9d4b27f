"""g++ 12 destroys some temporaries of a co_await expression twice; these shapes are refused.

Inside a statement that contains co_await: `Name{…}` and `{…}` as an argument, a lambda that
captures by value, and braces around a co_await. Name a local first, or build it in the callee.
"""

import re

from .cpp import LAMBDA, flat

AWAIT = re.compile(r"\bco_await\b")
# Scalars, and classes whose constructors make their temporaries safe.
SAFE = re.compile(
    r"^(std::(?!array$)[\w:]+|(\w+::)*u?int\d*_t|size_t|int|bool|char|double|unsigned|long|duration"
    r"|time_point|((std::)?chrono::)?((nano|micro|milli)?seconds|minutes|hours)"
    r"|(\w+::)*error_code)$"
)
KEYWORDS = r"(?:co_await|co_return|co_yield|return|throw|new|else|case)"
DECLARES = re.compile(rf"(?!{KEYWORDS}\b)\b[\w:]+[>&\s]+\w+\s*$")  # `order o` before a brace
CONTROL = re.compile(r"\b(if|while|switch|for|constexpr)\s*$")
BODIES = ("block", "lambda", "scope")


def captures_by_value(captures):
    """Whether a capture list owns something: a copy, or an init-capture of no address."""
    parts = [p.strip() for p in captures.split(",")]
    return any(p and p != "this" and not re.match(r"&|\w+\s*=\s*&", p) for p in parts)


def statement(source, at, body):
    """(start, end) of the statement around offset `at`, which is directly inside `body`."""
    floor = body.open if body else -1
    inside = [b for b in source.brackets if b.open > floor]
    outer = next((b for b in inside if b.open < at < b.close), None)
    start = source.statement_start(outer.open if outer else at, body)
    if outer and CONTROL.search(source.code[start : outer.open]):
        return start, outer.close
    by_open = {b.open: b for b in inside}
    for bracket in inside:  # skip the heads of `if (…) while (…)` before it
        before = source.code[start : bracket.open].lstrip()
        if start < bracket.open < bracket.close < at and CONTROL.fullmatch(before):
            start = bracket.close + 1
    seek, limit = (outer.close if outer else at), (body.close if body else len(source.code))
    while seek < limit and source.code[seek] != ";":
        bracket = by_open.get(seek)
        if bracket and bracket.kind in ("block", "scope"):
            break
        seek = bracket.close + 1 if bracket else seek + 1
    return start, seek


def faults(source):
    """Yields (offset, sentence) for every refused shape."""
    places = [found.start() for found in AWAIT.finditer(source.code)]
    awaits = [(at, source.innermost(at, *BODIES)) for at in places]
    seen = set()
    for at, body in awaits:
        start, end = statement(source, at, body)
        if start in seen:
            continue
        seen.add(start)
        for brace in source.brackets:
            if start <= brace.open < end and brace.within(*BODIES) is body:
                holds_await = any(brace.open < a < brace.close and b is body for a, b in awaits)
                if sentence := fault_of(source, brace, holds_await):
                    yield brace.open, sentence


def fault_of(source, brace, holds_await):
    """What is wrong with `brace` in a statement that awaits, or None."""
    if brace.kind == "lambda":
        captures = LAMBDA.search(flat(source.head(brace)))["captures"]
        if captures_by_value(captures):
            return f"lambda capturing [{captures}] in a co_await statement: name it first"
    if brace.kind != "init":
        return None
    if holds_await:
        return "braces around co_await: name the awaited value first"
    before = source.code[: brace.open].rstrip()
    remedy = "in a co_await statement: name a local first, or build it in the callee"
    if before.endswith(("(", ",")):
        return f"braced argument {remedy}"
    name = re.search(r"([A-Za-z_][\w:]*)$", re.sub(r"<[^;{}()]*>$", "", before))
    if not name or SAFE.match(name[1]) or DECLARES.search(source.head(brace)):
        return None
    return f"temporary {name[1]}{{…}} {remedy}"
