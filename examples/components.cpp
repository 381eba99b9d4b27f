// Two components with a life of their own: the sensor posts readings, the archive must be up before
// it and goes down after it. Nothing that was accepted is lost in the stop.
#include <ensue/ensue.hpp>

#include <iostream>
#include <vector>

using namespace std::chrono_literals;

struct reading {
  int degrees;
};

class archive {
 public:
  static constexpr std::string_view name = "archive";
  explicit archive(ensue::bus& bus) : bus_{bus} {}

  void start() {
    readings_ = bus_.subscribe<reading>(*this, &archive::keep, {.name = "archive"});
    std::cout << "archive is open\n";
  }
  void stop() { std::cout << "archive is closed with " << kept_.size() << " readings\n"; }

 private:
  void keep(const reading& r) { kept_.push_back(r.degrees); }

  ensue::bus& bus_;
  ensue::subscription readings_;
  std::vector<int> kept_;
};

class sensor {
 public:
  static constexpr std::string_view name = "sensor";
  explicit sensor(ensue::app& app) : app_{app} {}

  void start() { std::cout << "sensor is on\n"; }
  ensue::task<> run() {
    for (int i = 0; i < 5; ++i) {
      co_await app_.bus().post<reading>(20 + i);
      co_await ensue::sleep_for(app_.rt(), 1ms);
    }
    app_.stop("five readings are enough");
  }
  void stop() { std::cout << "sensor is off\n"; }

 private:
  ensue::app& app_;
};

int main() {
  ensue::app app{"weather"};
  app.on<ensue::shutdown_requested>(
      [](const ensue::shutdown_requested& e) { std::cout << "stopping: " << e.reason << '\n'; });
  archive log{app.bus()};
  sensor outside{app};
  app.add(log);
  app.add(outside, {.depends_on = {"archive"}});
  return app.run();
}
