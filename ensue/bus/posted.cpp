#include <ensue/bus/posted.hpp>

namespace ensue {
namespace {

task<> nothing_left() { co_return; }

}  // namespace

posted::operator task<>() && { return accepted() ? nothing_left() : std::move(rest_); }

}  // namespace ensue
