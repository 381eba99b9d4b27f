#include <ensue/app/app.hpp>
#include <ensue/app/settings.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

}  // namespace

TEST_CASE("every knob reaches its place, the environment over the file over the code") {
  const temporary_file f{
      "[bus]\ndepth_max = 3\nbudget_max = 50\ncapacity = 8\n[subscriptions.mail]\ncapacity = 4\n"
      "overflow = \"reject\"\nconcurrency = 2\npriority = 7\ncomponent = \"post\"\n"
      "wait_max = \"2s\"\n[shutdown]\ndrain = \"3s\"\n"};
  sim::world w;
  app a{w.rt(),
        "test",
        {.config_file = f.path(),
         .environment = config::environment{{"ENSUE_SUBSCRIPTIONS_MAIL_CAPACITY", "5"},
                                            {"ENSUE_SHUTDOWN_INTAKE", "4s"}}}};
  a.on<order>([](const order&) {}, {.name = "mail", .capacity = 100});
  a.on<order>([](const order&) {}, {.name = "log"});
  const auto all = a.bus().engine().subscriptions();
  const subscription_settings& mail = all[0]->settings();
  CHECK(mail.capacity == 5);
  CHECK(mail.on_full == overflow::reject);
  CHECK(mail.concurrency == 2);
  CHECK(mail.priority == 7);
  CHECK(mail.component == "post");
  CHECK(mail.wait_max == 2s);
  CHECK(all[1]->settings().capacity == 8);
  CHECK(a.bus().engine().options().depth_max == 3);
  CHECK(a.bus().engine().options().budget_max == 50);
  CHECK(a.bus().engine().options().source == "test");
  CHECK(a.settings().problems().empty());
}

TEST_CASE("what belongs to the process and to components is read too") {
  config c{"",
           {{"ENSUE_LOOP_SPIN", "20us"},
            {"ENSUE_LOOP_OFFLOAD_THREADS", "2"},
            {"ENSUE_LOOP_OFFLOAD_QUEUE", "9"},
            {"ENSUE_LOOP_WATCHDOG_AFTER", "1s"},
            {"ENSUE_LOG_FORMAT", "json"},
            {"ENSUE_LOG_LEVEL", "debug"},
            {"ENSUE_SHUTDOWN_DRAIN", "3s"},
            {"ENSUE_SHUTDOWN_PARENT", "stdin_eof"},
            {"ENSUE_KILL_SWITCH_FILE", "kill"},
            {"ENSUE_COMPONENTS_FEED_CRITICAL", "false"},
            {"ENSUE_COMPONENTS_FEED_STOP_TIMEOUT", "7s"},
            {"ENSUE_COMPONENTS_FEED_RESTART_MAX", "9"}}};
  const app_options o = configured({}, c);
  component_options feed;
  configure(feed, "feed", c);
  CHECK(c.problems().empty());
  CHECK(o.loop.spin == 20us);
  CHECK(o.loop.offload_threads == 2);
  CHECK(o.loop.offload_queue_max == 9);
  CHECK(o.loop.watchdog_after == 1s);
  CHECK(o.log.form == log_options::format::json);
  CHECK(o.log.level == log_level::debug);
  CHECK(o.shutdown.drain == 3s);
  CHECK(o.parent == parent_death::stdin_eof);
  CHECK(o.kill_switch.file == "kill");
  CHECK_FALSE(feed.critical);
  CHECK(feed.stop_timeout == 7s);
  CHECK(feed.restart.max == 9);
}

TEST_CASE("the file may be named by a variable") {
  const temporary_file f{"[shutdown]\ndrain = \"4s\"\n"};
  app_options o{.environment = config::environment{{"ENSUE_CONFIG", f.path()}}};
  config c = load_config(o);
  CHECK(configured(o, c).shutdown.drain == 4s);
  CHECK(c.problems().empty());
}
