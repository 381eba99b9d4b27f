import unittest

from planted import Planted
import docs

PAGE = """
    # Start
    <!-- code: examples/hello.cpp#body -->
    ```cpp
    old
    ```
"""


class Docs(Planted):
    def setUp(self):
        super().setUp()
        self.plant("examples/hello.cpp", "int main() {\n  // [body]\n  run();\n  // [/body]\n}\n")

    def page(self, text):
        self.plant("README.md", text)

    def test_stale_block_is_reported_then_renewed(self):
        self.page(PAGE)
        self.expect(docs.check_tree(self.root), "README.md:2: stale code of examples/hello.cpp")
        self.expect(docs.check_tree(self.root, check=False))
        self.assertIn("```cpp\nrun();\n```", (self.root / "README.md").read_text())
        self.expect(docs.check_tree(self.root))

    def test_missing_file_and_marker(self):
        self.page(PAGE.replace("hello.cpp", "gone.cpp"))
        self.expect(docs.check_tree(self.root), "README.md:2: no file examples/gone.cpp")
        self.page(PAGE.replace("#body", "#gone"))
        self.expect(docs.check_tree(self.root), "README.md:2: no [gone]")

    def test_a_mention_without_a_block(self):
        self.page("<!-- code: examples/hello.cpp -->\ntext\n")
        self.expect(docs.check_tree(self.root), "README.md:1: a <!-- code: --> line without")

    def test_links(self):
        self.plant(
            "docs/start.md", "# The first step\n[back](../README.md) [web](https://example.org/x)\n"
        )
        self.page(
            "[a](docs/start.md) [b](docs/start.md#the-first-step)\n\n"
            "[c](docs/gone.md)\n[d](docs/start.md#no)\n"
        )
        self.expect(
            docs.check_tree(self.root),
            "README.md:3: link to docs/gone.md",
            "README.md:4: docs/start.md has no heading for #no",
        )

    def test_links_in_code_are_not_links(self):
        self.page("`[a](b)`\n```cpp\n[a](b);\n```\n")
        self.expect(docs.check_tree(self.root))


if __name__ == "__main__":
    unittest.main()
