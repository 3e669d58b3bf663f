#!/bin/sh
# Installs a release of compose-doctor: downloads the archive for this machine, compares its checksum, and copies the
# program. `sh install.sh [VERSION]`; without a version the latest release.
#
# COMPOSE_DOCTOR_INSTALL_DIR  where the program goes (default: ~/.local/bin)
# COMPOSE_DOCTOR_RELEASES     address of the releases, for mirrors (default: GitHub)
set -eu

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

main() {
  version=${1:-latest}
  releases=${COMPOSE_DOCTOR_RELEASES:-https://github.com/OWNER/compose-doctor/releases}
  folder=${COMPOSE_DOCTOR_INSTALL_DIR:-${HOME:?}/.local/bin}
  case $version in
    latest) from=$releases/latest/download ;;
    *[!0-9.]* | '') fail "not a version: $version" ;;
    *) from=$releases/download/v$version ;;
  esac

  case $(uname -s)/$(uname -m) in
    Linux/x86_64 | Linux/amd64) target=x86_64-unknown-linux-musl ;;
    Linux/aarch64 | Linux/arm64) target=aarch64-unknown-linux-musl ;;
    Darwin/x86_64) target=x86_64-apple-darwin ;;
    Darwin/arm64) target=aarch64-apple-darwin ;;
    *) fail "there is no release for $(uname -s) on $(uname -m); pip install compose-doctor-django builds it" ;;
  esac
  archive=compose-doctor-$target.tar.gz

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  fetch "$from/SHA256SUMS" "$work/SHA256SUMS"
  fetch "$from/$archive" "$work/$archive"
  (cd "$work" && grep " [ *]\{0,1\}$archive\$" SHA256SUMS >wanted && check wanted) ||
    fail "the checksum of $archive is not the one in SHA256SUMS; nothing was installed"
  tar -xzf "$work/$archive" -C "$work"
  mkdir -p "$folder"
  # In two steps, so that a program that is running is replaced whole.
  cp "$work/compose-doctor-$target/compose-doctor" "$folder/.compose-doctor.new"
  chmod 755 "$folder/.compose-doctor.new"
  mv "$folder/.compose-doctor.new" "$folder/compose-doctor"
  echo "installed $("$folder/compose-doctor" --version) in $folder"
  case :$PATH: in
    *:"$folder":*) ;;
    *) echo "add it to your PATH: export PATH=\"$folder:\$PATH\"" ;;
  esac
}

fetch() {
  if command -v curl >/dev/null; then
    curl -fsSL --retry 3 -o "$2" "$1" || fail "cannot download $1"
  elif command -v wget >/dev/null; then
    wget -qO "$2" "$1" || fail "cannot download $1"
  else
    fail "needs curl or wget"
  fi
}

check() {
  if command -v sha256sum >/dev/null; then
    sha256sum -c "$1" >/dev/null
  else
    shasum -a 256 -c "$1" >/dev/null
  fi
}

# The whole script is read before anything runs, so that a download that stops halfway does nothing.
main "$@"
