#include <ensue/conformance/cases.hpp>
