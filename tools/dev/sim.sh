# sim: run simulated worlds from many seeds
#
#   ./dev sim [ARGS…]
#
# Builds and runs the simulation runner; ARGS are its own (its help: ./dev sim -- --help).
[[ ${1-} != -- ]] || shift
configure release
has_target release ensue_sim_runner || die "there is no simulation runner yet" 2
compile release ensue_sim_runner
exec "$(find build/release -type f -name ensue_sim_runner -perm -u+x)" "$@"
