# docs: put the code of built files into the docs, check links
#
#   ./dev docs [--check]
#
# A code block after <!-- code: path#marker --> is replaced by the text between // [marker] and
# // [/marker] of that file. --check changes nothing and fails when a block is stale. Both fail on
# links to files that do not exist.
[[ $# == 0 || $* == --check ]] || die "docs takes --check or nothing, not '$*'" 2
need check
step "docs" "./dev docs" python3 tools/docs.py "$@"
