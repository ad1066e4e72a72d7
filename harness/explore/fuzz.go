package explore

import (
	"testing"
)

// Fuzz lets Go's fuzzer look for executions of the scope that are not valid: go test -fuzz. The bytes of its inputs are the options
// of the decisions, each modulo the number of options; where there are no bytes left, the ordinary option is taken. The strategy of the
// scope does not matter.
func Fuzz(f *testing.F, s Scope) {
	f.Helper()
	p, err := newPlan(s)
	if err != nil {
		f.Fatal(err)
	}
	p.close()
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, input []byte) {
		p, _ := newPlan(s) // each input has its own goroutines
		defer p.close()
		o := p.execute(nil, nil, fromBytes(input))
		if o.err != nil {
			t.Fatal(o.err)
		}
		for _, reason := range o.reasons {
			t.Errorf("%s\n\tdecisions: %v", reason, o.decisions.Trim())
		}
	})
}

// fromBytes returns a chooser that takes each byte of the input as the option of a decision, modulo the number of options.
func fromBytes(input []byte) chooser {
	return func(_ *world, options []option, _ int) int {
		if len(input) == 0 || len(options) == 0 {
			return 0
		}
		k := int(input[0]) % len(options)
		input = input[1:]
		return k
	}
}
