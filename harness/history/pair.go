package history

// Invocations returns, for each position in h, the position of the invocation that the event there completes. It is -1 for an
// invocation, for an event of the nemesis, and for a completion without an invocation.
func Invocations(h []Op) []int {
	inv := make([]int, len(h))
	open := make(map[Process]int) // a process has at most one open operation
	for i, op := range h {
		inv[i] = -1
		if op.Process == Nemesis {
			continue
		}
		if op.Type == Invoke {
			open[op.Process] = i
			continue
		}
		if at, ok := open[op.Process]; ok {
			inv[i] = at
			delete(open, op.Process)
		}
	}
	return inv
}

// Completions returns, by the position of its invocation in h, the position of the completion of each operation that has one.
func Completions(h []Op) map[int]int {
	completions := make(map[int]int)
	for i, inv := range Invocations(h) {
		if inv >= 0 {
			completions[inv] = i
		}
	}
	return completions
}
