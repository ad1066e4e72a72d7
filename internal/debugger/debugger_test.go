package debugger

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKindOfFile(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	require.NoError(t, err)
	require.Equal(t, Go, kindOfFile(own))

	dir := t.TempDir()
	for text, want := range map[string]Kind{
		"#!/usr/bin/env python3\n":         Python,
		"#!/usr/bin/env -S A=1 node --x\n": Node,
		"#! /usr/local/bin/python3.12":     Python,
		"#!/bin/sh\nexec java Main\n":      Shell,
		"#!/usr/bin/perl\n":                Native,
		"#!\n":                             Native,
		"\x7fELF":                          Native,
		"":                                 Native,
	} {
		path := filepath.Join(dir, "node-of-mine")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.Equal(t, want, kindOfFile(path), text)
	}
	for name, want := range map[string]Kind{
		"python3.11": Python, "pypy3": Python, "node": Node, "nodejs": Node, "Java.exe": Java, "bash": Shell, "dash": Shell, "my-node": Native, "pythonic": Native,
	} {
		require.Equal(t, want, kindOfFile(filepath.Join(dir, "none", name)), name)
	}
}

// The program decides, and if it may be anything, the process that it has become, where the system shows that.
func TestKindOf(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	require.NoError(t, err)
	require.Equal(t, Go, KindOf(-1, own))

	script := func(text string) string {
		path := filepath.Join(t.TempDir(), "script")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o700))
		return path
	}
	require.Equal(t, Python, KindOf(os.Getpid(), script("#!/usr/bin/env python3\n")), "env may not have started it yet")
	require.Equal(t, Shell, KindOf(-1, script("#!/bin/sh\nexec ./node\n")))
	if _, err := os.Readlink("/proc/self/exe"); err == nil {
		require.Equal(t, Go, KindOf(os.Getpid(), script("#!/bin/sh\nexec ./node\n")), "it has run a Go program in its place")
	}
}

func TestAdvice(t *testing.T) {
	t.Parallel()
	for _, k := range []Kind{Go, Python, Node, Java, Shell, Native} {
		require.Contains(t, k.Advice(1234), "1234", k)
	}
	require.Contains(t, Java.Advice(1), JavaOptions)
	require.Contains(t, JavaOptions, ":5005")
}

func TestRestriction(t *testing.T) {
	t.Parallel()
	require.Empty(t, restriction("0", false))
	require.Empty(t, restriction("1", true))
	require.Contains(t, restriction("1", false), "start the debugger with sudo")
	require.Contains(t, restriction("3", true), "does not let any debugger attach")
}
