#pragma once

#include <ensue/event/cloud_event.hpp>
#include <ensue/event/envelope.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ensue {

/// The same moment on both time lines; deadlines go over the wire as wall time.
struct moment {
  time_point now{};
  wall_time wall{};
};

/// An event of ours as it goes on a wire: the envelope as attributes and extensions
/// (`partitionkey`, `expirytime`, `correlationid`, `causationid`, `traceparent`, `tracestate`, and
/// our own `ensueversion`, `ensuedepth`, `ensuereplay`, left out when they say nothing). `env` has
/// its id. `source`: for an envelope that has none of its own.
cloud_event to_cloud_event(const envelope& env, std::string type, int version, std::string data,
                           std::string_view source, const moment& at);

/// What a handler of ours gets to see of an event from a wire. Ids that are not UUIDs become ones
/// that depend on nothing but source and id, so that a second copy is known as such. An extension
/// that cannot be read counts as not there.
envelope envelope_of(const cloud_event& e, const moment& at);

/// The version of the data's shape; 0: not told, the current one.
int version_of(const cloud_event& e) noexcept;

/// The UUID (version 8) that stands for an event whose id is none.
uuid uuid_for(std::string_view source, std::string_view id) noexcept;

}  // namespace ensue
