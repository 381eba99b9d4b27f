# nightly: what is too long for ci
#
#   ./dev nightly
#
# Fuzzers for two minutes each, 100,000 seeds of every simulated scenario, the attacks at the sizes
# of the catalogue, clang release tests, coverage, a hundred processes killed on each durable file,
# the benches in full.
./dev fuzz --seconds 120
./dev sim --seeds 100000
./dev sim --bugs --seeds 100000
compile release ensue_attacks
build/release/tests/attacks/ensue_attacks --full --figures build/release/attacks.jsonl
./dev test --preset clang --no-checks
./dev test --preset coverage --no-checks
! has_target release sqlite_system_test || {
  compile release sqlite_system_test
  ENSUE_ROUNDS=100 ./build/release/tests/sqlite/sqlite_system_test -tc='*R-0*'
}
[[ ! -f bench/run.py ]] || ./dev bench
