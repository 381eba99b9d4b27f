# build: compile everything, or the targets named
#
#   ./dev build [--preset NAME] [TARGET…]
#
# NAME: release (default; the system's g++), dev (clang, ASan and UBSan), tsan, clang, coverage.
# The tree is build/NAME.
preset=release
if [[ ${1-} == --preset ]]; then
  preset=${2:?--preset needs a name}
  shift 2
fi
check_preset "$preset"
compile "$preset" "$@"
