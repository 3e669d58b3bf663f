#!/bin/sh
# Writes the repository that pre-commit installs the released wheel from: write.sh VERSION DIRECTORY
set -eu
version=$1
target=$2
here=$(cd "$(dirname "$0")" && pwd)
hooks=$here/../../.pre-commit-hooks.yaml
mkdir -p "$target"
# The first hook, without the comment on building, up to the next one.
awk '/^- id: /{n++} n==1 && !/^ *# Builds/' "$hooks" | sed 's/&files //' >"$target/.pre-commit-hooks.yaml"
cat >"$target/pyproject.toml" <<TOML
[build-system]
requires = ["setuptools>=61"]
build-backend = "setuptools.build_meta"

[project]
name = "compose-doctor-pre-commit"
version = "$version"
requires-python = ">=3.8"
dependencies = ["compose-doctor-django==$version"]

[tool.setuptools]
py-modules = []
TOML
cat >"$target/README.md" <<TEXT
# compose-doctor for pre-commit

\`\`\`yaml
repos:
  - repo: https://github.com/OWNER/compose-doctor-pre-commit
    rev: v$version
    hooks:
      - id: compose-doctor
\`\`\`

The hook installs the wheel \`compose-doctor-django==$version\`. Issues: https://github.com/OWNER/compose-doctor
TEXT
