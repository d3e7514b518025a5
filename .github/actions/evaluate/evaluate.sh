#!/usr/bin/env bash
# Runs `claimclf evaluate` with the action's inputs, which come as environment variables: none is pasted into code.
set -uo pipefail
read -r -d '' -a data <<< "${DATA:-}" || true  # to the end, however many lines; it gives 1 there
read -r -d '' -a options <<< "${OPTIONS:-}" || true
[ -n "${BASELINE:-}" ] && options+=(--baseline "$BASELINE")
[ -n "${GATE_CONFIG:-}" ] && options+=(--gate-config "$GATE_CONFIG")
mkdir -p "$REPORTS"
claimclf evaluate "$MODEL" "${data[@]}" "${options[@]}" \
  --json "$REPORTS/report.json" --html "$REPORTS/report.html" --pictures "$REPORTS/pictures" \
  --junit "$REPORTS/junit.xml" --github-summary "$GITHUB_STEP_SUMMARY"
code=$?
echo "exit-code=$code" >> "$GITHUB_OUTPUT"
case $code in
  1) echo "::error::claimclf: a rule of the gate failed" ;;
  3) echo "::error::claimclf: the data could not be read" ;;
  5) echo "::warning::claimclf: too little data to decide"
     [ "${ALLOW_UNDECIDED:-false}" = true ] && code=0 ;;
esac
exit $code
