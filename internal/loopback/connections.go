package loopback

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// MaxConnections is how many connections the server keeps, many times what browsers make.
const MaxConnections = 256

// connections bounds how many a server has. When there are too many, the one goes that has waited longest for a request, or for the rest of its
// header; so whoever opens many closes his own, or those that lie idle, and not one that is answered.
type connections struct {
	most int

	mu      sync.Mutex
	all     map[net.Conn]bool
	waiting []net.Conn // the first has waited longest
}

func newConnections(most int) *connections {
	return &connections{most: most, all: make(map[net.Conn]bool)}
}

// changed is the ConnState of a server.
func (c *connections) changed(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(conn)
	switch state {
	case http.StateNew, http.StateIdle:
		c.all[conn] = true
		c.waiting = append(c.waiting, conn)
	case http.StateActive:
		c.all[conn] = true
	default:
		delete(c.all, conn)
	}
	if len(c.all) > c.most && len(c.waiting) > 0 {
		longest := c.waiting[0]
		c.forget(longest)
		delete(c.all, longest)
		_ = longest.Close() // its goroutine notices
	}
}

// forget takes a connection out of those that wait.
func (c *connections) forget(conn net.Conn) {
	if i := slices.Index(c.waiting, conn); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
}
