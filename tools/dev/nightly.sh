# nightly: what is too long for ci
#
#   ./dev nightly
#
# Fuzzers for two minutes each, 100,000 seeds of every simulated scenario, clang release tests,
# coverage, the benches in full.
./dev fuzz --seconds 120
./dev sim --seeds 100000
./dev sim --bugs --seeds 100000
./dev test --preset clang --no-checks
./dev test --preset coverage --no-checks
[[ ! -f bench/run.py ]] || ./dev bench
