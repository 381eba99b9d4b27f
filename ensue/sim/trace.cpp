#include <ensue/sim/options.hpp>
#include <ensue/sim/trace.hpp>

#include <type_traits>
#include <utility>
#include <variant>

namespace ensue::sim {
namespace {

std::string text_of(const log_field& field) {
  return std::visit(
      [](const auto& value) -> std::string {
        using kind = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<kind, std::string_view>) {
          return std::string{value};
        } else if constexpr (std::is_same_v<kind, bool>) {
          return value ? "true" : "false";
        } else {
          return std::to_string(value);
        }
      },
      field.value);
}

}  // namespace

std::string trace::entry::line() const { return ensue::text(at) + "  " + text; }

void trace::put(std::string text) {
  if (entries_.size() == keep_) entries_.pop_front();
  entries_.push_back({hash_, at_, std::move(text)});
}

void trace::step(std::string_view host, const char* label) {
  if (!keeping()) return;
  std::string text{host};
  if (label) text.append(": ").append(label);
  put(std::move(text));
}

void trace::note(std::string_view what, std::uint64_t value) {
  add(what);
  add(value);
  if (keeping()) put("  note: " + std::string{what} + " " + std::to_string(value));
}

void trace::write(log_level, std::string_view message, std::span<const log_field> fields) noexcept {
  std::string text{message};
  for (const log_field& f : fields) text.append(" ").append(f.name).append("=").append(text_of(f));
  add(text);
  if (keeping()) put("  log: " + text);
}

}  // namespace ensue::sim
