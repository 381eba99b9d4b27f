"""What each workload must reach, as a ratio to a peer measured in the same run.

`at_most`: our figure <= factor * peer's; `at_least`: ours >= factor * peer's (rates), or for times
"factor times faster". `limit` is an absolute bound in the table's unit.
"""

from typing import NamedTuple, Optional


class Target(NamedTuple):
    workload: str
    variant: str
    row: str
    peer: Optional[str]
    kind: str  # at_most | at_least | times_faster | limit
    factor: float
    column: int = 0


BARE = "bare vector<std::function>"
SPSC = "Boost.Lockfree spsc_queue, spinning"

TARGETS = [
    Target("fanout", "1 handler", "ensue emit", BARE, "at_most", 2.5),
    Target("fanout", "4 handlers", "ensue emit", BARE, "at_most", 1.25),
    Target("fanout", "16 handlers", "ensue emit", BARE, "at_most", 1.25),
    Target("fanout", "1 handler", "ensue emit", "Boost.Signals2", "times_faster", 10),
    Target("fanout", "4 handlers", "ensue emit", "Boost.Signals2", "times_faster", 10),
    Target("fanout", "16 handlers", "ensue emit", "Boost.Signals2", "times_faster", 10),
    *(
        target
        for variant in ("batches of 64", "batches of 1000")
        for target in (
            Target("queued", variant, "ensue post",
                   "bare vector<E>, swapped, std::function", "at_most", 1.25),
            Target("queued", variant, "ensue post", "asio::post", "times_faster", 8),
        )
    ),
    Target("coroutine", "suspends once", "ensue coroutine handler", "asio co_spawn per event",
           "times_faster", 10),
    Target("cross", "1 producer, each alone", "ensue inbox", SPSC, "times_faster", 1.5),
    Target("cross", "1 producer, bursts of 64", "ensue inbox", SPSC + ", each alone",
           "times_faster", 4),
    Target("cross", "2 producers, each alone", "ensue inbox", "Go channel", "times_faster", 2),
    Target("latency", "100 k events/s", "ensue inbox, parking", "condvar parker", "at_most", 1.0),
    Target("latency", "100 k events/s", "ensue inbox, parking", "condvar parker", "at_most", 1.0,
           column=1),
    Target("latency", "1 k events/s", "ensue inbox, parking", "condvar parker", "at_most", 1.0),
    Target("latency", "100 k events/s", "ensue inbox, adaptive", None, "limit", 0.5),
    Target("demo", "feed to strategy and risk", "ensue", "asio channel + awaitable handlers",
           "times_faster", 4),
    Target("demo", "feed to strategy and risk", "ensue", "Python asyncio, as in tutorials",
           "times_faster", 400),
    Target("memory", "wildcard subscriptions that do not match", "emit with 10 k", "emit with none",
           "at_most", 1.1),
    *(
        Target("transports", f"append, batches of {batch}", row, "bare prepared insert",
               "at_least", 0.8)
        for batch in (100, 1000)
        for row in ("ensue sqlite, 10 publishers", "ensue sqlite, 2 publishers")
    ),
    Target("transports", "append, 64 publishers, one event each", "ensue sqlite",
           "bare, one transaction each", "at_least", 10),
    Target("policy", "plain handler", "retry, breaker", "bare", "at_most", 1.3),
    Target("policy", "plain handler", "retry, breaker", None, "limit", 0.0001, column=1),
    Target("policy", "coroutine handler", "retry, breaker", "bare", "at_most", 1.3),
    Target("policy", "coroutine handler that suspends once", "retry, breaker", "bare",
           "at_most", 1.3),
    Target("compile", "a user's handler file", "-O2 -c", None, "limit", 1.0),
]


def of(workload, variant):
    return [t for t in TARGETS if (t.workload, t.variant) == (workload, variant)]
