package conform

import (
	"cmp"
	"fmt"
	"time"
)

// initChecks begins with the two checks on which the others depend; see runner.findOut.
var initChecks = []Check{
	{
		Name: "init", Level: Must, About: "answers init with init_ok", fresh: true,
		Why: "Maelstrom sends init first, and ends the test if there is no init_ok from the node's own id within 10 s.",
		run: func(s *session) error { return s.flushed(s.initialise("n1", "n1")) },
	},
	{
		Name: "request", Level: Must, About: "answers a request of its workload", needs: needsInit,
		Why: "A function without a single successful operation makes a run invalid. Most other checks need such a request, too.",
		run: checkRequest,
	},
	{
		Name: "init-other-id", Level: Must, About: "takes the id that init gives it", needs: needsInit, fresh: true,
		Why: "The ids are up to the harness: n0, n1, … with --node-count, others with --nodes. A message from an id that does not exist ends the test.",
		run: func(s *session) error {
			if err := s.initialise("n17", "n17"); err != nil || !s.run.answers {
				return err
			}
			m, err := s.ask(s.profile.ping)
			if err == nil && m.src != "n17" {
				return failf("the answer comes from %s, not \"n17\"", quote(m.src))
			}
			return err
		},
	},
	{
		Name: "init-many", Level: Must, About: "starts as one of 25 nodes", needs: needsInit, fresh: true,
		Why: "Challenge 3d has 25 nodes, and n0 is the first of them.",
		run: func(s *session) error {
			ids := make([]string, 25)
			for i := range ids {
				ids[i] = fmt.Sprintf("n%d", i)
			}
			return s.initialise("n0", ids...)
		},
	},
	{
		Name: "init-msg-id", Level: Should, About: "answers an init with any msg_id", needs: needsInit, fresh: true,
		Why: "The msg_id is the sender's choice. It is 1 only as long as the sender has sent nothing else.",
		run: func(s *session) error {
			_, err := s.initWith("n1", []string{"n1"}, "42", "")
			return err
		},
	},
	{
		Name: "init-more-fields", Level: Should, About: "ignores fields of init that it does not know", needs: needsInit, fresh: true,
		Why: "A later version of the protocol can only add fields if nodes ignore those that they do not know.",
		run: func(s *session) error {
			_, err := s.initWith("n1", []string{"n1"}, "1", `"glomers_unknown":{"a":[1,"x",null]}`)
			return err
		},
	},
	{
		Name: "init-twice", Level: Nice, About: "goes on after a second init", needs: needsAnswer,
		Why: "A harness that has lost the answer, or restarts, sends init again.",
		run: func(s *session) error {
			s.send(s.newCall(`{"type":"init","node_id":"n1","node_ids":["n1"]}`).line)
			return s.goesOn()
		},
	},
	{
		Name: "before-init", Level: Should, About: "refuses, or keeps, a request before init", needs: needsAnswer, fresh: true,
		Why: "Before init a node has no id and no state: what it does for a client then may be lost. Error 11, temporarily unavailable, says that nothing has happened.",
		run: checkBeforeInit,
	},
}

// flushed explains a missing answer, if the cause is that the node has written it to a buffer but not flushed the buffer.
func (s *session) flushed(err error) error {
	f, failed := asFailure(err)
	if !failed || s.alive() != nil {
		return err
	}
	s.mu.Lock()
	before := len(s.answers)
	s.mu.Unlock()
	s.in.end()
	_ = s.until(s.patience(), func() bool { return false }) // until the node ends, or writes nothing more
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case len(s.answers) > before:
		return failf("%s; it came when stdin was closed: flush stdout after each line", f.text)
	case len(s.partial) > 0:
		return failf("%s: it has no newline at its end", f.text)
	}
	return err
}

func checkRequest(s *session) error {
	if s.profile.name == "" {
		if err := s.ping(); err != nil {
			return skipf("it answers no request of a known workload, and no unknown one: name its workload with -w")
		}
		return nil
	}
	m, err := s.askPatiently(s.profile.ping)
	if err != nil {
		return s.flushed(err)
	}
	if m.isError() {
		switch m.code() {
		case "20", "22", "30": // there may be no data yet
		case "11":
			s.run.unready = true
			return skipf("all that it answers is error 11: it may need other nodes")
		default:
			return failf("its answer is error %s", cmp.Or(clip(m.body["code"]), "missing"))
		}
	}
	return nil
}

// askPatiently sends a request again as long as the answer is error 11, which says that the node is not ready yet: it may
// have to elect a leader first.
func (s *session) askPatiently(body string) (*message, error) {
	for begin := time.Now(); ; {
		s.begin()
		m, err := s.ask(body)
		if err != nil || !m.isError() || m.code() != "11" || time.Since(begin) > 2*s.patience() {
			return m, err
		}
		s.run.elects.Store(true)
		if err := s.pause(50 * time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func checkBeforeInit(s *session) error {
	s.change(func() { s.id = "n1" })
	early := s.newCall(s.profile.ping)
	s.send(early.line)
	err := s.until(s.soon(), func() bool { return len(s.replies(early)) > 0 || len(s.noise) > 0 })
	if _, quiet := asFailure(err); err != nil && !quiet {
		return err
	}
	if err := s.alive(); err != nil {
		return err
	}
	s.mu.Lock()
	answers, noisy := s.replies(early), len(s.noise) > 0
	s.mu.Unlock()
	if len(answers) == 0 && !noisy { // the node may have kept it for later
		if err := s.setUp(); err != nil {
			return err
		}
		_, err := s.reply(early)
		if f, failed := asFailure(err); failed {
			return failf("it is neither refused nor answered after init: %s", f.text)
		}
		return err
	}
	if len(answers) == 0 {
		s.mu.Lock()
		defer s.mu.Unlock()
		return failf("it is answered before init, by a line that %s", s.noise[0].problem)
	}
	m := answers[0]
	switch code := m.code(); {
	case !m.isError():
		return failf("it is answered before init with %s", clip(m.body["type"]))
	case code == "0" || code == "13":
		return failf("the error is %s, which leaves open whether something has happened: want 11", code)
	}
	if err := s.initialise("n1", "n1"); err != nil {
		return failf("init is not answered after it: %s", err)
	}
	return nil
}
