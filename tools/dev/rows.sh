# rows: run the case files of a data directory against our code
#
#   ./dev rows [--data DIR] [--set NAME] [--json]
#
#   --data DIR  a folder of sets; default: $ENSUE_DATA, else the sample in the repository
#   --set NAME  only this set
#   --json      the report as JSON
#
# Prints, for each set, how many rows passed, failed (which) and were skipped (why). Exit code 1 on
# a failure, 2 on wrong usage and when DIR holds no set.
compile release ensue_rows
exec "$(find build/release -type f -name ensue_rows -perm -u+x)" "$@"
