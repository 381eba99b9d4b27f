#include <ensue/async/errors.hpp>
#include <ensue/bus/failure.hpp>

namespace ensue {

std::string failure::what() const { return error ? describe(error) : "no error"; }

}  // namespace ensue
