package explore

// A crew is a set of goroutines that call functions, so that their stacks need to grow only once.
type crew struct{ idle chan func() }

func newCrew() *crew { return &crew{make(chan func())} }

// spawn calls f in another goroutine.
func (c *crew) spawn(f func()) {
	select {
	case c.idle <- f:
	default:
		go c.work(f)
	}
}

func (c *crew) work(f func()) {
	for ok := true; ok; f, ok = <-c.idle {
		f()
	}
}

// dismiss ends the goroutines, each as soon as its function has returned.
func (c *crew) dismiss() { close(c.idle) }
