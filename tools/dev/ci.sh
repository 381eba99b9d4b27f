# ci: everything a change must pass
#
#   ./dev ci
#
# g++ release, clang ASan+UBSan and TSan test runs, all checks, the benches at their smallest.
say "release: g++"
./dev test --preset release --no-checks
say "every public header on its own"
./dev build --preset release all_verify_interface_header_sets
say "dev: clang-19, ASan and UBSan, and all checks"
./dev test --no-checks
./dev arch
./dev docs --check
./dev lint
say "tsan: clang-19, TSan"
./dev test --preset tsan --no-checks
if [[ -f bench/run.py ]]; then
  say "benches, as a smoke test"
  ./dev bench --tiny >&2
fi
say "left to ./dev nightly: fuzzers, coverage, clang release, full benches"
