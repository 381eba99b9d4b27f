#include <ensue/sim/schedule.hpp>
