#!/bin/sh
# An echo node in a POSIX shell, with nothing but what is built in.

# field NAME LINE: the value, a number or a string without quotes in it, as JSON
field() {
	rest=${2#*\"$1\":}
	case $rest in
	\"*) rest=${rest#\"} && printf '"%s"' "${rest%%\"*}" ;;
	*) printf '%s' "${rest%%[!0-9]*}" ;;
	esac
}

while read -r line; do
	case $line in
	*'"type":"init"'*) reply='"type":"init_ok"' ;;
	*) reply="\"type\":\"echo_ok\",\"echo\":$(field echo "$line")" ;;
	esac
	printf '{"src":%s,"dest":%s,"body":{%s,"in_reply_to":%s}}\n' \
		"$(field dest "$line")" "$(field src "$line")" "$reply" "$(field msg_id "$line")"
done
