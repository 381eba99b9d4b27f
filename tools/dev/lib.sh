# Shared by all commands: speaking, steps, packages, build trees. Speaks on stderr only, so that
# the standard output of ./dev run is the program's alone.

export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 NINJA_STATUS='[%f/%t %es] '
export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
export ASAN_SYMBOLIZER_PATH=${ASAN_SYMBOLIZER_PATH-/usr/bin/llvm-symbolizer-19}
jobs=${ENSUE_JOBS:-$(nproc)}
red='' green='' plain='' live=false
if [[ -t 2 ]]; then
  live=true
  [[ -n ${NO_COLOR-} ]] || { red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'; }
fi

say() { printf '%s\n' "$*" >&2; }
die() { say "${red}$1${plain}"; exit "${2:-1}"; }

# step NAME REPEAT COMMAND…: quiet when all is well; on failure shows the output and the one
# command that repeats it. On a terminal the command shows its own progress.
step() {
  local name=$1 repeat=$2 log status=0 began=$SECONDS
  shift 2
  mkdir -p build/log
  log="build/log/${name//[^a-z0-9]/-}.$$.log"
  if $live && [[ $name == build* || $name == test* ]]; then
    "$@" >&2 || status=$?
  else
    "$@" >"$log" 2>&1 || status=$?
    ((status == 0)) || tail -n 200 "$log" >&2
  fi
  rm -f "$log"
  if ((status)); then
    say "${red}failed${plain}  $name"
    say "again:  $repeat"
    exit "$status"
  fi
  local took=$((SECONDS - began))
  ((took < 2)) || say "${green}ok${plain}      $name (${took} s)"
}

# Which packages a purpose needs. Debian 12 has Boost 1.81 only under its versioned names; newer
# systems have a newer one under the plain names.
packages_for() {
  case $1 in
    build)
      echo g++ cmake ninja-build ccache pkg-config python3 doctest-dev libtomlplusplus-dev \
        libspdlog-dev libssl-dev librapidcheck-dev zlib1g-dev \
        libhowardhinnant-date-dev tzdata \
        libsqlite3-dev
      if [[ -n $(apt-cache --quiet pkgnames libboost-json1.81-dev 2>/dev/null) ]] ||
        grep -qs '^VERSION_ID="12"' /etc/os-release; then
        echo libboost1.81-dev libboost-json1.81-dev
      else
        echo libboost-dev libboost-json-dev
      fi
      ;;
    clang) echo clang-19 libclang-rt-19-dev llvm-19 ;;
    format) echo clang-format-19 ;;
    tidy) echo clang-19 clang-tidy-19 python3 ;;
    check) echo python3 ;;
    coverage) echo gcovr ;;
    bench) [[ ! -f bench/packages.txt ]] || sed 's/#.*//' bench/packages.txt ;;
  esac
}

# need PURPOSE…: installs what is missing and says so; silent and fast when nothing is.
need() {
  local purpose package missing=() sudo=()
  for purpose; do
    for package in $(packages_for "$purpose"); do
      case $package in  # newer ones are often there without their package
        golang-go) command -v go >/dev/null && continue ;;
        nodejs) command -v node >/dev/null && continue ;;
      esac
      [[ $(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null) == ii* ]] ||
        missing+=("$package")
    done
  done
  ((${#missing[@]})) || return 0
  if ((EUID)); then
    command -v sudo >/dev/null || die "needs root or sudo to run: apt-get install ${missing[*]}"
    sudo=(sudo)
  fi
  say "installing ${missing[*]}"
  step "apt update" "${sudo[*]} apt-get update" "${sudo[@]}" apt-get update -qq
  step "apt install" "${sudo[*]} apt-get install ${missing[*]}" "${sudo[@]}" \
    env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -qq -y --no-install-recommends \
    "${missing[@]}"
}

# configure PRESET: once, and again when the presets changed.
configure() {
  local tree=build/$1
  need build
  case $1 in
    coverage) need coverage ;;
    release) ;;
    *) need clang ;;
  esac
  if [[ ! -f $tree/build.ninja || CMakePresets.json -nt $tree/build.ninja ]]; then
    step "configure $1" "./dev build --preset $1" cmake --preset "$1"
    touch "$tree/build.ninja"
  fi
}

# compile PRESET [TARGET…]
compile() {
  local preset=$1
  shift
  configure "$preset"
  ! $live || ! ninja -C "build/$preset" -n "$@" | grep -q 'no work to do' || return 0
  step "build $preset" "./dev build --preset $preset${*:+ $*}" \
    flock "build/$preset.lock" ninja $($live || echo --quiet) -C "build/$preset" -j "$jobs" "$@"
}

presets() { sed -n '/"configurePresets"/,/\]/{/hidden/!s/.*"name": "\([a-z]*\)".*/\1/p}' CMakePresets.json; }
check_preset() {
  presets | grep -qx -- "$1" || die "no preset '$1'; there are: $(presets | xargs)" 2
}
has_target() {
  ninja -C "build/$1" build.ninja >/dev/null 2>&1 && ninja -C "build/$1" -t query "$2" >/dev/null 2>&1
}
sources() { find ensue examples bench tests -name '*.[ch]pp' | sort; }
