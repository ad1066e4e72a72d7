package conform

import "strings"

// integers are the first integers that a float64 cannot represent, and the limits of int64.
var integers = []string{"9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808"}

var payloadChecks = []Check{
	{
		Name: "integers", Level: Should, About: "keeps integers of 64 bits exactly", needs: needsAnswer,
		Why: "Ids and stamps made of the time need more than 53 bits. Typical: a library that decodes every number as floating point.",
		run: payload(false, integers...),
	},
	{
		Name: "large-numbers", Level: Nice, About: "keeps integers beyond 64 bits exactly", needs: needsAnswer,
		Why: "JSON numbers have no limit. A value that the node does not compute with need not be decoded.",
		run: payload(true, "18446744073709551617", "-1"+strings.Repeat("0", 30)),
	},
	{
		Name: "floats", Level: Nice, About: "keeps 1.0 and 1e3 apart from integers", needs: needsAnswer,
		Why: "For Maelstrom 1.0 is not 1, so a payload that comes back as the other one is another value.",
		run: payload(true, "1.0", "1e3", "0.1", "-2.5e-7"),
	},
	{
		Name: "strings", Level: Should, About: "keeps escapes and Unicode in strings", needs: needsAnswer,
		Why: "A string is any sequence of characters. Typical: output that is put together by hand, or in another encoding than UTF-8.",
		run: payload(true,
			`""`, `"say \"hi\" \\ \/ now"`, `"\b\f\n\r\t"`, `"a\u0000b"`, `"\u001f\u007f"`, `"é ü 漢字"`,
			`"😀"`, `"\ud83d\ude00"`, "\"\u2028\u2029\"", `"\u2028"`, `"</script>&amp;'"`, `"ends with \\"`),
	},
	{
		Name: "structures", Level: Should, About: "keeps null, lists and objects", needs: needsAnswer,
		Why: "A payload may be any JSON. Keys that happen to be called type or msg_id are nothing special inside it.",
		run: payload(true, `[]`, `{}`, `[1,[2,[null,true]],"x"]`, `{"type":"error","msg_id":1,"in_reply_to":2,"a":{"":0}}`, `false`),
	},
}

// payload returns the run of a check that takes values to the node and back. If any is set, the node must take any JSON.
func payload(any bool, values ...string) func(*session) error {
	return func(s *session) error {
		switch c := s.profile.carrier; {
		case c == nil:
			return skipf("none of its requests has a payload that comes back")
		case any && !c.any:
			return skipf("the payload of its requests is always an integer of 64 bits")
		}
		return s.carry(values...)
	}
}
