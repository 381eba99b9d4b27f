# arch: check includes against the layer table
#
#   ./dev arch
#
# Fails on an upward, sideways or forbidden third-party include and on a folder that is in no
# layer; the table is tools/layers.toml.
(($# == 0)) || die "arch takes no arguments, not '$*'" 2
need check
step "layers" "./dev arch" python3 tools/check_layers.py
