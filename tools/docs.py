#!/usr/bin/env python3
"""Keeps the code in the docs equal to files that are built, and their links whole.

The code block after `<!-- code: path#marker -->` is the text between the lines `// [marker]` and
`// [/marker]` of that file (`# [marker]` in scripts); without `#marker`, the whole file. Run
plainly it rewrites stale blocks; with --check it only reports them. Exit code 1 on a fault.
"""

import pathlib
import re
import sys
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
BLOCK = re.compile(
    r"(?P<head><!-- code: (?P<path>[^\s#>]+)(?:#(?P<marker>[\w-]+))? -->\n+```\w*\n)"
    r"(?P<body>.*?)```",
    re.S,
)
MENTION = re.compile(r"<!-- code:")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^)\s]+)\)|!\[[^\]\n]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)


def snippet(root, path, marker):
    """The text a block must hold; raises LookupError when it is not there."""
    file = root / path
    if not file.is_file():
        raise LookupError(f"no file {path}")
    text = file.read_text()
    if marker:
        begin, end = (rf"^[ \t]*(?://|#) \[{slash}{marker}\]" for slash in ("", "/"))
        found = re.search(rf"{begin}[^\n]*\n(.*?){end}", text, re.S | re.M)
        if not found:
            raise LookupError(f"no [{marker}] … [/{marker}] in {path}")
        text = found[1]
    return textwrap.dedent(text).strip("\n") + "\n"


def anchors(text):
    """The anchors that a markdown file's headings make."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    headings = re.findall(r"^#+ +(.+?) *$", prose, re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def link_faults(root, page, text):
    plain = FENCED.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)
    for found in LINK.finditer(plain):
        target = found[1] or found[2]
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        line = plain.count("\n", 0, found.start()) + 1
        where = f"{page.relative_to(root)}:{line}"
        if not file.exists():
            yield f"{where}: link to {target}, which does not exist"
        elif anchor and file.suffix == ".md" and anchor not in anchors(file.read_text()):
            yield f"{where}: {path or page.name} has no heading for #{anchor}"


def refresh(root, page, check):
    """Faults of one page; rewrites its stale blocks unless `check`."""
    faults, text = [], page.read_text()

    def renew(block):
        where = f"{page.relative_to(root)}:{text.count(chr(10), 0, block.start()) + 1}"
        try:
            body = snippet(root, block["path"], block["marker"])
        except LookupError as missing:
            faults.append(f"{where}: {missing}")
            return block.group()
        if check and body != block["body"]:
            faults.append(f"{where}: stale code of {block['path']}; run ./dev docs")
        return block["head"] + body + "```"

    renewed, blocks = BLOCK.subn(renew, text)
    if blocks != len(MENTION.findall(FENCED.sub("", text))):
        faults.append(f"{page.relative_to(root)}:1: a <!-- code: --> line without a code block")
    if not check and renewed != text:
        page.write_text(renewed)
        print(f"renewed {page.relative_to(root)}")
    return faults + list(link_faults(root, page, text))


def check_tree(root, check=True):
    pages = [*root.glob("*.md"), *(root / "docs").rglob("*.md"), *(root / "examples").rglob("*.md")]
    return [fault for page in sorted(pages) for fault in refresh(root, page, check)]


def main():
    args = [a for a in sys.argv[1:] if a != "--check"]
    faults = check_tree(pathlib.Path(args[0]) if args else ROOT, "--check" in sys.argv)
    print("\n".join(faults), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
