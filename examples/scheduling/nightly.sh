#!/bin/sh
# One night of a shop, for cron or by hand: the list of today, and on the first of the month a new model.
# Usage: nightly.sh /srv/shop/retain.toml
set -u
config=$1
command=score
[ "$(date +%d)" = 01 ] && command=run

# The summary of a night is in its folder; what is odd goes to standard error.
retain "$command" --config "$config" --quiet > /dev/null
code=$?
# The exit codes are listed in docs/reference/exit-codes.md.
case $code in
    0) ;;
    4) echo "E432: a gate stopped the list, the earlier one stands; E425: the new model was not promoted, the list is there" ;;
    5) echo "nobody to rank tonight; the earlier list stands"; exit 0 ;;
    2) echo "the command line or the config does not fit, or a file that the config names is missing or has other columns" ;;
    3) echo "the data were refused: look at the feed; the earlier list stands" ;;
    130) echo "stopped from outside; earlier results are untouched" ;;
    *) echo "could not run: see the message; earlier results are untouched, and it may be tried again" ;;
esac >&2
exit $code
