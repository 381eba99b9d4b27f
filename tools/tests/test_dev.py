import re
import subprocess
import unittest

from planted import TOOLS

ROOT = TOOLS.parent
COMMANDS = sorted(path.stem for path in (TOOLS / "dev").glob("*.sh") if path.stem != "lib")


def dev(*arguments):
    return subprocess.run(["./dev", *arguments], cwd=ROOT, capture_output=True, text=True)


class Dev(unittest.TestCase):
    def test_every_command_is_listed_and_has_help(self):
        listed = dev("--help").stdout
        for command in COMMANDS:
            with self.subTest(command):
                self.assertRegex(listed, rf"\n  {command} +\w")
                shown = dev(command, "--help")
                self.assertEqual((shown.returncode, shown.stderr), (0, ""))
                self.assertRegex(shown.stdout, rf"^{command}: .+\n\n  \./dev {command}")

    def test_help_names_the_options_of_the_program_behind(self):
        for command, program, pattern in [
            ("bench", "bench/run.py", r'add_argument\("(--[a-z-]+)"'),
            ("rows", "tests/rows/main.cpp", r'arg == "(--[a-z-]+)"'),
            ("sim", "ensue/testing/sim_arguments.cpp", r"(?m)^  (--[a-z]+)"),
        ]:
            shown = dev(command, "--help").stdout
            options = re.findall(pattern, (ROOT / program).read_text())
            self.assertGreater(len(options), 2)
            for option in options:
                with self.subTest(command=command, option=option):
                    self.assertIn(f"\n  {option}", shown)

    def test_refusals_go_to_stderr_with_code_2(self):
        for arguments in (["nonsense"], ["lib"], ["../dev"], ["build", "--preset", "nonsense"]):
            with self.subTest(arguments):
                refused = dev(*arguments)
                self.assertEqual((refused.returncode, refused.stdout), (2, ""))
                self.assertIn(arguments[-1], refused.stderr)

    def test_scripts_parse(self):
        for script in [ROOT / "dev", ROOT / ".ci/run", *(TOOLS / "dev").glob("*.sh")]:
            with self.subTest(script.name):
                parsed = subprocess.run(["bash", "-n", script], capture_output=True)
                self.assertEqual(parsed.returncode, 0, parsed.stderr)


if __name__ == "__main__":
    unittest.main()
