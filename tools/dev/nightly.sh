# nightly: what is too long for ci
#
#   ./dev nightly
#
# Fuzzers for two minutes each, clang release tests, coverage, the benches in full.
./dev fuzz --seconds 120
./dev test --preset clang --no-checks
./dev test --preset coverage --no-checks
[[ ! -f bench/run.py ]] || ./dev bench
