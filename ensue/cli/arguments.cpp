#include <ensue/cli/arguments.hpp>
#include <ensue/event/describe.hpp>

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>

#include <cstddef>
#include <optional>

namespace ensue::cli {
namespace {

using fault = std::optional<std::string>;

std::string quoted(std::string_view word) { return "\"" + std::string{word} + "\""; }

bool parse_verb(std::string_view word, verb& out) {
  if (word == "help" || word == "--help" || word == "-h") return out = verb::help, true;
  if (word == "list") return out = verb::list, true;
  if (word == "show") return out = verb::show, true;
  if (word == "redrive") return out = verb::redrive, true;
  if (word == "purge") return out = verb::purge, true;
  return false;
}

std::string reasons() {
  std::string names;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<death_reason>>([&](auto d) {
    if (!names.empty()) names += ", ";
    names += d.name;
  });
  return names;
}

fault take_value(arguments& a, std::string_view option, std::string_view value) {
  if (value.empty()) return std::string{option} + " must not be empty";
  if (option == "--file") {
    if (!a.file.empty()) return "one file at a time; " + quoted(value) + " is a second";
    a.file = value;
    return {};
  }
  a.filtered = true;
  if (option == "--subscription") {
    a.which.subscription = value;
  } else if (option == "--event") {
    a.which.event = value;
  } else if (death_reason r{}; enum_value(value, r)) {
    a.which.reason = r;
  } else {
    return quoted(value) + " is no reason; there are " + reasons();
  }
  return {};
}

bool takes_value(std::string_view option) {
  return option == "--file" || option == "--subscription" || option == "--event" ||
         option == "--reason";
}

fault take_flag(arguments& a, std::string_view word) {
  if (word == "--json") {
    a.json = true;
  } else if (word == "--all") {
    a.all = true;
  } else if (word == "--force") {
    a.force = true;
  } else if (word == "--salvage") {
    a.salvage = true;
  } else if (word == "--help" || word == "-h") {
    a.verb = verb::help;
  } else if (word.starts_with("-")) {
    return "unknown option " + quoted(word);
  } else if (const auto id = uuid::parse(word); !id) {
    return quoted(word) + " is no id of a letter";
  } else if (a.which.id) {
    return "one id at a time; " + quoted(word) + " is a second";
  } else {
    a.which.id = *id;
    a.filtered = true;
  }
  return {};
}

fault missing(const arguments& a) {
  if (a.verb == verb::help) return {};
  if (a.file.empty()) return "--file is missing: which dead letters?";
  if (a.verb == verb::show && !a.which.id) return "show needs the id of a letter";
  const bool changes = a.verb == verb::redrive || a.verb == verb::purge;
  if (changes && a.all == a.filtered)
    return "say which letters: an id, --subscription, --event, --reason, or else --all";
  if (!changes && (a.all || a.force)) return "--all and --force are for redrive and purge";
  if (a.force && a.verb == verb::purge) return "--force is for redrive";
  if (changes && a.json) return "--json is for list and show";
  return {};
}

}  // namespace

arguments_result parse_arguments(std::span<const std::string_view> words) {
  arguments a;
  if (words.empty()) return a;
  if (!parse_verb(words[0], a.verb)) return "unknown command " + quoted(words[0]);
  for (std::size_t i = 1; i < words.size(); ++i) {
    std::string_view word = words[i];
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    fault wrong;
    if (!takes_value(name)) {
      wrong = take_flag(a, word);
    } else if (equals != std::string_view::npos) {
      wrong = take_value(a, name, word.substr(equals + 1));
    } else if (i + 1 == words.size()) {
      wrong = std::string{name} + " needs a value";
    } else {
      wrong = take_value(a, name, words[++i]);
    }
    if (wrong) return *wrong;
    if (a.verb == verb::help) return a;
  }
  if (const fault wrong = missing(a)) return *wrong;
  return a;
}

}  // namespace ensue::cli
