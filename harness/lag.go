package harness

import "time"

// A lagSample says how late the harness did what was due. It keeps all values while there are few; of many it keeps
// every second, then every fourth, and so on, so that its room is bounded however long a run is.
type lagSample struct {
	kept   []time.Duration // every stride-th, in order
	stride int             // 0 stands for 1
	count  int
	max    time.Duration
}

const maxLags = 1 << 20

func (l *lagSample) add(by time.Duration) {
	l.max = max(l.max, by)
	if l.count%max(1, l.stride) == 0 {
		if len(l.kept) == maxLags {
			l.thin()
		}
		l.kept = append(l.kept, by)
	}
	l.count++
}

// thin drops every second value that is kept. maxLags is even, so the next one to keep is the one after those.
func (l *lagSample) thin() {
	for i := range maxLags / 2 {
		l.kept[i] = l.kept[2*i]
	}
	l.kept = l.kept[:maxLags/2]
	l.stride = 2 * max(1, l.stride)
}

// latency returns the quantiles of what is kept, with the count and the maximum of all.
func (l *lagSample) latency() Latency {
	q := newLatency(l.kept)
	q.Count, q.Max = l.count, l.max
	return q
}
