package conform

var replyChecks = []Check{
	{
		Name: "late-reply", Level: Should, About: "ignores replies to nothing that it asked", needs: needsAnswer,
		Why: "A reply that took longer than the node waited comes when nobody waits any more, and in_reply_to may be any integer.",
		run: func(s *session) error {
			return s.survives(
				envelope("lin-kv", "n1", `{"type":"read_ok","in_reply_to":987654,"value":1}`),
				envelope("n2", "n1", `{"type":"error","in_reply_to":987655,"code":11,"text":"not now"}`),
				envelope("seq-kv", "n1", `{"type":"glomers_unknown_ok","in_reply_to":9007199254740993}`),
			)
		},
	},
	{
		Name: "reply-to-zero", Level: Should, About: "takes in_reply_to 0 for a reply", needs: needsAnswer,
		Why: "0 is an id like any other. Typical: a zero that is taken for a field that is missing, so that the reply counts as a request.",
		run: func(s *session) error {
			return s.survives(envelope("lin-kv", "n1", `{"type":"read_ok","in_reply_to":0,"value":1}`))
		},
	},
	{
		Name: "reply-unanswered", Level: Nice, About: "does not answer a reply, whatever its type", needs: needsAnswer,
		Why: "A body with in_reply_to is a reply. If nodes answered replies, two of them could go on for ever.",
		run: func(s *session) error {
			c := s.newCall(s.profile.ping)
			c.line = envelope(c.client, s.id, with(c.body, `"msg_id":`+c.id+`,"in_reply_to":987654`))
			s.send(c.line)
			if err := s.goesOn(); err != nil {
				return err
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if all := s.replies(c); len(all) > 0 {
				return failf("it is answered with %s", clip(all[0].body["type"]))
			}
			return nil
		},
	},
}
