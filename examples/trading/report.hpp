#pragma once

#include "market_source.hpp"
#include "text.hpp"
#include "trading_day.hpp"

#include <boost/json/object.hpp>

#include <memory>
#include <string>
#include <vector>

namespace trading {

/// For machines: one object per tape under its file's name (its whole path when two tapes have one
/// name), with the members expected.json has, and beside them "run": everything else.
boost::json::object report_json(trading_day& day, const sources& played);

/// For people.
std::string report_text(trading_day& day, const sources& played, const paint& colours);

/// The bad lines and errors of the tapes; empty when there are none.
std::string complaints(const sources& played);

/// Did every tape give all it has, and the kill switch work?
bool succeeded(const trading_day& day, const sources& played);

/// The names under which tapes are reported.
std::vector<std::string> report_names(const sources& played);

}  // namespace trading
