#!/bin/sh
# Prints the Homebrew formula of a release: formula.sh VERSION SHA256SUMS
set -eu
version=$1
sums=$2
sum() {
  found=$(sed -n "s/^\([0-9a-f]\{64\}\) [ *]\{0,1\}compose-doctor-$1\.tar\.gz\$/\1/p" "$sums")
  [ -n "$found" ] || { echo "formula.sh: no checksum of $1 in $sums" >&2; exit 1; }
  echo "$found"
}
mac_arm=$(sum aarch64-apple-darwin)
mac_intel=$(sum x86_64-apple-darwin)
linux_arm=$(sum aarch64-unknown-linux-musl)
linux_intel=$(sum x86_64-unknown-linux-musl)
from=https://github.com/OWNER/compose-doctor/releases/download/v$version
cat <<FORMULA
class ComposeDoctor < Formula
  desc "Checks Django projects behind Docker Compose before they start"
  homepage "https://github.com/OWNER/compose-doctor"
  version "$version"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "$from/compose-doctor-aarch64-apple-darwin.tar.gz"
      sha256 "$mac_arm"
    end
    on_intel do
      url "$from/compose-doctor-x86_64-apple-darwin.tar.gz"
      sha256 "$mac_intel"
    end
  end

  on_linux do
    on_arm do
      url "$from/compose-doctor-aarch64-unknown-linux-musl.tar.gz"
      sha256 "$linux_arm"
    end
    on_intel do
      url "$from/compose-doctor-x86_64-unknown-linux-musl.tar.gz"
      sha256 "$linux_intel"
    end
  end

  def install
    bin.install "compose-doctor"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/compose-doctor.bash" => "compose-doctor"
    zsh_completion.install "completions/_compose-doctor"
    fish_completion.install "completions/compose-doctor.fish"
  end

  test do
    (testpath/"compose.yaml").write "services:\n  web:\n    image: nginx:1.28\n"
    system bin/"compose-doctor", "check", testpath
  end
end
FORMULA
