# rows: run the case files of a data directory against our code
#
#   ./dev rows [--data DIR] [--set NAME] [--json]
#
# Prints, for each set, how many rows passed, failed (which) and were skipped (why); exit code 1 on
# a failure.
compile release ensue_rows
exec "$(find build/release -type f -name ensue_rows -perm -u+x)" "$@"
