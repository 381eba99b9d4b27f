#pragma once

#include <ensue/async/task.hpp>
#include <ensue/base/result.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

/// Where sagas and logs are written down, one JSON object a record, in order. Outlives whoever uses
/// it. Loop thread.
class record_store {
 public:
  using each = std::function<result<>(std::string_view record)>;
  virtual ~record_store() = default;

  /// Hands over every record, oldest first. Called once, before anything is appended.
  /// Cancellation: nothing was changed. Errors: those of the medium, or of `f`; its text in
  /// `why()`.
  virtual task<result<>> load(each f) = 0;
  /// Completes when the record survives what the store promises to survive.
  /// Cancellation: throws; the record may or may not be there. Errors: it is not there.
  virtual task<result<>> append(std::string record) = 0;
  /// Replaces all records by these, which stand for everything appended before the call.
  /// Cancellation: throws; the old or the new records are there. Errors: the old ones are.
  virtual task<result<>> compact(std::vector<std::string> records) = 0;
  /// Records since it was made or last compacted.
  virtual std::size_t size() const noexcept = 0;
  /// For people: what the last error was about.
  virtual std::string why() const { return {}; }
};

/// In memory: survives its user, not the process. For tests, and for those who can start anew.
class memory_record_store final : public record_store {
 public:
  task<result<>> load(each f) override;
  task<result<>> append(std::string record) override;
  task<result<>> compact(std::vector<std::string> records) override;
  std::size_t size() const noexcept override { return records_.size(); }
  const std::vector<std::string>& records() const noexcept { return records_; }

 private:
  std::vector<std::string> records_;
};

}  // namespace ensue
