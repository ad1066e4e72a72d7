package explore

import "fmt"

// Delays explores all executions with at most k delays, depth first. A delay puts the first ready action of the canonical order off until
// all others have had their turn (Emmi, Qadeer, Rakamarić 2011). There are two canonical orders: operations begin when
// no message is under way, or as soon as they can. Faults are no delays: they have bounds of their own.
func Delays(k int) Strategy { return &delays{k} }

type delays struct{ most int }

func (d *delays) String() string { return fmt.Sprintf("at most %d delays", d.most) }

func (*delays) begin(int, int) int { return 0 }

func (s *delays) search(x *explorer) {
	d := &depthFirst{explorer: x, visited: make(map[uint64][]uint64)}
	visit := func(w *world, f *frame, options []option, ready int) {
		if len(d.stack) == 0 {
			f.left = s.most
		}
		// Sleep sets do not go together with bounds: what was explored may have needed more delays (Coons, Musuvathi, McKinley 2013).
		key := w.key()
		before, again := d.visited[key]
		if again && before[0] >= uint64(f.left) {
			return
		}
		if !again {
			d.report.States++
		}
		d.visited[key] = []uint64{uint64(f.left)}
		for k, o := range options {
			switch {
			case k >= ready:
				f.todo = append(f.todo, branch{k: k, id: o.id})
			case k <= f.left:
				f.todo = append(f.todo, branch{k: k, id: o.id, cost: k})
			}
		}
	}
	d.run(func(w *world) { w.ordered = true }, visit, func(*frame) []slept { return nil })
}
