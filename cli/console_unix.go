//go:build unix

package cli

import (
	"os"
	"syscall"
)

// addressInUse is the error for a port that is taken.
const addressInUse = syscall.EADDRINUSE

// understandsEscapes reports whether a terminal understands escape sequences, such as those of colours.
func understandsEscapes(*os.File) bool { return true }
