#include <ensue/flow/journal_store.hpp>
#include <ensue/flow/sagas.hpp>
#include <ensue/sim/disk.hpp>

#include <doctest/doctest.h>

#include <tests/saga_fixture.hpp>

using namespace fulfilment;

namespace {

/// Runs some sagas on a file, without closing it in order.
void write_some(sim::disk& d, std::uint64_t seed) {
  sim::world w{seed};
  journal_store store{w.rt(), d, "sagas.journal", {.kind = "sagas/1"}};
  bus b{w.rt()};
  warehouse house{b};
  sagas all{b, store};
  all.add(definition());
  w.block_on(all.start());
  for (const char* key : {"a", "b"}) (void)b.try_post<order_placed>(key, 1);
  w.run_for(1s);
  (void)b.try_post<payment_failed>("b", "no");
  w.run_for(1s);
  w.block_on(all.stop());
  CHECK(w.block_on(store.close()).has_value());
}

struct reading {
  std::string error{};
  bool clean = false;
  saga_account account{};
};

reading read(sim::disk& d, bool salvage) {
  sim::world w{9};
  journal_store store{w.rt(), d, "sagas.journal", {.kind = "sagas/1", .salvage = salvage}};
  bus b{w.rt()};
  sagas all{b, store};
  all.add(definition());
  reading r;
  try {
    w.block_on(all.start());
    r.clean = store.report().clean();
    r.account = all.account();
    w.block_on(all.stop());
    (void)w.block_on(store.close());
  } catch (const boost::system::system_error& e) {
    r.error = e.what();
  }
  return r;
}

}  // namespace

TEST_CASE("sagas on a file are there again") {
  sim::disk d{1};
  write_some(d, 7);
  const reading r = read(d, false);
  CHECK(r.error.empty());
  CHECK(r.clean);
  CHECK(r.account.live == 1);
  CHECK(r.account.compensated == 1);
  CHECK(r.account.republished == 0);
}

TEST_CASE("a file of another kind is refused") {
  sim::disk d{1};
  write_some(d, 7);
  sim::world w{9};
  journal_store store{w.rt(), d, "sagas.journal", {.kind = "events/1"}};
  const record_store::each ignore = [](std::string_view) { return result<>{}; };
  CHECK(w.block_on(store.load(ignore)).error() == errc::invalid);
  CHECK(store.why().find("sagas.journal") != std::string::npos);
}

TEST_CASE("a saga file truncated anywhere: cut and said, or refused; nothing invented") {
  sim::disk d{1};
  write_some(d, 7);
  const std::string whole = d.content("sagas.journal");
  for (std::size_t n = 0; n < whole.size(); ++n) {
    d.set_content("sagas.journal", whole.substr(0, n));
    const reading r = read(d, false);
    INFO("cut at ", n);
    if (!r.error.empty()) continue;
    CHECK(r.account.balanced());
    CHECK(r.account.started <= 2);
  }
}

TEST_CASE("a saga file with one bit flipped anywhere: never silently") {
  sim::disk d{1};
  write_some(d, 7);
  const std::string whole = d.content("sagas.journal");
  for (std::size_t i = 0; i < whole.size() * 8; i += 9) {  // every byte, another bit of each
    std::string bad = whole;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    d.set_content("sagas.journal", bad);
    INFO("bit ", i % 8, " of byte ", i / 8);
    const reading strict = read(d, false);
    CHECK((!strict.error.empty() || !strict.clean));
    if (i % 8 != 0) continue;
    d.set_content("sagas.journal", bad);
    const reading salvaged = read(d, true);
    if (!salvaged.error.empty()) continue;
    CHECK_FALSE(salvaged.clean);
    CHECK(salvaged.account.balanced());
  }
}
