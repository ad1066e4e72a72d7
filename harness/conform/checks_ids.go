package conform

import "slices"

var idChecks = []Check{
	{
		Name: "same-ids", Level: Must, About: "keeps clients with equal msg_ids apart", needs: needsAnswer,
		Why: "A msg_id is unique only for its sender: each client of Maelstrom counts from 1.",
		run: func(s *session) error {
			a, b := s.callWithID(s.profile.ping, "77"), s.callWithID(s.profile.ping, "77")
			s.send(a.line, b.line)
			if _, err := s.reply(a); err != nil {
				return failf("%s gets no reply: %s", a.client, err)
			}
			if _, err := s.reply(b); err != nil {
				return failf("%s gets no reply: %s", b.client, err)
			}
			return nil
		},
	},
	{
		Name: "msg-id-zero", Level: Should, About: "answers msg_id 0 with in_reply_to 0", needs: needsAnswer,
		Why: "A msg_id is any integer, and a node or a tool may count from 0. Typical: a zero that is taken for a field that is missing.",
		run: func(s *session) error { return s.askWithID("0") },
	},
	{
		Name: "msg-id-large", Level: Should, About: "returns a msg_id of 2^53 + 1 unchanged", needs: needsAnswer,
		Why: "A msg_id is any integer. One made of the time in nanoseconds is above 2^53, where floating point has no odd numbers.",
		run: func(s *session) error { return s.askWithID("9007199254740993") },
	},
	{
		Name: "no-msg-id", Level: Should, About: "goes on after a request without msg_id", needs: needsAnswer,
		Why: "msg_id is optional: without one, the sender wants no reply (doc/protocol.md). There is nothing that in_reply_to could say.",
		run: func(s *session) error {
			client := s.newClient()
			// Send several, and wait a moment: a node may answer out of order.
			lines := slices.Repeat([]string{envelope(client, s.id, s.profile.ping)}, 50)
			s.send(lines...)
			if err := s.goesOn(); err != nil {
				return err
			}
			if err := s.pause(settle); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			for _, m := range s.answers {
				if id := m.body["in_reply_to"]; m.dest == client && id != nil {
					return failf("it is answered with in_reply_to %s, though it has no msg_id", clip(id))
				}
			}
			return nil
		},
	},
	{
		Name: "own-ids", Level: Should, About: "gives its own messages different msg_ids", needs: needsAnswer,
		Why: "Message IDs should be unique on the node which sent them (doc/protocol.md): diagrams and replies go by them.",
		run: func(s *session) error {
			if _, err := s.flood(20); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			seen := map[string]bool{}
			for i, m := range s.answers[s.step.answers:] {
				id := string(m.body["msg_id"])
				if id != "" && seen[id] {
					s.step.answers += i
					return failf("msg_id %s comes twice", clip(m.body["msg_id"]))
				}
				seen[id] = true
			}
			if seen[""] {
				return skipf("its replies have no msg_id")
			}
			return nil
		},
	},
}

// askWithID sends a ping with the given msg_id.
func (s *session) askWithID(id string) error {
	_, err := s.call(s.callWithID(s.profile.ping, id))
	return err
}
