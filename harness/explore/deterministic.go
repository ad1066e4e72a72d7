package explore

import "fmt"

// repetitions is how often the ordinary execution is carried out to see whether it is always the same: a map of two elements then
// has the same order each time in 1 of 8 cases.
const repetitions = 4

// deterministic returns an error if the ordinary execution is not always the same. Nodes that iterate over a map when they send, draw
// random numbers from elsewhere than Node.Rand, or read the clock of the operating system have none that could be explored.
func (p *plan) deterministic() error {
	var first Execution
	n := repetitions
	if p.farm != nil {
		n = 2 // processes are compared whenever one is given again what another one was given
	}
	for i := range n {
		if p.farm != nil {
			p.farm.forget()
		}
		e, err := p.replay(nil)
		switch {
		case err != nil:
			return err
		case i == 0:
			first = e
			continue
		}
		for k, s := range e.Steps {
			if k < len(first.Steps) && s.String() == first.Steps[k].String() {
				continue
			}
			before := "nothing"
			if k < len(first.Steps) {
				before = first.Steps[k].String()
			}
			return fmt.Errorf("explore: the nodes are not deterministic. The same execution, carried out again, differed in action %d:\n\tfirst: %s\n\tthen:  %s\n"+
				"(the order of a map? random numbers or time that do not come from the runtime? goroutines?)", k, before, s)
		}
	}
	return nil
}
