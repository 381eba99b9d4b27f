#include "merged_market.hpp"

#include "day.test.hpp"
#include "report.hpp"
#include "shipped_tape.hpp"
#include "tape.hpp"
#include "tape_file.test.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace trading;

namespace {

using ids = std::vector<std::int64_t>;

/// A capture of trades with these stamps, numbered from `id`.
std::string capture(const std::vector<std::int64_t>& stamps, std::int64_t id) {
  std::string text;
  for (const auto stamp : stamps) {
    text += std::to_string(stamp) + R"( {"e":"trade","s":"X","t":)" + std::to_string(id++) +
            R"(,"p":"1.5","q":"2","T":2,"m":true})" + "\n";
  }
  return text;
}

struct market {
  explicit market(const std::vector<std::string_view>& contents) {
    for (const auto& content : contents) {
      files.push_back(std::make_unique<tape_file>(content));
      const auto number = static_cast<std::uint32_t>(tapes.size());
      tapes.push_back(std::make_unique<tape>(files.back()->path(), number));
    }
  }
  /// Row numbers with the tape in the hundreds, up to the end of a clock.
  ids play(merged_market& m) {
    ids seen;
    market_event e;
    for (auto status = m.next(e); status != market_source::status::end; status = m.next(e)) {
      if (status == market_source::status::starved) {
        m.fill();
      } else {
        seen.push_back(tick_of(e).tape * 100 + tick_of(e).row);
      }
    }
    return seen;
  }
  std::vector<std::unique_ptr<tape_file>> files;
  sources tapes;
};

boost::json::value figures(const std::vector<std::string>& paths, std::size_t of) {
  sources tapes;
  for (const auto& path : paths) {
    tapes.push_back(std::make_unique<tape>(path, static_cast<std::uint32_t>(tapes.size())));
  }
  simulated_day s{std::move(tapes), {}};
  CHECK(s.serve() == 0);
  return s.day->statistics().of(static_cast<std::uint32_t>(of)).json(s.tapes[of]->form());
}

}  // namespace

TEST_CASE("tapes are merged by the time of receiving; ties go to the tape named first") {
  market m{{capture({10, 20, 20, 50}, 1), capture({5, 20, 30}, 1), capture({20}, 1)}};
  merged_market all{m.tapes};
  CHECK(m.play(all) == ids{101, 1, 2, 3, 102, 201, 103, 4});
  CHECK(all.over());
  CHECK(all.rows() == 8);
}

TEST_CASE("a tape whose stamps go back keeps the order of its file") {
  market m{{capture({10, 40, 15, 60}, 1), capture({12, 30, 50}, 1)}};
  merged_market all{m.tapes};
  CHECK(m.play(all) == ids{1, 101, 102, 2, 3, 103, 4});
}

TEST_CASE("an empty tape and one that is not there hold nobody up") {
  market m{{"", capture({10}, 1)}};
  m.tapes.push_back(std::make_unique<tape>("/no/such/tape", 2));
  merged_market all{m.tapes};
  CHECK(m.play(all) == ids{101});
  CHECK(all.over());
}

TEST_CASE("stamps of different clocks are not mixed") {
  const std::string header =
      "ms_since_midnight_ny,symbol,price_e4,size,venue,sale_condition,suspicious\n";
  const std::string early = header + "300,SPY,1674100,100,P,20002000,0\n";
  const std::string late = header + "400,SPY,1674100,100,P,20002000,0\n";
  market m{{late, capture({10, 1'723'161'254'087'896'500}, 7), early}};
  merged_market all{m.tapes};
  CHECK(m.play(all) == ids{202, 2});
  CHECK_FALSE(all.over());
  CHECK(m.play(all) == ids{101, 102});
  CHECK(all.over());
}

TEST_CASE("each tape's figures are what they are alone") {
  const std::string lone = shipped_tape();
  const tape_file other{capture({1'723'161'254'000'000'000, 1'723'161'300'000'000'000}, 1)};
  CHECK(figures({lone, other.path()}, 0) == figures({lone}, 0));
  CHECK(figures({lone, other.path()}, 1) == figures({other.path()}, 0));
}
