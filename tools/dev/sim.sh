# sim: run simulated worlds from many seeds
#
#   ./dev sim [ARGS…]
#
#   --seeds N    so many seeds of each scenario (2000)
#   --seed S     this seed only
#   --only NAME  this scenario only
#   --plant BUG  with this planted bug; --bugs: all of them, each must be found
#   --shrink     takes away what a failing run does not need
#   --json       one line of JSON a scenario
#   --list       the names of the scenarios and their planted bugs
#
# Builds and runs the simulation runner. Exit code: 0 no failure, 1 a seed failed (the command that
# replays it is printed) or a planted bug was not found, 2 wrong usage. All options:
# ./dev sim -- --help; how to write a world: docs/simulate.md.
[[ ${1-} != -- ]] || shift
configure release
has_target release ensue_sim_runner || die "there is no simulation runner yet" 2
compile release ensue_sim_runner
exec "$(find build/release -type f -name ensue_sim_runner -perm -u+x)" "$@"
