# sim: run simulated worlds from many seeds
#
#   ./dev sim [ARGS…]
#
#   --seeds N      so many seeds of each scenario (2000)
#   --from S       beginning with this one
#   --seed S       this seed alone
#   --only NAME    this scenario alone
#   --plant BUG    with this bug of the scenario planted
#   --bugs         every planted bug of every scenario: each must be found
#   --faults LIST  of the drawn faults only these, as a shrunk run prints them
#   --shrink       takes away what a failing run does not need
#   --trace N      shows so many last steps of a failing run (50)
#   --json         one line of JSON a scenario
#   --list         the names of the scenarios and their planted bugs
#
# Builds and runs the simulation runner. Exit code: 0 no failure, 1 a seed failed (the command that
# replays it is printed) or a planted bug was not found, 2 wrong usage. All options:
# ./dev sim -- --help; how to write a world: docs/simulate.md.
[[ ${1-} != -- ]] || shift
configure release
has_target release ensue_sim_runner || die "there is no simulation runner yet" 2
compile release ensue_sim_runner
exec "$(find build/release -type f -name ensue_sim_runner -perm -u+x)" "$@"
