"""Just enough C++ to find statements, blocks and functions without a compiler."""

import bisect
import dataclasses
import re

LITERAL = re.compile(
    r"//(?:[^\n\\]|\\[\s\S])*"  # line comment
    r"|/\*[\s\S]*?\*/"  # block comment
    r'|(?:\b(?:u8|u|U|L))?R"(?P<delim>[^()\\\s]{0,16})\([\s\S]*?\)(?P=delim)"'
    r'|"(?:[^"\\\n]|\\[\s\S])*"'
    r"|(?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'"
)  # but not 1'000'000
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\[\s\S])*", re.M)
SCOPE = re.compile(
    r"\s*(?:(?:inline|export|typedef|static|constexpr|friend|template)\b\s*)*"
    r"(?:namespace|class|struct|union|enum|extern)\b"
)
# What a statement ends with before the brace of a body, and before that of a lambda's body.
BODY = re.compile(
    r"(^|[);}:&]|\b(else|do|try|const|noexcept|override|final|requires\b[^;={}]*)"
    r"|\)\s*->[^;={}]*)\s*$"
)
LAMBDA = re.compile(
    r"(?:^|[^\w\])>\s]|\b(?:return|co_return|co_await|co_yield))\s*"
    r"\[(?P<captures>[^\[\]]*)\]\s*(?:<[^{}()]*>)?\s*(?:\(\))?\s*"
    r"(?:(?:mutable|noexcept|constexpr|static)\s*)*(?:->[^;{}]*)?$"
)
CLOSING = {"(": ")", "[": "]", "{": "}"}


def strip(text):
    """`text` with comments, literals' contents and directives blanked, every offset kept."""

    def blank(match):
        body = match.group()
        if body.startswith(("//", "/*")) or body.lstrip().startswith("#"):
            return re.sub(r"[^\n]", " ", body)
        return body[0] + re.sub(r"[^\n]", "_", body[1:-1]) + body[-1]

    return DIRECTIVE.sub(blank, LITERAL.sub(blank, text))


def flat(head):
    """`head` without attributes, template parameters, subscripts and what is in parentheses."""
    head = re.sub(r"\[\[.*?\]\]", " ", head)
    for pattern, by in (
        (r"\([^()]+\)", "()"),
        (r"\btemplate\s*<[^<>]*>", " "),
        (r"(?<=\w)<[^<>]*>", " "),
        (r"(?<=\w)\[[^\[\]]*\]", " "),
    ):
        while (shorter := re.sub(pattern, by, head)) != head:
            head = shorter
    return head


@dataclasses.dataclass
class Bracket:
    """A pair of brackets. A brace's kind: scope (class, namespace), block, lambda (body), init."""

    open: int
    close: int
    parent: "Bracket | None"
    kind: str

    def within(self, *kinds):
        """The innermost bracket around this one that is of one of `kinds`, or None."""
        around = self.parent
        while around and around.kind not in kinds:
            around = around.parent
        return around


class Source:
    """One file: its text, its code (no comments, no literals) and its brackets in order."""

    def __init__(self, name, text):
        self.name, self.text, self.code = name, text, strip(text)
        self.lines = text.split("\n")
        self._starts = [0] + [m.end() for m in re.finditer("\n", text)]
        self.brackets, self._by_close = [], {}
        stack = []
        for found in re.finditer(r"[()\[\]{}]", self.code):
            char, at = found.group(), found.start()
            if char in CLOSING:
                bracket = Bracket(at, len(self.code), stack[-1] if stack else None, char)
                self.brackets.append(bracket)
                stack.append(bracket)
            elif stack and CLOSING[self.code[stack[-1].open]] == char:
                self._by_close[at] = stack.pop()
                self._by_close[at].close = at
        for bracket in self.brackets:
            if bracket.kind == "{":
                bracket.kind = self._brace_kind(bracket)

    def line_of(self, offset):
        return bisect.bisect_right(self._starts, offset)

    def statement_start(self, at, parent):
        """Where the statement starts whose text reaches `at`; both directly inside `parent`."""
        begin, seek = (parent.open + 1 if parent else 0), at - 1
        while seek >= begin:
            inner = self._by_close.get(seek)
            if self.code[seek] == ";" or (inner and inner.kind in ("block", "scope")):
                break
            seek = (inner.open if inner else seek) - 1
        return max(begin, seek + 1)

    def head(self, bracket):
        """The text of the statement up to `bracket`."""
        return self.code[self.statement_start(bracket.open, bracket.parent) : bracket.open]

    def _brace_kind(self, bracket):
        head = self.head(bracket)
        flattened = flat(head)
        if LAMBDA.search(flattened):
            return "lambda"
        if bracket.parent and bracket.parent.kind in ("(", "[", "init"):
            return "init"
        if SCOPE.match(flattened):
            return "scope"
        return "block" if BODY.search(flattened) else "init"

    def innermost(self, at, *kinds):
        """The innermost bracket of one of `kinds` that holds offset `at`, or None."""
        holding = [b for b in self.brackets if b.open < at < b.close and b.kind in kinds]
        return holding[-1] if holding else None

    def functions(self):
        """(start, end) offsets of every function definition that is not inside another."""
        for brace in self.brackets:
            if brace.kind == "block" and (not brace.parent or brace.parent.kind == "scope"):
                head = self.head(brace)
                yield brace.open - len(head.lstrip()), brace.close
