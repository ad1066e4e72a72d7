package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"glomers/internal/notice"
	"glomers/internal/program"
)

// NOTICE has the licences of everything that go.mod links into the programs, and no others.
func TestNotice(t *testing.T) {
	root, err := program.Root()
	require.NoError(t, err)
	want, err := compose(root)
	require.NoError(t, err)
	for _, name := range copies {
		got, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.Equal(t, want, string(got), "%s is out of date: go generate ./internal/notice", name)
	}
	require.Equal(t, want, notice.Text)

	require.Contains(t, want, "maelstrom/demo/go v0.0.0-20251128144731-cb7f07239012 (EPL-1.0)")
	require.Contains(t, want, "THE ACCOMPANYING PROGRAM IS PROVIDED UNDER THE TERMS OF THIS ECLIPSE PUBLIC")
	require.Contains(t, want, "mousetrap", "linked on Windows")
	require.Contains(t, want, "* uPlot (MIT)")
	for _, unlinked := range []string{"testify", "rapid", "datadriven", "staticcheck", "chromedp"} {
		require.NotContains(t, want, unlinked, "only tests and tools use it")
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this software and": "MIT",
		"Redistribution and use in source and binary forms, with or without\nmodification":                                  "BSD-2-Clause",
		"Redistribution and use in source and binary forms … Neither the name of Google":                                    "BSD-3-Clause",
		"Mozilla Public License Version 2.0":                              "MPL-2.0",
		"Eclipse Public License - v 2.0 … Secondary Licenses":             "EPL-2.0",
		"                    GNU GENERAL PUBLIC LICENSE\n  Version 3":     "",
		"Copyright 2026. All rights reserved.":                            "",
		"You may not use this file except as agreed with its author, Ltd": "",
	} {
		require.Equal(t, want, kindOf(text), text)
	}
}

// A component whose licence we have not reviewed is an error, whether it is linked or embedded.
func TestUnknownLicence(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "COPYING")
	require.NoError(t, os.WriteFile(file, []byte("GNU GENERAL PUBLIC LICENSE"), 0o600))
	files, err := licences(dir, "")
	require.NoError(t, err)
	require.Equal(t, []string{file}, files)
	_, _, err = component{Name: "example.org/gpl", files: files}.licence()
	require.ErrorContains(t, err, "example.org/gpl: unknown licence in "+file)

	vendor := filepath.Join(dir, "web", "vendor")
	require.NoError(t, os.MkdirAll(vendor, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(vendor, "plot.min.js"), nil, 0o600))
	p := listed{Dir: dir, EmbedFiles: []string{"web/vendor/plot.min.js"}}
	require.ErrorContains(t, addEmbedded(map[string]*component{}, dir, p), "want LICENSE-plot beside it")
	require.NoError(t, os.WriteFile(filepath.Join(vendor, "LICENSE-plot"), []byte("MIT"), 0o600))
	require.NoError(t, addEmbedded(map[string]*component{}, dir, p))
}
