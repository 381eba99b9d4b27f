#include <ensue/sim/executor.hpp>
