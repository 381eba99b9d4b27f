#include <ensue/flow/record_store.hpp>

namespace ensue {

task<result<>> memory_record_store::load(each f) {
  for (const std::string& record : records_)
    if (const result<> taken = f(record); !taken) co_return taken;
  co_return result<>{};
}

task<result<>> memory_record_store::append(std::string record) {
  records_.push_back(std::move(record));
  co_return result<>{};
}

task<result<>> memory_record_store::compact(std::vector<std::string> records) {
  records_ = std::move(records);
  co_return result<>{};
}

}  // namespace ensue
