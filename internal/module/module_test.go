package module

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPath(t *testing.T) {
	mod, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	require.Equal(t, Declared(string(mod)), Path())
}

func TestDeclared(t *testing.T) {
	for mod, want := range map[string]string{
		"module x\n":                            "x",
		"// module y\nmodule  x // why\n":       "x",
		"go 1.26.0\r\nmodule example.org/x\r\n": "example.org/x",
		"module \"example.org/x\"\n":            "example.org/x",
		"go 1.26.0\nrequire module v1.0.0\n":    "",
		"modules x\n":                           "",
		"":                                      "",
	} {
		require.Equal(t, want, Declared(mod), mod)
	}
}
