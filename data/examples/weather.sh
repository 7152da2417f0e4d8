#!/bin/sh
# An example of a function of one's own (weather.json): gets its arguments as JSON on the
# standard input, answers on the standard output. It knows one kind of weather.
arguments=$(cat)
location=$(printf '%s\n' "$arguments" | sed -nE 's/.*"location" *: *"(([^"\\]|\\.)*)".*/\1/p')
case $arguments in
*'"fahrenheit"'*) temperature=72 unit=fahrenheit ;;
*) temperature=22 unit=celsius ;;
esac
printf '{"location": "%s", "temperature": "%s", "unit": "%s"}' "$location" "$temperature" "$unit"
