package why

import (
	"slices"
	"strings"

	"glomers/harness/record"
)

// A provenance says where an answer comes from: the party that had it from nobody else.
type provenance struct {
	known       bool // the journal has the request and the reply of the client
	party       string
	begin, end  int64   // while the party made it up
	first, last int64   // the ids of the messages between these
	hops        []*Sent // the requests to other nodes and their replies, on the way to the party
	call        call    // of a service
	asks        bool    // a call decided
	others      int     // messages that the party sent meanwhile, to others than clients
}

// maxHops bounds how many nodes pass a request on.
const maxHops = 4

// sourceOf follows the requests that a node made for an operation.
func (x *register) sourceOf(a *access) provenance {
	s := provenance{party: a.node, begin: a.begin, end: a.end, first: a.first, last: a.last}
	s.known = a.request != nil && a.reply != nil
	for range maxHops {
		if !s.known || !x.follow(a, &s) {
			break
		}
	}
	return s
}

// follow goes on to the party that the source asked; it returns false if there is none.
func (x *register) follow(a *access, s *provenance) bool {
	s.others = 0
	var request, reply *Sent
	for _, m := range x.sentBetween(s.party, s.begin, s.end) {
		if m.ID <= s.first || m.ID >= s.last || x.isClient(m.Dest) || m.Dest == s.party {
			continue
		}
		s.others++
		if c, ok := x.newCall(m); ok {
			if sameKey(c.key, x.key) && c.reply != nil && c.reply.ID < s.last && c.decides(a) {
				s.call, s.asks = c, true
			}
			continue
		}
		answer := x.answer(m)
		if answer == nil || answer.ID >= s.last || answer.Type == "error" || !carries(m.Body, []byte(quotedKey(x.key))) {
			continue
		}
		if a.inv.F == "cas" || reply == nil || x.brings(answer, version{x.key, a.found}) {
			request, reply = m, answer
		}
	}
	if s.asks || request == nil {
		return false
	}
	s.hops = append(s.hops, request, reply)
	s.party, s.first, s.last = request.Dest, request.ID, reply.ID
	s.begin, s.end = reply.At, reply.At
	if at, ok := request.Arrival(); ok {
		s.begin = at
	}
	return true
}

// decides reports whether a call may have given an operation the value that it found.
func (c call) decides(a *access) bool {
	if c.reads() {
		text, ok := plain(c.result)
		return ok && text == a.found
	}
	text, _ := plain(c.expected)
	return c.request.Type == "cas" && c.refused == "" && text == a.found
}

// quotedKey returns the JSON of a key: carries takes a string with a number for the number.
func quotedKey(key string) string {
	if isNumber([]byte(key)) {
		return key
	}
	return `"` + strings.ReplaceAll(strings.ReplaceAll(key, `\`, `\\`), `"`, `\"`) + `"`
}

// sameKey reports whether a key of a service is that of a register: it may have a prefix.
func sameKey(own, key string) bool {
	rest, ok := strings.CutSuffix(own, key)
	return ok && (rest == "" || strings.ContainsAny(rest[len(rest)-1:], "/:-_") || isNumber([]byte(key)) && !strings.ContainsAny(rest[len(rest)-1:], "0123456789."))
}

// changes returns the calls that changed something in a service, in the order of their arrival, by service and key.
func (r *Run) changes() map[string]map[string][]call {
	all := make(map[string]map[string][]call)
	for id, parcel := range r.byParty {
		if r.Role(id) != record.Service {
			continue
		}
		byKey := make(map[string][]call)
		for _, m := range r.pick(parcel.got) {
			if c, ok := r.newCall(m); ok && c.arrived && !c.reads() && c.refused == "" {
				byKey[c.key] = append(byKey[c.key], c)
			}
		}
		for _, calls := range byKey {
			slices.SortStableFunc(calls, func(a, b call) int { return int(min(1, max(-1, a.there-b.there))) })
		}
		all[id] = byKey
	}
	return all
}

// changed returns the calls that changed the register's key in a service.
func (x *register) changed(service string) []call {
	var all []call
	for _, key := range sortedKeys(x.services[service]) {
		if sameKey(key, x.key) {
			all = append(all, x.services[service][key]...)
		}
	}
	return all
}
