#pragma once

#include "market_source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace trading {

using sources = std::vector<std::unique_ptr<market_source>>;

/// Several tapes as one market: the next event is the earliest received of those that stand next on
/// their tapes; of equal stamps, that of the tape named first. So every tape keeps the order of its
/// file, also where its stamps go back.
///
/// Crypto stamps count from 1970, those of equities from midnight: such tapes cannot be merged and
/// are played one clock after the other, that of the first tape first. `next` says `end` at the end
/// of each; `over` tells whether it was the last.
class merged_market final : public market_source {
 public:
  /// `merged` outlives this; each is read by nobody else.
  explicit merged_market(const sources& merged);

  status next(market_event& out) override;
  bool over() const noexcept;

  /// Those that have run dry.
  void fill() override;
  void interrupt() noexcept override;
  bool slow() const noexcept override;

  std::string name() const override;
  tape_form form() const noexcept override { return tape_form::unknown; }
  std::int64_t rows() const noexcept override;
  /// The mean of all.
  double progress() const noexcept override;

 private:
  struct input {
    market_source* source;
    status state = status::starved;  ///< event: `head` is the next one
    market_event head{};
    bool dry = false;  ///< wants to be filled
  };
  static bool look(input& in, market_event& head);
  input* earliest();

  std::vector<input> inputs_;
  bool since_midnight_ = false;  ///< the clock that is being played
  bool begun_ = false;
};

}  // namespace trading
