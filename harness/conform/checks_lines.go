package conform

import (
	"fmt"
	"strings"
)

const (
	kibi = 1 << 10
	mebi = 1 << 20
)

var lineChecks = []Check{
	{
		Name: "key-order", Level: Must, About: "takes the keys of an object in any order", needs: needsAnswer,
		Why: "JSON objects have no order, and Maelstrom's come out of hash maps.",
		run: line(func(s *session, c call) string {
			body := fmt.Sprintf(`{"msg_id":%s,%s`, c.id, strings.TrimPrefix(c.body, "{"))
			return fmt.Sprintf(`{"body":%s,"dest":%s,"src":%s}`, body, quote(s.id), quote(c.client))
		}),
	},
	{
		Name: "envelope-id", Level: Must, About: "takes messages with an id beside src and dest", needs: needsAnswer,
		Why: "Maelstrom numbers the messages of a run, and each line that a node gets has its number.",
		run: line(func(s *session, c call) string { return `{"id":1234567,` + strings.TrimPrefix(c.line, "{") }),
	},
	{
		Name: "spaces", Level: Should, About: "takes white space between the parts of a line", needs: needsAnswer,
		Why: "Space between tokens is JSON; several libraries write one after each colon and comma.",
		run: line(func(s *session, c call) string {
			return fmt.Sprintf(" { \"src\" : %s ,\t\"dest\" : %s , \"body\" : { \"msg_id\" : %s , %s } ", quote(c.client), quote(s.id), c.id, strings.TrimPrefix(c.body, "{"))
		}),
	},
	{
		Name: "escapes", Level: Should, About: "reads escapes in ids, types and keys", needs: needsAnswer,
		Why: "\"\\u0063\" is \"c\" in JSON, wherever a string stands. Typical: a node that searches the line for text instead of parsing it.",
		run: line(func(s *session, c call) string {
			escape := func(text string) string { // the first letter
				return fmt.Sprintf(`\u%04x%s`, text[0], text[1:])
			}
			rest := strings.TrimPrefix(c.body, `{"type":"`)
			body := fmt.Sprintf(`{"t\u0079pe":"%s`, escape(rest))
			return fmt.Sprintf(`{"src":"%s","de\u0073t":"%s","body":%s}`, escape(c.client), escape(s.id), with(body, `"msg_id":`+c.id))
		}),
	},
	{
		Name: "split-line", Level: Must, About: "takes a line that comes in pieces", needs: needsAnswer,
		Why: "A pipe holds 64 KiB and keeps no borders of lines: a read may end anywhere.",
		run: func(s *session) error {
			c := s.newCall(s.profile.ping)
			third := len(c.line) / 3
			s.change(func() { s.step.sent = append(s.step.sent, c.line) })
			for _, piece := range []string{c.line[:third], c.line[third : 2*third], c.line[2*third:]} {
				s.in.addPiece(piece, false)
				s.in.flush()
				if err := s.pause(settle / 2); err != nil {
					return err
				}
			}
			s.in.addPiece("\n", true)
			_, err := s.reply(c)
			return err
		},
	},
	{
		Name: "cr-lf", Level: Nice, About: "takes a line that ends with CR LF", needs: needsAnswer,
		Why: "CR is white space in JSON, and some tools end lines with it.",
		run: line(func(s *session, c call) string { return c.line + "\r" }),
	},
	longLine("line-64k", Must, 64*kibi+1, "64 KiB + 1",
		"Gossip of whole sets, and values of services, grow past 64 KiB. Typical: a line scanner with a fixed buffer, which ends the node."),
	longLine("line-1m", Should, mebi, "1 MiB", "Lines have no limit in the protocol."),
	longLine("line-8m", Nice, 8*mebi, "8 MiB", "Lines have no limit in the protocol."),
	{
		Name: "line-out", Level: Should, About: "writes a line of 1 MiB", needs: needsAnswer,
		Why: "A long answer does not fit into the pipe at once: a write may take a part of it only.",
		run: func(s *session) error {
			if s.profile.carrier == nil || !s.profile.carrier.any {
				return skipf("none of its requests has a payload of any kind that comes back")
			}
			return s.carry(quote(strings.Repeat("0123456789abcdef", mebi/16)))
		},
	},
}

// line returns the run of a check that sends a ping as a line written by f. Any answer will do.
func line(f func(s *session, c call) string) func(*session) error {
	return func(s *session) error {
		c := s.newCall(s.profile.ping)
		s.send(f(s, c))
		_, err := s.reply(c)
		return err
	}
}

// longLine is a check with a line of the given size. A padding field, which the node may ignore, makes the line long.
func longLine(name string, level Level, size int, words, why string) Check {
	return Check{
		Name: name, Level: level, About: "reads a line of " + words, needs: needsAnswer, Why: why,
		run: line(func(s *session, c call) string {
			const more = `"padding":""`
			pad := max(0, size-len(c.line)-len(more)-1)
			body := with(c.body, `"msg_id":`+c.id+`,"padding":"`+strings.Repeat("x", pad)+`"`)
			return envelope(c.client, s.id, body)
		}),
	}
}
