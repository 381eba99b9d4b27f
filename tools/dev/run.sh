# run: build and run an example (the trading day by default)
#
#   ./dev run                     the trading day on the tape that ships with it
#   ./dev run [trading] ARGS…     the same with arguments of its own
#   ./dev run NAME [ARGS…]        examples/NAME.cpp or examples/NAME/
#
# What an example understands it says itself: ./dev run trading --help.
# Set-up and build speak on stderr; stdout is the program's alone.
name=trading
[[ $# == 0 || $1 == -* ]] || { name=$1 && shift; }
configure release
{ [[ -e examples/$name || -e examples/$name.cpp ]] && has_target release "$name"; } ||
  die "no example '$name'; there are: $(cd examples && ls | sed -n 's/\.cpp$//p; /\./!p' | sort -u | xargs)" 2
compile release "$name"
program=$(find build/release/examples -type f -name "$name" -perm -u+x | head -1)
exec "$program" "$@"
