# bench: measure against the peers
#
#   ./dev bench [ARGS…]
#
#   --only NAME          this workload: fanout, queued, coroutine, cross, latency, demo, memory,
#                        policy, tape, transports, compile; may be repeated
#   --rounds N           samples of each candidate
#   --tiny               seconds; the figures mean nothing
#   --json               one JSON document on stdout
#   --tape FILE          what the workload tape plays; default: the shipped one
#   --quiet-wait-ms MS   how long a two-thread sample waits for an idle machine (2000)
#
# Builds release and calls bench/run.py ARGS with the build tree in ENSUE_BUILD.
need build check bench
compile release ensue_benches
ENSUE_BUILD=$PWD/build/release exec python3 bench/run.py "$@"
