package conform

import "glomers/internal/guard"

var endChecks = []Check{
	{
		Name: "end-of-input", Level: Should, About: "ends when its input ends", needs: needsInit,
		Why: "If the harness dies, the end of stdin is all that a node sees of it. Typical: processes that are found days later.",
		run: func(s *session) error {
			s.closeInput()
			return s.untilGone()
		},
	},
	{
		Name: "end-status", Level: Should, About: "has the exit status 0 when its input ends", needs: needsInit,
		Why: "Nothing went wrong. Maelstrom kills its nodes; scripts and other harnesses look at the status.",
		run: func(s *session) error {
			s.closeInput()
			err := s.untilGone()
			if _, failed := asFailure(err); failed {
				return skipf("it does not end: see the check end-of-input")
			}
			if err == nil && s.status != nil {
				return failf("the node ended: %s", s.exit())
			}
			return err
		},
	},
	{
		Name: "end-drained", Level: Nice, About: "answers what it was asked before it ends", needs: needsAnswer,
		Why: "Then a shell's pipe is enough to try a node: printf of a few lines into it shows all answers.",
		run: func(s *session) error {
			var calls []call
			for range 10 {
				c := s.newCall(s.profile.ping)
				calls = append(calls, c)
				s.send(c.line)
			}
			s.closeInput()
			for _, c := range calls {
				_, err := s.reply(c)
				if _, failed := asFailure(err); failed && s.needsServices() {
					return skipf("its services cannot reach it any more")
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	},
	{
		Name: "sigterm", Level: Nice, About: "ends on SIGTERM", needs: needsInit,
		Why: "It is how a system asks a process to end; a process that ignores it is killed, and what it has not written is lost.",
		run: func(s *session) error {
			if !guard.Asks {
				return skipf("this system has no signals: a process ends by itself, or is killed")
			}
			s.change(func() { s.step.sent = append(s.step.sent, "(SIGTERM)") })
			if err := s.process.Terminate(); err != nil {
				return err
			}
			return s.untilGone()
		},
	},
}

// untilGone waits until the process has ended.
func (s *session) untilGone() error {
	err := s.until(s.patience(), func() bool { return s.ended })
	if f, failed := asFailure(err); failed {
		return failf("it is still there: %s", f.text)
	}
	return err
}

// needsServices reports whether the node has sent a request to a service.
func (s *session) needsServices() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world.asked
}
