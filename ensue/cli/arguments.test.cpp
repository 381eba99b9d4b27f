#include <ensue/cli/arguments.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

using namespace ensue;
using namespace ensue::cli;

namespace {

arguments_result parse(std::initializer_list<std::string_view> words) {
  const std::vector<std::string_view> list{words};
  return parse_arguments(list);
}

arguments understood(std::initializer_list<std::string_view> words) {
  auto parsed = parse(words);
  REQUIRE(parsed.has_value());
  return std::move(*parsed);
}

std::string refusal(std::initializer_list<std::string_view> words) {
  const auto parsed = parse(words);
  return parsed.has_value() ? "taken" : parsed.error();
}

constexpr const char* some_id = "018f2f3a-0000-7000-8000-000000000001";

}  // namespace

TEST_CASE("words that are understood") {
  const auto a = understood({"list", "--file", "f", "--subscription=charge", "--event",
                             "order.placed", "--reason", "poison", "--json"});
  CHECK(a.verb == verb::list);
  CHECK(a.file == "f");
  CHECK(a.which.subscription == "charge");
  CHECK(a.which.event == "order.placed");
  CHECK((a.which.reason == death_reason::poison));
  CHECK(a.json);
  const auto shown = understood({"show", some_id, "--file=f"});
  CHECK(shown.which.id->text() == some_id);
  const auto redriven = understood({"redrive", "--all", "--force", "--file", "f"});
  CHECK(redriven.all);
  CHECK(redriven.force);
  CHECK(understood({"purge", some_id, "--file", "f"}).verb == verb::purge);
  CHECK(understood({}).verb == verb::help);
  CHECK(understood({"list", "--help"}).verb == verb::help);
}

TEST_CASE("words that are not: the sentence says which and why") {
  CHECK(refusal({"lst"}) == "unknown command \"lst\"");
  CHECK(refusal({"list"}) == "--file is missing: which dead letters?");
  CHECK(refusal({"list", "--file"}) == "--file needs a value");
  CHECK(refusal({"list", "--file="}) == "--file must not be empty");
  CHECK(refusal({"list", "--colour", "--file", "f"}) == "unknown option \"--colour\"");
  CHECK(refusal({"list", "--file", "f", "--reason", "bored"}) ==
        "\"bored\" is no reason; there are exhausted, permanent, expired, poison, rejected, "
        "unreadable");
  CHECK(refusal({"show", "--file", "f"}) == "show needs the id of a letter");
  CHECK(refusal({"show", "7", "--file", "f"}) == "\"7\" is no id of a letter");
  CHECK(refusal({"show", some_id, some_id, "--file", "f"}).find("one id at a time") == 0);
  CHECK(refusal({"purge", "--file", "f"}).find("say which letters") == 0);
  CHECK(refusal({"purge", "--all", some_id, "--file", "f"}).find("say which letters") == 0);
  CHECK(refusal({"list", "--all", "--file", "f"}) == "--all and --force are for redrive and purge");
  CHECK(refusal({"purge", "--all", "--force", "--file", "f"}) == "--force is for redrive");
}
