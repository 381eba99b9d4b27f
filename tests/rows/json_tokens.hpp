#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rows {

/// A second, naive reading of JSON texts, so that the rules are not checked with what they are
/// about.

/// Strings with their quotes, numbers, words and punctuation, in order. Assumes well-formed text.
std::vector<std::string> tokens_of(std::string_view text);

/// Is there a \u escape of half a surrogate pair?
bool has_lone_surrogate(std::string_view text);

/// Is there a number too big for a double?
bool has_huge_number(const std::vector<std::string>& tokens);

/// The integers that fit in 64 bits, unless a later member of a flat object replaces them.
std::vector<std::string> last_integers(const std::vector<std::string>& tokens);

/// Of a flat object of scalars with plain keys: each key's last value. Empty for anything else.
std::map<std::string, std::string> last_members(const std::vector<std::string>& tokens);

bool contains(const std::vector<std::string>& tokens, std::string_view token);

}  // namespace rows
