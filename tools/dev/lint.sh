# lint: house rules, formatting and clang-tidy
#
#   ./dev lint
#
# House rules: tools/check_house.py. Formatting: .clang-format (./dev format repairs it).
# clang-tidy: .clang-tidy, every check an error; unchanged files are not checked again.
need check format tidy
formatted() {
  local faults
  faults=$(sources | xargs clang-format-19 --dry-run -Werror 2>&1 | grep -E '^[^ ]+:[0-9]+:' || true)
  [[ -z $faults ]] || { printf '%s\n' "$faults"; return 1; }
}
faulty=0
(step "house rules" "python3 tools/check_house.py" python3 tools/check_house.py) || faulty=1
(step "format" "./dev format" formatted) || faulty=1
configure dev
(step "clang-tidy" "./dev lint" python3 tools/tidy.py build/dev -j "$jobs") || faulty=1
((faulty == 0)) || exit 1
