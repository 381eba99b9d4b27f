import unittest

from planted import Planted
from house import awaits
from house.cpp import Source

REFUSED = {
    "aggregate by value": "co_await f(order{.id = s});",
    "qualified aggregate": "co_await bus.publish(shop::order{s});",
    "aggregate with template arguments": "co_await f(pair_of<int, long>{s, 1});",
    "empty aggregate": "co_await f(order{});",
    "empty braces as an argument": "co_await f({});",
    "braced argument": "co_await f({.id = s});",
    "second braced argument": "co_await f(1, {s});",
    "over several lines": "co_await f(\n    1,\n    order{\n      .id = s,\n    });",
    "result used": "auto r = (co_await f(order{s})).value();",
    "inside make_shared": "co_await f(std::make_shared<order>(order{s}));",
    "in a condition": "if (co_await f(order{s})) { g(); }",
    "in a macro": "CHECK(co_await f(order{s}) == 1);",
    "owning capture": "co_await retry(policy, [s] { return g(s); });",
    "copy of everything": "co_await retry(policy, [=] { return g(s); });",
    "init capture": "co_await retry([this, x = std::move(s)]() -> task<> { co_return; });",
    "copy of this": "co_await retry([*this] { g(); });",
    "mutable lambda": "co_await retry([s](int n) mutable noexcept { g(s, n); });",
    "called lambda": "co_await [s]() -> task<> { co_return; }();",
    "await in braces": "order o{.id = co_await next_id()};",
    "await in a braced call": "f(order{x, co_await y()});",
    "await in an initialiser list": "std::vector<int> v{co_await a(), co_await b()};",
    "inside a lambda body": "spawn([&]() -> task<> { co_await f(order{s}); });",
    "returned": "co_return co_await f(order{s});",
    "awaited aggregate": "co_await order{s};",
}
ACCEPTED = {
    "named first": "order o{.id = s}; co_await f(std::move(o));",
    "task named first": "auto a = f(order{s}); co_await std::move(a);",
    "built in the callee": "co_await bus.emit<order>(id, n);",
    "lambda by reference": "co_await f([&] { g(order{s}); });",
    "lambda by named reference": "co_await f([&s, this] { g(s); });",
    "pointer capture": "co_await f([p = &s] { g(p); });",
    "no capture": "co_await f([](int a) -> task<int> { co_return a; }, 1);",
    "named lambda that awaits": "auto f = [s]() -> task<> { co_await g(s); };",
    "spawned lambda that awaits": "world.spawn([s]() -> task<> { co_await g(s); });",
    "no await in the statement": "bus.post(order{s}); co_await f();",
    "returned aggregate": "co_await f(); co_return order{s};",
    "class with a constructor": "co_await f(std::string{s}, std::chrono::milliseconds{5});",
    "scalar": "co_await f(int{3}, std::uint64_t{4});",
    "condition before it": "if (x == order{s}) co_await f();",
    "body after it": "while (co_await f()) { g(order{s}); }",
    "else branch": "if (a) { co_await f(); } else { g(order{s}); }",
    "in a comment": "// co_await f(order{s});\nco_await f();",
    "in a string": 'co_await f("co_await f(order{s})");',
    "subscript": "co_await f(a[i], b[j]);",
}


class Awaits(Planted):
    def faults(self, statement):
        code = f"task<> run(int s) {{\n  {statement}\n}}\n"
        return list(awaits.faults(Source("x.cpp", code)))

    def test_refused_shapes(self):
        for name, statement in REFUSED.items():
            with self.subTest(name):
                self.assertEqual(
                    len(self.faults(statement)), 1, (statement, self.faults(statement))
                )

    def test_accepted_shapes(self):
        for name, statement in ACCEPTED.items():
            with self.subTest(name):
                self.assertEqual(self.faults(statement), [], statement)

    def test_in_methods_and_test_cases(self):
        for opening in (
            "struct a {\n task<> run() const {",
            'TEST_CASE("x") {',
            "a::a(int n) : b_{n} {",
            "template <class T>\ntask<T> run(T t) requires foo<T> {",
            "auto run() -> task<std::vector<int>> {",
        ):
            with self.subTest(opening):
                code = f"{opening} co_await f(order{{s}}); }}\n"
                self.assertEqual(len(list(awaits.faults(Source("x.cpp", code)))), 1)


if __name__ == "__main__":
    unittest.main()
