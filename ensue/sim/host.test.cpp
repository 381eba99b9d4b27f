#include <ensue/sim/host.hpp>
