# setup: install what every other command needs
#
#   ./dev setup
#
# Installs the missing Debian packages (compilers, Boost >= 1.81, clang-19 tools, what the benches
# compare against). The other commands do this for themselves; this does it all at once.
need build clang format tidy check bench
say "everything needed is installed"
