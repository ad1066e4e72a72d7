// Package notice holds the licences of everything that is linked into glomers and the solutions.
package notice

import _ "embed"

//go:generate go run glomers/internal/notice/generate

// Text is the file NOTICE in this directory and in the module's root. It contains our own licence and the full licences of
// third-party modules, of the Go standard library, and of embedded scripts.
//
//go:embed NOTICE
var Text string
