// Jobs: pictures are scaled by two workers, an urgent one first, one a minute later, one that is
// asked for twice, one that fails and is tried again, one that is cancelled. Then the machine loses
// its power in the middle of a job, and the next life goes on with what is in the file. Played in
// virtual time, so it always prints the same.
#include <ensue/async/sleep.hpp>
#include <ensue/flow/job_file.hpp>
#include <ensue/flow/jobs.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

// [types]
struct resize {
  static constexpr std::string_view job_name = "resize";
  std::string file;
  int width = 0;
};
BOOST_DESCRIBE_STRUCT(resize, (), (file, width))

struct resized {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(resized, (), (url))
// [/types]

/// The worker of one life of the machine.
struct thumbnails {
  explicit thumbnails(ensue::runtime& rt, ensue::job_store& store) : work{rt, store, options()} {
    // [define]
    work.define<resize>(
        [](const resize& r, ensue::job_context& c) -> ensue::task<resized> {
          std::printf("%5.1f s  %s, attempt %u\n", seconds(c.rt()), r.file.c_str(), c.attempt());
          for (int quarter = 1; quarter <= 4; ++quarter) {
            co_await ensue::sleep_for(c.rt(), 1s);  // scaling
            c.progress(quarter / 4.0);
            if (r.file == "odd.png" && c.attempt() == 1) throw std::runtime_error{"no memory"};
          }
          co_return resized{"/thumbs/" + r.file};
        },
        {.retry = {.attempts = 3, .base = 500ms}, .timeout = 1min});
    // [/define]
  }
  static ensue::jobs_options options() {
    ensue::jobs_options o;
    o.name = "thumbnails";
    o.workers = 2;
    return o;
  }
  static double seconds(ensue::runtime& rt) {
    return rt.now().time_since_epoch() / 1ms / 1e3 - 3600;
  }

  ensue::jobs work;
};

const char* name_of(const ensue::job_record& j) { return ensue::enum_name(j.state).data(); }

/// One life: opens the file and works until the power goes.
ensue::task<> live(ensue::sim::host& on, std::shared_ptr<thumbnails>& out) {
  auto opened = co_await ensue::job_file::open(on.rt(), on.disk(), "shop.jobs");
  const std::shared_ptr<ensue::job_file> file = std::move(opened).value();
  on.keep(file);
  out = std::make_shared<thumbnails>(on.rt(), *file);
  on.keep(out);
  co_await out->work.run();
}

int main() {
  ensue::sim::world world;
  std::shared_ptr<thumbnails> now;
  const auto boot = [&](ensue::sim::host& on) { on.spawn_background("live", live(on, now)); };
  ensue::sim::host& machine = world.host("machine", boot);
  world.run_for(100ms);
  ensue::jobs& work = now->work;

  // [enqueue]
  const auto add = [&](resize r, ensue::enqueue_options o = {}) {
    return world.block_on(work.enqueue(r, std::move(o))).value();
  };
  const auto first = add({"a.png", 400});
  add({"odd.png", 400});
  add({"b.png", 400});
  add({"urgent.png", 400}, {.priority = 5});
  add({"later.png", 400}, {.delay = 60s});
  const auto keyed = add({"menu.png", 90}, {.unique_key = "menu"});
  const auto again = add({"menu.png", 90}, {.unique_key = "menu"});
  // [/enqueue]
  std::printf("menu.png twice: %s\n", again.existed && again.id == keyed.id ? "one job" : "two");

  world.run_for(2500ms);
  // [look]
  const ensue::job_record half = world.block_on(work.find(first.id)).value();
  std::printf("a.png is %s, %.0f %% done\n", name_of(half), half.progress * 100);
  const ensue::job_record done = world.block_on(work.wait(first.id, 1min)).value();
  std::printf("a.png is %s: %s\n", name_of(done), result_of<resized>(done)->url.c_str());
  world.block_on(work.cancel(keyed.id)).value();
  // [/look]
  world.run_for(3s);
  std::printf("the power goes: %s\n", work.account().text().c_str());
  machine.power_cut();
  world.run_for(1s);
  machine.restart();
  world.run_for(90s);
  std::printf("in the end: %s\n", now->work.account().text().c_str());
}
