# lint: house rules, formatting and clang-tidy
#
#   ./dev lint
#
# House rules: tools/check_house.py. Formatting: .clang-format (./dev format repairs it).
# clang-tidy: .clang-tidy, every check an error; unchanged files are not checked again.
need check format tidy
step "house rules" "python3 tools/check_house.py" python3 tools/check_house.py
step "format" "./dev format" bash -c "$(declare -f sources); sources | xargs clang-format-19 --dry-run -Werror"
configure dev
step "clang-tidy" "python3 tools/tidy.py build/dev" python3 tools/tidy.py build/dev -j "$jobs"
