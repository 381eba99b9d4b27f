#pragma once

#include <string>

namespace trading {

/// The path of the tape that comes with the example: in the source tree, else beside the program.
std::string shipped_tape();

}  // namespace trading
