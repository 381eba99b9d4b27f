#include <ensue/app/app.hpp>
#include <ensue/app/orphan_reaper.hpp>
#include <ensue/app/parent_watch.hpp>
#include <ensue/app/stop_signals.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/bus/redrive.hpp>

#include <csignal>
#include <optional>
#include <unistd.h>

namespace ensue {
namespace {

// What the last resort adds to the bounds of the protocol: a busy machine, and destructors.
constexpr duration slack = std::chrono::seconds{2};

bus_options with_config(bus_options o, std::size_t capacity, config& c, std::string_view app) {
  if (o.source == bus_options{}.source) o.source = app;
  o.adjust = [capacity, &c, before = std::move(o.adjust)](subscription_settings& s) {
    configure(s, capacity, c);
    if (before) before(s);
  };
  return o;
}

}  // namespace

app::app(std::string name, app_options options)
    : app{nullptr, nullptr, std::move(name), options, load_config(options)} {}

app::app(runtime& rt, std::string name, app_options options)
    : app{nullptr, &rt, std::move(name), options, load_config(options)} {}

app::app(std::unique_ptr<loop_runtime> loop, runtime* rt, std::string name, app_options options,
         config c)
    : name_{std::move(name)},
      config_{std::move(c)},
      options_{configured(std::move(options), config_)},
      loop_{rt ? std::move(loop) : std::make_unique<loop_runtime>(options_.loop)},
      rt_{rt ? *rt : *loop_},
      bus_{rt_, with_config(options_.bus, options_.capacity, config_, name_)},
      routing_{bus_},
      kill_switch_{bus_, options_.kill_switch},
      components_{bus_},
      shutdown_{bus_, components_, options_.shutdown} {
  if (loop_) {
    try {
      log_ = std::make_unique<spdlog_sink>(rt_, name_, options_.log);
    } catch (const std::exception& e) {
      problems_.push_back(e.what());
      log_ = std::make_unique<spdlog_sink>(rt_, name_, log_options{});
    }
    rt_.set_log(*log_);
  }
  if (const result<> opened = kill_switch_.open(); !opened)
    problems_.push_back("kill switch: " + kill_switch_.problem() + " (" + opened.error().message() +
                        ")");
  for (route_rule& r : read_routes(config_)) routing_.add(std::move(r));
  components_.on_critical = [this](const std::string& component, const std::string& error) {
    shutdown_.fail("component \"" + component + "\" failed: " + error);
  };
  shutdown_.on_change = [this] {
    if (shutdown_.forced()) components_.hurry(options_.shutdown.forced);
    components_.abort_start("asked to stop: " + shutdown_.reason());
    if (signals_) signals_->end_within(shutdown_.bound() + slack);
  };
}

app::~app() = default;

void app::log_lines(log_level level, std::string_view message,
                    const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    const log_field fields[] = {{"problem", std::string_view{line}}};
    rt_.log().write(level, message, fields);
  }
}

task<> app::open_letters() {
  if (options_.dead_letters_file.empty()) co_return;
  disk& files = options_.files ? *options_.files : files_;
  auto opened =
      co_await dead_letters::open(rt_, files, options_.dead_letters_file, options_.dead_letters);
  if (!opened) {
    problems_.push_back("dead_letters.file: " + opened.error().text());
    co_return;
  }
  letters_ = std::move(*opened);
  bus_.engine().keep_letters_in(letters_.get());
  if (!letters_->report().clean())
    log_lines(log_level::warning, "dead letters", {letters_->report().text()});
}

// After the bus: it may give up events to its end.
task<> app::close_letters() {
  if (!letters_) co_return;
  bus_.engine().keep_letters_in(nullptr);
  if (const auto closed = co_await letters_->close(); !closed)
    log_lines(log_level::error, "dead letters", {closed.error().message()});
}

task<> app::redrive_what_is_marked(app& self) {
  const auto done = co_await redrive_marked(self.bus_, *self.letters_);
  if (!done) co_return self.log_lines(log_level::error, "redrive", {done.error().message()});
  if (done->redriven == 0 && done->failed.empty()) co_return;
  const log_field fields[] = {{"redriven", static_cast<std::int64_t>(done->redriven)},
                              {"failed", static_cast<std::int64_t>(done->failed.size())}};
  self.rt_.log().write(log_level::info, "redriven what was marked", fields);
}

task<exit_code> app::serve() {
  for (std::string& p : config_.problems()) problems_.push_back(std::move(p));
  scope redriving{rt_, {.name = "redrive"}};
  if (problems_.empty()) co_await open_letters();
  if (problems_.empty()) problems_ = co_await routing_.open();
  if (problems_.empty()) {
    try {
      co_await components_.start();
    } catch (const start_error& e) {
      if (!shutdown_.requested()) problems_.push_back(e.what());
    }
  }
  if (!problems_.empty()) {
    log_lines(log_level::error, "cannot start", problems_);
    report_.code = exit_code::start_failed;
    bus_.close();
    co_await routing_.close(options_.shutdown.intake);
    co_await close_letters();
    co_return report_.code;
  }
  if (!shutdown_.requested()) {
    const std::vector<std::string> unrouted = co_await routing_.start();
    log_lines(log_level::error, "cannot consume", unrouted);
    if (!unrouted.empty()) shutdown_.fail(unrouted.front());
  }
  if (!shutdown_.requested()) {
    const std::vector<std::string> late = config_.problems();  // of what was made meanwhile
    log_lines(log_level::error, "configuration", late);
    const log_field fields[] = {{"components", static_cast<std::int64_t>(components_.size())}};
    rt_.log().write(log_level::info, "started", fields);
    (void)bus_.emit<service_started>(name_);
    if (letters_) redriving.spawn("redrive of what is marked", redrive_what_is_marked(*this));
  }
  co_await shutdown_.wait_requested();
  redriving.cancel();
  co_await redriving.join();
  scope leaving{rt_, {.name = "routes"}};
  leaving.spawn("routes", routing_.stop(options_.shutdown.drain));
  report_ = co_await shutdown_.run();
  co_await leaving.join();
  co_await routing_.close(options_.shutdown.intake);
  co_await close_letters();
  log_end();
  co_return report_.code;
}

void app::log_end() {
  const std::string counts = bus_.total().text();
  const log_field fields[] = {{"end", text(report_.code)},
                              {"reason", std::string_view{report_.reason}},
                              {"events", std::string_view{counts}}};
  rt_.log().write(log_level::info, "stopped", fields);
}

int app::run() {
  ENSUE_ASSERT(loop_, "an app on a given runtime is run by that: use serve()");
  const duration bound = limits::component_stop + shutdown_.bound() + slack;
  const duration forced_bound =
      options_.shutdown.forced * static_cast<std::int64_t>(components_.size() + 1) + slack;
  std::optional<stop_signals> signals;
  if (options_.signals) {
    const stop_signals::options o{bound, forced_bound, static_cast<int>(exit_code::forced)};
    signals.emplace(rt_, o, [this](int number, unsigned count) {
      const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
      if (count == 1) return stop(name);
      force("a second signal: " + name);
    });
    signals_ = &*signals;
  }
  std::optional<orphan_reaper> reaper;
  if (::getpid() == 1) reaper.emplace(rt_);
  // What was posted before must not be handled by a service that does not start.
  if (!problems_.empty() || !config_.problems().empty()) bus_.close();
  const parent_watch parent{rt_, options_.parent, [this] { stop("the parent has ended"); }};
  const exit_code code = block_on(*loop_, serve());
  signals_ = nullptr;
  if (signals && code == exit_code::forced) signals->leave_armed(forced_bound);
  return static_cast<int>(code);
}

}  // namespace ensue
