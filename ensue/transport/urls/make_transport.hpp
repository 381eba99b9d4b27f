#pragma once

#include <ensue/transport/transport.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Makes the transport that a URL names, not opened yet: `memory:`, `sqlite:shop.db`. What a URL
/// may say more: docs/transports.md.
/// Errors: errc::invalid: no such kind, one this build was made without, or an option it does not
/// know; the text names the URL, and what there is.
transport_result<std::unique_ptr<transport>> make_transport(runtime& rt, const std::string& url);

/// The kinds that this build knows, as they stand before the colon.
const std::vector<std::string_view>& transport_kinds();

}  // namespace ensue
