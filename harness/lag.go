package harness

import "time"

// A lagSample is a sample of the lateness of deliveries and timers. At first it keeps all values. When it is full, it keeps
// every second value, then every fourth, and so on, so that its size is bounded for runs of any length.
type lagSample struct {
	kept   []time.Duration // every stride-th value, in order
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

// thin drops every second kept value. Since maxLags is even, the next value is again one to keep.
func (l *lagSample) thin() {
	for i := range maxLags / 2 {
		l.kept[i] = l.kept[2*i]
	}
	l.kept = l.kept[:maxLags/2]
	l.stride = 2 * max(1, l.stride)
}

// latency returns the quantiles of the kept values, with the count and the maximum of all values.
func (l *lagSample) latency() Latency {
	q := newLatency(l.kept)
	q.Count, q.Max = l.count, l.max
	return q
}
