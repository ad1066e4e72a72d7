package why

import "fmt"

// spread returns when a version first came to each party, from the node on which t wrote it.
func (x *txns) spread(v version, t *txn) map[string]visit {
	return x.Run.spread(x.carriers[v], t.node, t.begin)
}

// A how says why a read did not show a version.
type how int

// The reasons, the most telling ones first.
const (
	own     how = iota // the reader's node had written it itself
	told               // a message had brought it before the read began
	stale              // the service had it before it was asked
	lost               // the message to the reader's node was lost
	during             // it came while the transaction ran
	late               // it came later
	never              // no message brought it
	unknown            // the record does not say
)

// A miss is a read that did not show a version.
type miss struct {
	how     how
	reader  *txn
	writer  *txn
	version version
	old     string // what was read instead; JSON
	msg     *Sent  // that brought it, or was lost
	at      int64  // when it came, or came to the service
	call    call   // of stale and of late reads of a service
	service string
}

// missed says why the reader did not show a version.
func (x *txns) missed(reader, writer *txn, v version, old string) miss {
	m := miss{how: unknown, reader: reader, writer: writer, version: v, old: old}
	have := x.spread(v, writer)
	for _, c := range x.calls(reader, []string{v.key}) {
		if !c.reads() || c.reply == nil {
			continue
		}
		m.call, m.service = c, c.request.Dest
		break
	}
	if m.service != "" {
		there, ok := have[m.service]
		if !ok {
			return m
		}
		m.at, m.msg = there.at, there.via
		if m.how = late; m.call.arrived && there.at < m.call.there {
			m.how = stale
		}
		return m
	}
	here, ok := have[reader.node]
	switch {
	case reader.node == writer.node:
		if m.how = during; writer.end <= reader.begin {
			m.how = own
		}
		return m
	case ok:
		m.at, m.msg = here.at, here.via
		switch {
		case here.at < reader.begin || here.at == reader.begin && here.via.ID < reader.first:
			m.how = told
		case here.at <= reader.end:
			m.how = during
		default:
			m.how = late
		}
		return m
	}
	for _, s := range x.carriers[v] {
		if s.Dest == reader.node && s.Src == writer.node && len(s.Ends) > 0 {
			m.how, m.msg, m.at = lost, s, s.Ends[0].At
			return m
		}
	}
	if x.Whole && !x.unread {
		m.how = never
	}
	return m
}

// carried is the step of a message between nodes that brings versions of some keys.
func (x *txns) carried(s *Sent, keys []string) Step {
	body, _ := decoded(s.Body)
	var brings string
	for _, key := range keys {
		value, ok := held(body, key, 0)
		if !ok {
			eachVersion(body, func(v version) {
				if _, asked := x.carriers[v]; asked && v.key == key && x.brings(s, v) && (!ok || v.value < value.(string)) {
					value, ok = v.value, true
				}
			})
		}
		if ok {
			if brings != "" {
				brings += " and "
			}
			brings += fmt.Sprintf("%s for key %s", bare(value), key)
		}
	}
	return x.sending(s, brings)
}

// bare returns a value, and a string without quotes.
func bare(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	return shown(v)
}
