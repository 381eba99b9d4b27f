import tomllib
import unittest

from planted import TOOLS, Planted
import check_house

RULES = tomllib.loads((TOOLS / "house.toml").read_text())


class House(Planted):
    def check(self, name, text):
        self.plant(name, text)
        return check_house.check_tree(self.root, RULES)

    def body(self, lines):
        return "".join(f"  g({n});\n" for n in range(lines))

    def test_file_size(self):
        self.expect(self.check("bench/a.cpp", "int x;\n" * 500))
        self.expect(
            self.check("bench/a.cpp", "int x;\n" * 501), "bench/a.cpp:1: file-size: 501 lines"
        )

    def test_function_size(self):
        self.expect(self.check("bench/a.cpp", "void f() {\n" + self.body(68) + "}\n"))
        self.expect(
            self.check("bench/a.cpp", "int x;\nvoid f() {\n" + self.body(69) + "}\n"),
            "bench/a.cpp:2: function-size: function of 71 lines",
        )

    def test_function_size_of_methods_constructors_and_test_cases(self):
        for opening in (
            "a::a(int n) : x_{n}, y_{} {",
            'TEST_CASE("a long { one") {',
            "template <class T>\nauto f(T t) -> task<T> {",
            "void f() noexcept try {",
            "std::vector<int> f(std::function<void()> g = {}) {",
        ):
            with self.subTest(opening):
                self.expect(
                    self.check("bench/a.cpp", opening + "\n" + self.body(80) + "}\n"),
                    "bench/a.cpp:1: func",
                )

    def test_methods_are_counted_one_by_one_and_tables_not_at_all(self):
        method = "  void f() {\n" + self.body(40) + "  }\n"
        self.expect(
            self.check(
                "bench/a.cpp", "namespace x {\nclass a final : b<c> {\n" + method * 3 + "};\n}\n"
            )
        )
        self.expect(
            self.check("bench/a.cpp", "constexpr row rows[] = {\n" + "  {1, 2},\n" * 90 + "};\n")
        )

    def test_banned_calls(self):
        for rule, line in {
            "clock": "auto t = std::chrono::steady_clock::now();",
            "random": "std::random_device d;",
            "thread": "std::thread t{f};",
            "sleep": "std::this_thread::sleep_for(1ms);",
            "timer": "boost::asio::steady_timer t{io};",
            "environment": 'auto* p = std::getenv("X");',
            "detached": "co_spawn(io, f(), asio::detached);",
            "output": 'std::cout << "x";',
            "todo": "int x;  // TODO: name it",
        }.items():
            with self.subTest(rule):
                self.expect(
                    self.check("ensue/bus/a.hpp", f"#pragma once\n{line}\n"),
                    f"ensue/bus/a.hpp:2: {rule}: ",
                )

    def test_every_banned_rule_is_planted_above(self):
        self.assertEqual(
            {r["name"] for r in RULES["banned"]},
            {
                "clock",
                "random",
                "thread",
                "sleep",
                "timer",
                "environment",
                "detached",
                "output",
                "todo",
            },
        )

    def test_what_only_looks_banned(self):
        for line in (
            "int x = operand(1);",
            "co_await sleep_for(rt, 1ms);",
            "// std::thread would be wrong",
            'auto s = "std::cout";',
            "steady_clock::time_point t;",
            "auto id = std::thread::id{};",
            "x = std::snprintf(b, n, f);",
        ):
            with self.subTest(line):
                self.expect(self.check("ensue/bus/a.hpp", f"#pragma once\n{line}\n"))

    def test_allowed_files(self):
        self.expect(self.check("ensue/async/offload_pool.hpp", "#pragma once\nstd::thread t;\n"))

    def test_excuse_needs_a_name_and_a_reason(self):
        line = "#pragma once\nstd::thread t;  // house: allow "
        self.expect(self.check("ensue/bus/a.hpp", line + "thread, because it is the kernel's\n"))
        self.expect(self.check("ensue/bus/a.hpp", line + "thread\n"), "ensue/bus/a.hpp:2: thread")
        self.expect(
            self.check("ensue/bus/a.hpp", line + "clock, because of that\n"),
            "ensue/bus/a.hpp:2: thread",
        )

    def test_names(self):
        for name in ("string_util.hpp", "common/a.hpp", "connection-manager.hpp", "impl.hpp"):
            with self.subTest(name):
                faults = self.check(f"ensue/bus/{name}", "#pragma once\n")
                self.expect(faults, f"ensue/bus/{name}:1: name")
                (self.root / "ensue/bus" / name).unlink()
        self.expect(self.check("ensue/bus/utility.hpp", "#pragma once\n"))

    def test_pragma_once(self):
        self.expect(self.check("ensue/bus/a.hpp", "int x;\n"), "ensue/bus/a.hpp:1: pragma-once")

    def test_a_test_beside_every_source(self):
        self.plant("ensue/bus/a.cpp", "int x;\n")
        self.expect(
            self.check("ensue/bus/only_includes.cpp", "// why\n#include <x>\n"),
            "ensue/bus/a.cpp:1: test: no ensue/bus/a.test.cpp",
        )
        self.expect(self.check("ensue/bus/a.test.cpp", "int y;\n"))

    def test_co_await_rule_is_on(self):
        self.expect(
            self.check("examples/a.cpp", "task<> f() {\n  co_await g(order{1});\n}\n"),
            "examples/a.cpp:2: co-await",
        )


class AsyncDocs(Planted):
    DOC = "/// Pops. Cancellation: takes nothing.\n/// Errors: closed.\n"

    def check(self, text):
        self.plant("ensue/bus/a.hpp", "#pragma once\n" + text)
        return check_house.check_tree(self.root, RULES)

    def test_missing_fields(self):
        self.expect(self.check("task<int> pop();\n"), "ensue/bus/a.hpp:2: async-docs: pop()")
        self.expect(
            self.check("/// Errors: closed.\ntask<int> pop();\n"),
            "ensue/bus/a.hpp:3: async-docs: pop() returns a task: its /// comment lacks Can",
        )

    def test_forms_of_declaration(self):
        for form in (
            "[[nodiscard]] task<result<int>> pop(int a = f());",
            "template <class T>\ntask<> pop(T t) { co_return; }",
            "auto pop(int n) const -> task<>;",
            "struct a {\n  virtual task<> pop() = 0;\n};",
            "class a {\n  int x_;\n public:\n  task<> pop();\n};",
            "boost::asio::awaitable<int> pop();",
            "template <class F>\n  requires foo<F>\ntask<> pop(F f);",
            "template <class T, class U = std::vector<T>>\ntask<std::vector<T>> pop(U u);",
            "namespace ensue {\nclass a {\n public:\n  a() { g(); }\n  task<> pop();\n"
            " private:\n  int x_;\n};\n}",
        ):
            with self.subTest(form):
                faults = self.check(form + "\n")
                self.assertEqual(len(faults), 1, faults)
                self.assertIn("pop() returns a task", faults[0])

    def test_documented(self):
        self.expect(self.check(self.DOC + "template <class T>\n[[nodiscard]] task<T> pop();\n"))
        self.expect(self.check("/// As above, but at once.\ntask<> pop();\n"))
        self.expect(
            self.check(
                "class a {\n public:\n  /// Cancellation: no. Errors: none.\n  task<> pop();\n};\n"
            )
        )

    def test_not_public_operations(self):
        for form in (
            "class a {\n  task<> pop();\n};",
            "struct a {\n private:\n  task<> pop();\n};",
            "namespace detail {\ntask<> pop();\n}",
            "struct a : b {\n  task<> pop() override;\n};",
            "using f = task<>(int);",
            "void run(task<> t);",
            "inline void f() {\n  task<> t = g();\n}",
            "std::function<task<>()> handler();",
            "struct a {\n  task<> member_;\n};",
        ):
            with self.subTest(form):
                self.expect(self.check(form + "\n"))


if __name__ == "__main__":
    unittest.main()
