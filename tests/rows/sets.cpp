#include <array>
#include <tests/rows/sets.hpp>

namespace rows {
namespace {

constexpr const char* later = "arrives with its layer";
constexpr const char* input = "input of programs, has no rows";

constexpr std::array table{
    set_entry{"uuid", run_uuid, nullptr},
    set_entry{"topic-matching", run_topic_matching, nullptr},
    set_entry{"semver", run_semver, nullptr},
    set_entry{"json-parsing", run_json_parsing, nullptr},
    set_entry{"cron", run_cron, nullptr},
    set_entry{"asyncapi", nullptr, later},
    set_entry{"cloudevents", nullptr, later},
    set_entry{"http", nullptr, later},
    set_entry{"metrics-text", nullptr, later},
    set_entry{"otlp", nullptr, later},
    set_entry{"standard-webhooks", nullptr, later},
    set_entry{"trace-context", nullptr, later},
    set_entry{"webhooks-github", nullptr, later},
    set_entry{"webhooks-shopify", nullptr, later},
    set_entry{"webhooks-stripe", nullptr, later},
    set_entry{"websocket", nullptr, later},
    set_entry{"behaviour", nullptr, "covered by unit tests, one a line"},
    set_entry{"licences", nullptr, input},
    set_entry{"market-crypto", nullptr, input},
    set_entry{"market-equities", nullptr, input},
    set_entry{"market-wire", nullptr, input},
    set_entry{"stream-access-log", nullptr, input},
    set_entry{"stream-github-events", nullptr, input},
    set_entry{"stream-sensors", nullptr, input},
    set_entry{"stream-server-status", nullptr, input},
    set_entry{"stream-wikipedia-edits", nullptr, input},
};

}  // namespace

std::span<const set_entry> all_sets() { return table; }

}  // namespace rows
