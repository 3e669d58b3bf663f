#!/usr/bin/env bash
# Checks a project on a runner: the log, the summary, the annotations and SARIF are one set of findings.
#
# DOCTOR               the program
# DOCTOR_PATH          what to check, one path on each line
# DOCTOR_FAIL_ON       error, warning, info, never or empty
# DOCTOR_CONFIG        a configuration file or empty
# DOCTOR_BASELINE      a baseline file or empty
# DOCTOR_ARGS          more arguments, one on each line
# DOCTOR_ANNOTATIONS   true or false
# DOCTOR_SUMMARY       true or false
# DOCTOR_SARIF         a file to write or empty
# GITHUB_WORKSPACE, GITHUB_OUTPUT, GITHUB_STEP_SUMMARY   as the runner sets them
#
# Every input is data: it is compared, or handed on as one argument. None of them is a part of a command.
set -euo pipefail

fail() {
  printf 'compose-doctor: %s\n' "${1//[[:cntrl:]]/?}" >&2
  printf 'exit-code=2\n' >>"$GITHUB_OUTPUT"
  exit 2
}

# An input that is one path of the checkout. A dash in front would make it an option; a link in the checkout may lead
# anywhere, and whoever opens a pull request makes the links.
inside() {
  local name=$1 path=$2 real
  case $path in
    -*) fail "$name begins with a dash: \`$path\`; write ./$path" ;;
    *[[:cntrl:]]*) fail "$name has a control character: \`$path\`" ;;
  esac
  # Asked first, because GNU's realpath also answers for what is not there.
  [[ -e $path ]] || fail "$name does not exist: \`$path\`"
  real=$(realpath -- "$path" 2>/dev/null) || fail "$name cannot be resolved: \`$path\`"
  [[ $real == "$root" || $real == "$root"/* ]] || fail "$name is not inside the checkout: \`$path\`"
}

one_of() {
  local name=$1 value=$2 allowed
  shift 2
  for allowed in "$@"; do
    [[ $value == "$allowed" ]] && return
  done
  fail "$name is \`$value\`; it may be ${*:-empty}"
}

# The format is chosen here, whatever else the job sets.
unset COMPOSE_DOCTOR_OUTPUT_FORMAT COMPOSE_DOCTOR_OUTPUT_FILE

cd "$GITHUB_WORKSPACE"
root=$(realpath .)
call=(check)

fail_on=${DOCTOR_FAIL_ON-}
if [[ -n $fail_on ]]; then
  one_of fail-on "$fail_on" error warning info never
  call+=("--fail-on=$fail_on")
fi
if [[ -n ${DOCTOR_CONFIG-} ]]; then
  inside config "$DOCTOR_CONFIG"
  call+=("--config=$DOCTOR_CONFIG")
fi
if [[ -n ${DOCTOR_BASELINE-} ]]; then
  inside baseline "$DOCTOR_BASELINE"
  call+=("--baseline=$DOCTOR_BASELINE")
fi
annotations=${DOCTOR_ANNOTATIONS:-true}
summary=${DOCTOR_SUMMARY:-true}
one_of annotations "$annotations" true false
one_of summary "$summary" true false

while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -z $line ]] || call+=("$line")
done <<<"${DOCTOR_ARGS-}"

paths=()
while IFS= read -r line; do
  line=${line%$'\r'}
  [[ -n $line ]] || continue
  inside path "$line"
  paths+=("$line")
done <<<"${DOCTOR_PATH:-.}"
((${#paths[@]})) || paths=(.)

sarif=${DOCTOR_SARIF-}
case $sarif in
  -*) fail "sarif begins with a dash: \`$sarif\`; write ./$sarif" ;;
  *[[:cntrl:]]*) fail "sarif has a control character: \`$sarif\`" ;;
esac

# Each format is a run of its own: one takes milliseconds, and all of them say the same. Of those that follow the
# first, only what they write counts; what went wrong has been said by then.
doctor() {
  local format=$1
  shift
  "$DOCTOR" "${call[@]}" "$@" --output-format "$format" -- "${paths[@]}"
}

status=0
doctor full --color always || status=$?

if ((status > 1)); then
  printf 'exit-code=%d\n' "$status" >>"$GITHUB_OUTPUT"
  if [[ $summary == true ]]; then
    printf '### compose-doctor could not check this project\n\nThe log of the step says why.\n' >>"$GITHUB_STEP_SUMMARY"
  fi
  exit "$status"
fi

# The summary and the annotations are a help to read by. Should one of them fail, the result stands.
quietly() {
  doctor "$@" 2>/dev/null || (($? < 2)) || printf 'compose-doctor: the output %s could not be written\n' "$1" >&2
}

if [[ $annotations == true ]]; then
  quietly github
fi
if [[ $summary == true ]]; then
  quietly markdown >>"$GITHUB_STEP_SUMMARY"
fi
if [[ -n $sarif ]]; then
  # Written by the program itself, which follows no link there.
  wrote=0
  doctor sarif --output-file "$sarif" 2>/dev/null || wrote=$?
  ((wrote < 2)) || fail "SARIF could not be written to \`$sarif\`"
  printf 'sarif-file=%s\n' "$sarif" >>"$GITHUB_OUTPUT"
fi
findings=$(quietly json-lines | wc -l)
printf 'findings=%d\nexit-code=%d\n' "$((findings))" "$status" >>"$GITHUB_OUTPUT"
exit "$status"
