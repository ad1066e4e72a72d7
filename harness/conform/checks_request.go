package conform

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"glomers/harness/internal/jsonvalue"
)

var requestChecks = []Check{
	{
		Name: "reply-fields", Level: Must, About: "replies have exactly the fields of their type", needs: needsAnswer,
		Why: "Maelstrom refuses a reply with a field too many, one too few, or of another kind: the operation counts as of unknown outcome. Typical: the request's own fields, sent back.",
		run: checkReplyFields,
	},
	{
		Name: "reply-envelope", Level: Must, About: "messages have src, dest, body, and maybe id", needs: needsAnswer,
		Why: "Maelstrom takes a message with another key for malformed, and ends the test.",
		run: func(s *session) error {
			return s.askAll(func(m *message) error {
				if len(m.extra) > 0 {
					return failf("the envelope has a key %s", quote(m.extra[0]))
				}
				return nil
			})
		},
	},
	{
		Name: "stdout", Level: Must, About: "writes nothing but messages to stdout", needs: needsAnswer,
		Why: "A line on stdout that is not a message ends the test: logs belong on stderr (Maelstrom, doc/protocol.md).",
		run: func(s *session) error {
			if err := s.askAll(nil); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			s.step = step{sent: s.step.sent}
			s.step.answers = len(s.answers)
			if len(s.noise) > 0 {
				return failf("a line %s", s.noise[0].problem)
			}
			return nil
		},
	},
	{
		Name: "line-ends", Level: Nice, About: "ends lines with a newline, not with CR LF", needs: needsAnswer,
		Why: "The protocol separates messages by newlines; a reader that is strict about it has a stray CR at the end of each line.",
		run: func(s *session) error {
			return s.askAll(func(m *message) error {
				switch {
				case m.cr && runtime.GOOS == "windows":
					return skipf("programs on Windows end lines with CR LF, and harnesses accept it")
				case m.cr:
					return failf("the line ends with CR LF")
				}
				return nil
			})
		},
	},
	{
		Name: "flush", Level: Must, About: "flushes each answer at once", needs: needsInit,
		Why: "Most languages buffer stdout when it is a pipe. Unless the node flushes, its answers wait until the buffer is full, and clients time out.",
		run: func(s *session) error {
			err := s.flushed(s.ping())
			if f, failed := asFailure(err); failed && !strings.Contains(f.text, "flush stdout") {
				return skipf("it needs a node that answers requests: see the check request, and -w")
			}
			return err
		},
	},
	{
		Name: "destinations", Level: Must, About: "writes only to parties that exist", needs: needsAnswer,
		Why: "A message to an id that does not exist ends the test. Typical: neighbours that are hard-coded, or taken from a topology of another run.",
		run: func(s *session) error {
			if err := s.askAll(nil); err != nil {
				return err
			}
			if err := s.pause(settle); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if strays := s.world.strays; len(strays) > 0 {
				s.answers = append(s.answers, strays[0]) // so that the evidence shows it
				s.step.answers = len(s.answers) - 1
				return failf("a message goes to %s, which does not exist", quote(strays[0].dest))
			}
			return nil
		},
	},
	{
		Name: "many-requests", Level: Must, About: "answers all of 1,000 requests written at once", needs: needsAnswer,
		Why: "Lines come as fast as clients and peers send them, several in one read. A line that is lost is an operation that times out.",
		run: func(s *session) error {
			_, err := s.flood(1000)
			return err
		},
	},
	{
		Name: "answer-once", Level: Should, About: "answers each request once", needs: needsAnswer,
		Why: "A second reply is a message that costs and tells nobody anything; a client that reuses ids takes it for another one's.",
		run: func(s *session) error {
			calls, err := s.flood(100)
			if err != nil {
				return err
			}
			if err := s.pause(settle); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, c := range calls {
				if n := len(s.replies(c)); n > 1 {
					return failf("the request %s of %s gets %d replies", c.id, c.client, n)
				}
			}
			return nil
		},
	},
	{
		Name: "order", Level: Nice, About: "answers one sender's requests in their order", needs: needsAnswer,
		Why: "Nothing in the protocol asks for it, but a node that does is easier to follow, and to test by hand.",
		run: func(s *session) error {
			if _, err := s.flood(200); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			answers := s.answers[s.step.answers:]
			for i := 1; i < len(answers); i++ {
				before, after := string(answers[i-1].body["in_reply_to"]), string(answers[i].body["in_reply_to"])
				if len(before) > len(after) || len(before) == len(after) && before > after {
					return failf("the answer to request %s comes after that to %s", after, before)
				}
			}
			return nil
		},
	},
	{
		Name: "twice", Level: Should, About: "goes on after a request that comes twice", needs: needsAnswer,
		Why: "A client that gets no answer in time sends the same request again, with the same msg_id.",
		run: func(s *session) error {
			c := s.newCall(s.profile.ping)
			s.send(c.line, c.line)
			if _, err := s.reply(c); err != nil {
				return err
			}
			return s.goesOn()
		},
	},
}

// askAll sends each request of the workload, one after the other, and calls f, if not nil, with each answer.
func (s *session) askAll(f func(m *message) error) error {
	bodies := []string{s.profile.ping}
	for _, r := range s.profile.requests {
		bodies = append(bodies, r.body)
	}
	for _, body := range append(bodies, s.profile.ping) {
		if f != nil {
			s.begin()
		}
		m, err := s.ask(s.forTopology(body))
		if err != nil {
			return err
		}
		if f != nil {
			if err := f(m); err != nil {
				return err
			}
		}
	}
	return nil
}

// forTopology replaces the topology in the workload's example, which is about other nodes, by one of the present nodes.
func (s *session) forTopology(body string) string {
	if setup := s.profile.setup([]string{s.id}); len(setup) > 0 && strings.HasPrefix(body, `{"type":"topology"`) {
		return setup[0]
	}
	return body
}

func checkReplyFields(s *session) error {
	if len(s.profile.requests) == 0 {
		return skipf("it needs a known workload: see -w")
	}
	// Ask twice: some data exists only the second time.
	for range 2 {
		for _, r := range s.profile.requests {
			s.begin()
			m, err := s.ask(s.forTopology(r.body))
			if err != nil {
				return err
			}
			if m.isError() {
				if !jsonvalue.IsInteger(m.body["code"]) {
					return failf("the code of the error is %s: want an integer", clip(m.body["code"]))
				}
				continue
			}
			if problem := r.reply.problem(m); problem != "" {
				return failf("%s", problem)
			}
		}
	}
	return nil
}

// flood writes n pings by one client at once and waits for all replies.
func (s *session) flood(n int) ([]call, error) {
	client := s.newClient()
	calls := make([]call, n)
	lines := make([]string, n)
	for i := range calls {
		s.msgIDs++
		calls[i] = s.callFrom(client, s.profile.ping, strconv.Itoa(s.msgIDs))
		lines[i] = calls[i].line
	}
	s.write(strings.Join(lines, "\n")+"\n", lines...)
	missing := calls
	err := s.until(s.patience(), func() bool {
		answered := map[string]bool{}
		for _, m := range s.answers[s.step.answers:] {
			if m.dest == client {
				answered[string(m.body["in_reply_to"])] = true
			}
		}
		missing = nil
		for _, c := range calls {
			if !answered[c.id] {
				missing = append(missing, c)
			}
		}
		return len(missing) == 0
	})
	if f, failed := asFailure(err); failed {
		text := fmt.Sprintf("%d of %d requests are not answered, the first of them %s: %s", len(missing), n, missing[0].id, f.text)
		if s.stuck(missing[0]) {
			text += ". It came when another line was sent: the node waits for the pipe (select, poll) while lines wait in its own buffer"
		}
		return nil, failf("%s", text)
	}
	return calls, err
}

// stuck reports whether c, which has not been answered, is answered once another line has been sent.
func (s *session) stuck(c call) bool {
	s.in.add(s.newCall(s.profile.ping).line + "\n")
	return s.until(s.soon(), func() bool { return len(s.replies(c)) > 0 }) == nil
}

// soon is how long to wait for a message that may never come.
func (s *session) soon() time.Duration { return s.patience() / 2 }
