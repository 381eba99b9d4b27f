# format: apply .clang-format to every source file
#
#   ./dev format [FILE…]
need format
if (($#)); then printf '%s\n' "$@"; else sources; fi | xargs clang-format-19 -i
