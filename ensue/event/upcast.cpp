#include <ensue/event/upcast.hpp>

#include <exception>

namespace ensue {
namespace {

codec_error refused(std::string_view name, int from, const std::string& why) {
  return {"", "upcasting " + std::string{name} + " from version " + std::to_string(from) +
                  " failed: " + why};
}

}  // namespace

result<> upcasters::add(std::string_view name, int from, step lift) {
  if (from < 1) return errc::invalid;
  if (!steps_.try_emplace({std::string{name}, from}, std::move(lift)).second) return errc::exists;
  return {};
}

json_result<void> upcasters::apply(std::string_view name, int from, int to,
                                   boost::json::value& document) const {
  for (; from < to; ++from) {
    const auto it = steps_.find({std::string{name}, from});
    if (it == steps_.end())
      return codec_error{"", "no upcaster of " + std::string{name} + " from version " +
                                 std::to_string(from) + " to " + std::to_string(from + 1)};
    try {
      it->second(document);
    } catch (const std::exception& error) {
      return refused(name, from, error.what());
    } catch (...) {
      return refused(name, from, "it threw something that is no std::exception");
    }
  }
  return {};
}

}  // namespace ensue
