#pragma once

#include "market_source.hpp"
#include <ensue/base/random.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace trading {

/// A bounded market of two symbols whose prices walk at random: the same seed gives the same
/// events. Half of them are trades, half are quotes, 1 ms of market time apart on average.
class simulated_market final : public market_source {
 public:
  simulated_market(std::int64_t events, std::uint64_t seed, std::uint32_t number);

  status next(market_event& out) override;
  std::string name() const override { return "simulated"; }
  tape_form form() const noexcept override { return tape_form::crypto; }
  std::int64_t rows() const noexcept override { return rows_; }
  double progress() const noexcept override;

 private:
  struct instrument {
    symbol name;
    std::int64_t price;  // in cents
    std::int64_t trade_id = 0, quote_id = 0;
  };
  decimal quantity() noexcept;

  ensue::random_stream random_;
  std::array<instrument, 2> instruments_;
  std::uint32_t number_;
  std::int64_t events_;
  std::int64_t rows_ = 0;
  std::int64_t now_ns_ = 0;
};

}  // namespace trading
