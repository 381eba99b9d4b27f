# fuzz: run every fuzzer for a bounded time
#
#   ./dev fuzz [--seconds N] [NAME…]
#
# Every ensue/<layer>/<name>.fuzz.cpp is one libFuzzer program (clang-19, ASan and UBSan), run for
# N seconds each (default 20). The input of a crash is kept as build/fuzz/<name>.crash; what was
# learned is kept in build/fuzz/corpus.
seconds=20
if [[ ${1-} == --seconds ]]; then
  seconds=${2:?--seconds needs a number}
  shift 2
fi
compile fuzz ensue_fuzzers
found=0
for program in build/fuzz/fuzz/*_fuzz; do
  name=$(basename "$program" _fuzz)
  [[ -x $program && (! ${1-} || " $* " == *" $name "*) ]] || continue
  found=1
  mkdir -p "build/fuzz/corpus/$name"
  crash=build/fuzz/$name.crash
  step "fuzz $name" "$program $crash" "$program" -max_total_time="$seconds" -timeout=5 \
    -rss_limit_mb=2048 -exact_artifact_path="$crash" "build/fuzz/corpus/$name"
done
((found)) || say "no fuzzers${1:+ named $*}"
