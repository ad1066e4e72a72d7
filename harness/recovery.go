package harness

import (
	"fmt"

	"glomers/harness/check"
	"glomers/harness/workload"
)

// chosenRecovery says what a recovery other than the reference's may have changed: with a shorter one something may be missing that
// would have come, and with a longer one something may have come that would be missing. It does not say that of a run without final
// operations.
func (r *run) chosenRecovery(v check.Verdict) (reasons, warnings []string) {
	chosen := r.test.Recovery
	if chosen == 0 || workload.FinalScripts(r.workload, 1) == nil {
		return nil, nil
	}
	says := fmt.Sprintf("the final operations came %v after the end of the faults (--recovery; Test.Recovery), where Maelstrom waits %v: ", chosen, DefaultRecovery)
	switch {
	case chosen < DefaultRecovery && v != check.Valid:
		return []string{says + "what is missing may have come by then"}, nil
	case chosen > DefaultRecovery && v != check.Invalid:
		return nil, []string{says + "something may be missing there that has come here"}
	}
	return nil, nil
}
