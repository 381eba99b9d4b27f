#include "report.hpp"

#include "day.test.hpp"
#include "tape.hpp"
#include "tape_file.test.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <string>

using namespace trading;

namespace {

constexpr const char* good = R"(1 {"e":"trade","s":"X","t":1,"p":"1.5","q":"2","T":2,"m":true})"
                             "\n";

sources open(const std::vector<std::string>& paths) {
  sources tapes;
  for (const auto& path : paths) {
    tapes.push_back(std::make_unique<tape>(path, static_cast<std::uint32_t>(tapes.size())));
  }
  return tapes;
}

struct reported : simulated_day {
  explicit reported(const std::vector<std::string>& paths) : simulated_day{open(paths), {}} {
    CHECK(serve() == 0);
  }
};

}  // namespace

TEST_CASE("one object per tape under its name, everything else beside") {
  const tape_file file{good};
  reported r{{file.path()}};
  const auto json = report_json(*r.day, r.tapes);
  REQUIRE(json.size() == 2);
  const auto& figures = json.at(r.tapes[0]->name()).as_object();
  CHECK(figures.size() == 17);
  CHECK(figures.at("trade_notional_total").as_string() == "3.0");
  const auto& run = json.at("run").as_object();
  CHECK(run.at("succeeded").as_bool());
  CHECK(run.at("events").as_int64() == 1);
  CHECK(run.at("ledger_total").at("balanced").as_bool());
  CHECK(run.at("kill_switch").at("orders_accepted_while_on").as_int64() == 0);
  CHECK(complaints(r.tapes).empty());
}

TEST_CASE("no two tapes share a name, and none is called as the rest of the report") {
  const sources tapes = open({"/a/x", "/b/x", "/c/x#2", "/a/x", "/a/run", "run", "y"});
  CHECK(report_names(tapes) ==
        std::vector<std::string>{"x", "x#2", "x#2#2", "x#3", "run#2", "run#3", "y"});
}

TEST_CASE("two tapes of one name are two objects") {
  const tape_file file{good};
  reported r{{file.path(), file.path()}};
  CHECK(report_json(*r.day, r.tapes).size() == 3);
  CHECK(r.day->statistics().of(0).rows() == 1);
  CHECK(r.day->statistics().of(1).rows() == 1);
}

TEST_CASE("bad lines and errors are named with file and line") {
  std::string text = good;
  for (int n = 0; n < 25; ++n) text += "rubbish\n";
  const tape_file file{text};
  reported r{{file.path(), "/nonexistent/tape"}};
  const std::string all = complaints(r.tapes);
  CHECK(all.starts_with(file.path() + ":2: expected a receive time in ns and a space\n"));
  CHECK(all.find(":21: ") != std::string::npos);
  CHECK(all.find(":22: ") == std::string::npos);
  CHECK(all.find("and 5 more bad lines\n") != std::string::npos);
  CHECK(all.ends_with("/nonexistent/tape: cannot open: No such file or directory\n"));
  CHECK_FALSE(succeeded(*r.day, r.tapes));
}
