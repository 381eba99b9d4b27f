# test: every test and every check
#
#   ./dev test [--preset NAME] [--only REGEX] [--no-checks]
#
# Builds, runs all tests, then the layer check, lint and the docs check.
# NAME: dev (default: clang, ASan and UBSan), release (g++), tsan, clang, coverage.
# --only runs the tests whose name matches, and no checks.
preset=dev only='' checks=true
while (($#)); do
  case $1 in
    --preset) preset=${2:?--preset needs a name}; shift ;;
    --only) only=${2:?--only needs a pattern} checks=false; shift ;;
    --no-checks) checks=false ;;
    *) die "unknown option '$1'; see ./dev test --help" 2 ;;
  esac
  shift
done
check_preset "$preset"
if $checks; then
  source tools/dev/arch.sh
fi
compile "$preset"

run_tests() {
  local failed=build/$preset/Testing/Temporary/LastTestsFailed.log
  rm -f "$failed"
  ctest --test-dir "build/$preset" --output-on-failure -j "$jobs" --no-tests=error \
    $($live && echo --progress) ${only:+-R "$only"} && return
  if [[ -s $failed ]]; then
    again="./dev test --preset $preset --only '^($(cut -d: -f2 "$failed" | paste -sd '|'))\$'"
  fi
  return 1
}
run_tests_quietly() {
  local log=build/log/ctest.$preset.log
  mkdir -p build/log
  if $live; then
    run_tests >&2
  else
    run_tests >"$log" 2>&1 || { tail -n 300 "$log" >&2; false; }
  fi
}
began=$SECONDS
run_tests_quietly || { say "${red}failed${plain}  test $preset"; say "again:  $again"; exit 1; }
count=$(ctest --test-dir "build/$preset" -N ${only:+-R "$only"} | sed -n 's/^Total Tests: //p')
say "${green}ok${plain}      $count test programs, $preset ($((SECONDS - began)) s)"
if [[ $preset == coverage ]]; then
  gcovr --root . --filter 'ensue/' --exclude '.*\.(test|bench)\.cpp' build/coverage >&2
fi
if $checks; then
  source tools/dev/lint.sh
  set -- --check
  source tools/dev/docs.sh
fi
