#pragma once

#include <ensue/transport/sqlite/group.hpp>
#include <ensue/transport/transport.hpp>

#include <cstdint>
#include <memory>
#include <set>

namespace ensue::sqlite {

class transport;

/// A member of a group in a database. See ensue::consumer.
class consumer final : public ensue::consumer {
 public:
  consumer(transport& from, std::shared_ptr<group> g, std::size_t prefetch);
  ~consumer() override;

  task<transport_result<delivery>> next() override;
  task<result<>> settle(std::uint64_t token, settlement how) override;
  task<result<>> extend(std::uint64_t token) override;
  void stop() override;
  std::size_t unsettled() const noexcept override;

 private:
  friend class transport;
  void forget_fenced();

  transport* from_;  // null: it has gone
  std::shared_ptr<group> group_;
  std::size_t prefetch_;
  std::set<std::uint64_t> mine_;  // tokens given out here
  bool stopped_ = false;
};

}  // namespace ensue::sqlite
