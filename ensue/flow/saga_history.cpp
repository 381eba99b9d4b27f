#include <ensue/flow/saga_history.hpp>
#include <ensue/flow/saga_step.hpp>

namespace ensue {
namespace {

const saga_plan* find(const std::vector<std::shared_ptr<const saga_plan>>& plans,
                      const saga_record& r) {
  for (const auto& p : plans)
    if (p->name == r.saga && p->version == r.version) return p.get();
  return nullptr;
}

std::string differs(std::size_t line, std::string_view said, std::string_view now) {
  return "line " + std::to_string(line) + " differs\n  recorded: " + std::string{said} +
         "\n  now:      " + std::string{now};
}

}  // namespace

std::string saga_record_text(const saga_record& r) { return encode_json(r).value(); }

json_result<saga_record> parse_saga_record(std::string_view text) {
  decode_options strict;
  strict.unknown = decode_options::unknown_members::refuse;
  strict.missing = decode_options::missing_members::refuse;
  return decode_json<saga_record>(text, strict);
}

std::optional<std::string> replay_saga_history(
    std::string_view lines, const std::vector<std::shared_ptr<const saga_plan>>& plans) {
  std::optional<saga_record> before;
  for (std::size_t number = 1; !lines.empty(); ++number) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    auto said = parse_saga_record(line);
    if (!said) return differs(number, line, "cannot be read: " + said.error().text());
    said->unsent.reset();  // depends on when it was published, not on the definition
    const saga_plan* plan = find(plans, *said);
    if (!plan) return differs(number, line, "there is no such definition");
    saga_outcome out = saga_step(*plan, before ? &*before : nullptr, said->key, said->in, said->at);
    const std::string was = saga_record_text(*said);
    if (!out.next) return differs(number, was, "no step: " + std::string{enum_name(out.verdict)});
    out.next->unsent.reset();
    if (const std::string is = saga_record_text(*out.next); is != was)
      return differs(number, was, is);
    before = std::move(out.next);
  }
  return {};
}

}  // namespace ensue
