#pragma once

#include "market_source.hpp"
#include "text.hpp"
#include "trading_day.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <vector>

namespace trading {

/// For machines: one object per tape under its name (see `report_names`), with the members
/// expected.json has, and beside them "run": everything else.
boost::json::object report_json(trading_day& day, const sources& played);

/// For people.
std::string report_text(trading_day& day, const sources& played, const paint& colours);

/// The bad lines and errors of the tapes; empty when there are none.
std::string complaints(const sources& played);

/// Did every tape give all it has, and the kill switch work?
bool succeeded(const trading_day& day, const sources& played);

/// The names under which tapes are reported: a tape's file name. When that is taken by a tape
/// before it, or is "run", "#2" is put behind it, or the first number from there on that is free.
/// What "run" has of the "tapes", in their order, names the path of each.
std::vector<std::string> report_names(const sources& played);

}  // namespace trading
