# bench: measure against the peers
#
#   ./dev bench [ARGS…]
#
# Builds release and calls bench/run.py ARGS with the build tree in ENSUE_BUILD.
need build check bench
compile release ensue_benches
ENSUE_BUILD=$PWD/build/release exec python3 bench/run.py "$@"
