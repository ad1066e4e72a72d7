package conform

import "strings"

var clusterChecks = []Check{
	{
		Name: "silent-peer", Level: Must, About: "lives on while the other node never answers", needs: needsAnswer, fresh: true,
		Why: "A partition looks like this, and a node that has ended fails the test.",
		run: func(s *session) error { return s.amid(helpful, "n2") },
	},
	{
		Name: "peer-errors", Level: Should, About: "lives on when the other node answers errors", needs: needsAnswer, fresh: true,
		Why: "A peer may have nothing better to say: it is starting, or has no leader. Typical: a callback that takes any reply for the one it hopes for.",
		run: func(s *session) error { return s.amid(failing, "n2") },
	},
	{
		Name: "service-slow", last: true, Level: Must, About: "answers when its services take 0.5 s", needs: needsAnswer,
		Why: "Requests to services have the latency of the network. Typical: a node that does not read its input while it waits.",
		run: func(s *session) error { return s.withServices(slow) },
	},
	{
		Name: "service-twice", last: true, Level: Should, About: "takes a service's reply that comes twice", needs: needsAnswer,
		Why: "A repeated request gets a second reply, and a network may double messages.",
		run: func(s *session) error { return s.withServices(doubled) },
	},
	{
		Name: "service-errors", last: true, Level: Should, About: "lives on when its services answer with errors", needs: needsAnswer,
		Why: "A service may fail for a while. Error 13 leaves open whether the request was carried out.",
		run: func(s *session) error {
			if err := s.needService(); err != nil {
				return err
			}
			s.change(func() { s.world.serving = failing })
			s.begin()
			if err := s.sendAll(); err != nil {
				return err
			}
			s.change(func() { s.world.serving = helpful })
			return s.goesOn()
		},
	},
}

// amid makes the node one of two; the other node behaves in the given manner. It sends the node all requests, since some may
// make it send messages to the other node.
func (s *session) amid(nodes manner, other string) error {
	s.change(func() { s.world.nodes = nodes })
	if err := s.initialise("n1", "n1", other); err != nil {
		return err
	}
	for _, body := range s.profile.setup([]string{"n1", other}) {
		s.send(s.newCall(body).line)
	}
	return s.sendAll()
}

// sendAll sends all requests of the workload. They need not be answered, but the node must live on.
func (s *session) sendAll() error {
	var lines []string
	for _, r := range s.profile.requests {
		if !strings.HasPrefix(r.body, `{"type":"topology"`) {
			lines = append(lines, s.newCall(r.body).line)
		}
	}
	// The second ping is sent after the node's messages to the other node have been answered.
	for range 2 {
		c := s.newCall(s.profile.ping)
		s.send(append(lines, c.line)...)
		lines = nil
		_, err := s.replyWithin(c, s.soon())
		if _, failed := asFailure(err); failed {
			return s.alive() // a node may be right not to answer
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// needService makes the node ready, and skips the check if the node does not use services. If any check has seen the node use
// services, it waits longer: the node may write to a service some time after it has answered.
func (s *session) needService() error {
	used := func() bool { return s.world.asked }
	for _, r := range s.profile.requests {
		if _, err := s.ask(s.forTopology(r.body)); err != nil {
			return err
		}
	}
	patience := settle
	if s.run.services.Load() {
		patience = s.patience()
	}
	err := s.until(patience, used)
	if _, failed := asFailure(err); failed && s.alive() == nil {
		return skipf("it did without services here")
	}
	return err
}

// withServices sends all requests while the services behave in the given manner.
func (s *session) withServices(m manner) error {
	if err := s.needService(); err != nil {
		return err
	}
	s.change(func() { s.world.serving = m })
	for _, r := range s.profile.requests {
		s.begin()
		if _, err := s.ask(s.forTopology(r.body)); err != nil {
			return err
		}
	}
	return s.goesOn()
}
