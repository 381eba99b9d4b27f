# test: every test, the layer check and the house rules
#
#   ./dev test [--preset NAME] [--only REGEX] [--no-checks]
#
# The layer check and the docs check, the build and all tests, then house rules and formatting.
# clang-tidy, which takes longer than all that, is left to ./dev lint and ./dev ci.
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
faulty=0

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

if $checks; then
  ./dev arch || faulty=1
  ./dev docs --check || faulty=1
fi
compile "$preset"
began=$SECONDS
if run_tests_quietly; then
  count=$(ctest --test-dir "build/$preset" -N ${only:+-R "$only"} | sed -n 's/^Total Tests: //p')
  say "${green}ok${plain}      $count tests, $preset ($((SECONDS - began)) s)"
else
  faulty=1
  say "${red}failed${plain}  test $preset"
  say "again:  $again"
fi
if [[ $preset == coverage ]]; then
  gcovr --root . --filter 'ensue/' --exclude '.*\.(test|bench)\.cpp' build/coverage >&2
fi
if $checks; then
  ./dev lint --quick || faulty=1
fi
exit "$faulty"
