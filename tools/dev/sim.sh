# sim: run simulated worlds from many seeds
#
#   ./dev sim [ARGS…]
#
#   --seeds N    so many seeds of each scenario (2000)
#   --seed S     this seed only
#   --only NAME  this scenario only
#   --list       the names of the scenarios
#
# Builds and runs the simulation runner. Exit code: 0 no failure, 1 a seed failed (the command that
# replays it is printed), 2 wrong usage.
[[ ${1-} != -- ]] || shift
configure release
has_target release ensue_sim_runner || die "there is no simulation runner yet" 2
compile release ensue_sim_runner
exec "$(find build/release -type f -name ensue_sim_runner -perm -u+x)" "$@"
