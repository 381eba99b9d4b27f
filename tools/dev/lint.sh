# lint: house rules, formatting and clang-tidy
#
#   ./dev lint
#
# House rules: tools/check_house.py. Formatting: .clang-format (./dev format repairs it).
# clang-tidy: .clang-tidy, every check an error; unchanged files are not checked again.
need check format tidy
unformatted() {
  sources | xargs clang-format-19 --dry-run -Werror 2>&1 | grep -E '^[^ ]+:[0-9]+:' && return 1
  return 0
}
faulty=0
(step "house rules" "python3 tools/check_house.py" python3 tools/check_house.py) || faulty=1
(step "format" "./dev format" unformatted) || faulty=1
configure dev
(step "clang-tidy" "./dev lint" python3 tools/tidy.py build/dev -j "$jobs") || faulty=1
((faulty == 0)) || exit 1
