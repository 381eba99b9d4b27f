#pragma once

#include <ensue/reliability/journal.hpp>
#include <ensue/sim/disk.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What the tests of the journal and of the stores on it share.
namespace ensue::cases {

using texts = std::vector<std::string>;

struct read_back {
  texts records;
  journal_report report;
  std::unique_ptr<journal> file;
};

inline journal_options kind_of_test() {
  journal_options o;
  o.kind = "test/1";
  return o;
}

/// Opens it and collects what is in it.
inline task<journal_result<read_back>> open_journal(runtime& rt, ensue::disk& d,
                                                    journal_options o = kind_of_test()) {
  read_back out;
  const journal::replay each = [&out](std::string_view record, std::uint64_t) -> result<> {
    out.records.emplace_back(record);
    return {};
  };
  auto opened = co_await journal::open(rt, d, "s/a.journal", std::move(o), each);
  if (!opened) co_return opened.error();
  out.file = std::move(*opened);
  out.report = out.file->report();
  co_return std::move(out);
}

}  // namespace ensue::cases
