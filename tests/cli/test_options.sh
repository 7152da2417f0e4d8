#!/bin/sh
# The command table, help, bad options, settings.
# shellcheck source=tests/cli/tap.sh
. "$(dirname "$0")/tap.sh"

run
check_status 2 "no command is an error"
check "and says nothing on stdout" [ ! -s "$dir/.out" ]
run help
check_status 0 "help"
check_out '^  search ' "help lists the commands"
for command in index search similar embed eval status ls get rm doctor model help version; do
	run help "$command"
	check_out "^usage: akin $command" "help $command"
	check_out "^example:" "help $command has an example"
	run "$command" --help
	check_status 0 "$command --help"
	run "$command" --no-such-option
	check_error "unknown option '--no-such-option'" "$command refuses an unknown option"
	check "$command: its help keeps to 80 columns" \
		sh -c "'$akin' help $command | awk '{ gsub(/…/, \".\") } length(\$0) > 80 { exit 1 }'"
done
run query --help
check_out "^usage: akin search" "query is search"
run version
check_out '^akin [0-9]' "version"
run --version
check_out '^akin [0-9]' "--version"
run serch x
check_error "did you mean 'search'" "an unknown command names the nearest"
run search --limt 3 x
check_error "did you mean '--limit'" "an unknown option names the nearest"
run search --api-key sk-secret x
check_error "OVHCLOUD_API_KEY" "a key on the command line is refused"
check "and is not repeated" sh -c "! grep -q sk-secret '$dir/.err'"
run search -k 0 x
check_error "between 1 and" "a value out of range"
run search --mode fuzzy x
check_error "dense, lexical" "a wrong choice"
run status extra
check_error "unexpected argument 'extra'" "an operand too many"
run get
check_error "too few arguments" "an operand too few"

run status
check_error "no index at '$dir/data/akin/akin.db'; make one with: akin index FOLDER" \
	"no index: what to do"
export AKIN_DB="$dir/from_env.db"
run status
check_error "from_env.db" "\$AKIN_DB"
run status --db "$dir/from_flag.db"
check_error "from_flag.db" "the flag goes before the environment"
run --db "$dir/early.db" status
check_error "early.db" "global options may stand before the command"
unset AKIN_DB
mkdir -p "$dir/config/akin"
printf '# comment\ndb = %s/from_config.db\n' "$dir" >"$dir/config/akin/config"
run status
check_error "from_config.db" "the configuration file"
printf 'model = local/x\nfrobnicate = 1\n' >"$dir/config/akin/config"
run status
check_error "'frobnicate' in .*, line 2" "an unknown key in the configuration names its line"
rm "$dir/config/akin/config"

printf 'no database\n' >"$dir/text.db"
run status --db "$dir/text.db"
check_error "text.db" "an index that is no database"
run status --db "$dir"
check_error "" "an index that is a folder"
if [ -w /dev/full ]; then
	"$akin" help >/dev/full 2>"$dir/.err"
	status=$? out=""
	check_status 2 "a full disk behind stdout is an error"
fi
(
	"$akin" help
	echo $? >"$dir/.status"
) 2>"$dir/.err" | true
check "a reader that goes away is told nothing" [ ! -s "$dir/.err" ]
finish
