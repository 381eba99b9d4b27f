#include <ensue/bus/failure.hpp>

#include <ensue/async/errors.hpp>

namespace ensue {

std::string failure::what() const { return error ? describe(error) : "no error"; }

}  // namespace ensue
