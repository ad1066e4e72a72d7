package rsm_test

import (
	"flag"
	"testing"

	"glomers/examples/internal/rsmtest"
)

var seedsFlag = flag.Int("seeds", 60, "simulate so many seeds")

func TestPromises(t *testing.T) { rsmtest.Promises(t, *seedsFlag, rsmtest.Raft) }
