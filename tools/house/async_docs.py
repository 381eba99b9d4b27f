"""A public operation that returns a task says what cancellation and errors leave behind."""

import re

TASK = r"(?:(?:::)?ensue::)?task\s*<|(?:::)?(?:boost::)?asio::awaitable\s*<"
SPECIFIERS = re.compile(
    r"\[\[.*?\]\]|\b(?:static|virtual|inline|friend|constexpr)\b|\brequires\b.*?(?=\btask\b)", re.S
)
TRAILING = re.compile(rf"(\w+)\s*\([^{{}};]*\)[\s\w]*->\s*(?:{TASK})")
FIELDS = ("Cancellation:", "Errors:")


def operation(head):
    """The name of the function returning a task that `head` declares, or None."""
    if found := TRAILING.search(head):
        return found[1]
    # Innermost first: `template <class T, class U = a<T>>` loses `<T>`, then itself.
    nested = re.compile(r"\btemplate\s*<[^<>]*>|(?<=template)(.*?)<[^<>]*>(?=[^<>(]*>)", re.S)
    while (shorter := nested.sub(r"\1", head, 1)) != head:
        head = shorter
    found = re.search(r">\s*(\w+)\s*\(", head)
    return found[1] if found and re.match(TASK, SPECIFIERS.sub("", head).lstrip()) else None


def declarations(source):
    """(offset, head) of every declaration at namespace or class scope that is public."""
    for found in re.finditer(r"[;{]", source.code):
        at = found.start()
        brace = next((b for b in source.brackets if b.open == at), None)
        if brace and brace.kind != "block":
            continue
        if source.innermost(at, "block", "lambda", "init", "("):
            continue
        scope = source.innermost(at, "scope")
        start = source.statement_start(at, scope)
        if scope and hidden(source, scope, start):
            continue
        access = re.match(r"(\s*\b(public|private|protected)\s*:(?!:))*", source.code[start:at])
        start += access.end()
        head = source.code[start:at]
        yield start + len(head) - len(head.lstrip()), head.lstrip()


def hidden(source, scope, at):
    """Whether `at` is in a private section, a detail namespace or a class inside of one."""
    while scope:
        head = source.head(scope)
        if "namespace" in head and re.search(r"\bdetail\b|namespace\s*$", head):
            return True
        if "namespace" not in head and access_of(source, scope, at, head) != "public":
            return True
        at, scope = scope.open, scope.within("scope")
    return False


def access_of(source, scope, at, head):
    """public, private or protected: the last word before `at`, or what the class starts with."""
    words = re.findall(r"\b(public|private|protected)\s*:(?!:)", outside_nested(source, scope, at))
    if words:
        return words[-1]
    return "private" if re.search(r"\bclass\b(?![^<]*>)", head) else "public"


def outside_nested(source, scope, at):
    """The code of `scope` up to and with the statement at `at`, without nested braces."""
    end = source.code.find(";", at) + 1 or scope.close
    text = (
        source.code[scope.open + 1 : at] + re.match(r"(\s*\w+\s*:(?!:))*", source.code[at:end])[0]
    )
    for nested in source.brackets:
        if nested.parent is scope and nested.open < at:
            low, high = nested.open - scope.open - 1, nested.close - scope.open
            text = text[:low] + " " * (min(high, len(text)) - low) + text[high:]
    return text


def comment_above(source, offset):
    """The /// lines right above the declaration that starts at `offset`."""
    line, lines = source.line_of(offset) - 2, []
    while line >= 0 and source.lines[line].strip().startswith("///"):
        lines.insert(0, source.lines[line])
        line -= 1
    return "\n".join(lines)


def faults(source):
    """Yields (offset, sentence) for every public operation without its fields."""
    for offset, head in declarations(source):
        name = operation(head)
        if not name or re.search(r"\boverride\b|=\s*delete", head):
            continue
        doc = comment_above(source, offset)
        missing = [field for field in FIELDS if field not in doc]
        if missing and "As above, but" not in doc:
            yield offset, f"{name}() returns a task: its /// comment lacks {' and '.join(missing)}"
