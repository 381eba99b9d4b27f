# lint: house rules, formatting and clang-tidy
#
#   ./dev lint [--quick]
#
# --quick leaves clang-tidy out, which takes minutes; ./dev test does that, ./dev ci does not.
# House rules: tools/check_house.py. Formatting: .clang-format (./dev format repairs it).
# clang-tidy: .clang-tidy, every check an error; unchanged files are not checked again.
tidy=true
case ${1-} in
  --quick) tidy=false ;;
  ?*) die "unknown option '$1'; see ./dev lint --help" 2 ;;
esac
need check format
formatted() {
  local faults
  faults=$(sources | xargs clang-format-19 --dry-run -Werror 2>&1 | grep -E '^[^ ]+:[0-9]+:' || true)
  [[ -z $faults ]] || { printf '%s\n' "$faults"; return 1; }
}
faulty=0
(step "house rules" "python3 tools/check_house.py" python3 tools/check_house.py) || faulty=1
(step "format" "./dev format" formatted) || faulty=1
if $tidy; then
  need tidy
  configure dev
  (step "clang-tidy" "./dev lint" python3 tools/tidy.py build/dev -j "$jobs") || faulty=1
fi
((faulty == 0)) || exit 1
