#!/bin/sh
# Looks at a canary until its gates decide: widens on a pass, stops on anything else that is certain. See canary-loop.md.
#
#   DEPLOYED=2026-11-21T14:05:00Z WIDEN='./exposure 25%' STOP='./exposure 0%' docs/canary-loop.sh gates/storefront.gate.yaml
set -u

: "${DEPLOYED:?the instant at which the canary began to take traffic, RFC 3339 or unix seconds}"
: "${WIDEN:?the command that gives the release more traffic}"
: "${STOP:?the command that takes its traffic away}"
gatekeeper=${GATEKEEPER:-gatekeeper} # the command to look with
pause=${PAUSE:-60}                   # seconds between two looks
deadline=${DEADLINE:-3600}           # seconds after which nobody waits any longer
most=5                               # looks in a row that may fail to reach a backend

stop() {
  echo "canary-loop: $1; exposure is stopped" >&2
  sh -c "$STOP" || echo "canary-loop: STOP failed too: stop the exposure by hand" >&2
  exit "$2"
}

end=$(($(date +%s) + deadline))
errors=0
while :; do
  $gatekeeper check "$@" --since "$DEPLOYED"
  code=$?
  case $code in
    0) sh -c "$WIDEN" || stop "WIDEN failed" 1; exit 0 ;;
    3) errors=0 ;; # not decided yet: traffic is still missing
    4)
      errors=$((errors + 1))
      [ "$errors" -lt "$most" ] || stop "no backend could be asked, $errors looks in a row" 4
      ;;
    *) stop "the gates exit with $code" "$code" ;;
  esac
  if [ "$(date +%s)" -ge "$end" ]; then
    echo "canary-loop: not decided within ${deadline}s; exposure stays as it is" >&2
    exit 3
  fi
  sleep "$pause"
done
