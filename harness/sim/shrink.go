package sim

import (
	"testing"

	"glomers/harness"
)

// Shrink is coming.
func Shrink(t *testing.T, test harness.Test) string { return "" }
