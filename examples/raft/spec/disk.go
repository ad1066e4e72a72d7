package spec

import "slices"

// write hands what has changed to the disk. Each action that changes the durable variables ends with it, so the disk gets their
// versions in order; a core may leave out those between.
func (s *step) write() {
	if !s.image.equal(s.disk[len(s.disk)-1]) {
		s.disk = append(slices.Clip(s.disk), s.image)
	}
}

// send puts a message into the outbox. All but the requests of a leader promise that this server will not forget: those wait for the disk.
func (s *step) send(m Message) bool {
	m.Source = s.id
	needs := len(s.disk) - 1
	if m.Type == AppendEntriesRequest || m.Type == InstallSnapshotRequest {
		needs = 0
	}
	s.outbox = append(slices.Clip(s.outbox), waiting{m, needs})
	return s.explains(m)
}

// Sync: the disk has what was written, up to an image.
func (s *step) Sync(to int) bool {
	if to < s.synced || to >= len(s.disk) {
		return false
	}
	s.synced = to
	return true
}

// Restart: a server is killed, and begins a new life. Its disk has everything that was synced, and any part of what was written later.
func (s *step) Restart(kept int) bool {
	if kept < s.synced || kept >= len(s.disk) {
		return false
	}
	s.server = begin(s.id, s.disk[kept])
	return true
}

// Send: a message leaves, when the disk has what it needs.
func (s *step) Send(k int) (Message, bool) {
	w := s.outbox[k]
	if w.needs > s.synced {
		return Message{}, false
	}
	s.outbox = slices.Delete(slices.Clone(s.outbox), k, k+1)
	return w.Message, true
}

// A network has the messages under way, by their keys: those with the same key are equal.
type network map[string][]Message

// take takes a message that looks like m.
func (n network) take(m Message) (Message, bool) {
	key := m.key()
	under := n[key]
	if len(under) == 0 {
		return Message{}, false
	}
	n[key] = under[1:]
	return under[0], true
}

func (n network) put(m Message) { n[m.key()] = append(slices.Clip(n[m.key()]), m) }

// DropMessage: a message is lost. A server that ignores a message does the same.
func (n network) DropMessage(m Message) bool {
	_, ok := n.take(m)
	return ok
}

// DuplicateMessage: a message comes twice.
func (n network) DuplicateMessage(m Message) bool {
	under, ok := n.take(m)
	if ok {
		n.put(under)
		n.put(under)
	}
	return ok
}
