#!/usr/bin/env bash
# Puts the program somewhere and says where, as the output `program`. The checked project has no say in it.
#
# DOCTOR_VERSION       empty, `installed`, or the number of a release
# GITHUB_ACTION_PATH   where this action lies
# RUNNER_TEMP          a folder that is emptied after the job
# GITHUB_OUTPUT        where outputs are written
set -euo pipefail

# What is said here may repeat an input, and a line that begins with `::` is a command for the runner.
fail() {
  printf 'compose-doctor: %s\n' "${1//[[:cntrl:]]/?}" >&2
  exit 2
}

version=${DOCTOR_VERSION-}
home=$RUNNER_TEMP/compose-doctor

# The first of these that is there: on Unix and on Windows the names differ.
first() {
  local path
  for path in "$@"; do
    if [[ -x $path ]]; then
      printf '%s\n' "$path"
      return
    fi
  done
  fail "nothing was installed"
}

case $version in
  installed)
    program=$(command -v compose-doctor) || fail "version is \`installed\`, but compose-doctor is not on the PATH"
    ;;
  "")
    command -v cargo >/dev/null || fail "there is no cargo to build compose-doctor with; install Rust first, or set version"
    # Away from the checkout, so that no .cargo/config.toml or rust-toolchain.toml of the project is read.
    cd "$GITHUB_ACTION_PATH"
    cargo install --locked --path . --root "$home" --target-dir "$home/target" --no-track --force
    program=$(first "$home/bin/compose-doctor" "$home/bin/compose-doctor.exe")
    ;;
  *)
    [[ $version =~ ^[0-9]+(\.[0-9]+){1,2}$ ]] || fail "version \`$version\` is neither \`installed\` nor a number such as 0.1.0"
    python=$(command -v python3 || command -v python) || fail "there is no python to install the release with"
    cd "$RUNNER_TEMP"
    "$python" -m venv "$home"
    python=$(first "$home/bin/python" "$home/Scripts/python.exe")
    # Wheels alone: nothing that was downloaded is run to install it.
    "$python" -I -m pip install --quiet --disable-pip-version-check --only-binary :all: "compose-doctor-django==$version"
    program=$(first "$home/bin/compose-doctor" "$home/Scripts/compose-doctor.exe")
    ;;
esac

[[ $program != *[[:cntrl:]]* ]] || fail "the path of the program has a line break"
"$program" --version
printf 'program=%s\n' "$program" >>"$GITHUB_OUTPUT"
