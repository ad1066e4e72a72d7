package conform

import (
	"cmp"
	"strings"

	"glomers/harness/internal/jsonvalue"
)

var unknownChecks = []Check{
	{
		Name: "unknown-type", Level: Should, About: "answers an unknown type with error 10", needs: needsInit,
		Why: "Error 10, not supported, is what the protocol has for it (doc/protocol.md); otherwise the sender waits until its time is up.",
		run: func(s *session) error {
			return s.refused(unknownRequest, "10")
		},
	},
	{
		Name: "unknown-survived", Level: Should, About: "goes on after an unknown type", needs: needsAnswer,
		Why: "A node that has ended fails the test. A peer of a later version, or a client of another workload, is no reason to end.",
		run: func(s *session) error {
			if err := s.survives(envelope("n2", "n1", with(unknownRequest, `"a":[1,{"b":null}]`))); err != nil {
				return err
			}
			return s.survives(s.newCall(unknownRequest).line)
		},
	},
	{
		Name: "error-reply", Level: Should, About: "errors have an integer code, and a text if any", needs: needsInit,
		Why: "Clients tell by the code whether the operation may have happened (doc/protocol.md).",
		run: func(s *session) error {
			m, err := s.ask(unknownRequest)
			if _, failed := asFailure(err); failed || err == nil && !m.isError() {
				return skipf("it never answered with an error here")
			}
			if err != nil {
				return err
			}
			if !jsonvalue.IsInteger(m.body["code"]) {
				return failf("the code is %s", cmp.Or(clip(m.body["code"]), "missing"))
			}
			if _, ok := m.body.text("text"); m.body["text"] != nil && !ok {
				return failf("the text is %s", clip(m.body["text"]))
			}
			return nil
		},
	},
	{
		Name: "malformed-survived", Level: Should, About: "goes on after requests of wrong fields", needs: needsAnswer,
		Why: "What one client gets wrong must not cost all others the node.",
		run: func(s *session) error {
			return s.eachMalformed(func(b badRequest) error { return s.survives(s.newCall(b.body).line) })
		},
	},
	{
		Name: "malformed-answered", Level: Should, About: "answers requests of wrong fields", needs: needsAnswer,
		Why: "Without an answer the client must assume that the operation may have happened.",
		run: func(s *session) error {
			return s.eachMalformed(func(b badRequest) error {
				_, err := s.ask(b.body)
				return err
			})
		},
	},
	{
		Name: "malformed-code", Level: Nice, About: "answers fields of the wrong kind with error 12", needs: needsAnswer,
		Why: "Error 12, malformed request, is definite: the client knows that nothing happened (doc/protocol.md).",
		run: func(s *session) error {
			tried := false
			err := s.eachMalformed(func(b badRequest) error {
				if !b.wrongKind || strings.HasPrefix(b.body, `{"type":"topology"`) { // a node may ignore the topology
					return nil
				}
				tried = true
				return s.refused(b.body, "12")
			})
			if err == nil && !tried {
				return skipf("none of its requests has a field of only one kind")
			}
			return err
		},
	},
	{
		Name: "malformed-message", Level: Nice, About: "goes on after messages that are malformed", needs: needsAnswer,
		Why: "A node that says what it could not read, on stderr, is easier to debug than one that has ended.",
		run: func(s *session) error {
			return s.survives(
				`{"src":"c0","dest":"n1"}`,
				`{"src":"c0","dest":"n1","body":null}`,
				`{"src":"c0","dest":"n1","body":[1]}`,
				`{"src":"c0","dest":"n1","body":{}}`,
				`{"src":"c0","dest":"n1","body":{"type":7,"msg_id":5}}`,
				`{"dest":"n1","body":`+with(s.profile.ping, `"msg_id":5`)+`}`,
				`{"src":"c0","dest":"n1","body":`+with(s.profile.ping, `"msg_id":"five"`)+`}`,
				`{"src":"c0","dest":"n1","body":`+with(s.profile.ping, `"msg_id":null`)+`}`,
				`{"src":"c0","dest":"n1","body":`+with(s.profile.ping, `"msg_id":5.5`)+`}`,
			)
		},
	},
	{
		Name: "bad-line", Level: Nice, About: "goes on after a line that is no JSON object", needs: needsAnswer,
		Why: "It is the harness's mistake, or that of a person who drives the node by hand.",
		run: func(s *session) error {
			return s.survives("", "hello", `{"src":"c0","dest":"n1","bo`, "[]", "null", "7", `"x"`, "{}")
		},
	},
}

// survives sends the lines, each in a step of its own, and checks after each that the node still answers.
func (s *session) survives(lines ...string) error {
	for _, line := range lines {
		s.begin()
		s.send(line)
		if err := s.goesOn(); err != nil {
			return err
		}
	}
	return nil
}

// refused sends a request, to which the answer must be an error with the given code.
func (s *session) refused(body, code string) error {
	m, err := s.ask(body)
	switch {
	case err != nil:
		return err
	case !m.isError():
		return failf("it is answered with %s", clip(m.body["type"]))
	case m.code() != code:
		return failf("the code of the error is %s, not %s", clip(m.body["code"]), code)
	}
	return nil
}

// A badRequest is a request with something wrong.
type badRequest struct {
	body      string
	wrongKind bool // a field has the wrong kind; otherwise a field is missing
}

// eachMalformed calls f with malformed variants of each request of the workload: with one field missing, and with one field
// of the wrong kind. Each variant has a step of its own.
func (s *session) eachMalformed(f func(b badRequest) error) error {
	var all []badRequest
	for _, r := range s.profile.requests {
		for _, f := range r.takes {
			all = append(all, badRequest{r.without(f.name, ""), false})
			if f.kind != "any" {
				all = append(all, badRequest{r.without(f.name, wrong(f)), true})
			}
		}
	}
	if len(all) == 0 {
		return skipf("none of its requests has a field")
	}
	for _, b := range all {
		s.begin()
		if err := f(b); err != nil {
			return err
		}
	}
	return nil
}

// without returns the request with the given value for the named field, or without the field if value is "".
func (r request) without(name, value string) string {
	parts := []string{`"type":` + quote(r.kind)}
	for _, f := range r.takes {
		switch {
		case f.name != name:
			parts = append(parts, quote(f.name)+":"+f.example)
		case value != "":
			parts = append(parts, quote(f.name)+":"+value)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// wrong returns a value of the wrong kind for the field.
func wrong(f field) string {
	switch f.kind {
	case "an object", "a list":
		return "7"
	case "an integer":
		return `{"a":[]}`
	default:
		return "[7]"
	}
}
