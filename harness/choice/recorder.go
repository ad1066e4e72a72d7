package choice

import "sync"

// A Recorder is a Strategy that leaves decisions to another one, and keeps them.
type Recorder struct {
	strategy Strategy // nil means the seed

	mu      sync.Mutex // guards all and changed
	all     Overrides
	changed Overrides
}

// Record returns a Recorder of the strategy; nil means the seed.
func Record(strategy Strategy) *Recorder { return &Recorder{strategy: strategy} }

// Choose implements Strategy.
func (r *Recorder) Choose(d Decision) uint64 {
	option := d.Drawn
	if r.strategy != nil {
		option = r.strategy.Choose(d)
	}
	if d.Options > 0 && option != d.Drawn {
		option %= d.Options
	}
	made := Override{d.Stream, d.At, option}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, made)
	if option != d.Drawn {
		r.changed = append(r.changed, made)
	}
	return option
}

// All returns all decisions so far: the same run whatever the seed.
func (r *Recorder) All() Overrides {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(Overrides{}, r.all...).Sort()
}

// Changed returns the decisions so far that the seed would have made in another way.
func (r *Recorder) Changed() Overrides {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(Overrides{}, r.changed...).Sort()
}
