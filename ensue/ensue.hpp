#pragma once

/// Everything up to the application: what a service includes. A file that only handles events
/// compiles faster with <ensue/bus/bus.hpp>.
#include <ensue/app/app.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/task.hpp>
#include <ensue/base/result.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/event/json.hpp>
