package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckPath(t *testing.T) {
	for path, says := range map[string]string{
		"":                            "is empty",
		"example.org/me/x y":          "invalid char ' '",
		"example.org/../x":            `invalid path element ".."`,
		"/x":                          "empty path element",
		"example.org/x/":              "trailing slash",
		"-x":                          "leading dash",
		"https://example.org/me/x":    "want it without https://",
		"Example.org/me/x":            "lower-case letters",
		"example.org/con/x":           "disallowed as path element component on Windows",
		"example.org/me/x/v2":         "without /v2",
		"gopkg.in/x":                  "without gopkg.in",
		"fmt":                         "standard library",
		"net":                         "standard library",
		"cmd/x":                       "standard library",
		"example.org/\x1b[31m":        "invalid char",
		"example.org/me/x\nreplace y": "invalid char",
	} {
		require.ErrorContains(t, checkPath(path), says, path)
	}
	for _, path := range []string{"example.org/me/x", "example.org", "example.org/Me/x-y_z.go", "x", "mine/x"} {
		require.NoError(t, checkPath(path))
	}
}
