package choice

// Bytes returns the Strategy for one run that takes decisions from bytes, as a fuzzer makes them. They are pairs: how many
// decisions are left to the seed, and what the decision after these becomes. After the last pair, the seed decides. It also
// makes the decisions of nodes, whose order is not fixed.
//
// The second byte of a pair is 0 if this decision is left to the seed, too. Otherwise it changes a Chance to its opposite, and
// gives a time a place on a scale: a Uniform from 0 to the limit, an Exponential from 0 to 8 times the mean. Of a Pick, it is the
// option, counted from 1 and modulo the number of options.
func Bytes(b []byte) Strategy {
	s := &fromBytes{left: b}
	s.read()
	return s
}

// fromBytes is used by one goroutine, that of the run.
type fromBytes struct {
	left  []byte
	skip  int  // the number of decisions that are left to the seed
	value byte // of the decision after these
}

// read goes on to the next pair.
func (s *fromBytes) read() {
	s.skip, s.value = -1, 0
	if len(s.left) >= 2 {
		s.skip, s.value, s.left = int(s.left[0]), s.left[1], s.left[2:]
	}
}

func (s *fromBytes) Choose(d Decision) uint64 {
	switch {
	case d.Node || s.skip < 0:
		return d.Drawn
	case s.skip > 0:
		s.skip--
		return d.Drawn
	}
	value := s.value
	s.read()
	if value == 0 {
		return d.Drawn
	}
	return d.scaled(uint64(value) - 1)
}

// scaled returns the option for a number from 0 to 254.
func (d Decision) scaled(n uint64) uint64 {
	const top = 254
	switch d.Kind {
	case Chance:
		return 1 - d.Drawn
	case Uniform:
		return (d.Options-1)/top*n + (d.Options-1)%top*n/top
	case Exponential:
		return d.Options / maxExponential * 8 / top * n
	case Word:
		return splitMix(n)
	}
	return n % d.Options
}

// splitMix returns 64 bits that look random (Steele, Lea and Flood 2014).
func splitMix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
