#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>

namespace ensue {

/// A coroutine of ours is an Asio coroutine: everything written for Asio works inside it.
/// Lazy: nothing runs before it is awaited or spawned. Stays on the loop it was started on.
template <class T = void>
using task = boost::asio::awaitable<T>;

namespace this_coro = boost::asio::this_coro;

}  // namespace ensue
