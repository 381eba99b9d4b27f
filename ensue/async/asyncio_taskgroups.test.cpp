// One case per row of the behaviour list, group "taskgroups", named after it.
// Left out: taskgroup_20 (C++ has no kind of error that must never be grouped),
// taskgroup_without_parent_task (co_await outside of a coroutine does not compile).
#include <ensue/async/shield.hpp>

#include <memory>
#include <tests/async_cases.hpp>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

task<int> value_after(runtime& rt, duration d, int value) {
  co_await sleep_for(rt, d);
  co_return value;
}

task<> throw_int_after(runtime& rt, duration d, int value) {
  co_await sleep_for(rt, d);
  throw value;
}

task<> int_in_cleanup(runtime& rt, int value) {
  try {
    co_await sleep_for(rt, 1h);
  } catch (const system_error&) {
    throw value;
  }
}

// Runs `owner(rt)` as a task of its own, cancels it after `delay`, and says how it ended.
template <class F>
task<std::string> cancelled_owner(runtime& rt, duration delay, F owner) {
  scope around{rt};
  const auto c = around.spawn("owner", owner, std::ref(rt));
  if (delay > 0ms) {
    co_await sleep_for(rt, delay);
  } else {
    co_await yield(rt);
  }
  c.cancel();
  co_await settle(around);
  co_return shape(c.error());
}

}  // namespace

TEST_CASE("asyncio: taskgroup_01") {
  run([](runtime& rt) -> task<> {
    child<int> a, b;
    co_await with_scope(rt, [&](scope& s) -> task<> {
      a = s.spawn("a", value_after(rt, 10ms, 42));
      b = s.spawn("b", value_after(rt, 20ms, 11));
      co_return;
    });
    CHECK(a.get() == 42);
    CHECK(b.get() == 11);
  });
}

TEST_CASE("asyncio: taskgroup_02") {
  run([](runtime& rt) -> task<> {
    child<int> a, b;
    co_await with_scope(rt, [&](scope& s) -> task<> {
      a = s.spawn("a", value_after(rt, 10ms, 42));
      co_await sleep_for(rt, 50ms);
      b = s.spawn("b", value_after(rt, 20ms, 11));
    });
    CHECK(a.get() == 42);
    CHECK(b.get() == 11);
  });
}

TEST_CASE("asyncio: taskgroup_03") {
  run([](runtime& rt) -> task<> {
    child<> a;
    child<int> b;
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      a = s.spawn("a", sleep_task(rt, 1h));
      b = s.spawn("b", value_after(rt, 20ms, 11));
      co_await sleep_for(rt, 10ms);
      a.cancel();
    }));
    CHECK(end == "nothing");
    CHECK(a.cancelled());
    CHECK(b.get() == 11);
  });
}

TEST_CASE("asyncio: taskgroup_10") {
  run([](runtime& rt) -> task<> {
    child<> a, b;
    bool ran = false;
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      const auto note = [&]() -> task<> {
        ran = true;
        co_return;
      };
      a = s.spawn("a", note);
      b = s.spawn("b", note);
      throw std::runtime_error{"no stock"};
      co_return;
    }));
    CHECK(end == "[no stock]");
    CHECK(a.cancelled());
    CHECK(b.cancelled());
    CHECK_FALSE(ran);
  });
}

TEST_CASE("asyncio: taskgroup_11") {
  run([](runtime& rt) -> task<> {
    const auto owner = [](runtime& r) -> task<> {
      co_await with_scope(r, [&](scope&) -> task<> {
        co_await with_scope(r, [&](scope& inner) -> task<> {
          inner.spawn("x", fail_in_cleanup(r, "dirty"));
          co_await sleep_for(r, 1h);
        });
      });
    };
    const std::string end = co_await cancelled_owner(rt, 10ms, owner);
    CHECK(end == "[[dirty]]");
  });
}

TEST_CASE("asyncio: taskgroup_12") {
  run([](runtime& rt) -> task<> {
    child<> quiet;
    const auto owner = [&quiet](runtime& r) -> task<> {
      co_await with_scope(r, [&](scope& outer) -> task<> {
        quiet = outer.spawn("quiet", sleep_task(r, 1h));
        co_await with_scope(r, [&](scope& inner) -> task<> {
          inner.spawn("x", fail_in_cleanup(r, "dirty"));
          co_await sleep_for(r, 1h);
        });
      });
    };
    const std::string end = co_await cancelled_owner(rt, 10ms, owner);
    CHECK(end == "[[dirty]]");
    CHECK(quiet.cancelled());
  });
}

TEST_CASE("asyncio: taskgroup_14") {
  run([](runtime& rt) -> task<> {
    child<> mine;
    const std::string end = co_await outcome(with_scope(rt, [&](scope& outer) -> task<> {
      mine = outer.spawn("mine", sleep_task(rt, 1h));
      co_await with_scope(rt, [&](scope& inner) -> task<> {
        inner.spawn("x", fail_after(rt, 10ms, "no route"));
        co_await sleep_for(rt, 1h);
      });
    }));
    CHECK(end == "[[no route]]");
    CHECK(mine.cancelled());
  });
}

TEST_CASE("asyncio: taskgroup_15") {
  run([](runtime& rt) -> task<> {
    const auto owner = [](runtime& r) -> task<> {
      co_await with_scope(r, [&](scope& s) -> task<> {
        s.spawn("x", fail_in_cleanup(r, "dirty"));
        co_await with_cleanup(r, 1h, sleep_task(r, 1h), sleep_task(r, 50ms));
      });
    };
    const std::string end = co_await cancelled_owner(rt, 10ms, owner);
    CHECK(end == "[dirty]");
  });
}

TEST_CASE("asyncio: taskgroup_18") {
  run([](runtime& rt) -> task<> {
    const auto owner = [](runtime& r) -> task<> {
      co_await with_scope(r, [&](scope&) -> task<> { co_await fail_in_cleanup(r, "another"); });
    };
    const std::string end = co_await cancelled_owner(rt, 10ms, owner);
    CHECK(end == "[another]");
  });
}

TEST_CASE("asyncio: taskgroup_20a") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("x", fail_after(rt, 10ms, "no stock"));
      co_await int_in_cleanup(rt, 42);
    }));
    CHECK(end == "[no stock, 42]");
  });
}

TEST_CASE("asyncio: taskgroup_21a") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("x", throw_int_after(rt, 10ms, 42));
      co_await fail_in_cleanup(rt, "dirty");
    }));
    CHECK(end == "[42, dirty]");
  });
}

TEST_CASE("asyncio: taskgroup_22") {
  run([](runtime& rt) -> task<> {
    const auto owner = [](runtime& r) -> task<> {
      co_await with_scope(r, [&](scope& s) -> task<> {
        s.spawn("a", sleep_task(r, 1h));
        s.spawn("b", sleep_task(r, 1h));
        co_return;
      });
    };
    const std::string end = co_await cancelled_owner(rt, 0ms, owner);
    CHECK(end == "cancelled");
  });
}

TEST_CASE("asyncio: taskgroup_23") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    for (int i = 0; i < 10; ++i) {
      s.spawn("short", yields(rt, 1));
      co_await yields(rt, 4);
    }
    CHECK(s.size() <= 1);
    co_await s.join();
    CHECK(s.size() == 0);
  });
}

TEST_CASE("asyncio: taskgroup_24") {
  run([](runtime& rt) -> task<> {
    child<int> grandchild;
    co_await with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("a", [&]() -> task<> {
        co_await sleep_for(rt, 10ms);
        grandchild = s.spawn("b", value_after(rt, 20ms, 7));
      });
      co_return;
    });
    CHECK(grandchild.get() == 7);
  });
}

TEST_CASE("asyncio: taskgroup_task_name") {
  run([](runtime& rt) -> task<> {
    co_await with_scope(rt, [&](scope& s) -> task<> {
      const auto c = s.spawn("the reader of the feed", sleep_task(rt, 1ms));
      CHECK(c.name() == "the reader of the feed");
      CHECK(s.names() == std::vector<std::string>{"body", "the reader of the feed"});
      co_return;
    });
  });
}

TEST_CASE("asyncio: taskgroup_no_create_task_after_failure") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("x", fail_after(rt, 10ms, "no stock"));
      std::string refused;
      try {
        co_await sleep_for(rt, 1h);
      } catch (const system_error&) {
        const auto late = s.try_spawn("late", sleep_task(rt, 1ms));
        refused = late ? "accepted" : late.error().message();
      }
      CHECK(refused == "closed");
    }));
    CHECK(end == "[no stock]");
  });
}

TEST_CASE("asyncio: taskgroup_context_manager_exit_raises") {
  run([](runtime& rt) -> task<> {
    const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
      s.spawn("x", fail_after(rt, 10ms, "no stock"));
      co_await with_cleanup(rt, 1s, sleep_task(rt, 1h), fail_after(rt, 1ms, "cannot close"));
    }));
    CHECK(end == "[no stock, cannot close]");
    const bool pending = co_await is_cancelled();
    CHECK_FALSE(pending);
  });
}

TEST_CASE("asyncio: taskgroup_already_entered") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    const auto nothing_to_do = [](scope&) -> task<> { co_return; };
    std::string second;
    co_await s.run(
        [&](scope& same) -> task<> { second = co_await outcome(same.run(nothing_to_do)); });
    CHECK(second == "already exists");
  });
}

TEST_CASE("asyncio: taskgroup_double_enter") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    const auto nothing_to_do = [](scope&) -> task<> { co_return; };
    co_await s.run(nothing_to_do);
    const std::string second = co_await outcome(s.run(nothing_to_do));
    CHECK(second == "closed");
  });
}

TEST_CASE("asyncio: taskgroup_finished") {
  run([](runtime& rt) -> task<> {
    scope s{rt};
    co_await s.join();
    const auto held = std::make_shared<int>(1);
    const auto keep = [](std::shared_ptr<int>) -> task<> { co_return; };
    const auto late = s.try_spawn("late", keep(held));
    CHECK(late.error() == errc::closed);
    CHECK(held.use_count() == 1);
    CHECK_THROWS_AS(s.spawn("late", keep(held)), system_error);
    CHECK(held.use_count() == 1);
  });
}

TEST_CASE("asyncio: cancelling_level_preserved") {
  run([](runtime& rt) -> task<> {
    scope around{rt};  // the owner of the group must be one that can be cancelled
    const auto owner = around.spawn("owner", [&]() -> task<> {
      const bool before = co_await is_cancelled();
      const std::string end = co_await outcome(with_scope(rt, [&](scope& s) -> task<> {
        s.spawn("x", fail_after(rt, 1ms, "no stock"));
        co_return;
      }));
      CHECK(end == "[no stock]");
      const bool after = co_await is_cancelled();
      CHECK(before == after);
      CHECK_FALSE(after);
    });
    co_await around.join();
    CHECK(owner.finished());
  });
}

TEST_CASE("asyncio: nested_groups_both_cancelled") {
  run([](runtime& rt) -> task<> {
    std::string inner_end;
    bool pending_inside = false;
    scope around{rt};
    const auto owner = around.spawn("owner", [&]() -> task<> {
      const std::string end = co_await outcome(with_scope(rt, [&](scope& outer) -> task<> {
        outer.spawn("x", fail_after(rt, 10ms, "outer"));
        const auto inner = [&](scope& s) -> task<> {
          s.spawn("y", fail_after(rt, 10ms, "inner"));
          co_await sleep_for(rt, 1h);
        };
        try {
          co_await with_scope(rt, inner);
        } catch (const error_group&) {
          inner_end = shape(std::current_exception());
        }
        const auto state = co_await this_coro::cancellation_state;
        pending_inside = state.cancelled() != boost::asio::cancellation_type::none;
      }));
      CHECK(end == "[outer]");
      const bool after = co_await is_cancelled();
      CHECK_FALSE(after);
    });
    co_await around.join();
    CHECK(inner_end == "[inner]");
    CHECK(pending_inside);
    CHECK(owner.finished());
  });
}
