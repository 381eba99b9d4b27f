#pragma once

namespace trading {

/// Before anything else is opened: fills those of the descriptors 0, 1 and 2 that the program was
/// started without, so that no file or socket of ours is taken for a standard stream. What fills
/// them cannot be read from (0) or written to (1, 2): using them fails, as it should.
void hold_standard_streams() noexcept;

}  // namespace trading
