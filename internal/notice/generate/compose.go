package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// goLicence is the licence of the Go standard library and of the modules inside it. It is stored here because some
// distributions of Go do not include it.
//
//go:embed go-licence.txt
var goLicence string

const head = `Licences
========

Made by go generate ./internal/notice from go.mod and the module cache. Do not edit.

The program glomers and the solutions of the challenges contain code of others. This file has the licences of all of it, for
Linux, macOS and Windows together. What only tests and tools use is not in the programs, and not here.

`

const rule = "\n--------------------------------------------------------------------------------\n"

// compose returns the text of NOTICE.
func compose(root string) (string, error) {
	components, err := linked(root)
	if err != nil {
		return "", err
	}
	own, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return "", err
	}
	var list, texts strings.Builder
	section(&texts, "glomers", string(own))
	fmt.Fprintf(&list, "* the Go standard library (BSD-3-Clause): https://go.dev\n")
	section(&texts, "the Go standard library", goLicence)
	for _, c := range components {
		kind, text, err := c.licence()
		if err != nil {
			return "", err
		}
		name := strings.TrimSpace(c.Name + " " + c.Version)
		fmt.Fprintf(&list, "* %s (%s): %s\n", name, kind, c.Source)
		if offersSource(kind) {
			fmt.Fprintf(&list, "  Its source is at that address, under the same licence; it is unchanged here.\n")
		}
		section(&texts, name, text)
	}
	return head + list.String() + texts.String(), nil
}

func section(b *strings.Builder, name, text string) {
	fmt.Fprintf(b, "%s%s%s\n%s\n", rule, name, rule, strings.Trim(strings.ReplaceAll(text, "\r\n", "\n"), "\n"))
}

// licence returns the kind of the licence and the text of all the licence files.
func (c component) licence() (kind, text string, err error) {
	var texts []string
	for _, file := range c.files {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", "", err
		}
		texts = append(texts, string(content))
		if k := kindOf(string(content)); k != "" && kind == "" {
			kind = k
		}
	}
	if kind == "" {
		return "", "", fmt.Errorf("%s: unknown licence in %s: read it, and add its kind to kindOf if we may link it", c.Name, strings.Join(c.files, ", "))
	}
	return kind, strings.Join(texts, "\n"), nil
}

// kindOf returns the SPDX identifier of a licence, or "" if the licence is not among those that we have reviewed and may
// link.
func kindOf(text string) string {
	words := strings.ToLower(strings.Join(strings.Fields(text), " "))
	has := func(phrase string) bool { return strings.Contains(words, phrase) }
	switch {
	case has("eclipse public license"):
		if has("secondary license") { // only version 2.0 has this term
			return "EPL-2.0"
		}
		return "EPL-1.0"
	case has("mozilla public license version 2.0"), has("mozilla public license, version 2.0"):
		return "MPL-2.0"
	case has("apache license version 2.0"):
		return "Apache-2.0"
	case has("permission is hereby granted, free of charge, to any person obtaining a copy of this software"):
		return "MIT"
	case has("this is free and unencumbered software released into the public domain"):
		return "Unlicense"
	case has("redistribution and use in source and binary forms"):
		if has("neither the name") {
			return "BSD-3-Clause"
		}
		return "BSD-2-Clause"
	}
	return ""
}

// offersSource reports whether a licence demands that recipients of the program are told where to find its source.
func offersSource(kind string) bool {
	return strings.HasPrefix(kind, "EPL-") || strings.HasPrefix(kind, "MPL-")
}
