package node

import "sync"

// inflight counts the calls that have begun and not ended, and lets one goroutine wait until there are
// none. Unlike a sync.WaitGroup it may grow from zero meanwhile.
type inflight struct {
	mu    sync.Mutex
	count int
	none  chan struct{} // closed, and forgotten, when count falls to 0; nil if nobody waits
}

func (f *inflight) begin() {
	f.mu.Lock()
	f.count++
	f.mu.Unlock()
}

// running returns how many have begun and not ended.
func (f *inflight) running() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count
}

func (f *inflight) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count--
	if f.count <= 0 && f.none != nil {
		close(f.none)
		f.none = nil
	}
}

// idle returns a channel that is closed as soon as nothing is in flight. One
// goroutine at a time may wait.
func (f *inflight) idle() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := make(chan struct{})
	if f.count <= 0 {
		close(c)
	} else {
		f.none = c
	}
	return c
}
